/** What this process has in files without a name, such as those in which SQLite sorts. */
import { readdirSync, readlinkSync, statSync } from 'node:fs';

/** Where Linux lists the files that a process has open. */
const OPEN_FILES = '/proc/self/fd';

/** Bytes in open files that have no name, or none any more; 0 on systems that do not list open files. */
export function unnamedBytes(): number {
  let bytes = 0;
  for (const name of listOpenFiles()) {
    const path = `${OPEN_FILES}/${name}`;
    try {
      if (readlinkSync(path).endsWith(' (deleted)')) bytes += statSync(path).size;
    } catch {
      // It has been closed since it was listed.
    }
  }
  return bytes;
}

function listOpenFiles(): string[] {
  try {
    return readdirSync(OPEN_FILES);
  } catch {
    return [];
  }
}
