/**
 * Writes OBJ: the vertices, then the triangles with the names of their parts. Faces have no colors in OBJ, and colors no
 * alpha; both are left out with a warning.
 */
import type { SoupSelection, Warning } from '../../../mesh.js';
import { finite, flag, type Rules } from '../../../options.js';
import { countOf, formatCount } from '../../../wording.js';
import { type Content, ContentFillers, contentOf, warnOfAbsent } from '../../shared/content.js';
import { chooseNarrowingWriter, chooseNumberWriter } from '../../shared/digits.js';
import { idLines, positionLines } from '../../shared/line-writer.js';
import { writeRows } from '../../shared/rows.js';
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
  yield* writeRows(selection, objRows(selection, options, warn));
}

/** OBJ row by row. Warns as {@link formatObj} does. */
export function objRows(
  facts: SelectionFacts,
  options: ObjOptions,
  warn: (warning: Warning) => void,
): RowWriter {
  tellLosses(facts, options, warn);
  const write = chooseWriters(facts, options);
  const fillers = new ContentFillers(heldOf(facts, options), facts.precision);
  const { tally } = fillers;
  tally.translucent = 0;
  const hasNormals = fillers.normals !== undefined;
  const writeBareVertices = positionLines('v ', write.position);
  const writeBareTriangles = idLines('f ', 1);
  return {
    header: headerOf(facts),
    rowBytes: ROW_BYTES,
    tally,
    vertices({ positions, ...batch }, from, to, target, at) {
      const normals = fillers.normals?.fill(batch.normals, from, to);
      const colors = fillers.colors?.fill(batch.colors, from, to);
      if (colors !== undefined) tally.translucent! += countTranslucent(colors, from, to);
      if (normals === undefined && colors === undefined) {
        return writeBareVertices(positions, from, to, target, at);
      }
      return writeVertices({ positions, colors, normals }, from, to, write, target, at);
    },
    triangles: ({ corners }, from, to, target, at) =>
      hasNormals
        ? writeTriangles(corners, from, to, target, at)
        : writeBareTriangles(corners, from, to, target, at),
    *texts(changes) {
      for (const change of changes) yield { at: change.at, id: change.id, text: partLine(change, warn) };
    },
    conclude() {
      fillers.warn(facts, 'obj', warn, 'white');
      warnOfAlpha(tally.translucent!, facts.vertexCount, warn);
    },
  };
}

function warnOfAlpha(translucent: number, vertexCount: number, warn: (warning: Warning) => void): void {
  if (translucent === 0) return;
  const share = `${formatCount(translucent)} of ${countOf(vertexCount, 'vertex', 'vertices')}`;
  warn({ kind: 'obj-alpha', message: `${share} have a color with alpha, which OBJ cannot hold` });
}

/** The content that OBJ can hold: no colors of faces. */
function heldOf(facts: SelectionFacts, options: ObjOptions): Content {
  return { ...contentOf(facts, options), hasFaceColors: false };
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

function countTranslucent(colors: Float64Array, from: number, to: number): number {
  let some = 0;
  for (let k = from; k < to; k++) if (colors[4 * k + 3]! < 1) some++;
  return some;
}
