/**
 * Reads the entries of an index, in ascending order, from its b-tree pages: an interior page has an entry between each two
 * of its children. Overflow pages are refused; locks are the caller's.
 */
import {
  CELL_COUNT,
  INDEX_INTERIOR,
  INDEX_LEAF,
  INTERIOR_HEADER,
  LEAF_HEADER,
  localPayloadMax,
  RIGHT_CHILD,
  readVarint,
  varintWidth,
} from './page-format.js';
import type { TableReader } from './table-reader.js';

/** SQLite's own limit (BTCURSOR_MAX_DEPTH). */
const DEPTH_MAX = 20;

/** An entry: a varint with the size of its record, and the record. Valid until the next one. */
export interface IndexEntries {
  readonly page: Uint8Array;
  readonly view: DataView;
  /** Where the entries begin in the page, of which the first `count` count. */
  readonly starts: Uint16Array;
  readonly count: number;
}

/** Yields the entries of the index with that root page, some at a time. Throws DatabaseError. */
export function* readIndex(reader: TableReader, rootPage: number): Generator<IndexEntries> {
  yield* entriesBelow(reader, [rootPage], [], reader.window(), 1);
}

/** Yields the entries of pages, and after each page but the last the entry of the page above. */
function* entriesBelow(
  reader: TableReader,
  pages: readonly number[],
  between: readonly IndexEntries[],
  window: Uint8Array,
  level: number,
): Generator<IndexEntries> {
  let k = 0;
  for (const { number, page } of reader.read(pages, window)) {
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const type = page[0]!;
    if (type === INDEX_LEAF) yield entriesOf(reader, number, page, view, LEAF_HEADER, 0);
    else if (type !== INDEX_INTERIOR) {
      throw reader.error(
        number,
        `type ${type}; expected ${INDEX_INTERIOR} or ${INDEX_LEAF}, a page of an index`,
      );
    } else if (level > DEPTH_MAX) {
      throw reader.error(number, `in level ${level} of a tree; expected ${DEPTH_MAX} at most`);
    } else {
      // The window is used again below.
      const copy = page.slice();
      const copyView = new DataView(copy.buffer);
      const own = entriesOf(reader, number, copy, copyView, INTERIOR_HEADER, 4);
      const children = Array.from(own.starts.subarray(0, own.count), (at) => copyView.getUint32(at - 4));
      const singles = Array.from(own.starts.subarray(0, own.count), (at) => ({
        page: copy,
        view: copyView,
        starts: Uint16Array.of(at),
        count: 1,
      }));
      yield* entriesBelow(
        reader,
        [...children, copyView.getUint32(RIGHT_CHILD)],
        singles,
        reader.window(),
        level + 1,
      );
    }
    if (k < between.length) yield between[k]!;
    k++;
  }
}

function entriesOf(
  reader: TableReader,
  number: number,
  page: Uint8Array,
  view: DataView,
  header: number,
  extra: number,
): IndexEntries {
  const count = view.getUint16(CELL_COUNT);
  const begin = header + 2 * count;
  if (begin > page.length) throw reader.error(number, `${count} cells; expected no more than fit`);
  const starts = new Uint16Array(count);
  for (let k = 0; k < count; k++) {
    const at = view.getUint16(header + 2 * k) + extra;
    const size = at < page.length ? readVarint(page, at) : Number.POSITIVE_INFINITY;
    if (at < begin || size > localPayloadMax(page.length) || at + varintWidth(size) + size > page.length) {
      throw reader.error(number, `a cell at ${at}; expected a complete one`);
    }
    starts[k] = at;
  }
  return { page, view, starts, count };
}
