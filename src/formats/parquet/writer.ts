/** Parquet, written: a folder with the tables of vertices and triangles, or one file of triangles with positions. */
import type { SoupSelection } from '../../mesh.js';
import { contentOf, warnOfAbsent } from '../shared/content.js';
import type { OutputChunk, Writer } from '../writer.js';
import { countMore } from './more-columns.js';
import { COMPRESSION_DEFAULT, PACKED_SHARES, PARQUET_OPTIONS } from './options.js';
import { type TableOptions, writeCornerTable, writeTriangleTable, writeVertexTable } from './tables.js';

export const parquetWriter = {
  id: 'parquet',
  name: 'Parquet: a folder with vertices.parquet and triangles.parquet, or one file of triangles',
  title: 'Parquet',
  extensions: ['parquet'],
  options: PARQUET_OPTIONS,
  compresses: COMPRESSION_DEFAULT,
  bytesPerTriangle: { plain: 48, compressed: 10 },

  check: () => undefined,

  layout: ({ soup = false }) => (soup ? 'soup' : 'indexed'),

  isFolder: ({ soup = false }) => !soup,

  isBinary: () => true,

  expectBytes(facts, options) {
    const { vertexCount, triangleCount } = facts;
    const { hasNormals, hasColors, hasFaceColors } = contentOf(facts, options);
    const ofTriangle = (hasFaceColors ? 4 : 0) + countMore(options);
    const ofVertex = (hasNormals ? 3 : 0) + (hasColors ? 4 : 0);
    const numbers = options.soup
      ? (10 + ofTriangle + 3 * ofVertex) * triangleCount
      : (4 + ofTriangle) * triangleCount + (4 + ofVertex) * vertexCount;
    return 8 * PACKED_SHARES[options.compress ?? COMPRESSION_DEFAULT] * numbers;
  },

  *write(selection, options: TableOptions, warn): Generator<OutputChunk> {
    warnOfAbsent(selection, options, 'parquet', warn);
    if (options.soup) yield* writeCornerTable(selection, options);
    else yield* writeFolder(selection, options);
  },
} as const satisfies Writer;

function* writeFolder(selection: SoupSelection, options: TableOptions): Generator<OutputChunk> {
  for (const chunk of writeVertexTable(selection, options)) yield { ...chunk, table: 'vertices' };
  for (const { bytes, rows } of writeTriangleTable(selection, options)) {
    yield { bytes, rows: selection.vertexCount + rows, table: 'triangles' };
  }
}
