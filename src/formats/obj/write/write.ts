/**
 * Writes OBJ: the vertices, then the triangles with the names of their parts. Faces have no colors in OBJ, and colors no
 * alpha; both are left out with a warning.
 */
import type { SoupSelection, Warning } from '../../../mesh.js';
import { finite, flag, type Rules } from '../../../options.js';
import { countOf, formatCount } from '../../../wording.js';
import { type Content, ContentFillers, contentOf, isBare, warnOfAbsent } from '../../shared/content.js';
import { chooseNarrowingWriter, chooseNumberWriter } from '../../shared/digits.js';
import { cutAtParts } from '../../shared/part-pieces.js';
import { type Step, writeSteps } from '../../shared/rows.js';
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
  const fillers = new ContentFillers(heldOf(selection, options), selection.precision);
  const losses = { translucent: 0 };
  yield* writeSteps(headerOf(selection), ROW_BYTES, stepsOf(selection, options, fillers, losses, warn));
  const { translucent } = losses;
  fillers.warn(selection, 'obj', warn, 'white');
  if (translucent > 0) {
    const share = `${formatCount(translucent)} of ${countOf(selection.vertexCount, 'vertex', 'vertices')}`;
    warn({ kind: 'obj-alpha', message: `${share} have a color with alpha, which OBJ cannot hold` });
  }
}

function* stepsOf(
  selection: SoupSelection,
  options: ObjOptions,
  fillers: ContentFillers,
  losses: { translucent: number },
  warn: (warning: Warning) => void,
): Generator<Step> {
  const write = chooseWriters(selection, options);
  for (const batch of fillers.fill(selection).vertices()) {
    const { count, colors } = batch;
    if (colors !== undefined) losses.translucent += countTranslucent(colors, count);
    yield { count, write: (from, to, target, at) => writeVertices(batch, from, to, write, target, at) };
  }
  const hasNormals = fillers.normals !== undefined;
  for (const { changes, batch, from, to } of cutAtParts(selection.triangles(), selection)) {
    for (const change of changes) yield { text: partLine(change, warn) };
    yield {
      count: to - from,
      write: (first, last, target, at) =>
        writeTriangles(batch, from + first, from + last, hasNormals, target, at),
    };
  }
}

/** The same row by row: undefined if there are parts, colors or normals. */
export function objRows(
  facts: SelectionFacts,
  options: ObjOptions,
  warn: (warning: Warning) => void,
): RowWriter | undefined {
  if (facts.hasParts || !isBare(heldOf(facts, options))) return undefined;
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

function countTranslucent(colors: Float64Array, count: number): number {
  let some = 0;
  for (let k = 0; k < count; k++) if (colors[4 * k + 3]! < 1) some++;
  return some;
}
