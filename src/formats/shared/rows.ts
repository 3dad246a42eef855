/** Writes rows into chunks, in one thread. */
import { CHUNK_BYTES } from '../../memory.js';
import type { MeshSelection, SoupSelection } from '../../mesh.js';
import type { OutputChunk, RowWriter, SoupRowWriter } from '../writer.js';
import { ChunkBuffers } from './output.js';

/** The most bytes of UTF-8 for one unit of a string. */
const UTF8_MAX = 3;

/** Rows to write, or text between rows. */
export type Step =
  | {
      readonly count: number;
      /** Writes rows `[from, to)` to `target` from `at` on; returns where they end. */
      readonly write: (from: number, to: number, target: Uint8Array, at: number) => number;
    }
  | { readonly text: string };

/** Yields the header and all steps, chunk by chunk. A row takes at most `rowBytes` bytes. */
export function* writeSteps(
  header: Uint8Array,
  rowBytes: number,
  steps: Iterable<Step>,
): Generator<OutputChunk> {
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  buffer.set(header);
  let at = header.length;
  let rows = 0;
  for (const step of steps) {
    if ('text' in step) {
      const { text } = step;
      const most = UTF8_MAX * text.length;
      if (most > CHUNK_BYTES - at) {
        yield { bytes: buffer.subarray(0, at), rows };
        buffer = buffers.next();
        at = 0;
      }
      if (most > CHUNK_BYTES) yield { bytes: Buffer.from(text), rows };
      else at += buffer.write(text, at);
      continue;
    }
    const { count, write } = step;
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, Math.floor((CHUNK_BYTES - at) / rowBytes));
      // Most rows are shorter than the longest, so a chunk takes several turns.
      if (some === 0) {
        yield { bytes: buffer.subarray(0, at), rows };
        buffer = buffers.next();
        at = 0;
        continue;
      }
      at = write(k, k + some, buffer, at);
      k += some;
      rows += some;
    }
  }
  yield { bytes: buffer.subarray(0, at), rows };
}

/** Yields the selection, chunk by chunk: the header, all vertices, all triangles. */
export function writeRows(selection: MeshSelection, writer: RowWriter): Generator<OutputChunk> {
  return writeSteps(writer.header, writer.rowBytes, rowsOf(selection, writer));
}

/** Yields the triangles of a selection with their positions, chunk by chunk, after the header. */
export function writeSoupRows(selection: SoupSelection, writer: SoupRowWriter): Generator<OutputChunk> {
  return writeSteps(writer.header, writer.rowBytes, soupOf(selection, writer));
}

function* rowsOf(selection: MeshSelection, writer: RowWriter): Generator<Step> {
  for (const batch of selection.vertices()) {
    const { count } = batch;
    yield { count, write: (from, to, target, at) => writer.vertices(batch, from, to, target, at) };
  }
  for (const batch of selection.triangles()) {
    const { count } = batch;
    yield { count, write: (from, to, target, at) => writer.triangles(batch, from, to, target, at) };
  }
}

function* soupOf(selection: SoupSelection, writer: SoupRowWriter): Generator<Step> {
  for (const batch of selection.soup({ attributes: true })) {
    const { count } = batch;
    yield { count, write: (from, to, target, at) => writer.soup(batch, from, to, target, at) };
  }
}
