/** Writes the chunks of a writer to an output. */
import type { OutputFile } from '../../io/output/output.js';
import type { Pace } from '../run/pace.js';

/** A piece of an output, valid until the one after the next is requested. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** Rows in this and all previous pieces. */
  readonly rows: number;
}

/** Writes all chunks and reports `before` and their rows of `total`. Does not commit. Throws FileError. */
export async function writeChunks(
  chunks: Iterable<Chunk>,
  file: OutputFile,
  pace: Pace,
  total: number,
  before = 0,
): Promise<void> {
  for (const { bytes, rows } of chunks) {
    await file.write(bytes);
    await pace.pause('export', before + rows, total);
  }
}
