/** Cuts a binary STL into files, for the rows about many files. */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const HEADER_SIZE = 84;
const RECORD_SIZE = 50;
const CHUNK_RECORDS = 2 ** 17;

/** Writes `<folder>/0.stl` and so on, whose triangles in order are those of `input`; `shares` are relative sizes. */
export function cutStl(input: string, folder: string, shares: readonly number[]): void {
  mkdirSync(folder);
  const file = openSync(input, 'r');
  const triangles = (fstatSync(file).size - HEADER_SIZE) / RECORD_SIZE;
  const total = shares.reduce((sum, share) => sum + share, 0);
  let begin = 0;
  let done = 0;
  for (const [index, share] of shares.entries()) {
    done += share;
    const end = Math.round((triangles * done) / total);
    copyRecords(file, begin, end, join(folder, `${index}.stl`));
    begin = end;
  }
  closeSync(file);
}

function copyRecords(file: number, begin: number, end: number, path: string): void {
  const part = openSync(path, 'w');
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeUInt32LE(end - begin, HEADER_SIZE - 4);
  writeSync(part, header);
  const chunk = Buffer.alloc(RECORD_SIZE * CHUNK_RECORDS);
  for (let at = begin; at < end; at += CHUNK_RECORDS) {
    const size = RECORD_SIZE * Math.min(CHUNK_RECORDS, end - at);
    readSync(file, chunk, 0, size, HEADER_SIZE + RECORD_SIZE * at);
    writeSync(part, chunk, 0, size);
  }
  closeSync(part);
}
