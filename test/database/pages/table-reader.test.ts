/** Covers: database/pages/leaf-decoder, database/pages/page-format, database/pages/row-kernel. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdSet } from '../../../src/collections/id-set.js';
import { BATCH_ROWS } from '../../../src/database/pages/leaf-decoder.js';
import { TableReader } from '../../../src/database/pages/table-reader.js';
import { TableLoad } from '../../../src/database/pages/table-writer.js';
import { DatabaseError, FileError } from '../../../src/errors.js';
import { runs } from '../../support/runs.js';

const STRICT = `
  CREATE TABLE vertices (id INTEGER PRIMARY KEY, x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL) STRICT;
  CREATE TABLE triangles (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL) STRICT;`;
/** Tables that take anything. */
const LOOSE = `
  CREATE TABLE vertices (id INTEGER PRIMARY KEY, x, y, z);
  CREATE TABLE triangles (id INTEGER PRIMARY KEY, a, b, c);`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'offload-reader-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function create(pageSize: number, sql: string, fill: (db: Database.Database) => void = () => {}): string {
  const path = join(folder, 'mesh.db');
  rmSync(path, { force: true });
  const db = new Database(path);
  db.pragma(`page_size = ${pageSize}`);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.exec(sql);
  db.exec('BEGIN');
  fill(db);
  if (db.inTransaction) db.exec('COMMIT');
  db.close();
  return path;
}

function rootPage(path: string, table: string): number {
  const db = new Database(path, { readonly: true });
  const page = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table);
  db.close();
  return page as number;
}

type Table = 'vertices' | 'triangles';

/** All rows as the reader gives them, three numbers each. */
function read(path: string, table: Table, root = rootPage(path, table)): number[] {
  const reader = TableReader.open(path);
  try {
    const numbers: number[] = [];
    const batches =
      table === 'vertices'
        ? Array.from(reader.vertices(root), ({ count, positions }) => positions.slice(0, 3 * count))
        : Array.from(reader.triangles(root), ({ count, corners }) => corners.slice(0, 3 * count));
    for (const values of batches) {
      expect(values.length).toBeGreaterThan(0);
      for (const value of values) numbers.push(value);
    }
    expect(3 * reader.count(root)).toBe(numbers.length);
    return numbers;
  } finally {
    reader.close();
  }
}

/** All rows as SELECT gives them. */
function select(path: string, table: Table): number[] {
  const db = new Database(path, { readonly: true });
  const columns = table === 'vertices' ? 'x, y, z' : 'a, b, c';
  const rows = db.prepare(`SELECT ${columns} FROM ${table} ORDER BY id`).raw().all() as number[][];
  db.close();
  return rows.flat();
}

function expectEqual(path: string, least: number): void {
  for (const table of ['vertices', 'triangles'] as const) {
    const rows = select(path, table);
    expect(rows.length).toBeGreaterThanOrEqual(3 * least);
    expect(read(path, table), table).toEqual(rows);
  }
}

/** Numbers from 0 to 1, the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(count: number): number[] {
  const next = random(count);
  const ids = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = Math.floor(next() * (k + 1));
    [ids[k], ids[other]] = [ids[other]!, ids[k]!];
  }
  return ids;
}

/** Inserts rows with these ids into both tables; one coordinate in five is integral. */
function fill(db: Database.Database, ids: readonly number[]): void {
  const vertex = db.prepare('INSERT INTO vertices VALUES (?, ?, ?, ?)');
  const triangle = db.prepare('INSERT INTO triangles VALUES (?, ?, ?, ?)');
  for (const id of ids) {
    vertex.run(id, id / 7 - 100, -id * 1e-3, (id % 5) - 2.5 * (id % 2));
    triangle.run(id, BigInt(id), BigInt(id ** 2), BigInt(id ** 3));
  }
}

