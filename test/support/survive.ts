/** Imports that are killed again and again, held against one that is not. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { exportMesh, importMesh } from '../../src/index.js';
import { freshFolder } from './files.js';
import { runImport } from './kill.js';
import { makeTube, shuffle, toAsciiStl, toBinaryStl, toOff, toRaw } from './meshes.js';
import { toObjSoup } from './obj.js';

const tube = [...makeTube(400, 60)];
const half = tube.length / 2;

/** Sources, and whether an import of them goes on where it was. */
export const SOURCES: Readonly<Record<string, readonly [goesOn: boolean, make: () => string | Buffer]>> = {
  'binary STL': [true, () => toBinaryStl(tube, { attribute: (k) => k % 7 })],
  'binary STL in random order': [true, () => toBinaryStl(shuffle(tube))],
  'ASCII STL with solids': [
    true,
    () => toAsciiStl(tube.slice(0, half), 'first') + toAsciiStl(tube.slice(half), 'second'),
  ],
  'raw triangles': [true, () => toRaw(tube)],
  'ASCII STL, compressed': [true, () => gzipSync(toAsciiStl(tube, 'packed'))],
  OBJ: [false, () => toObjSoup(tube)],
  OFF: [false, () => toOff(tube)],
};

/** Tables of the welder for all vertices, and for some. */
export const BUDGETS = { 'memory enough': undefined, 'little memory': 2 ** 18 } as const;

/** A checkpoint every few batches. */
const OFTEN = { batchTriangles: 500, intervalMs: 5 };

export interface Survival {
  readonly kills: number;
  /** How often a run went on with the work of another one. */
  readonly resumed: number;
}

/**
 * Kills imports of a source, each `stepMs` later than the one before, until one comes to its end or `most` were killed;
 * then all must be as if nothing had happened.
 */
export async function survive(
  source: string,
  budget: keyof typeof BUDGETS,
  threads: number,
  { stepMs, most }: { readonly stepMs: number; readonly most: number },
): Promise<Survival> {
  const folder = freshFolder();
  const input = join(folder, 'in');
  writeFileSync(input, SOURCES[source]![1]());
  await importMesh(input, join(folder, 'whole.db'), { batchTriangles: OFTEN.batchTriangles });
  const database = join(folder, 'mesh.db');
  const options = { ...OFTEN, weldBytes: BUDGETS[budget], threads };
  let resumed = 0;
  let kills = 0;
  for (let end: string | undefined; end === undefined; ) {
    const run = await runImport(input, database, options, kills < most ? stepMs * (kills + 1) : undefined);
    if (run.resumed !== undefined) resumed++;
    if (run.end === undefined) kills++;
    else expect(run.end).toBe('done');
    end = run.end;
  }
  expect(dump(database)).toEqual(dump(join(folder, 'whole.db')));
  await exportMesh(join(folder, 'whole.db'), join(folder, 'whole.off'));
  await exportMesh(database, join(folder, 'mesh.off'));
  expect(readFileSync(join(folder, 'mesh.off')).equals(readFileSync(join(folder, 'whole.off')))).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['in', 'mesh.db', 'mesh.off', 'whole.db', 'whole.off']);
  return { kills, resumed };
}

/** All rows of all tables; the time of an import is another one each time. */
function dump(database: string): Record<string, unknown[]> {
  const db = new Database(database, { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all() as string[];
  const rows = tables.map((table) => {
    const all = db.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[];
    return [table, all.map((row) => ({ ...row, imported: 0 }))] as const;
  });
  db.close();
  return Object.fromEntries(rows);
}
