/** Reads a list of file names, from a file or from standard input. */
import { type FileHandle, open } from 'node:fs/promises';
import { FileError, UsageError } from '../../errors.js';
import { CHUNK_BYTES, INPUTS_MAX } from '../../memory.js';
import { countOf, formatBytes } from '../../wording.js';
import { closeRead } from '../disk.js';
import type { Pull } from '../pull.js';
import { readError } from './missing-file.js';
import { openStandardInput } from './standard-input.js';

/** The longest list read, in bytes: {@link INPUTS_MAX} names of 320 bytes. */
export const LIST_BYTES_MAX = 32e6;

/**
 * Reads a list of file names, or standard input if the path is `-`. Names end with NUL if the list has one, as from
 * `find -print0`; else with a line feed, or with a carriage return and a line feed. Empty names are skipped. Throws
 * FileError, and UsageError if the list has no name or more than {@link INPUTS_MAX}.
 */
export async function readNameList(path: string): Promise<string[]> {
  const title = path === '-' ? 'standard input' : path;
  const text = (await readList(path, title)).toString('utf8').replace(/^\uFEFF/, '');
  const names = (text.includes('\0') ? text.split('\0') : text.split(/\r?\n/)).filter((name) => name !== '');
  if (names.length === 0) {
    throw new UsageError(`${title}: the list has no file name; expected one name a line, or names with NUL`);
  }
  if (names.length > INPUTS_MAX) {
    const found = countOf(names.length, 'file name');
    throw new UsageError(`${title}: the list has ${found}; expected at most ${countOf(INPUTS_MAX, 'name')}`, {
      hint: 'split the list, and run once for each part',
    });
  }
  return names;
}

async function readList(path: string, title: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  let release: (() => Promise<void>) | undefined;
  try {
    let pull: Pull;
    if (path === '-') {
      ({ pull, release } = openStandardInput(undefined));
    } else {
      const opened = await open(path, 'r');
      handle = opened;
      pull = async (target) => (await opened.read(target, 0, target.length, null)).bytesRead;
    }
    const chunks: Buffer[] = [];
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let size = 0; ; ) {
      const count = await pull(chunk);
      if (count === 0) return Buffer.concat(chunks, size);
      chunks.push(Buffer.from(chunk.subarray(0, count)));
      size += count;
      if (size > LIST_BYTES_MAX) {
        throw new FileError(`${title}: the list is longer than ${formatBytes(LIST_BYTES_MAX)}`, {
          hint: 'split the list, and run once for each part',
        });
      }
    }
  } catch (error) {
    throw readError(error, path);
  } finally {
    await release?.();
    await closeRead(handle);
  }
}