function load(pageSize: number, count: number): string {
  const path = create(pageSize, STRICT);
  const roots = [rootPage(path, 'vertices'), rootPage(path, 'triangles')];
  const loading = TableLoad.open(path);
  const [vertices, triangles] = roots.map((root) => loading.table(root));
  const values = Float64Array.from({ length: 300 }, (_, k) => k * 3.7);
  const some = (done: number) => Math.min(100, count - done);
  const corners = (done: number) => values.map((value) => Math.floor(value) + done);
  // At first table after table, so that long stretches of pages belong to one, then in turn.
  const half = count / 2;
  for (let done = 0; done < half; done += 100) vertices!.appendVertices(values, some(done));
  for (let done = 0; done < half; done += 100) triangles!.appendTriangles(corners(done), some(done));
  for (let done = Math.ceil(half / 100) * 100; done < count; done += 100) {
    vertices!.appendVertices(values, some(done));
    triangles!.appendTriangles(corners(done), some(done));
  }
  loading.finish();
  loading.close();
  return path;
}

describe('TableReader against SELECT', () => {
  it.each([512, 1024, 16_384, 65_536])('reads what the writer wrote, page size %i', (pageSize) => {
    for (const count of [0, 1, 2, 1000, 20_000]) expectEqual(load(pageSize, count), count);
  });

  it.each([512, 16_384, 65_536])('reads what was inserted in random order, page size %i', (pageSize) => {
    const path = create(pageSize, STRICT, (db) => fill(db, shuffled(20_000)));
    expectEqual(path, 20_000);
    const db = new Database(path);
    db.exec('VACUUM');
    db.close();
    expectEqual(path, 20_000);
  });

  it('reads several streams at once, also after one that has ended', () => {
    const path = load(512, 20_000);
    const reader = TableReader.open(path);
    const vertices = () => reader.vertices(rootPage(path, 'vertices'));
    expect([...vertices()].length).toBeGreaterThan(1);
    const triangles = reader.triangles(rootPage(path, 'triangles'));
    const positions: number[] = [];
    const corners: number[] = [];
    for (const batch of vertices()) {
      for (const value of batch.positions.subarray(0, 3 * batch.count)) positions.push(value);
      const { value: other } = triangles.next();
      for (const value of other?.corners.subarray(0, 3 * other.count) ?? []) corners.push(value);
    }
    reader.close();
    expect(positions).toEqual(select(path, 'vertices'));
    expect(corners.length).toBeGreaterThan(20_000);
    expect(corners).toEqual(select(path, 'triangles').slice(0, corners.length));
  });

  it('reads triangles whose ids have gaps, and tables made empty', () => {
    const path = create(512, STRICT, (db) => {
      fill(db, shuffled(5000));
      db.exec('DELETE FROM triangles WHERE id % 7 < 5 OR id BETWEEN 2000 AND 3000');
    });
    expectEqual(path, 1000);
    const db = new Database(path);
    db.exec('DELETE FROM triangles; DELETE FROM vertices');
    db.close();
    expect(read(path, 'triangles')).toEqual([]);
    expect(read(path, 'vertices')).toEqual([]);
  });

  it('reads every width of integer, as corners and as integral coordinates', () => {
    const edges = [7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 52, 53].flatMap((bits) => [
      2 ** bits - 1,
      2 ** bits,
    ]);
    const numbers = [0, 1, 2, ...edges].filter((value) => value < 2 ** 53);
    const path = create(512, STRICT, (db) => {
      for (const [k, value] of numbers.entries()) {
        db.prepare('INSERT INTO triangles VALUES (?, ?, 0, 1)').run(k, BigInt(value));
        db.prepare('INSERT INTO vertices VALUES (?, ?, ?, 0.5)').run(k, value, -value);
      }
    });
    expectEqual(path, numbers.length);
    expect(read(path, 'triangles').filter((_, k) => k % 3 === 0)).toEqual(numbers);
  });

  it('rounds integers of 64 bits as SQLite does', () => {
    const values = [
      2n ** 53n + 1n,
      2n ** 62n + 2n ** 9n + 1n,
      -(2n ** 62n) - 2n ** 9n - 1n,
      -(2n ** 63n),
      2n ** 63n - 1n,
    ];
    const path = create(512, LOOSE, (db) => {
      for (const [k, value] of values.entries()) {
        db.prepare('INSERT INTO vertices VALUES (?, ?, 0, 0)').run(k, value);
      }
    });
    expect(read(path, 'vertices').filter((_, k) => k % 3 === 0)).toEqual(values.map(Number));
  });

  it('reads rowids of every width', () => {
    const ids = [
      0n,
      127n,
      128n,
      2n ** 14n,
      2n ** 21n,
      2n ** 28n,
      2n ** 35n,
      2n ** 42n,
      2n ** 49n,
      2n ** 53n - 1n,
    ];
    const path = create(512, STRICT, (db) => {
      for (const id of ids) db.prepare('INSERT INTO triangles VALUES (?, 1, 2, 3)').run(id);
    });
    expect(read(path, 'triangles')).toHaveLength(3 * ids.length);
  });

  it('reads corners of every width', () => {
    const ids = [0, 1, 2, 127, 128, 2 ** 15 - 1, 2 ** 15, 2 ** 23 - 1, 2 ** 23, 2 ** 31 - 1, 2 ** 31];
    const rows = ids.flatMap((a) => ids.flatMap((b) => ids.map((c) => [a, b, c])));
    const path = create(4096, STRICT, (db) => {
      const insert = db.prepare('INSERT INTO triangles (a, b, c) VALUES (?, ?, ?)');
      for (const row of rows) insert.run(row.map(BigInt));
    });
    expect(read(path, 'triangles')).toEqual(rows.flat());
  });

  it('reads rows with columns added later, before and after the addition', () => {
    const path = create(512, STRICT, (db) => {
      fill(db, shuffled(300));
      db.exec(`ALTER TABLE triangles ADD COLUMN colour INTEGER; ALTER TABLE triangles ADD COLUMN note TEXT;
        UPDATE triangles SET colour = 255 * id, note = 'a note that needs ' || id || ' bytes and more' WHERE id % 2;`);
    });
    expectEqual(path, 300);
  });

  it.each([
    ['inserted in random order', () => create(512, STRICT, (db) => fill(db, shuffled(60_000)))],
    ['loaded', () => load(16_384, 60_000)],
  ])('reads two streams side by side, rows %s', (_, make) => {
    const path = make();
    const reader = TableReader.open(path);
    const streams = {
      vertices: reader.vertices(rootPage(path, 'vertices'))[Symbol.iterator](),
      triangles: reader.triangles(rootPage(path, 'triangles'))[Symbol.iterator](),
    };
    const numbers: Record<Table, number[]> = { vertices: [], triangles: [] };
    let largest = 0;
    for (let isOver = false; !isOver; ) {
      isOver = true;
      for (const table of ['vertices', 'triangles'] as const) {
        const { value, done } = streams[table].next();
        if (done === true) continue;
        isOver = false;
        const values = 'positions' in value ? value.positions : value.corners;
        for (let k = 0; k < 3 * value.count; k++) numbers[table].push(values[k]!);
        largest = Math.max(largest, value.count);
      }
    }
    reader.close();
    reader.close();
    for (const table of ['vertices', 'triangles'] as const)
      expect(numbers[table]).toEqual(select(path, table));
    expect(largest).toBeGreaterThanOrEqual(BATCH_ROWS);
    expect(largest).toBeLessThan(BATCH_ROWS + 16_384 / 16);
  });
});

