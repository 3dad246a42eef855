/**
 * Writes OBJ: the vertices, then the triangles with the names of their parts. Faces have no colors in OBJ, and colors no
 * alpha; both are left out with a warning.
 */
import { UsageError } from '../../../errors.js';
import {
  DIGITS_MAX,
  FLOAT32_LARGEST,
  makeRoundedWriter,
  type NumberWriter,
  writeFloat32,
  writeFloat64,
} from '../../../io/number-text.js';
import { CHUNK_BYTES } from '../../../memory.js';
import type { SoupSelection, Warning } from '../../../mesh.js';
import { finite, flag, type Rules } from '../../../options.js';
import { countOf, formatCount } from '../../../wording.js';
import { ChunkBuffers, GapFiller } from '../../shared/output.js';
import { cutAtParts } from '../../shared/part-pieces.js';
import type { OutputChunk, RowWriter, SelectionFacts } from '../../writer.js';
import { partLine } from './part-line.js';
import { ROW_BYTES, type VertexWriters, writeTriangles, writeVertices } from './rows.js';

/** Selects what an OBJ has besides positions, corners and parts, and how its numbers are written. */
export interface ObjOptions {
  /** Write colors of vertices, if the mesh has any. */
  readonly colors?: boolean | undefined;
  /** Write normals of vertices, if the mesh has any. */
  readonly normals?: boolean | undefined;
  /** The maximum number of significant digits of positions and normals, 1 to 17 (default: exact). */
  readonly precision?: number | undefined;
  /** Give each triangle three vertices of its own. */
  readonly soup?: boolean | undefined;
}

/** The rules for {@link ObjOptions}. */
export const OBJ_OPTIONS: Rules<ObjOptions> = { colors: flag, normals: flag, precision: finite, soup: flag };

const OPAQUE_WHITE = [1, 1, 1, 1];
const NO_NORMAL = [0, 0, 0];

/** Throws UsageError if options are invalid. */
export function checkObjOptions({ precision }: ObjOptions): void {
  if (precision === undefined) return;
  if (Number.isInteger(precision) && precision >= 1 && precision <= DIGITS_MAX) return;
  throw new UsageError(`expected 1 to ${DIGITS_MAX} digits, got ${precision}`, { option: 'obj.precision' });
}

/**
 * Formats the selection as OBJ, chunk by chunk. Vertices without a color or normal that others have are white or get the
 * normal 0 0 0, with a warning.
 */
export function* formatObj(
  selection: SoupSelection,
  options: ObjOptions,
  warn: (warning: Warning) => void,
): Generator<OutputChunk> {
  checkObjOptions(options);
  warnOfAbsent(selection, options, warn);
  const write = chooseWriters(selection, options);
  const limit = selection.precision === 'float32' ? FLOAT32_LARGEST : Number.MAX_VALUE;
  const hasNormals = options.normals === true && selection.hasVertexNormals;
  const normals = hasNormals ? new GapFiller(NO_NORMAL, limit) : undefined;
  const colors = options.colors && selection.hasVertexColors ? new GapFiller(OPAQUE_WHITE, limit) : undefined;
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  const header = headerOf(selection);
  buffer.set(header);
  let at = header.length;
  let rows = 0;
  let translucent = 0;

  for (const batch of selection.vertices()) {
    const { count, positions } = batch;
    const filled = {
      positions,
      colors: colors?.fill(batch.colors, count),
      normals: normals?.fill(batch.normals, count),
    };
    if (filled.colors !== undefined) translucent += countTranslucent(filled.colors, count);
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, Math.floor((CHUNK_BYTES - at) / ROW_BYTES));
      at = writeVertices(filled, k, k + some, write, buffer, at);
      k += some;
      rows += some;
      if (k === count) break;
      yield { bytes: buffer.subarray(0, at), rows };
      buffer = buffers.next();
      at = 0;
    }
  }
  for (const { changes, batch, from, to } of cutAtParts(selection.triangles(), selection)) {
    for (const change of changes) {
      const line = Buffer.from(partLine(change, warn));
      if (line.length > CHUNK_BYTES - at) {
        yield { bytes: buffer.subarray(0, at), rows };
        buffer = buffers.next();
        at = 0;
      }
      if (line.length > CHUNK_BYTES) {
        yield { bytes: line, rows };
      } else {
        buffer.set(line, at);
        at += line.length;
      }
    }
    for (let k = from; k < to; ) {
      const some = Math.min(to - k, Math.floor((CHUNK_BYTES - at) / ROW_BYTES));
      at = writeTriangles(batch, k, k + some, hasNormals, buffer, at);
      k += some;
      rows += some;
      if (k === to) break;
      yield { bytes: buffer.subarray(0, at), rows };
      buffer = buffers.next();
      at = 0;
    }
  }
  yield { bytes: buffer.subarray(0, at), rows };
  const share = (some: number) =>
    `${formatCount(some)} of ${countOf(selection.vertexCount, 'vertex', 'vertices')}`;
  const tell = (kind: string, some: number, what: string) => {
    if (some > 0) warn({ kind, message: `${share(some)} ${what}` });
  };
  tell('obj-vertex-colors', colors?.gaps ?? 0, 'have no color and are written white');
  tell('obj-vertex-normals', normals?.gaps ?? 0, 'have no normal and are written with 0 0 0');
  tell('obj-alpha', translucent, 'have a color with alpha, which OBJ cannot hold');
}

