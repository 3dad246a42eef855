/** Covers: database/pages/page-tree, database/pages/table-memory. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TableLoad, type TableWriter } from '../../../src/database/pages/table-writer.js';
import { DatabaseError, FileError } from '../../../src/errors.js';

/** Rows wide enough for one a page, where pages are small. */
const SCHEMA = `
  CREATE TABLE vertices (id INTEGER PRIMARY KEY, x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL) STRICT;
  CREATE TABLE triangles (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL) STRICT;
  CREATE TABLE things (id INTEGER PRIMARY KEY, number INTEGER, real REAL, text TEXT, blob BLOB) STRICT;`;
const PAGE_SIZES = [512, 1024, 4096, 16_384, 65_536];
const TABLES = ['vertices', 'triangles', 'things'] as const;

/** Programs that print the rows of `<database> <statements>`, columns with | between. */
const SHELLS: readonly (readonly [program: string, ...args: string[]])[] = [
  ['sqlite3'],
  [
    'python3',
    '-c',
    `import sqlite3, sys
for sql in sys.argv[2].split(';'):
    for row in sqlite3.connect(sys.argv[1]).execute(sql):
        print('|'.join(map(str, row)))`,
  ],
];

let folder: string;
const templates = new Map<number, Record<string, number>>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'offload-writer-'));
  for (const size of PAGE_SIZES) {
    const db = create(template(size), size, SCHEMA);
    const roots = db.prepare("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'").raw().all();
    templates.set(size, Object.fromEntries(roots as [string, number][]));
    db.close();
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

function template(pageSize: number): string {
  return join(folder, `template-${pageSize}.db`);
}

function create(path: string, pageSize: number, sql: string): Database.Database {
  const db = new Database(path);
  db.pragma(`page_size = ${pageSize}`);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.exec(sql);
  return db;
}

type Writers = Record<(typeof TABLES)[number], TableWriter>;

/** An empty database of that page size, loaded. */
function load(pageSize: number, fill: (tables: Writers) => void, name = 'loaded.db'): string {
  const path = join(folder, name);
  copyFileSync(template(pageSize), path);
  loadInto(path, templates.get(pageSize)!, fill);
  return path;
}

function loadInto(path: string, roots: Record<string, number>, fill: (tables: Writers) => void): void {
  const loading = TableLoad.open(path);
  try {
    fill(Object.fromEntries(TABLES.map((table) => [table, loading.table(roots[table]!)])) as Writers);
    loading.finish();
  } finally {
    loading.close();
  }
}

/** The same, by INSERT. */
function insert(pageSize: number, fill: (db: Database.Database) => void): string {
  const path = join(folder, 'inserted.db');
  copyFileSync(template(pageSize), path);
  const db = new Database(path);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.exec('BEGIN');
  fill(db);
  db.exec('COMMIT');
  db.close();
  return path;
}

/** All rows as text, integers told from floats; nothing but 'ok' from SQLite's checks on the way. */
function dump(path: string): Record<string, string[]> {
  const db = new Database(path);
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('quick_check', { simple: true })).toBe('ok');
    return Object.fromEntries(
      TABLES.map((table) => {
        const rows = db
          .prepare(`SELECT * FROM ${table} ORDER BY id`)
          .safeIntegers()
          .raw()
          .all() as unknown[][];
        return [table, rows.map((row) => row.map(show).join())];
      }),
    );
  } finally {
    db.close();
  }
}

function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}

/** The root page of a table as it stands in the file. */
function rootBytes(path: string, pageSize: number, table: string): Buffer {
  const root = templates.get(pageSize)![table]!;
  return readFileSync(path).subarray(pageSize * (root - 1), pageSize * root);
}

function coordinates(count: number): Float64Array {
  return Float64Array.from({ length: 3 * count }, (_, k) => (k - 7) / 3 + 0.125);
}

function corners(count: number, from = 0): Float64Array {
  return Float64Array.from({ length: 3 * count }, (_, k) => from + Math.floor((k * 37) / 5));
}

