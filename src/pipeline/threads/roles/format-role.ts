/** A thread that formats lines of plain OFF from leaf pages of the database. */
import { IdSet } from '../../../collections/id-set.js';
import { rowsMax } from '../../../database/pages/leaf-decoder.js';
import { type SharedFile, TableReader } from '../../../database/pages/table-reader.js';
import { type RowMap, RowMapper } from '../../../database/rows/row-mapper.js';
import { checkCorners } from '../../../database/rows/selection.js';
import { LINE_BYTES, writeTriangleLines, writeVertexLines } from '../../../formats/off/write/plain.js';
import { chooseWriter } from '../../../formats/off/write/write.js';
import type { Precision } from '../../../mesh.js';
import type { Home, Work } from './protocol.js';

export interface FormatOptions {
  readonly file: SharedFile;
  /** How rows are mapped; undefined if they are written unchanged. */
  readonly map: RowMap | undefined;
  /** The exclusive upper bound of corners. */
  readonly vertexRange: number;
  readonly precision: Precision;
  readonly digits: number | undefined;
  /** Size of the cache for rows that are looked up. */
  readonly cacheBytes: number;
}

/** The pages to format, and the shared memory for their lines, of {@link linesBytes}. */
export interface FormatRequest {
  readonly table: 'vertices' | 'triangles';
  readonly leaves: readonly number[];
  readonly target: Uint8Array;
}

export interface FormatReply {
  readonly bytes: number;
  readonly rows: number;
  /** The first id, and the one after the last; the receiver checks that they continue the pages before. */
  readonly firstId: number;
  readonly nextId: number;
}

/** The most bytes for the lines of `pages` pages. */
export function linesBytes(pages: number, pageBytes: number): number {
  return LINE_BYTES * rowsMax(pageBytes) * pages;
}

export function begin(options: FormatOptions, home: Home<FormatReply>): Work<FormatRequest> {
  const { file, map, vertexRange, precision, digits, cacheBytes } = options;
  const reader = TableReader.attach(file);
  const writeCoordinate = chooseWriter(precision, digits);
  const window = reader.window();
  const decoders = { vertices: reader.decoder(true), triangles: reader.decoder(false) };
  const sets = {
    vertices: map?.vertices && IdSet.attach(map.vertices),
    triangles: map?.triangles && IdSet.attach(map.triangles),
  };
  const mapper = map && new RowMapper(map, cacheBytes);

  return {
    handle({ table, leaves, target }) {
      const decoder = decoders[table];
      decoder.expectAny();
      let at = 0;
      let rows = 0;
      for (const { number, page } of reader.read(leaves, window)) {
        // If rows are selected, leaves in between may have been skipped.
        if (map?.vertices !== undefined) decoder.expectAny();
        decoder.decode(number, page, sets[table]);
        const { count, ids, values } = decoder.rows();
        decoder.count = 0;
        if (table === 'vertices') {
          const batch = { count, ids, positions: values };
          const { count: kept } = mapper === undefined ? batch : mapper.vertices(batch);
          at = writeVertexLines(values, 0, kept, writeCoordinate, target, at);
          rows += kept;
        } else {
          const batch = { count, ids, corners: values };
          checkCorners(batch, vertexRange, file.path);
          const { count: kept } = mapper === undefined ? batch : mapper.triangles(batch);
          at = writeTriangleLines(values, 0, kept, target, at);
          rows += kept;
        }
      }
      home.send({ bytes: at, rows, firstId: decoder.firstId, nextId: decoder.nextId });
    },
    // The main thread closes the file.
    close: () => undefined,
  };
}