describe('TableReader with a set', () => {
  /** The rows of a set as the reader gives them: an id and three numbers each. */
  function readSet(path: string, table: Table, set: IdSet): number[] {
    const reader = TableReader.open(path);
    try {
      const root = rootPage(path, table);
      const numbers: number[] = [];
      for (const batch of table === 'vertices' ? reader.vertices(root, set) : reader.triangles(root, set)) {
        const values = 'positions' in batch ? batch.positions : batch.corners;
        for (let k = 0; k < batch.count; k++) numbers.push(batch.ids[k]!, ...values.slice(3 * k, 3 * k + 3));
      }
      return numbers;
    } finally {
      reader.close();
    }
  }

  function selectSet(path: string, table: Table, set: IdSet): number[] {
    const db = new Database(path, { readonly: true });
    const rows = db.prepare(`SELECT * FROM ${table} ORDER BY id`).raw().all() as number[][];
    db.close();
    return rows.filter(([id]) => set.has(id!)).flat();
  }

  const RANGE = 20_000;
  const sets: [string, (id: number) => boolean][] = [
    ['nothing', () => false],
    ['everything', () => true],
    ['the first and the last', (id) => id === 0 || id === RANGE - 1],
    ['every seventh', (id) => id % 7 === 0],
    ['a stretch in the middle', (id) => id > 9000 && id < 9100],
    ['all but a stretch', (id) => id < 500 || id > 19_000],
  ];

  it.each(sets)('reads %s', (_, isWanted) => {
    const set = IdSet.create(RANGE);
    for (let id = 0; id < RANGE; id++) if (isWanted(id)) set.add(id);
    const paths = [
      () => load(1024, RANGE),
      () => load(16_384, RANGE),
      () =>
        create(512, STRICT, (db) => {
          fill(db, shuffled(RANGE));
          db.exec('DELETE FROM triangles WHERE id % 11 = 3 OR id BETWEEN 9050 AND 9500');
        }),
    ];
    for (const make of paths) {
      const path = make();
      for (const table of ['vertices', 'triangles'] as const) {
        expect(readSet(path, table, set), table).toEqual(selectSet(path, table, set));
      }
    }
  });

  it('detects that wanted rows are missing', () => {
    const path = load(1024, 2000);
    const set = IdSet.create(2000);
    set.add(5);
    const root = rootPage(path, 'triangles');
    const bytes = readFileSync(path);
    const child = bytes.readUInt32BE(1024 * (root - 1) + bytes.readUInt16BE(1024 * (root - 1) + 12));
    const leaf = 1024 * (child - 1);
    expect(bytes[leaf]).toBe(13);
    // The sixth row, whose id is the byte after its size, says that it is the hundredth.
    const cell = leaf + bytes.readUInt16BE(leaf + 8 + 2 * 5);
    expect(bytes[cell + 1]).toBe(5);
    bytes[cell + 1] = 100;
    writeFileSync(path, bytes);
    expect(() => readSet(path, 'triangles', set)).toThrow(/triangle id 100; expected one from 5/);
  });
});

