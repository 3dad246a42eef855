/**
 * Reads the ids of a shard's seams: CSV with the vertex in the shard and its id in the joined mesh, one pair a line. Every
 * engine writes integers the same way, in rows of any number and order, so nothing has to be held.
 */
import { FormatError } from '../errors.js';
import type { ByteSource } from '../io/input/byte-source.js';
import { ByteWindow } from '../io/input/byte-window.js';
import { formatCount } from '../wording.js';
import { COMMA, CR, LF, showToken, skipByteOrderMark } from './shared/text.js';

/** What a vertex and an id must be below. */
export interface SeamLimits {
  /** The number of vertices in the shard. */
  readonly vertices: number;
  /** The base of the shard: seams appeared in earlier shards, whose ids are smaller. */
  readonly base: number;
}

/** `count` seams; valid until the next batch is requested. */
export interface SeamBatch {
  readonly count: number;
  readonly vertices: Float64Array;
  readonly ids: Float64Array;
}

const HEADER = /^"?vertex"?,"?id"?$/i;
/** Two numbers, a comma and the line end are much shorter. */
const LINE_BYTES = 1024;
const BATCH_SEAMS = 16_384;
const ZERO = 0x30;

/** Yields all pairs. The first line may be `vertex,id`; empty lines are skipped. Throws FormatError with the line. */
export async function* readSeamIds(
  source: Pick<ByteSource, 'read' | 'head'>,
  limits: SeamLimits,
): AsyncGenerator<SeamBatch> {
  const window = new ByteWindow(source, LINE_BYTES);
  const vertices = new Float64Array(BATCH_SEAMS);
  const ids = new Float64Array(BATCH_SEAMS);
  let count = 0;
  let line = 1;
  const { bytes } = window;
  await window.fill(() => ({ line }));
  window.start = skipByteOrderMark(bytes.subarray(0, window.end));
  while (window.start < window.end || !window.ended) {
    let end = bytes.subarray(window.start, window.end).indexOf(LF) + window.start;
    if (end < window.start) {
      if (!window.ended) {
        await window.fill(() => ({ line }));
        continue;
      }
      end = window.end;
    }
    const { start } = window;
    const stop = end > start && bytes[end - 1] === CR ? end - 1 : end;
    if (stop > start && !(line === 1 && isHeader(bytes, start, stop))) {
      const comma = bytes.subarray(start, stop).indexOf(COMMA) + start;
      const vertex = comma < start ? -1 : parseInteger(bytes, start, comma);
      const id = comma < start ? -1 : parseInteger(bytes, comma + 1, stop);
      if (vertex < 0 || id < 0) throw notAPair(bytes, start, stop, line);
      checkLimits(vertex, id, limits, line);
      vertices[count] = vertex;
      ids[count++] = id;
    }
    window.start = Math.min(end + 1, window.end);
    line++;
    if (count === BATCH_SEAMS) {
      yield { count, vertices, ids };
      count = 0;
    }
  }
  if (count > 0) yield { count, vertices, ids };
}

function isHeader(bytes: Uint8Array, from: number, to: number): boolean {
  return HEADER.test(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1'));
}

/** Parses digits; -1 if there is anything else, or the number is 2^53 or more. */
function parseInteger(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = 10 * value + digit;
    if (value > Number.MAX_SAFE_INTEGER) return -1;
  }
  return from === to ? -1 : value;
}

function notAPair(bytes: Uint8Array, from: number, to: number, line: number): FormatError {
  return new FormatError(`${showToken(bytes, from, to)}; expected a vertex and its id, such as 12,3456`, {
    place: { line },
  });
}

/** Throws FormatError for a vertex that the shard does not have, or an id that a seam cannot have. */
function checkLimits(vertex: number, id: number, { vertices, base }: SeamLimits, line: number): void {
  if (vertex < vertices && id < base) return;
  const problem =
    vertex >= vertices
      ? `vertex ${vertex}; expected a vertex of this shard, which has ${formatCount(vertices)}`
      : `id ${id}; expected an id of an earlier shard, less than the base ${base}`;
  throw new FormatError(problem, {
    place: { line },
    hint: 'pass the base and the seams of this shard',
  });
}
