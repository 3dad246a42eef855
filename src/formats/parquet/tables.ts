/** The tables of a mesh: which columns they have, and the rows that fill them. */
import type { CompressionChoice } from '../../io/compression/compression.js';
import type { CornerBatch, SoupSelection, TriangleBatch } from '../../mesh.js';
import { contentOf } from '../shared/content.js';
import { cutAtParts } from '../shared/part-pieces.js';
import { type Column, IntegerColumn, NullableColumn, NumberColumn } from './column.js';
import { columnsOf, countMore, MoreColumns } from './more-columns.js';
import { COMPRESSION_DEFAULT, type ParquetOptions } from './options.js';
import { groupRows, type TableChunk, type TableStep, writeTable } from './table-file.js';

const AXES = ['x', 'y', 'z'] as const;
const CORNERS = ['a', 'b', 'c'] as const;
const CHANNELS = ['red', 'green', 'blue', 'alpha'] as const;
const NORMAL = ['nx', 'ny', 'nz'] as const;

export type TableOptions = ParquetOptions & { readonly compress?: CompressionChoice | undefined };

/** Yields the file of vertices: id, position, normal and color. The first id is `firstId`. */
export function* writeVertexTable(
  selection: SoupSelection,
  options: TableOptions,
  firstId = 0,
): Generator<TableChunk> {
  const { hasNormals, hasColors } = contentOf(selection, options);
  const capacity = groupRows(4 + (hasNormals ? 3 : 0) + (hasColors ? 4 : 0));
  const id = new IntegerColumn('id', capacity);
  const position = AXES.map((name) => new NumberColumn(name, capacity));
  const normal = new Groups(hasNormals ? NORMAL : [], capacity);
  const color = new Groups(hasColors ? CHANNELS : [], capacity);
  const columns = [id, ...position, ...normal.columns, ...color.columns];
  yield* writeTable(columns, capacity, compressionOf(options), steps());

  function* steps(): Generator<TableStep> {
    let next = firstId;
    for (const { count, positions, normals, colors } of selection.vertices()) {
      const fill = (from: number, to: number) => {
        id.addRange(next, to - from);
        next += to - from;
        for (const [axis, column] of position.entries()) column.add(positions, 3, axis, from, to);
        normal.add(normals, 3, 0, from, to);
        color.add(colors, 4, 0, from, to);
      };
      yield { count, fill };
    }
  }
}

/** Yields the file of triangles: id, the ids of vertices, color, and the requested columns. The first id is `firstId`. */
export function* writeTriangleTable(
  selection: SoupSelection,
  options: TableOptions,
  firstId = 0,
): Generator<TableChunk> {
  const { hasFaceColors } = contentOf(selection, options);
  const { measures } = columnsOf(options);
  const capacity = groupRows(4 + (hasFaceColors ? 4 : 0) + countMore(options));
  const id = new IntegerColumn('id', capacity);
  const corners = CORNERS.map((name) => new IntegerColumn(name, capacity));
  const color = new Groups(hasFaceColors ? CHANNELS : [], capacity);
  const more = new MoreColumns(options, capacity);
  const columns = [id, ...corners, ...color.columns, ...more.columns];
  yield* writeTable(columns, capacity, compressionOf(options), steps());

  function* steps(): Generator<TableStep> {
    const batches = measures.length === 0 ? selection.triangles() : measuredTriangles(selection, measures);
    let next = firstId;
    for (const { changes, batch, from, to } of cut<MeasuredTriangles>(batches, selection, more)) {
      more.change(changes);
      const fill = (first: number, last: number) => {
        const [start, end] = [from + first, from + last];
        id.addRange(next, end - start);
        next += end - start;
        for (const [corner, column] of corners.entries()) column.add(batch.corners, 3, corner, start, end);
        color.add(batch.colors, 4, 0, start, end);
        more.add(batch.measures, start, end);
      };
      yield { count: to - from, fill };
    }
  }
}

