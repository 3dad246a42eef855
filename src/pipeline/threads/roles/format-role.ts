/** A thread that writes rows of an output from leaf pages of the database. */
import { IdSet } from '../../../collections/id-set.js';
import { ROW_KINDS, type Rows } from '../../../database/pages/leaf-decoder.js';
import { countCells } from '../../../database/pages/page-format.js';
import { type SharedFile, TableReader } from '../../../database/pages/table-reader.js';
import {
  AttributeColumn,
  type AttributeTable,
  PagedAttributes,
  TriangleColorColumn,
  WordColumn,
} from '../../../database/rows/attribute-rows.js';
import { checkCorners } from '../../../database/rows/row-ids.js';
import { type RowMap, RowMapper } from '../../../database/rows/row-mapper.js';
import type { PagedAttributeTables } from '../../../database/rows/selection.js';
import { SoupMapper } from '../../../database/rows/soup-rows.js';
import type { TableLeaves } from '../../../database/rows/table-leaves.js';
import { PagedVertexRows } from '../../../database/rows/vertex-rows.js';
import { decodeSources } from '../../../formats/stl/color.js';
import type {
  AnyRowWriter,
  RowWriter,
  SelectionFacts,
  SoupRowWriter,
  Tally,
  WriteOptions,
} from '../../../formats/writer.js';
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
  readonly vertexLeaves: TableLeaves | undefined;
  /** The writer, which can write this selection row by row with these options. */
  readonly writer: WriterName;
  readonly options: WriteOptions;
  readonly facts: SelectionFacts;
  /** The attributes that are written. */
  readonly attributes: PagedAttributeTables;
  /** The attribute words of a binary STL, for a writer of these. */
  readonly words: AttributeTable | undefined;
  /** Size of the cache for rows that are looked up. */
  readonly cacheBytes: number;
}

/** Texts before triangles, in the order of their ids. */
export interface IdTexts {
  readonly ids: readonly number[];
  /** Where each text ends. */
  readonly ends: readonly number[];
  readonly bytes: Uint8Array;
}

/** Pages whose rows are formatted into shared memory, which holds those of any one page and all texts. */
export interface FormatOrder {
  readonly table: 'vertices' | 'triangles';
  readonly leaves: readonly number[];
  /** Texts before or between the triangles of these leaves. */
  readonly texts: IdTexts | undefined;
  readonly target: Uint8Array;
}

/** Bytes in shared memory, to be written to a file. */
export interface WriteOrder {
  readonly bytes: Uint8Array;
  readonly place: FilePlace;
}

export type FormatRequest = FormatOrder | WriteOrder;

/** What was formatted; a {@link WriteOrder} has an answer without content. */
export interface FormatReply {
  /** How many of the leaves were formatted: at least one, and fewer than requested if the memory was full. */
  readonly leaves: number;
  /** How many of the texts were inserted: all unless the memory was full. */
  readonly texts: number;
  readonly bytes: number;
  readonly rows: number;
  /** What the writer counted in these rows. */
  readonly tally: Tally;
  /** The first id, and the one after the last; the receiver checks that they continue the previous pages. */
  readonly firstId: number;
  readonly nextId: number;
}

/** The answer to a {@link WriteOrder}. */
const NOTHING: FormatReply = { leaves: 0, texts: 0, bytes: 0, rows: 0, tally: {}, firstId: 0, nextId: 0 };
const NO_TEXTS: IdTexts = { ids: [], ends: [], bytes: new Uint8Array(0) };

