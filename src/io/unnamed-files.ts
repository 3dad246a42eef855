/** The size of this process's files without a name, such as those in which SQLite sorts. */
import { readdirSync, readlinkSync, statSync } from 'node:fs';

/** The folder where Linux lists the open files of a process. */
const OPEN_FILES = '/proc/self/fd';

/** Returns the bytes in open files that have no name or lost it; 0 on systems that do not list open files. */
export function unnamedBytes(): number {
  let bytes = 0;
  for (const name of listOpenFiles()) {
    const path = `${OPEN_FILES}/${name}`;
    try {
      if (readlinkSync(path).endsWith(' (deleted)')) bytes += statSync(path).size;
    } catch {
      // It was closed after the listing.
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