describe('a table that is no mesh', () => {
  const cases: [string, Table, string, RegExp][] = [
    [
      'a gap in vertex ids',
      'vertices',
      'INSERT INTO vertices VALUES (0,1,1,1), (2,1,1,1)',
      /are not dense, found 2; expected 1$/,
    ],
    [
      'vertex ids from 1',
      'vertices',
      'INSERT INTO vertices VALUES (1,1,1,1)',
      /are not dense, found 1; expected 0$/,
    ],
    [
      'an infinite coordinate',
      'vertices',
      'INSERT INTO vertices VALUES (0,1,9e999,1)',
      /Infinity in row 0; expected a finite/,
    ],
    [
      'a coordinate in text',
      'vertices',
      "INSERT INTO vertices VALUES (0,1,'1',1)",
      /column of type 15 in row 0/,
    ],
    [
      'a NULL coordinate',
      'vertices',
      'INSERT INTO vertices VALUES (0,1,1,NULL)',
      /column of type 0 in row 0/,
    ],
    [
      'a blob of 100 bytes',
      'vertices',
      'INSERT INTO vertices VALUES (0,1,zeroblob(100),1)',
      /column of type 129 in row 0/,
    ],
    [
      'a negative triangle id',
      'triangles',
      'INSERT INTO triangles VALUES (-1,1,1,1)',
      /size or id at \d+ does not end/,
    ],
    [
      'a triangle id of 2^53',
      'triangles',
      `INSERT INTO triangles VALUES (${2n ** 53n},1,1,1)`,
      /triangle id 9007199254740992;/,
    ],
    [
      'a negative corner',
      'triangles',
      'INSERT INTO triangles VALUES (4,1,-1,1)',
      /-1 in row 4; expected a vertex id/,
    ],
    [
      'a corner between two ids',
      'triangles',
      'INSERT INTO triangles VALUES (4,1,1,1.5)',
      /1.5 in row 4; expected a vertex id/,
    ],
    [
      'a corner of 2^53',
      'triangles',
      `INSERT INTO triangles VALUES (4,1,1,${2n ** 53n})`,
      /9007199254740992 in row 4/,
    ],
    [
      'a corner in text',
      'triangles',
      "INSERT INTO triangles VALUES (4,'a',1,1)",
      /column of type 15 in row 4/,
    ],
    [
      'an overflow page',
      'triangles',
      'INSERT INTO triangles VALUES (4,1,1,zeroblob(2000))',
      /a row of 2\d\d\d bytes at/,
    ],
    [
      'a payload just too large',
      'triangles',
      'INSERT INTO triangles VALUES (4,1,1,zeroblob(473))',
      /a row of 479 bytes at/,
    ],
  ];

  it.each(cases)('is reported with its page: %s', (_, table, sql, message) => {
    const path = create(512, LOOSE, (db) => db.exec(sql));
    const root = rootPage(path, table);
    expect(() => read(path, table)).toThrow(DatabaseError);
    expect(() => read(path, table)).toThrow(`${path}: page ${root}: `);
    expect(() => read(path, table)).toThrow(message);
  });

  it('may have fewer columns, be an index, or have no page', () => {
    const path = create(512, 'CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); CREATE INDEX i ON t (a)', (db) =>
      db.exec('INSERT INTO t VALUES (0, 1, 2)'),
    );
    expect(() => read(path, 'vertices', rootPage(path, 't'))).toThrow(
      /row 0 does not begin as a row of a mesh/,
    );
    expect(() => read(path, 'vertices', rootPage(path, 'i'))).toThrow(
      /type 10; expected 5 or 13, a page of a table/,
    );
    for (const page of [-1, 0, 1, 4, 2 ** 32, Number.NaN]) {
      expect(() => read(path, 'vertices', page), `page ${page}`).toThrow(DatabaseError);
    }
  });

  it('may be in a file that is no database, or whose newest rows are elsewhere', () => {
    const path = join(folder, 'other.db');
    writeFileSync(path, 'solid cube\n'.repeat(100));
    expect(() => TableReader.open(path)).toThrow(`${path}: not an SQLite database`);
    writeFileSync(path, '');
    expect(() => TableReader.open(path)).toThrow(DatabaseError);
    rmSync(path);
    expect(() => TableReader.open(path)).toThrow(FileError);
    const wal = create(512, `PRAGMA journal_mode = WAL; ${STRICT}`);
    expect(() => read(wal, 'vertices')).toThrow(/write-ahead log/);
  });
});