/** The same row by row: undefined if there are parts, colors or normals. */
export function objRows(
  facts: SelectionFacts,
  options: ObjOptions,
  warn: (warning: Warning) => void,
): RowWriter | undefined {
  const hasColors = options.colors === true && facts.hasVertexColors;
  const hasNormals = options.normals === true && facts.hasVertexNormals;
  if (facts.hasParts || hasColors || hasNormals) return undefined;
  warnOfAbsent(facts, options, warn);
  const write = chooseWriters(facts, options);
  return {
    header: headerOf(facts),
    rowBytes: ROW_BYTES,
    vertices: ({ positions }, from, to, target, at) =>
      writeVertices({ positions }, from, to, write, target, at),
    triangles: (batch, from, to, target, at) => writeTriangles(batch, from, to, false, target, at),
  };
}

/** A comment with the counts, as OBJ has no header. */
function headerOf({ vertexCount, triangleCount }: SelectionFacts): Uint8Array {
  return Buffer.from(`# vertices: ${vertexCount}, triangles: ${triangleCount}\n`, 'latin1');
}

function chooseWriters({ precision }: SelectionFacts, { precision: digits }: ObjOptions): VertexWriters {
  const exact = precision === 'float32' ? writeFloat32 : writeFloat64;
  const position = digits === undefined ? exact : makeRoundedWriter(precision, digits);
  // Unlike positions, other numbers are not always float32 values.
  const narrow =
    (write: NumberWriter): NumberWriter =>
    (value, target, at) =>
      write(Math.fround(value), target, at);
  return precision === 'float32'
    ? { position, normal: narrow(position), color: narrow(exact) }
    : { position, normal: position, color: exact };
}

/** Warns of requested content that the mesh lacks, or that OBJ cannot hold. */
function warnOfAbsent(
  { hasVertexColors, hasTriangleColors, hasVertexNormals }: SelectionFacts,
  { colors, normals }: ObjOptions,
  warn: (warning: Warning) => void,
): void {
  if (colors && hasTriangleColors) {
    const message = 'the mesh has colors of faces, which OBJ cannot hold; they are left out';
    warn({ kind: 'obj-face-colors', message });
  } else if (colors && !hasVertexColors) {
    warn({ kind: 'obj-no-colors', message: 'the mesh has no colors' });
  }
  if (normals && !hasVertexNormals) warn({ kind: 'obj-no-normals', message: 'the mesh has no normals' });
}

function countTranslucent(colors: Float64Array, count: number): number {
  let some = 0;
  for (let k = 0; k < count; k++) if (colors[4 * k + 3]! < 1) some++;
  return some;
}
