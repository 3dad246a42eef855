/** Sends a file through a stream without holding it in memory. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileError } from '../errors.js';

/** Writes the bytes of a file to a stream and ends it. Throws FileError, or the error of a stream that breaks. */
export async function sendFile(path: string, target: NodeJS.WritableStream): Promise<void> {
  const source = createReadStream(path, { highWaterMark: 2 ** 18 });
  try {
    await pipeline(source, target);
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}
