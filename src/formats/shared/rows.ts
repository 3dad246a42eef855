/** Writes rows into chunks, in one thread. */
import type { SoupSelection } from '../../mesh.js';
import type { OutputChunk, PlacedText, RowWriter, SoupRowWriter } from '../writer.js';
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

/**
 * Yields the header and all steps, chunk by chunk. A row takes at most `rowBytes` bytes; `rowCount` is the number of rows,
 * if it is known.
 */
export function* writeSteps(
  header: Uint8Array,
  rowBytes: number,
  steps: Iterable<Step>,
  rowCount = Number.POSITIVE_INFINITY,
): Generator<OutputChunk> {
  const buffers = new ChunkBuffers(header.length + Math.max(1, rowCount) * rowBytes);
  let buffer = buffers.next();
  buffer.set(header);
  let at = header.length;
  let rows = 0;
  for (const step of steps) {
    if ('text' in step) {
      const { text } = step;
      const most = UTF8_MAX * text.length;
      if (most > buffers.bytes - at) {
        yield { bytes: buffer.subarray(0, at), rows };
        buffer = buffers.next();
        at = 0;
      }
      if (most > buffers.bytes) yield { bytes: Buffer.from(text), rows };
      else at += buffer.write(text, at);
      continue;
    }
    const { count, write } = step;
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, Math.floor((buffers.bytes - at) / rowBytes));
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

/** Yields a selection in one thread, chunk by chunk: the header, all rows and the texts between them; warns at the end. */
export function* writeRows(
  selection: SoupSelection,
  writer: RowWriter | SoupRowWriter,
): Generator<OutputChunk> {
  const { vertexCount, triangleCount } = selection;
  const isSoup = 'soup' in writer;
  const steps = isSoup ? soupOf(selection, writer) : rowsOf(selection, writer);
  const rowCount = isSoup ? triangleCount : vertexCount + triangleCount;
  yield* writeSteps(writer.header, writer.rowBytes, steps, rowCount);
  writer.conclude?.();
}

function* rowsOf(selection: SoupSelection, writer: RowWriter): Generator<Step> {
  let first = 0;
  for (const rows of selection.vertices()) {
    const { count } = rows;
    const batch = { ...rows, first };
    yield { count, write: (from, to, target, at) => writer.vertices(batch, from, to, target, at) };
    first += count;
  }
  yield* withTexts(selection.triangles(), selection, writer, (...args) => writer.triangles(...args));
}

function soupOf(selection: SoupSelection, writer: SoupRowWriter): Generator<Step> {
  const batches = selection.soup({ attributes: writer.hasWords });
  return withTexts(batches, selection, writer, (...args) => writer.soup(...args));
}

/** Yields steps that write batches of triangles and the texts between them. */
function* withTexts<Batch extends { readonly count: number }>(
  batches: Iterable<Batch>,
  selection: SoupSelection,
  writer: RowWriter | SoupRowWriter,
  write: (batch: Batch, from: number, to: number, target: Uint8Array, at: number) => number,
): Generator<Step> {
  const texts = textsOf(selection, writer)[Symbol.iterator]();
  try {
    let next = texts.next();
    let first = 0;
    for (const batch of batches) {
      for (let from = 0; from < batch.count; ) {
        for (; !next.done && next.value.at === first + from; next = texts.next()) yield next.value;
        const start = from;
        const to = next.done ? batch.count : Math.min(batch.count, next.value.at - first);
        yield {
          count: to - start,
          write: (some, end, target, at) => write(batch, start + some, start + end, target, at),
        };
        from = to;
      }
      first += batch.count;
    }
    for (; !next.done; next = texts.next()) yield next.value;
  } finally {
    texts.return?.();
  }
}

/** Yields the texts between the triangles of a selection, in their order. */
export function textsOf(
  selection: Pick<SoupSelection, 'hasParts' | 'parts'>,
  writer: RowWriter | SoupRowWriter,
): Iterable<PlacedText> {
  return writer.texts?.(selection.hasParts ? selection.parts() : []) ?? [];
}