function insertVertices(db: Database.Database, positions: ArrayLike<number>): void {
  const statement = db.prepare('INSERT INTO vertices VALUES (?, ?, ?, ?)');
  for (let k = 0; k < positions.length; k += 3) {
    statement.run(k / 3, positions[k], positions[k + 1], positions[k + 2]);
  }
}

function insertTriangles(db: Database.Database, ids: ArrayLike<number>, firstId = 0): void {
  const statement = db.prepare('INSERT INTO triangles VALUES (?, ?, ?, ?)');
  const big = (value: number | undefined) => BigInt(value!);
  for (let k = 0; k < ids.length; k += 3) {
    statement.run(big(firstId + k / 3), big(ids[k]), big(ids[k + 1]), big(ids[k + 2]));
  }
}

describe('TableLoad against INSERT', () => {
  it.each(PAGE_SIZES)('gives the same rows around a full leaf, page size %i', (pageSize) => {
    const many = Math.ceil(pageSize / 4);
    const probe = load(pageSize, ({ vertices, triangles }) => {
      vertices.appendVertices(coordinates(many), many);
      triangles.appendTriangles(corners(many), many);
    });
    const bytes = readFileSync(probe);
    // The pages of the load stand behind the template's; the first is a full leaf of vertices.
    const vertexRows = bytes.readUInt16BE(statSync(template(pageSize)).size + 3);
    expect(vertexRows).toBeGreaterThan(pageSize / 40);
    const counts = [0, 1, 2, vertexRows - 1, vertexRows, vertexRows + 1, 2 * vertexRows, 2 * vertexRows + 1];
    for (const count of counts) {
      const loaded = load(pageSize, ({ vertices, triangles }) => {
        vertices.appendVertices(coordinates(count), count);
        triangles.appendTriangles(corners(2 * count), 2 * count);
      });
      const inserted = insert(pageSize, (db) => {
        insertVertices(db, coordinates(count));
        insertTriangles(db, corners(2 * count));
      });
      expect(dump(loaded)).toEqual(dump(inserted));
      const isOneLeaf = count <= vertexRows;
      expect(rootBytes(loaded, pageSize, 'vertices')[0]).toBe(isOneLeaf ? 13 : 5);
    }
  });

  it('writes a root leaf byte for byte as SQLite does, for each integer width', () => {
    const edges = [0, 1, 2, ...[7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 52].map((bits) => 2 ** bits)];
    const values = [...edges.flatMap((edge) => [edge - 1, edge, edge + 1]), 2 ** 53 - 1].filter(
      (v) => v >= 0,
    );
    const ids = Float64Array.from(values.flatMap((v, k) => [v, values[values.length - 1 - k]!, k]));
    const loaded = load(4096, ({ triangles }) => triangles.appendTriangles(ids, values.length));
    const inserted = insert(4096, (db) => insertTriangles(db, ids));
    expect(dump(loaded)).toEqual(dump(inserted));
    expect(rootBytes(loaded, 4096, 'triangles')).toEqual(rootBytes(inserted, 4096, 'triangles'));
  });

  it('writes vertices and triangles as it writes any row, byte for byte', () => {
    const anyId = fc.tuple(fc.nat(52), fc.nat(2)).map(([bits, more]) => 2 ** bits - 1 + more);
    const anyValue = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(
        fc.constantFrom(...PAGE_SIZES),
        fc.array(fc.tuple(anyId, anyId, anyId), { maxLength: 300 }),
        fc.array(fc.tuple(anyValue, anyValue, anyValue), { maxLength: 300 }),
        (pageSize, triples, places) => {
          const one = load(pageSize, ({ vertices, triangles }) => {
            vertices.appendVertices(Float64Array.from(places.flat()), places.length);
            triangles.appendTriangles(Float64Array.from(triples.flat()), triples.length);
          });
          const bytes = readFileSync(one);
          const other = load(pageSize, ({ vertices, triangles }) => {
            for (const [id, place] of places.entries()) vertices.appendReals(id, Float64Array.from(place));
            for (const [id, triple] of triples.entries()) triangles.appendRow(id, [null, ...triple]);
          });
          expect(bytes.equals(readFileSync(other))).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('writes a root leaf byte for byte as SQLite does, for each kind of value', () => {
    const rows: [number, number | null, number | null, string | null, Buffer | null][] = [
      [3, null, null, null, null],
      [4, -1, -0.5, '', Buffer.alloc(0)],
      [128, -129, 1e300, 'a'.repeat(57), Buffer.alloc(58, 7)],
      [16_384, -(2 ** 53 - 1), Number.POSITIVE_INFINITY, 'é中\u{1f600}', Buffer.from([0, 255])],
      ...[7, 15, 23, 31, 47].flatMap((bits, k): typeof rows => [
        [20_000 + 2 * k, -(2 ** bits), null, null, null],
        [20_001 + 2 * k, -(2 ** bits) - 1, null, null, null],
      ]),
      [2_097_152, 2 ** 31, 5e-324, 'x'.repeat(3000), null],
    ];
    const loaded = load(16_384, ({ things }) => {
      for (const [id, ...values] of rows) things.appendRow(id, [null, ...values]);
    });
    const inserted = insert(16_384, (db) => {
      const statement = db.prepare('INSERT INTO things VALUES (?, ?, ?, ?, ?)');
      for (const [id, number, ...rest] of rows)
        statement.run(id, number === null ? null : BigInt(number), ...rest);
    });
    expect(dump(loaded)).toEqual(dump(inserted));
    expect(rootBytes(loaded, 16_384, 'things')).toEqual(rootBytes(inserted, 16_384, 'things'));
  });

  it('writes a record header of two bytes if there are many columns', () => {
    for (const columns of [126, 127, 128, 300]) {
      const names = Array.from({ length: columns - 1 }, (_, k) => `c${k}`);
      const path = join(folder, 'columns.db');
      rmSync(path, { force: true });
      let db = create(path, 4096, `CREATE TABLE t (id INTEGER PRIMARY KEY, ${names.join()})`);
      const root = db.prepare('SELECT rootpage FROM sqlite_schema').pluck().get() as number;
      db.close();
      const loading = TableLoad.open(path);
      loading.table(root).appendRow(3, [null, ...names.map((_, k) => k)]);
      loading.finish();
      loading.close();
      db = new Database(path);
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(db.prepare('SELECT * FROM t').raw().get()).toEqual([3, ...names.map((_, k) => k)]);
      db.close();
    }
  });

  it('gives the same rows for rowids of every width up to 2^53 - 1', () => {
    const firsts = [7, 14, 21, 28, 31, 32, 35, 42, 49, 53].map((bits) => 2 ** bits - 40);
    for (const first of firsts) {
      // 80 ids across the boundary; the last ones end with 2^53 - 1.
      const count = first > 2 ** 52 ? 38 : 80;
      const from = Math.max(0, first);
      const loaded = load(512, ({ triangles }) => {
        triangles.appendRow(from, [null, 5, 6, 7]);
        triangles.appendTriangles(corners(count), count);
      });
      const inserted = insert(512, (db) => {
        insertTriangles(db, [5, 6, 7], from);
        insertTriangles(db, corners(count), from + 1);
      });
      const rows = dump(loaded);
      expect(rows).toEqual(dump(inserted));
      expect(rows.triangles).toHaveLength(count + 1);
      expect(rows.triangles!.at(-1)).toMatch(new RegExp(`^${BigInt(from) + BigInt(count)}n,`));
    }
  });

  it('gives the same rows from batches of any size into several tables', () => {
    const count = 5000;
    const positions = Float32Array.from(coordinates(count));
    const loaded = load(512, ({ vertices, triangles, things }) => {
      for (let from = 0, size = 1; from < count; from += size, size = (size * 7 + 3) % 611) {
        const take = Math.min(size, count - from);
        vertices.appendVertices(positions.subarray(3 * from), take);
        triangles.appendTriangles(corners(take, from), take);
        things.appendRow(10 * from, [null, from, null, `from ${from}`, null]);
      }
    });
    const inserted = insert(512, (db) => {
      insertVertices(db, positions);
      const thing = db.prepare('INSERT INTO things VALUES (?, ?, NULL, ?, NULL)');
      for (let from = 0, size = 1; from < count; from += size, size = (size * 7 + 3) % 611) {
        insertTriangles(db, corners(Math.min(size, count - from), from), from);
        thing.run(10 * from, BigInt(from), `from ${from}`);
      }
    });
    const rows = dump(loaded);
    expect(rows.vertices).toHaveLength(count);
    expect(rows).toEqual(dump(inserted));
  });

  it('stores -0 as 0', () => {
    for (const positions of [new Float32Array(3).fill(-0), new Float64Array(3).fill(-0)]) {
      const path = load(512, ({ vertices }) => vertices.appendVertices(positions, 1));
      expect(dump(path).vertices).toEqual(['0n,0,0,0']);
      expect(rootBytes(path, 512, 'vertices').toString('hex')).not.toContain('8000000000000000');
    }
  });
});

/** One row a page and ids of eight bytes: an interior page has 35 cells, and 36 children. */
describe('the right edge of the tree', () => {
  const FIRST = 2 ** 50;
  const FAN = 36;
  const WIDE = Buffer.alloc(460, 1);

  function loadWide(count: number): string {
    return load(512, ({ things }) => {
      for (let k = 0; k < count; k++) things.appendRow(FIRST + k, [null, k, null, null, WIDE]);
    });
  }

  function height(path: string): number {
    const bytes = readFileSync(path);
    let number = templates.get(512)!.things!;
    for (let levels = 1; ; levels++) {
      const at = 512 * (number - 1);
      if (bytes[at] === 13) return levels;
      number = bytes.readUInt32BE(at + 8);
    }
  }

  function expectWhole(count: number): string {
    const path = loadWide(count);
    const db = new Database(path);
    expect(db.pragma('integrity_check', { simple: true }), `${count} pages`).toBe('ok');
    const rows = db.prepare('SELECT id, number FROM things').raw().all() as [number, number][];
    expect(rows).toHaveLength(count);
    expect(rows.every(([id, number], k) => id === FIRST + k && number === k)).toBe(true);
    // By descent from the root, each key being looked up.
    const one = db.prepare('SELECT number FROM things WHERE id = ?').pluck();
    for (let k = 0; k < count; k += 1 + Math.floor(count / 200)) expect(one.get(FIRST + k)).toBe(k);
    expect(one.get(FIRST + count)).toBeUndefined();
    db.close();
    return path;
  }

  it('is complete for every number of leaves at two and three levels', () => {
    for (let count = 0; count <= 3 * FAN + 4; count++) {
      const levels = count <= 1 ? 1 : count <= FAN ? 2 : 3;
      expect(height(expectWhole(count)), `${count} pages`).toBe(levels);
    }
  });

  it('is complete at the start of a fourth and a fifth level', () => {
    for (const count of [
      FAN ** 2 - 1,
      FAN ** 2,
      FAN ** 2 + 1,
      FAN ** 2 + 2,
      FAN ** 2 + FAN,
      FAN ** 2 + FAN + 1,
    ]) {
      expect(height(expectWhole(count)), `${count} pages`).toBe(count <= FAN ** 2 ? 3 : 4);
    }
    for (const count of [FAN ** 3, FAN ** 3 + 1]) {
      expect(height(expectWhole(count)), `${count} pages`).toBe(count <= FAN ** 3 ? 4 : 5);
    }
  });
});

describe('a loaded database', () => {
  it('has the migrated schema, accepts the unique index and keeps foreign keys', () => {
    const path = join(folder, 'mesh.db');
    rmSync(path, { force: true });
    const migration = readFileSync(new URL('../../../migrations/0001_mesh.sql', import.meta.url), 'utf8');
    let db = create(path, 16_384, migration);
    const indexSql = db
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'vertices_position'")
      .pluck()
      .get();
    db.exec('DROP INDEX vertices_position; VACUUM');
    const root = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck();
    const roots = ['vertices', 'triangles', 'parts', 'part_runs'].map((name) => root.get(name) as number);
    db.close();
    const loading = TableLoad.open(path);
    const [vertices, triangles, parts, runs] = roots.map((page) => loading.table(page));
    const count = 30_000;
    vertices!.appendVertices(coordinates(count), count);
    const ids = corners(count).map((id) => id % count);
    triangles!.appendTriangles(ids, count);
    parts!.appendRow(0, [null, 'a part', 'solid']);
    runs!.appendRow(0, [null, 0, 0, count - 1]);
    loading.finish();
    loading.close();
    db = new Database(path);
    db.exec(indexSql as string);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    const find = db.prepare('SELECT id FROM vertices WHERE x = ? AND y = ? AND z = ?').pluck();
    const positions = coordinates(count);
    expect(find.get(...positions.subarray(3 * 777, 3 * 778))).toBe(777);
    expect(() =>
      db.prepare('INSERT INTO vertices VALUES (NULL, ?, ?, ?)').run(...positions.subarray(0, 3)),
    ).toThrow(/UNIQUE/);
    db.close();
  });

  it.each([512, 16_384])('accepts inserts, updates and deletes, page size %i', (pageSize) => {
    const path = load(pageSize, ({ vertices, triangles }) => {
      vertices.appendVertices(coordinates(3000), 3000);
      triangles.appendTriangles(corners(3000), 3000);
    });
    const db = new Database(path);
    db.exec(`DELETE FROM triangles WHERE id % 3 = 1;
      INSERT INTO triangles SELECT id + 3000, a, b, c FROM triangles;
      INSERT INTO triangles SELECT id, 1, 2, 3 FROM vertices WHERE id % 3 = 1;
      UPDATE vertices SET x = 1e9 * id;`);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.prepare('SELECT count(*) FROM triangles').pluck().get()).toBe(5000);
    expect(db.prepare('SELECT count(*) FROM triangles WHERE a = 1 AND b = 2 AND c = 3').pluck().get()).toBe(
      1000,
    );
    expect(db.prepare('SELECT max(x) FROM vertices').pluck().get()).toBe(1e9 * 2999);
    db.exec('VACUUM');
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });

  it('has no bytes of older rows in the gap of its last leaf', () => {
    const path = load(512, ({ triangles }) => triangles.appendTriangles(corners(205), 205));
    const leaf = readFileSync(path).subarray(-512 * 2, -512);
    const last = readFileSync(path).subarray(-512);
    const isGapClean = [leaf, last].map((page) => {
      const gap = page.subarray(8 + 2 * page.readUInt16BE(3), page.readUInt16BE(5));
      return page[0] === 13 && gap.length > 0 && gap.every((byte) => byte === 0);
    });
    expect(isGapClean).toEqual([true, true]);
  });

  it('states its size and change counter in the header, and ends with its last page', () => {
    const before = readFileSync(template(512));
    const path = load(512, ({ triangles }) => triangles.appendTriangles(corners(1000), 1000));
    const after = readFileSync(path);
    expect(after.readUInt32BE(24)).toBe(before.readUInt32BE(24) + 1);
    expect(after.readUInt32BE(92)).toBe(after.readUInt32BE(24));
    expect(512 * after.readUInt32BE(28)).toBe(after.length);
    expect(after.length).toBeGreaterThan(before.length);
  });

  // Windows comes with neither; better-sqlite3's own SQLite reads such rows in the tests above, everywhere.
  const shell = SHELLS.find(([program, ...args]) => canRun(program, [...args, ':memory:', 'SELECT 1']));
  it.skipIf(shell === undefined)("opens in an SQLite that is not better-sqlite3's", () => {
    const path = load(16_384, ({ vertices, triangles }) => {
      vertices.appendVertices(coordinates(20_000), 20_000);
      triangles.appendTriangles(corners(40_000), 40_000);
    });
    const sql = `PRAGMA integrity_check; SELECT count(*), max(id), total(x) FROM vertices;
      SELECT count(*), max(id), total(a + b + c) FROM triangles`;
    const positions = coordinates(20_000);
    const x = positions.reduce((sum, value, k) => (k % 3 === 0 ? sum + value : sum), 0);
    const abc = corners(40_000).reduce((sum, value) => sum + value, 0);
    const [program, ...args] = shell!;
    const output = execFileSync(program, [...args, path, sql], { encoding: 'utf8' });
    const [check, vertices, triangles] = output.split('\n');
    expect(check).toBe('ok');
    expect(vertices).toMatch(/^20000\|19999\|/);
    expect(Number(vertices!.split('|')[2])).toBeCloseTo(x, 3);
    expect(triangles).toBe(`40000|39999|${abc}.0`);
  });
});

function canRun(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('the lock page', () => {
  /** Lengthens a database to `pages` pages, all new ones free: a sparse file, its free list in as few trunks as fit. */
  function growSparsely(path: string, pageSize: number, pages: number): void {
    const fd = openSync(path, 'r+');
    const header = readFileSync(path).subarray(0, 100);
    const first = header.readUInt32BE(28) + 1;
    ftruncateSync(fd, pageSize * pages);
    const perTrunk = pageSize / 4 - 8;
    for (let trunk = first; trunk <= pages; trunk += perTrunk + 1) {
      const leaves = Math.min(perTrunk, pages - trunk);
      const next = trunk + perTrunk + 1;
      const page = Buffer.alloc(8 + 4 * leaves);
      page.writeUInt32BE(next <= pages ? next : 0, 0);
      page.writeUInt32BE(leaves, 4);
      for (let k = 0; k < leaves; k++) page.writeUInt32BE(trunk + 1 + k, 8 + 4 * k);
      writeSync(fd, page, 0, page.length, pageSize * (trunk - 1));
    }
    header.writeUInt32BE(pages, 28);
    header.writeUInt32BE(first, 32);
    header.writeUInt32BE(pages - first + 1, 36);
    writeSync(fd, header, 0, 100, 0);
    closeSync(fd);
  }

  it.each([16_384, 65_536])('is left unused, page size %i', (pageSize) => {
    const lockPage = 2 ** 30 / pageSize + 1;
    const path = join(folder, 'sparse.db');
    copyFileSync(template(pageSize), path);
    growSparsely(path, pageSize, lockPage - 3);
    const count = 20_000;
    loadInto(path, templates.get(pageSize)!, ({ vertices, triangles }) => {
      vertices.appendVertices(coordinates(count), count);
      triangles.appendTriangles(corners(count), count);
    });
    expect(statSync(path).size).toBeGreaterThan(2 ** 30 + 2 * pageSize);
    const db = new Database(path);
    expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(db.prepare('SELECT count(*), sum(id) FROM vertices').raw().get()).toEqual([count, 199_990_000]);
    expect(db.prepare('SELECT count(*), sum(id) FROM triangles').raw().get()).toEqual([count, 199_990_000]);
    db.close();
    const page = Buffer.alloc(pageSize, 1);
    const fd = openSync(path, 'r');
    readSync(fd, page, 0, pageSize, 2 ** 30);
    closeSync(fd);
    expect(page).toEqual(Buffer.alloc(pageSize));
    rmSync(path);
  });
});

describe('TableLoad.open', () => {
  it('refuses tables that it cannot load', () => {
    const path = join(folder, 'refused.db');
    const make = (sql: string) => {
      rmSync(path, { force: true });
      const db = new Database(path);
      db.exec(`${sql}; CREATE TABLE t (id INTEGER PRIMARY KEY, a)`);
      db.close();
    };
    make('PRAGMA journal_mode = WAL');
    expect(() => TableLoad.open(path)).toThrow(/has a write-ahead log; expected none of these/);
    make('PRAGMA auto_vacuum = FULL');
    expect(() => TableLoad.open(path)).toThrow(/has auto-vacuum/);
    make("PRAGMA encoding = 'UTF-16le'");
    expect(() => TableLoad.open(path)).toThrow(/has text in UTF-16/);
    make('');
    TableLoad.open(path).close();
    const bytes = readFileSync(path);
    truncateSync(path, bytes.length - 1);
    expect(() => TableLoad.open(path)).toThrow(/8191 bytes for 2 pages/);
    bytes[20] = 8;
    writeFileSync(path, bytes);
    expect(() => TableLoad.open(path)).toThrow(/8 reserved bytes a page/);
    bytes[17] = 3;
    writeFileSync(path, bytes);
    expect(() => TableLoad.open(path)).toThrow(DatabaseError);
    writeFileSync(path, 'solid a\n');
    expect(() => TableLoad.open(path)).toThrow(`${path}: not an SQLite database`);
    writeFileSync(path, '');
    expect(() => TableLoad.open(path)).toThrow(DatabaseError);
    rmSync(path);
    expect(() => TableLoad.open(path)).toThrow(FileError);
  });

  it('refuses pages that are not the root of an empty table', () => {
    const path = load(512, ({ triangles }) => triangles.appendTriangles(corners(2000), 2000));
    const { vertices, triangles, things } = templates.get(512)!;
    const loading = TableLoad.open(path);
    for (const page of [0, 1, -1, triangles!, 5, 100_000]) {
      expect(() => loading.table(page), `page ${page}`).toThrow(
        `page ${page}: not the root of an empty table`,
      );
    }
    loading.table(vertices!);
    expect(() => loading.table(vertices!)).toThrow(DatabaseError);
    loading.table(things!);
    loading.close();
    expect(dump(path).triangles).toHaveLength(2000);
  });

  it('leaves empty tables if it is closed early, and may be closed twice', () => {
    const path = join(folder, 'unfinished.db');
    copyFileSync(template(512), path);
    const loading = TableLoad.open(path);
    // More than the write buffer holds.
    loading.table(templates.get(512)!.triangles!).appendTriangles(corners(200_000), 200_000);
    loading.close();
    loading.close();
    expect(statSync(path).size).toBeGreaterThan(2 ** 20);
    expect(dump(path)).toEqual({ vertices: [], triangles: [], things: [] });
  });
});

describe('TableWriter.appendRow', () => {
  it('refuses rows larger than a page, and accepts the largest that fits', () => {
    const path = load(512, ({ things }) => {
      // Nine bytes of record header: one for its size, one for each column, two for the blob's.
      const row = (bytes: number) => [null, null, null, null, Buffer.alloc(bytes - 7)];
      things.appendRow(0, row(512 - 35));
      expect(() => things.appendRow(1, row(512 - 34))).toThrow('a row of 478 bytes; expected at most 477');
      things.appendRow(2, row(512 - 35));
    });
    expect(dump(path).things).toHaveLength(2);
  });

  it('refuses ids that do not ascend, and NaN', () => {
    const path = load(512, ({ things }) => {
      expect(() => things.appendRow(-1, [null])).toThrow(RangeError);
      things.appendRow(5, [null, 1, null, null, null]);
      for (const id of [5, 4, 5.5, 2 ** 53, Number.NaN])
        expect(() => things.appendRow(id, [null])).toThrow(RangeError);
      expect(() => things.appendRow(6, [null, null, Number.NaN, null, null])).toThrow(RangeError);
      things.appendRow(2 ** 53 - 1, [null, 2, null, null, null]);
      expect(() => things.appendTriangles(corners(1), 1)).toThrow(RangeError);
    });
    expect(dump(path).things).toEqual(['5n,1n,null,null,null', '9007199254740991n,2n,null,null,null']);
  });
});
