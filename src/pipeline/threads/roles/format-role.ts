/** A thread that writes rows of an output from leaf pages of the database. */
import { IdSet } from '../../../collections/id-set.js';
import type { Rows } from '../../../database/pages/leaf-decoder.js';
import { countCells } from '../../../database/pages/page-format.js';
import { type SharedFile, TableReader } from '../../../database/pages/table-reader.js';
import { type RowMap, RowMapper } from '../../../database/rows/row-mapper.js';
import { checkCorners } from '../../../database/rows/selection.js';
import { SoupMapper } from '../../../database/rows/soup-rows.js';
import { PagedVertexRows, type VertexLeaves } from '../../../database/rows/vertex-rows.js';
import type { RowWriter, SelectionFacts, SoupRowWriter, WriteOptions } from '../../../formats/writer.js';
import { loadWriter, type WriterName } from '../../../formats/writers.js';
import type { FilePlace } from '../../../io/output/output.js';
import { RandomAccessFile } from '../../../io/random-access-file.js';
import type { Home, Work } from './protocol.js';

export interface FormatOptions {
  readonly file: SharedFile;
  /** How rows are mapped; undefined if they are written unchanged. */
  readonly map: RowMap | undefined;
  /** The exclusive upper bound of corners. */
  readonly vertexRange: number;
  /** The leaves of vertices if positions are looked up, for a writer of soup. */
  readonly vertexLeaves: VertexLeaves | undefined;
  /** The writer, which can write this selection row by row with these options. */
  readonly writer: WriterName;
  readonly options: WriteOptions;
  readonly facts: SelectionFacts;
  /** Size of the cache for rows that are looked up. */
  readonly cacheBytes: number;
  /** Shared memories for rows; each holds those of any one page. */
  readonly targets: readonly Uint8Array[];
}

/** Pages whose rows are formatted into one of the shared memories. */
export interface FormatOrder {
  readonly table: 'vertices' | 'triangles';
  readonly leaves: readonly number[];
  readonly target: number;
}

/** The first bytes of one of the shared memories, to be written to a file. */
export interface WriteOrder {
  readonly target: number;
  readonly bytes: number;
  readonly place: FilePlace;
}

export type FormatRequest = FormatOrder | WriteOrder;

/** What was formatted; a {@link WriteOrder} has an answer without content. */
export interface FormatReply {
  /** How many of the leaves were formatted: at least one, and fewer than requested if the memory was full. */
  readonly leaves: number;
  readonly bytes: number;
  readonly rows: number;
  /** The first id, and the one after the last; the receiver checks that they continue the previous pages. */
  readonly firstId: number;
  readonly nextId: number;
}

/** The answer to a {@link WriteOrder}. */
const NOTHING: FormatReply = { leaves: 0, bytes: 0, rows: 0, firstId: 0, nextId: 0 };

export async function begin(begun: FormatOptions, home: Home<FormatReply>): Promise<Work<FormatRequest>> {
  const { file, map, vertexRange, writer, options, facts, targets } = begun;
  const rowWriter = (await loadWriter(writer)).rows!(facts, options, () => undefined)!;
  const reader = TableReader.attach(file);
  const window = reader.window();
  const decoders = { vertices: reader.decoder(true), triangles: reader.decoder(false) };
  const sets = {
    vertices: map?.vertices && IdSet.attach(map.vertices),
    triangles: map?.triangles && IdSet.attach(map.triangles),
  };
  const write = chooseWrite(rowWriter, reader, begun);

  const format = ({ table, leaves, target: number }: FormatOrder): FormatReply => {
    const decoder = decoders[table];
    const target = targets[number]!;
    decoder.expectAny();
    let at = 0;
    let rows = 0;
    let done = 0;
    for (const { number, page } of reader.read(leaves, window)) {
      if (done > 0 && at + rowWriter.rowBytes * countCells(page) > target.length) break;
      // If rows are selected, leaves in between may have been skipped.
      if (map?.vertices !== undefined) decoder.expectAny();
      decoder.decode(number, page, sets[table]);
      const { count, ids, values } = decoder.rows();
      decoder.count = 0;
      if (table === 'triangles') checkCorners({ count, corners: values }, vertexRange, file.path);
      const [written, end] = write[table]({ count, ids, values }, target, at);
      rows += written;
      at = end;
      done++;
    }
    return { leaves: done, bytes: at, rows, firstId: decoder.firstId, nextId: decoder.nextId };
  };

  return {
    handle(request) {
      if ('leaves' in request) return home.send(format(request));
      const { target, bytes, place } = request;
      RandomAccessFile.attach(place.path, place.descriptor).write(
        targets[target]!.subarray(0, bytes),
        place.position,
      );
      home.send(NOTHING);
    },
    // The main thread closes the file.
    close: () => undefined,
  };
}

type Write = (
  rows: Rows & { readonly values: Float64Array },
  target: Uint8Array,
  at: number,
) => [rows: number, end: number];

/** Chooses how rows of each table are mapped and written; returns how many were written, and where they end. */
function chooseWrite(
  writer: RowWriter | SoupRowWriter,
  reader: TableReader,
  { map, vertexLeaves, cacheBytes }: FormatOptions,
): Record<FormatOrder['table'], Write> {
  if ('soup' in writer) {
    const positions = new PagedVertexRows(reader, vertexLeaves!);
    const sources = { positions, colors: undefined, normals: undefined };
    const mapper = new SoupMapper(sources, map ?? { transform: [], flip: false }, cacheBytes);
    return {
      vertices: (_, __, at) => [0, at],
      triangles({ count, ids, values }, target, at) {
        const mapped = mapper.map({ count, ids, corners: values });
        return [mapped.count, writer.soup(mapped, 0, mapped.count, target, at)];
      },
    };
  }
  const mapper = map && new RowMapper(map, cacheBytes);
  return {
    vertices({ count, ids, values }, target, at) {
      const batch = { count, ids, positions: values };
      const mapped = mapper === undefined ? batch : mapper.vertices(batch);
      return [mapped.count, writer.vertices(mapped, 0, mapped.count, target, at)];
    },
    triangles({ count, ids, values }, target, at) {
      const batch = { count, ids, corners: values };
      const mapped = mapper === undefined ? batch : mapper.triangles(batch);
      return [mapped.count, writer.triangles(mapped, 0, mapped.count, target, at)];
    },
  };
}