export async function begin(begun: FormatOptions, home: Home<FormatReply>): Promise<Work<FormatRequest>> {
  const { file, map, vertexRange, writer, options, facts } = begun;
  const rowWriter = (await loadWriter(writer)).rows!(facts, options, () => undefined);
  const { rowBytes } = rowWriter;
  const reader = TableReader.attach(file);
  const window = reader.window();
  const decoders = {
    vertices: reader.decoder(ROW_KINDS.vertices),
    triangles: reader.decoder(ROW_KINDS.triangles),
  };
  const sets = {
    vertices: map?.vertices && IdSet.attach(map.vertices),
    triangles: map?.triangles && IdSet.attach(map.triangles),
  };
  const mapRows = chooseMaps(rowWriter, reader, begun);

  const format = ({ table, leaves, texts = NO_TEXTS, target }: FormatOrder): FormatReply => {
    const decoder = decoders[table];
    decoder.expectAny();
    let at = 0;
    let rows = 0;
    let done = 0;
    let text = 0;
    let textEnd = 0;
    for (const { number, page } of reader.read(leaves, window)) {
      const textBytes = texts.bytes.length - textEnd;
      if (done > 0 && at + rowBytes * countCells(page) + textBytes > target.length) break;
      // If rows are selected, leaves in between may have been skipped.
      if (map?.vertices !== undefined) decoder.expectAny();
      decoder.decode(number, page, sets[table]);
      const { count, ids, values } = decoder.rows();
      decoder.count = 0;
      if (decoder.largest >= vertexRange) checkCorners({ count, corners: values }, vertexRange, file.path);
      const mapped = mapRows[table]({ count, ids, values });
      let from = 0;
      for (; text < texts.ids.length && texts.ids[text]! <= ids[count - 1]!; text++) {
        let to = from;
        while (ids[to]! < texts.ids[text]!) to++;
        at = mapped.write(from, to, target, at);
        from = to;
        const bytes = texts.bytes.subarray(textEnd, texts.ends[text]);
        target.set(bytes, at);
        at += bytes.length;
        textEnd += bytes.length;
      }
      at = mapped.write(from, mapped.count, target, at);
      rows += mapped.count;
      done++;
    }
    if (done === leaves.length) {
      target.set(texts.bytes.subarray(textEnd), at);
      at += texts.bytes.length - textEnd;
      text = texts.ids.length;
    }
    const { firstId, nextId } = decoder;
    return { leaves: done, texts: text, bytes: at, rows, tally: takeTally(rowWriter), firstId, nextId };
  };

  return {
    handle(request) {
      if ('leaves' in request) return home.send(format(request));
      const { bytes, place } = request;
      RandomAccessFile.attach(place.path, place.descriptor).write(bytes, place.position);
      home.send(NOTHING);
    },
    // The main thread closes the file.
    close: () => undefined,
  };
}

/** Returns the tally of a writer and resets it. */
function takeTally({ tally = {} }: AnyRowWriter): Tally {
  const taken = { ...tally };
  for (const name of Object.keys(tally) as (keyof Tally)[]) tally[name] = 0;
  return taken;
}

/** Rows as they are to be written. */
interface MappedRows {
  readonly count: number;
  write(from: number, to: number, target: Uint8Array, at: number): number;
}

type MapRows = (rows: Rows & { readonly values: Float64Array }) => MappedRows;

/** Chooses how rows of each table are mapped and written. */
function chooseMaps(
  writer: RowWriter | SoupRowWriter,
  reader: TableReader,
  begun: FormatOptions,
): Record<FormatOrder['table'], MapRows> {
  return 'soup' in writer ? chooseSoup(writer, reader, begun) : chooseIndexed(writer, reader, begun);
}

function chooseSoup(
  writer: SoupRowWriter,
  reader: TableReader,
  { map, vertexLeaves, words, cacheBytes }: FormatOptions,
): Record<FormatOrder['table'], MapRows> {
  const positions = new PagedVertexRows(reader, vertexLeaves!);
  const sources = { positions, colors: undefined, normals: undefined };
  const mapper = new SoupMapper(sources, map ?? { transform: [], flip: false }, cacheBytes);
  const column = words && new WordColumn(new PagedAttributes(reader, words));
  return {
    vertices: () => ({ count: 0, write: (_from, _to, _target, at) => at }),
    triangles({ count, ids, values }) {
      const attributes = column?.find(ids, count);
      const batch = { ...mapper.map({ count, ids, corners: values }), attributes };
      return {
        count: batch.count,
        write: (from, to, target, at) => writer.soup(batch, from, to, target, at),
      };
    },
  };
}

function chooseIndexed(
  writer: RowWriter,
  reader: TableReader,
  { map, attributes, cacheBytes }: FormatOptions,
): Record<FormatOrder['table'], MapRows> {
  const mapper = map && new RowMapper(map, cacheBytes);
  const used = map?.vertices && IdSet.attach(map.vertices);
  const { vertexColors, vertexNormals, triangleColors, wordSources } = attributes;
  const column = (table: AttributeTable | undefined) =>
    table && new AttributeColumn(new PagedAttributes(reader, table));
  const colors = column(vertexColors);
  const normals = column(vertexNormals);
  const faceColors =
    triangleColors &&
    new TriangleColorColumn(new PagedAttributes(reader, triangleColors), decodeSources(wordSources).decode);
  return {
    vertices({ count, ids, values }) {
      const first = used === undefined ? ids[0]! : count > 0 ? used.rank(ids[0]!) : 0;
      const rows = {
        count,
        ids,
        positions: values,
        colors: colors?.find(ids, count),
        normals: normals?.find(ids, count),
      };
      const batch = { ...(mapper === undefined ? rows : mapper.vertices(rows)), first };
      return {
        count: batch.count,
        write: (from, to, target, at) => writer.vertices(batch, from, to, target, at),
      };
    },
    triangles({ count, ids, values }) {
      const rows = { count, ids, corners: values, colors: faceColors?.find(ids, count) };
      const batch = mapper === undefined ? rows : mapper.triangles(rows);
      return {
        count: batch.count,
        write: (from, to, target, at) => writer.triangles(batch, from, to, target, at),
      };
    },
  };
}