describe('a damaged file', () => {
  /** Where the right-most child of a page is named. */
  const RIGHT = 8;
  let path: string;
  let whole: Buffer;
  let root: number;

  beforeAll(() => {
    path = join(folder, 'damaged.db');
    writeFileSync(path, readFileSync(create(512, STRICT, (db) => fill(db, shuffled(3000)))));
    whole = readFileSync(path);
    root = rootPage(path, 'triangles');
  });

  function damage(change: (bytes: Buffer) => void): void {
    const bytes = Buffer.from(whole);
    change(bytes);
    writeFileSync(path, bytes);
  }

  const page = (number: number) => 512 * (number - 1);
  /** The leaf that a walk from the root comes to first. */
  function firstLeaf(): number {
    let number = root;
    while (whole[page(number)] === 5) {
      number = whole.readUInt32BE(page(number) + whole.readUInt16BE(page(number) + 12));
    }
    return number;
  }

  it('with a page that refers to itself, or to a page above it, is refused', () => {
    damage((bytes) => bytes.writeUInt32BE(root, page(root) + bytes.readUInt16BE(page(root) + 12)));
    expect(() => read(path, 'triangles', root)).toThrow(/in level 21 of a tree; expected 20 at most/);
    damage((bytes) => bytes.writeUInt32BE(root, page(root) + RIGHT));
    expect(() => read(path, 'triangles', root)).toThrow(/page \d+: type 5; expected 13, a leaf/);
  });

  it('with children that share a page, or a leaf without rows, is refused at once', () => {
    // Twenty levels of pages with two children each, both the same: a million ways down to one leaf.
    for (const rows of [0, 1]) {
      damage((bytes) => {
        const level = [root];
        for (let number = 2; level.length < 20; number++) if (number !== root) level.push(number);
        for (const [k, number] of level.entries()) {
          bytes.fill(0, page(number), page(number + 1));
          bytes[page(number)] = k < 19 ? 5 : 13;
          bytes[page(number) + 4] = k < 19 ? 1 : rows;
          if (k === 19) {
            bytes.writeUInt16BE(502, page(number) + 5);
            bytes.writeUInt16BE(502, page(number) + 8);
            bytes.set([8, 5, 5, 0, 1, 1, 1, 1, 2, 3], page(number) + 502);
          } else {
            bytes.writeUInt16BE(507, page(number) + 5);
            bytes.writeUInt16BE(507, page(number) + 12);
            bytes.writeUInt32BE(level[k + 1]!, page(number) + 507);
            bytes.writeUInt32BE(level[k + 1]!, page(number) + RIGHT);
          }
        }
      });
      const start = process.cpuUsage();
      const message =
        rows === 0 ? /: no cells; expected at least one/ : /triangle id 5; expected one from 6 to/;
      expect(() => read(path, 'triangles', root)).toThrow(message);
      expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
    }
  });

  it('that is truncated is refused', () => {
    damage(() => {});
    truncateSync(path, whole.length - 700);
    expect(() => {
      read(path, 'triangles', root);
      read(path, 'vertices', rootPage(path, 'vertices'));
    }).toThrow(/not in the file; expected one of 2 to/);
  });

  it('with cells outside their page is refused', () => {
    const leaf = firstLeaf();
    const cell = (bytes: Buffer, k: number) => page(leaf) + bytes.readUInt16BE(page(leaf) + 8 + 2 * k);
    const first = (bytes: Buffer) => cell(bytes, 0);
    /** The cell at the page's end. */
    const last = (bytes: Buffer) => {
      const cells = bytes.readUInt16BE(page(leaf) + 3);
      return Math.max(...Array.from({ length: cells }, (_, k) => cell(bytes, k)));
    };
    const cases: [(bytes: Buffer) => void, RegExp][] = [
      [(bytes) => bytes.writeUInt16BE(60_000, page(leaf) + 3), /60000 rows; expected no more than fit/],
      [(bytes) => bytes.writeUInt16BE(7, page(leaf) + 8), /a row at 7; expected it after/],
      [(bytes) => bytes.writeUInt16BE(60_000, page(leaf) + 8), /size or id at 60000 does not end/],
      [(bytes) => bytes.writeUInt16BE(511, page(leaf) + 8), /size or id at 51\d does not end/],
      [(bytes) => bytes.fill(255, first(bytes), first(bytes) + 9), /size or id at \d+ does not end/],
      [(bytes) => bytes.writeUInt8(4, first(bytes)), /a row of 4 bytes at/],
      // Row 3 is 3, 9, 27: eight bytes, of which the last is cut off.
      [
        (bytes) => bytes.writeUInt8(7, cell(bytes, 3)),
        /a column of type 1 in row 3; expected a number inside/,
      ],
      [(bytes) => bytes.writeUInt8(90, last(bytes)), /a row of 90 bytes at \d+; expected at least 5, all in/],
      [(bytes) => bytes.set([0x83, 0x5e], first(bytes)), /a row of 478 bytes at/],
      [(bytes) => bytes.writeUInt8(4, first(bytes) + 2), /does not begin as a row of a mesh/],
      [
        (bytes) => bytes.writeUInt8(120, first(bytes) + 2),
        /a column of type \d+ in row 0; expected a number inside/,
      ],
      [(bytes) => bytes.writeUInt8(1, first(bytes) + 3), /does not begin as a row of a mesh/],
      [
        (bytes) => bytes.writeUInt8(6, first(bytes) + 4),
        /a column of type \d in row 0; expected a number inside/,
      ],
      [(bytes) => bytes.writeUInt16BE(60_000, page(root) + 3), /60000 cells; expected no more than fit/],
      [(bytes) => bytes.writeUInt16BE(510, page(root) + 12), /a cell at 510; expected \d+ to 507/],
      [(bytes) => bytes.writeUInt16BE(3, page(root) + 12), /a cell at 3; expected/],
      // One row less, or one twice: what remains of the page is not its free space.
      [
        (bytes) => bytes.writeUInt16BE(bytes.readUInt16BE(page(leaf) + 3) - 1, page(leaf) + 3),
        /rows of \d+ bytes; expected \d+$/,
      ],
      [(bytes) => bytes.writeUInt8(9, page(leaf) + 7), /rows of \d+ bytes; expected \d+$/],
      [
        (bytes) => bytes.writeUInt16BE(500, page(leaf) + 1),
        /a damaged list of free blocks; expected a valid one/,
      ],
      [
        (bytes) => bytes.writeUInt16BE(bytes.readUInt16BE(page(root) + 3) - 1, page(root) + 3),
        /cells of \d+ bytes; expected \d+$/,
      ],
      [(bytes) => bytes.writeUInt32BE(0xffff_ffff, page(root) + RIGHT), /page 4294967295: not in the file/],
    ];
    for (const [change, message] of cases) {
      damage(change);
      expect(() => read(path, 'triangles', root), String(message)).toThrow(DatabaseError);
      expect(() => read(path, 'triangles', root)).toThrow(message);
    }
  });

  it('with a row that SQLite would continue on an overflow page is refused', () => {
    damage((bytes) => {
      bytes.fill(0, page(root), page(root + 1));
      bytes.set([13, 0, 0, 0, 1, 0, 32, 0, 0, 32], page(root));
      // 478 bytes of payload, id 0, three bytes of values.
      bytes.set([0x83, 0x5e, 0, 5, 0, 1, 1, 1, 1, 2, 3], page(root) + 32);
    });
    expect(() => read(path, 'triangles', root)).toThrow(/a row of 478 bytes at 32; expected at least 5/);
    const bytes = readFileSync(path);
    bytes[page(root) + 33] = 0x5d;
    writeFileSync(path, bytes);
    expect(read(path, 'triangles', root)).toEqual([1, 2, 3]);
  });

  it('with random bytes changed gives rows or a DatabaseError, quickly', () => {
    const next = random(20_261_123);
    const roots = { vertices: rootPage(path, 'vertices'), triangles: root };
    damage(() => {});
    const rows = { vertices: select(path, 'vertices').length, triangles: select(path, 'triangles').length };
    const pages = whole.length / 512;
    const outcomes = { same: 0, other: 0, error: 0 };
    const rounds = runs(300, 2000);
    for (let round = 0; round < rounds; round++) {
      const bytes = Buffer.from(whole);
      const what: string[] = [];
      const changes = 1 + Math.floor(next() * 4);
      for (let k = 0; k < changes; k++) {
        // Half of the changes in page headers and cell pointers, a quarter of them in the top of the tree.
        const at =
          next() < 0.25
            ? page(next() < 0.5 ? root : roots.vertices) + Math.floor(next() * 30)
            : 512 * (1 + Math.floor(next() * (pages - 1))) + Math.floor(next() * (next() < 0.5 ? 40 : 512));
        const value = [0, 1, 5, 13, 127, 128, 255, Math.floor(next() * 256)][Math.floor(next() * 8)]!;
        bytes[at] = next() < 0.3 ? bytes[at]! ^ (1 << Math.floor(next() * 8)) : value;
        what.push(`${at}: ${bytes[at]}`);
      }
      writeFileSync(path, bytes);
      for (const table of ['vertices', 'triangles'] as const) {
        const start = process.cpuUsage();
        try {
          const found = walk(path, table, roots[table]);
          if (table === 'vertices') expect(Number.isFinite(found.sum), what.join()).toBe(true);
          if (table === 'triangles') expect(found.isIds, what.join()).toBe(true);
          if (3 * found.count === rows[table]) outcomes.same++;
          else outcomes.other++;
        } catch (error) {
          if (!(error instanceof DatabaseError)) throw new Error(`bytes ${what.join()}`, { cause: error });
          expect(error.message).toMatch(/: page \d+: .*; expected /);
          outcomes.error++;
        }
        expect(process.cpuUsage(start).user / 1e6, what.join()).toBeLessThan(2);
      }
    }
    expect(outcomes.same).toBeGreaterThan(0.15 * rounds);
    // Whatever takes a row away, or adds one, breaks a page's structure.
    expect(outcomes.other).toBe(0);
    expect(outcomes.error).toBeGreaterThan(0.15 * rounds);
  });

  function walk(file: string, table: Table, from: number): { count: number; sum: number; isIds: boolean } {
    const reader = TableReader.open(file);
    const found = { count: 0, sum: 0, isIds: true };
    try {
      const batches = table === 'vertices' ? reader.vertices(from) : reader.triangles(from);
      for (const batch of batches) {
        found.count += batch.count;
        const values = 'positions' in batch ? batch.positions : batch.corners;
        for (let k = 0; k < 3 * batch.count; k++) {
          found.sum += values[k]! / 1e9;
          found.isIds &&= Number.isSafeInteger(values[k]) && values[k]! >= 0;
        }
      }
      return found;
    } finally {
      reader.close();
    }
  }
});