/** Yields the file of triangles with the positions of their corners, their colors and normals, and requested columns. */
export function* writeCornerTable(selection: SoupSelection, options: TableOptions): Generator<TableChunk> {
  const { hasNormals, hasColors, hasFaceColors } = contentOf(selection, options);
  const { measures } = columnsOf(options);
  const wide = (hasNormals ? 9 : 0) + (hasColors ? 12 : 0) + (hasFaceColors ? 4 : 0);
  const capacity = groupRows(10 + wide + countMore(options));
  const triangle = new IntegerColumn('triangle', capacity);
  const ofCorners = (names: readonly string[]) =>
    CORNERS.flatMap((corner) => names.map((name) => `${corner}${name}`));
  const position = ofCorners(AXES).map((name) => new NumberColumn(name, capacity));
  const normal = new Groups(hasNormals ? ofCorners(NORMAL.map((name) => `_${name}`)) : [], capacity);
  const cornerColor = new Groups(hasColors ? ofCorners(CHANNELS.map((name) => `_${name}`)) : [], capacity);
  const color = new Groups(hasFaceColors ? CHANNELS : [], capacity);
  const more = new MoreColumns(options, capacity);
  const columns: Column[] = [triangle, ...position, ...normal.columns, ...cornerColor.columns];
  columns.push(...color.columns, ...more.columns);
  yield* writeTable(columns, capacity, compressionOf(options), steps());

  function* steps(): Generator<TableStep> {
    let next = 0;
    const batches = selection.soup({ measures: measures.length > 0 ? measures : undefined });
    for (const { changes, batch, from, to } of cut(batches, selection, more)) {
      more.change(changes);
      const fill = (first: number, last: number) => {
        const [start, end] = [from + first, from + last];
        triangle.addRange(next, end - start);
        next += end - start;
        for (const [at, column] of position.entries()) column.add(batch.positions, 9, at, start, end);
        normal.add(batch.vertexNormals, 9, 3, start, end);
        cornerColor.add(batch.vertexColors, 12, 4, start, end);
        color.add(batch.colors, 4, 0, start, end);
        more.add(batch.measures, start, end);
      };
      yield { count: to - from, fill };
    }
  }
}

function compressionOf({ compress = COMPRESSION_DEFAULT }: TableOptions): CompressionChoice {
  return compress;
}

/** Cuts batches where parts or sources change, if a column names them. */
function cut<Batch extends Pick<TriangleBatch, 'count'>>(
  batches: Iterable<Batch>,
  selection: SoupSelection,
  { namesParts, namesSources }: MoreColumns,
) {
  const parts = (options?: { readonly sources?: boolean }) => selection.parts(options);
  return cutAtParts(batches, { hasParts: namesParts && selection.hasParts, parts }, namesSources);
}

type MeasuredTriangles = TriangleBatch & Pick<CornerBatch, 'measures'>;

/** Yields triangles with their measures, from two streams of the same triangles. */
function* measuredTriangles(
  selection: SoupSelection,
  measures: readonly string[],
): Generator<MeasuredTriangles> {
  const soup = selection.soup({ measures })[Symbol.iterator]();
  try {
    for (const batch of selection.triangles()) {
      // The batches are the same, but those of soup are never empty.
      if (batch.count > 0) yield { ...batch, measures: (soup.next().value as CornerBatch).measures };
    }
  } finally {
    soup.return?.();
  }
}

/** Columns of colors or normals: `stride` of them belong together, and are NULL if the first one is NaN. */
class Groups {
  readonly columns: readonly NullableColumn[];

  constructor(names: readonly string[], capacity: number) {
    this.columns = names.map((name) => new NullableColumn(name, capacity));
  }

  /** Adds rows of `width` values; with a `stride`, a row holds several colors or normals. */
  add(rows: Float64Array | undefined, width: number, stride: number, from: number, to: number): void {
    for (const [at, column] of this.columns.entries()) {
      column.add(rows, width, at, from, to, stride === 0 ? 0 : at - (at % stride));
    }
  }
}
