/** How many rows a second the program's pages take and give, against INSERT and SELECT. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { TableReader } from '../../src/database/pages/table-reader.js';
import { TableLoad } from '../../src/database/pages/table-writer.js';
import { compareRates, type RateRow } from './rates.js';

type Table = 'vertices' | 'triangles';

const COLUMNS = { vertices: 'x, y, z', triangles: 'a, b, c' } as const;
const SCHEMA = `
  CREATE TABLE vertices (id INTEGER PRIMARY KEY, x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL) STRICT;
  CREATE TABLE triangles (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL) STRICT;`;
const ROWS = 1_000_000;
const BATCH_ROWS = 16_384;
const INSERT_ROWS = 100;
const SELECT_ROWS = 10_000;
const PAGE_BYTES = 16_384;

/** Rows of a grid in scan order: ids that need one to three bytes, coordinates of nine digits. */
const VALUES: Readonly<Record<Table, Float64Array>> = {
  vertices: Float64Array.from({ length: 3 * ROWS }, (_, k) => Math.fround(((k * 7919) % 1_000_003) * 1e-3)),
  triangles: Float64Array.from({ length: 3 * ROWS }, (_, k) => (k >> 1) + 1000 * (k % 3)),
};

/** Measures both tables, `runs` times each after one run to warm up. Files stand in `folder` meanwhile. */
export function measureTables(runs: number, folder: string): RateRow[] {
  mkdirSync(folder);
  const empty = join(folder, 'empty.db');
  const db = open(empty);
  db.exec(SCHEMA);
  const root = (table: Table) =>
    db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  const roots = { vertices: root('vertices'), triangles: root('triangles') };
  db.close();

  const rows = (['vertices', 'triangles'] as const).flatMap((table) => {
    const pages = join(folder, `${table}-pages.db`);
    const inserted = join(folder, `${table}-insert.db`);
    const written = compareRates(
      {
        name: `write ${table}`,
        own: () => appendAll(empty, pages, table, roots[table]),
        otherName: `INSERT of ${INSERT_ROWS} rows`,
        other: () => insertAll(empty, inserted, table),
        count: ROWS,
      },
      runs,
    );
    const expected = VALUES[table].reduce((sum, value) => sum + value, 0);
    const insist = (sum: number) => {
      if (sum !== expected) throw new Error(`${table}: other rows came back than were written`);
    };
    const read = compareRates(
      {
        name: `read ${table}`,
        own: () => insist(sumPages(pages, table, roots[table])),
        otherName: `SELECT of ${SELECT_ROWS} rows`,
        other: () => insist(sumSelected(inserted, table)),
        count: ROWS,
      },
      runs,
    );
    return [written, read];
  });
  rmSync(folder, { recursive: true });
  return rows;
}

/** Set up as for a new database: nothing is kept safe. */
function open(path: string): Database.Database {
  const db = new Database(path);
  db.pragma(`page_size = ${PAGE_BYTES}`);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('locking_mode = EXCLUSIVE');
  return db;
}

function appendAll(empty: string, path: string, table: Table, root: number): void {
  copyFileSync(empty, path);
  const load = TableLoad.open(path);
  const writer = load.table(root);
  const values = VALUES[table];
  for (let k = 0; k < ROWS; k += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, ROWS - k);
    const batch = values.subarray(3 * k, 3 * (k + count));
    if (table === 'vertices') writer.appendVertices(batch, count);
    else writer.appendTriangles(batch, count);
  }
  load.finish();
  load.close();
}

function insertAll(empty: string, path: string, table: Table): void {
  copyFileSync(empty, path);
  const db = open(path);
  const places = Array(INSERT_ROWS).fill('(?, ?, ?, ?)').join(', ');
  const statement = db.prepare(`INSERT INTO ${table} (id, ${COLUMNS[table]}) VALUES ${places}`);
  const values = VALUES[table];
  const row: number[] = Array(4 * INSERT_ROWS).fill(0);
  db.exec('BEGIN');
  for (let k = 0; k < ROWS; k += INSERT_ROWS) {
    for (let r = 0; r < INSERT_ROWS; r++) {
      row[4 * r] = k + r;
      for (let d = 0; d < 3; d++) row[4 * r + 1 + d] = values[3 * (k + r) + d]!;
    }
    statement.run(row);
  }
  db.exec('COMMIT');
  db.close();
}

function sumPages(path: string, table: Table, root: number): number {
  const reader = TableReader.open(path);
  let sum = 0;
  const add = (values: Float64Array, count: number) => {
    for (let k = 0; k < 3 * count; k++) sum += values[k]!;
  };
  if (table === 'vertices') for (const { positions, count } of reader.vertices(root)) add(positions, count);
  else for (const { corners, count } of reader.triangles(root)) add(corners, count);
  reader.close();
  return sum;
}

function sumSelected(path: string, table: Table): number {
  const db = new Database(path, { readonly: true });
  const sql = `SELECT id, ${COLUMNS[table]} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${SELECT_ROWS}`;
  const statement = db.prepare(sql).raw();
  let sum = 0;
  let last = -1;
  for (;;) {
    const rows = statement.all(last) as [number, number, number, number][];
    if (rows.length === 0) break;
    last = rows[rows.length - 1]![0];
    for (const [, first, second, third] of rows) {
      sum += first;
      sum += second;
      sum += third;
    }
  }
  db.close();
  return sum;
}
