/**
 * Writes OBJ: the vertices, then the triangles with the names of their parts. Faces have no colors in OBJ, and colors no
 * alpha; both are left out with a warning.
 */
import { CHUNK_BYTES } from '../../../memory.js';
import type { SoupSelection, Warning } from '../../../mesh.js';
import { finite, flag, type Rules } from '../../../options.js';
import { countOf, formatCount } from '../../../wording.js';
import { ContentFillers, contentOf, isBare, warnOfAbsent } from '../../shared/content.js';
import { chooseNarrowingWriter, chooseNumberWriter } from '../../shared/digits.js';
import { ChunkBuffers } from '../../shared/output.js';
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

/**
 * Formats the selection as OBJ, chunk by chunk. Vertices without a color or normal that others have are white or get the
 * normal 0 0 0, with a warning.
 */
export function* formatObj(
  selection: SoupSelection,
  options: ObjOptions,
  warn: (warning: Warning) => void,
): Generator<OutputChunk> {
  tellLosses(selection, options, warn);
  const write = chooseWriters(selection, options);
  const content = { ...contentOf(selection, options), hasFaceColors: false };
  const { hasNormals } = content;
  const fillers = new ContentFillers(content, selection.precision);
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
      colors: fillers.colors?.fill(batch.colors, count),
      normals: fillers.normals?.fill(batch.normals, count),
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
  fillers.warn(selection, 'obj', warn, 'white');
  if (translucent > 0) {
    const share = `${formatCount(translucent)} of ${countOf(selection.vertexCount, 'vertex', 'vertices')}`;
    warn({ kind: 'obj-alpha', message: `${share} have a color with alpha, which OBJ cannot hold` });
  }
}

/** The same row by row: undefined if there are parts, colors or normals. */
export function objRows(
  facts: SelectionFacts,
  options: ObjOptions,
  warn: (warning: Warning) => void,
): RowWriter | undefined {
  if (facts.hasParts || !isBare({ ...contentOf(facts, options), hasFaceColors: false })) return undefined;
  tellLosses(facts, options, warn);
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
  return {
    position: chooseNumberWriter(precision, digits),
    normal: chooseNarrowingWriter(precision, digits),
    color: chooseNarrowingWriter(precision),
  };
}

/** Warns of requested content that the mesh lacks, or that OBJ cannot hold. */
function tellLosses(facts: SelectionFacts, options: ObjOptions, warn: (warning: Warning) => void): void {
  warnOfAbsent(facts, options, 'obj', warn);
  if (!options.colors || !facts.hasTriangleColors) return;
  const message = 'the mesh has colors of faces, which OBJ cannot hold; they are left out';
  warn({ kind: 'obj-face-colors', message });
}

function countTranslucent(colors: Float64Array, count: number): number {
  let some = 0;
  for (let k = 0; k < count; k++) if (colors[4 * k + 3]! < 1) some++;
  return some;
}
