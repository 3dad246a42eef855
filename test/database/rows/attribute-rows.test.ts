/** Covers: database/rows/table-leaves. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TableReader } from '../../../src/database/pages/table-reader.js';
import {
  AttributeColumn,
  type AttributeTable,
  PagedAttributes,
  TriangleColorColumn,
  WordColumn,
} from '../../../src/database/rows/attribute-rows.js';
import { listLeaves } from '../../../src/database/rows/table-leaves.js';
import { DatabaseError } from '../../../src/errors.js';
import { freshFolder } from '../../support/files.js';

const RANGE = 20_000;
const COLUMNS = { colors: 4, normals: 3, words: 1 } as const;
type Kind = AttributeTable['kind'];

/** The value of a column: floats, whole numbers, which SQLite stores as integers, and words. */
function attributeOf(kind: Kind, id: number, column: number): number {
  if (kind === 'words') return 1 + ((id * 7919) % 65_535);
  return [0, 1, id, 0 - id / 3, 0.1 * column][(id + column) % 5]!;
}

/** A database with attributes of some ids. */
function setUp(kind: Kind, has: (id: number) => boolean, pageBytes = 4096) {
  const path = join(freshFolder(), 'a.db');
  const db = new Database(path);
  const width = COLUMNS[kind];
  const type = kind === 'words' ? 'INTEGER' : 'REAL';
  const columns = Array.from({ length: width }, (_, k) => `c${k} ${type} NOT NULL`).join(', ');
  db.exec(
    `PRAGMA page_size = ${pageBytes}; CREATE TABLE t (id INTEGER PRIMARY KEY, ${columns}) STRICT; BEGIN`,
  );
  const insert = db.prepare(`INSERT INTO t VALUES (?${', ?'.repeat(width)})`);
  for (let id = 0; id < RANGE; id++) {
    if (has(id)) insert.run(id, ...Array.from({ length: width }, (_, k) => attributeOf(kind, id, k)));
  }
  db.exec('COMMIT');
  const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 't'").pluck().get() as number;
  db.close();
  const reader = TableReader.open(path);
  const open = () => new PagedAttributes(reader, { kind, leaves: listLeaves(reader.leaves(root, 7), RANGE) });
  const expected = (ids: readonly number[]) =>
    ids.flatMap((id) =>
      Array.from({ length: width }, (_, k) => (has(id) ? attributeOf(kind, id, k) : Number.NaN)),
    );
  return { path, root, reader, open, expected };
}

const all = () => true;
const none = () => false;
const some = (id: number) => id % 3 !== 1 && (id < 5000 || id > 9000);

describe('attributes from pages', () => {
  it.each([
    ['colors', all, 4096],
    ['colors', some, 512],
    ['normals', some, 65_536],
    ['words', all, 512],
    ['words', some, 4096],
    ['normals', none, 4096],
  ] as const)('are those of each id: %s', (kind, has, pageBytes) => {
    const { reader, open, expected } = setUp(kind, has, pageBytes);
    const width = COLUMNS[kind];
    const source = open();
    expect(source.width).toBe(width);
    const ranges = fc.array(fc.tuple(fc.nat(RANGE - 1), fc.integer({ min: 1, max: 700 })), { maxLength: 9 });
    fc.assert(
      fc.property(ranges, (list) => {
        for (const [first, count] of list) {
          const some = Math.min(count, RANGE - first);
          const target = new Float64Array(width * some + 1).fill(9);
          source.load(first, some, target);
          const ids = Array.from({ length: some }, (_, k) => first + k);
          expect([...target]).toEqual([...expected(ids), 9]);
        }
      }),
      { numRuns: 60 },
    );
    // In order, as streams read them.
    const column = new AttributeColumn(open());
    for (let first = 0; first < RANGE; first += 1000) {
      const ids = Array.from({ length: 1000 }, (_, k) => first + k).filter((id) => id % 10 !== 4);
      const found = column.find(Float64Array.from(ids), ids.length);
      expect([...found.subarray(0, width * ids.length)]).toEqual(expected(ids));
    }
    reader.close();
  });

  it('are words as integers, 0 for none, and colors if they mean some', () => {
    const { reader, open } = setUp('words', some);
    const ids = Float64Array.of(0, 1, 2, 6000, 12_000);
    const words = [0, 2, 12_000].map((id) => attributeOf('words', id, 0));
    expect([...new WordColumn(open()).find(ids, 5)]).toEqual([words[0], 0, words[1], 0, words[2]]);
    const colors = new TriangleColorColumn(open(), (word, target, at, triangle) => {
      target.set([word, triangle, 0, 1], at);
    });
    const rows = [...ids].flatMap((id, k) => [[words[0], 0, words[1], 0, words[2]][k], id, 0, 1]);
    expect([...colors.find(ids, 5)]).toEqual(rows);
    reader.close();
  });

  it('must be numbers of their kind', () => {
    const { path, root, reader } = setUp('normals', all);
    const leaves = listLeaves(reader.leaves(root, 7), RANGE);
    for (const kind of ['colors', 'words'] as const) {
      const read = () => new PagedAttributes(reader, { kind, leaves }).load(3, 1, new Float64Array(4));
      expect(read).toThrow(DatabaseError);
      expect(read).toThrow(path);
    }
    reader.close();
  });
});
