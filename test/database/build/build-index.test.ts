/** Covers: database/pages/index-writer. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { buildIndex, type IndexTask, POSITION_INDEX } from '../../../src/database/build/build-index.js';
import { TableLoad } from '../../../src/database/pages/table-writer.js';
import { freshFolder } from '../../support/files.js';

/** Creates a database of vertices with an empty index. */
function create(positions: Float64Array, pageBytes: number): { path: string; task: IndexTask } {
  const path = join(freshFolder(), 'mesh.db');
  const db = new Database(path);
  db.pragma(`page_size = ${pageBytes}`);
  db.exec(
    'CREATE TABLE vertices (id INTEGER PRIMARY KEY, x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL)',
  );
  db.exec(`CREATE UNIQUE INDEX ${POSITION_INDEX} ON vertices (x, y, z)`);
  const rootOf = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck();
  const verticesRoot = rootOf.get('vertices') as number;
  const indexRoot = rootOf.get(POSITION_INDEX) as number;
  db.close();
  const load = TableLoad.open(path);
  const vertices = positions.length / 3;
  load.table(verticesRoot).appendVertices(positions, vertices);
  load.finish();
  load.close();
  return {
    path,
    task: { verticesRoot, indexRoot, vertices, memoryBytes: 2 ** 20, spillPath: `${path}.sort` },
  };
}

/** Positions in no order. */
const scatter = (count: number): Float64Array =>
  Float64Array.from({ length: 3 * count }, (_, k) => ((k * 7919) % 100_003) / 8);

function expectIndex(path: string, count: number): void {
  const db = new Database(path, { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  const all = db.prepare(`SELECT count(*) FROM vertices INDEXED BY ${POSITION_INDEX} WHERE x > -1`).pluck();
  expect(all.get()).toBe(count);
  db.close();
}

describe('buildIndex', () => {
  // A leaf of 512 bytes has 13 to 15 entries, and a page above it 11 to 13.
  const few = Array.from({ length: 34 }, (_, k) => k);
  it.each([...few, 150, 170, 180, 190, 200, 2000, 2500, 3000, 30_000])('of %i vertices is sound', (count) => {
    const { path, task } = create(scatter(count), 512);
    buildIndex(path, task, () => undefined);
    expectIndex(path, count);
  });

  it('gives the same bytes with any memory, and reports what is done', () => {
    const positions = scatter(20_000);
    const one = create(positions, 16_384);
    const other = create(positions, 16_384);
    const shares: number[] = [];
    buildIndex(one.path, one.task, (share) => shares.push(share));
    buildIndex(other.path, { ...other.task, memoryBytes: 1 }, () => undefined);
    expectIndex(one.path, 20_000);
    const read = (path: string) => new Database(path, { readonly: true }).serialize();
    expect(read(one.path).equals(read(other.path))).toBe(true);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it.each([2 ** 20, 1])('refuses a position that is stored twice, with %i bytes', (memoryBytes) => {
    const positions = scatter(5000);
    positions.copyWithin(3 * 4000, 3 * 11, 3 * 12);
    const { path, task } = create(positions, 4096);
    const [x, y, z] = positions.subarray(33, 36);
    expect(() => buildIndex(path, { ...task, memoryBytes }, () => undefined)).toThrow(
      `${path}: ${x} ${y} ${z} is stored as two vertices; expected each position once`,
    );
    expect(readdirSync(join(path, '..'))).toEqual(['mesh.db']);
  });

  it('ends when it is told to, and leaves no file', () => {
    const { path, task } = create(scatter(20_000), 4096);
    const stop = (share: number) => {
      if (share > 0.7) throw new Error('enough');
    };
    expect(() => buildIndex(path, { ...task, memoryBytes: 1 }, stop)).toThrow('enough');
    expect(readdirSync(join(path, '..'))).toEqual(['mesh.db']);
  });
});
