/**
 * Merges the unique index of a mesh that grows with the positions of its new vertices. Both are sorted, so each position is
 * compared once with the one before it: that proves that none is stored twice, as SQLite's own sorting does.
 */
import { DatabaseError } from '../../errors.js';
import { INDEX_CACHE_BYTES } from '../../memory.js';
import { openDatabase } from '../open-database.js';
import { readIndex } from '../pages/index-reader.js';
import type { IndexWriter } from '../pages/index-writer.js';
import { FLOAT_TYPE, INTEGER_BYTES, integerType, readInteger, writeBigEndian } from '../pages/page-format.js';
import { TableReader } from '../pages/table-reader.js';
import { TableLoad } from '../pages/table-writer.js';

/** The name of the index. */
export const POSITION_INDEX = 'vertices_position';

/** Columns of an entry: the coordinates, and the id. */
const COLUMNS = 4;
/** The most bytes of an entry: the size of its record, the record's header and four values. */
const ENTRY_BYTES_MAX = 1 + 1 + COLUMNS + 8 * COLUMNS;

/** The finished mesh whose index is merged. Plain data, for another thread. */
export interface MergeSource {
  readonly path: string;
  /** The number of its vertices, whose ids come before all new ones. */
  readonly vertices: number;
}

/**
 * Fills the empty index of a database that has all vertices, and that nothing else has open. Throws DatabaseError if a
 * position is stored twice or the index of the source does not agree with it.
 */
export function mergeIndex(path: string, { path: from, vertices }: MergeSource): void {
  const reader = TableReader.open(from);
  const db = openDatabase(path, { readonly: true });
  const load = TableLoad.open(path);
  try {
    db.pragma(`cache_size = -${Math.floor(INDEX_CACHE_BYTES / 1024)}`);
    const root = indexRoot(from);
    const merge = new Merge(load.index(findRoot(db)), path);
    // The index is empty, so SQLite must not look there.
    const added = db
      .prepare('SELECT x, y, z, id FROM vertices NOT INDEXED WHERE id >= ? ORDER BY x, y, z')
      .raw()
      .iterate(vertices) as IterableIterator<[number, number, number, number]>;
    try {
      merge.run(reader, root, vertices, added);
    } finally {
      added.return?.();
    }
    db.close();
    load.finish();
  } finally {
    db.close();
    load.close();
    reader.close();
  }
}

/** Returns the root page of the index of a database file; throws DatabaseError if it has none. */
function indexRoot(path: string): number {
  const db = openDatabase(path, { readonly: true });
  try {
    return findRoot(db);
  } finally {
    db.close();
  }
}

function findRoot(db: ReturnType<typeof openDatabase>): number {
  const sql = "SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND name = ?";
  const root = db.prepare(sql).pluck().get(POSITION_INDEX) as number | undefined;
  if (root !== undefined) return root;
  throw new DatabaseError(`${db.name}: ${POSITION_INDEX} is missing; expected the unique index`, {
    code: 'DATABASE_DAMAGED',
  });
}

/** One merge, into one index. */
class Merge {
  private readonly next = new Float64Array(3);
  private readonly last = new Float64Array(3).fill(Number.NaN);
  private readonly key = new Float64Array(3);
  private readonly entry = new Uint8Array(ENTRY_BYTES_MAX);
  private readonly entryView = new DataView(this.entry.buffer);

  constructor(
    private readonly writer: IndexWriter,
    private readonly path: string,
  ) {}

  run(
    reader: TableReader,
    root: number,
    count: number,
    added: IterableIterator<[number, number, number, number]>,
  ): void {
    const { key, next } = this;
    let waiting = added.next();
    let old = 0;
    const take = () => {
      if (!waiting.done) for (let k = 0; k < 3; k++) next[k] = waiting.value[k]!;
    };
    take();
    for (const { page, view, starts, count: entries } of readIndex(reader, root)) {
      for (let k = 0; k < entries; k++) {
        const at = starts[k]!;
        const size = 1 + page[at]!;
        if (size > ENTRY_BYTES_MAX || !readKey(page, view, at, key)) {
          throw reader.error(root, 'an entry of another form; expected three coordinates and an id');
        }
        while (!waiting.done && isLess(next, key)) {
          this.append(next, waiting.value[3]);
          waiting = added.next();
          take();
        }
        this.check(key);
        this.writer.add(page, at, size);
        if (++old > count) break;
      }
      if (old > count) break;
    }
    if (old !== count) {
      throw reader.error(root, `an index of ${old > count ? 'more' : old} entries; expected ${count}`);
    }
    for (; !waiting.done; waiting = added.next(), take()) this.append(next, waiting.value[3]);
  }

  private append(key: Float64Array, id: number): void {
    this.check(key);
    const { entry, entryView } = this;
    const type = integerType(id);
    const bytes = INTEGER_BYTES[type]!;
    entry[0] = 1 + COLUMNS + 24 + bytes;
    entry[1] = 1 + COLUMNS;
    for (let k = 0; k < 3; k++) {
      entry[2 + k] = FLOAT_TYPE;
      entryView.setFloat64(2 + COLUMNS + 8 * k, key[k]!);
    }
    entry[2 + 3] = type;
    const end = writeBigEndian(entry, 2 + COLUMNS + 24, id, bytes);
    this.writer.add(entry, 0, end);
  }

  /** Throws DatabaseError unless a position comes after the last one. */
  private check(key: Float64Array): void {
    const { last, path } = this;
    if (isLess(key, last) || (key[0] === last[0] && key[1] === last[1] && key[2] === last[2])) {
      throw new DatabaseError(
        `${path}: ${key.join(' ')} is stored as two vertices; expected each position once`,
        {
          code: 'DATABASE_DAMAGED',
          hint: 'import all sources again',
        },
      );
    }
    last[0] = key[0]!;
    last[1] = key[1]!;
    last[2] = key[2]!;
  }
}

/** Reads the coordinates of an entry; false if it has another form. */
function readKey(page: Uint8Array, view: DataView, start: number, key: Float64Array): boolean {
  const header = start + 1;
  if (page[header] !== 1 + COLUMNS) return false;
  let at = header + 1 + COLUMNS;
  for (let k = 0; k < 3; k++) {
    const type = page[header + 1 + k]!;
    if (type === FLOAT_TYPE) {
      key[k] = view.getFloat64(at);
      at += 8;
    } else if (type === 8 || type === 9) key[k] = type - 8;
    else if (type >= 1 && type <= 6) {
      key[k] = readInteger(page, at, INTEGER_BYTES[type]!);
      at += INTEGER_BYTES[type]!;
    } else return false;
  }
  return true;
}

/** Compares positions as SQLite sorts them. */
function isLess(a: Float64Array, b: Float64Array): boolean {
  if (a[0] !== b[0]) return a[0]! < b[0]!;
  if (a[1] !== b[1]) return a[1]! < b[1]!;
  return a[2]! < b[2]!;
}
