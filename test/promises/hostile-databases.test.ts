/** Databases that are damaged, unfinished, or made to mislead: refused or reported by every verb, never trusted. */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildTiles,
  checkMesh,
  DatabaseError,
  exportMesh,
  findComponents,
  importMesh,
  indexMesh,
  locateTriangle,
  MeshDatabase,
  MeshError,
  splitMesh,
  surveyMesh,
  verifyMesh,
} from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

/** What can be done with a database. */
const VERBS: Readonly<Record<string, (database: string, folder: string) => unknown>> = {
  info: (database) => {
    const db = MeshDatabase.open(database);
    try {
      return [db.sources(10), db.countTriangles(), db.countVertices(), db.countAttributes(), db.parts(10)];
    } finally {
      db.close();
    }
  },
  export: (database, folder) => exportMesh(database, join(folder, 'out.off')),
  'export --where': (database, folder) =>
    exportMesh(database, join(folder, 'some.off'), { filter: { where: ['area > 0.1'] } }),
  'export --sql': (database, folder) =>
    exportMesh(database, join(folder, 'few.off'), {
      filter: { sql: ['SELECT id FROM triangles WHERE a % 3 = 0'] },
    }),
  'export --weld': (database, folder) => exportMesh(database, join(folder, 'welded.off'), { weld: 0.01 }),
  check: (database) => checkMesh(database),
  survey: (database) => surveyMesh(database),
  components: (database) => findComponents(database),
  index: (database) => indexMesh(database),
  tiles: (database) => buildTiles(database, { leafTriangles: 100 }),
  split: async (database, folder) => {
    await splitMesh(database, join(folder, 'pieces'), { by: 'grid', cells: [2, 1, 1] });
    rmSync(join(folder, 'pieces'), { recursive: true });
  },
  verify: (database, folder) => verifyMesh(database, join(folder, 'in.stl')),
  locate: (database) => locateTriangle(database, 7),
};

async function makeDatabase(folder: string): Promise<string> {
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(60, 20)));
  const database = join(folder, 'mesh.db');
  await importMesh(join(folder, 'in.stl'), database);
  return database;
}

/** What each verb throws, undefined where it is done; anything but an error for users is thrown. */
async function tryVerbs(database: string, folder: string): Promise<Record<string, MeshError | undefined>> {
  const results: Record<string, MeshError | undefined> = {};
  const before = readdirSync(folder).sort();
  for (const [name, verb] of Object.entries(VERBS)) {
    const copy = join(folder, 'copy.db');
    copyFileSync(database, copy);
    try {
      await verb(copy, folder);
    } catch (error) {
      if (!(error instanceof MeshError)) throw new Error(`${name} fails otherwise`, { cause: error });
      results[name] = error;
    }
    results[name] ??= undefined;
    // Of a header that says so SQLite makes a log, which whoever only reads cannot take away.
    for (const suffix of ['-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true });
    const left = readdirSync(folder).filter(
      (one) => !before.includes(one) && one !== 'copy.db' && !one.endsWith('.off'),
    );
    expect(left, name).toEqual([]);
  }
  return results;
}

type Change = (db: Database.Database) => void;

/** Replaces a table by what a query makes of it. */
const remake =
  (table: string, definition: string, query: string): Change =>
  (db) => {
    db.exec(
      `ALTER TABLE ${table} RENAME TO old; ${definition}; INSERT INTO ${table} ${query}; DROP TABLE old`,
    );
  };

const SCHEMAS: Readonly<Record<string, Change>> = {
  'another application': (db) => db.pragma('application_id = 1'),
  'a newer version': (db) => db.pragma('user_version = 99'),
  'an import that was not finished': (db) => db.exec('DELETE FROM sources'),
  'no triangles at all': (db) => db.exec('DROP TABLE triangles'),
  'a view in place of vertices': (db) =>
    db.exec('ALTER TABLE vertices RENAME TO old; CREATE VIEW vertices AS SELECT id, x, y, z FROM old'),
  'a view in place of triangles that never ends': (db) =>
    db.exec(`DROP TABLE triangles; CREATE VIEW triangles AS WITH RECURSIVE n(id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n)
      SELECT id, 0 AS a, 1 AS b, 2 AS c FROM n`),
  'text for positions': remake(
    'vertices',
    'CREATE TABLE vertices (id INTEGER PRIMARY KEY, x, y, z)',
    "SELECT id, x, y, 'far' FROM old",
  ),
  'no position': remake(
    'vertices',
    'CREATE TABLE vertices (id INTEGER PRIMARY KEY, x, y, z)',
    'SELECT id, x, NULL, z FROM old',
  ),
  'a position beyond all': (db) => db.exec('UPDATE vertices SET x = 9e999 WHERE id = 77'),
  'a value of a megabyte': remake(
    'vertices',
    'CREATE TABLE vertices (id INTEGER PRIMARY KEY, x, y, z)',
    'SELECT id, CASE id WHEN 9 THEN zeroblob(1000000) ELSE x END, y, z FROM old',
  ),
  'vertices with gaps': (db) => db.exec('DELETE FROM vertices WHERE id = 5'),
  'a vertex with a vast id': (db) => db.exec('UPDATE vertices SET id = 4611686018427387904 WHERE id = 1221'),
  'a vertex with a negative id': (db) => db.exec('UPDATE vertices SET id = -1 WHERE id = 0'),
  'a triangle with a vast id': (db) =>
    db.exec('UPDATE triangles SET id = 4611686018427387904 WHERE id = 100'),
  'a triangle with a large id': (db) => db.exec('UPDATE triangles SET id = 1000000000000 WHERE id = 100'),
  'a triangle with a negative id': (db) => db.exec('UPDATE triangles SET id = -5 WHERE id = 100'),
  'a corner out of range': (db) => db.exec('UPDATE triangles SET b = 1000000 WHERE id = 100'),
  'a negative corner': (db) => db.exec('UPDATE triangles SET b = -1 WHERE id = 100'),
  'a vast corner': (db) => db.exec('UPDATE triangles SET b = 9223372036854775807 WHERE id = 100'),
  'corners that are no numbers': remake(
    'triangles',
    'CREATE TABLE triangles (id INTEGER PRIMARY KEY, a, b, c)',
    "SELECT id, a, 'b', c FROM old",
  ),
  'columns in another order': remake(
    'triangles',
    'CREATE TABLE triangles (c, b, a, id INTEGER PRIMARY KEY)',
    'SELECT c, b, a, id FROM old',
  ),
  'no rowids': remake(
    'triangles',
    'CREATE TABLE triangles (id INTEGER PRIMARY KEY, a, b, c) WITHOUT ROWID',
    'SELECT id, a, b, c FROM old',
  ),
  'a source that is nonsense': (db) =>
    db.exec(
      "UPDATE sources SET options = '{', warnings = 'x', precision = 'float64'; UPDATE mesh SET min_x = NULL",
    ),
  'triggers that delete': (db) =>
    db.exec('CREATE TRIGGER t1 AFTER INSERT ON components BEGIN DELETE FROM triangles; END'),
  'views that load an extension': (db) =>
    db.exec("DROP VIEW triangle_corners; CREATE VIEW triangle_corners AS SELECT load_extension('x') AS id"),
};

/** What an export and a check say of it; nothing where they do their work. */
const MESSAGES: Readonly<Record<string, RegExp>> = {
  'another application': /not an offload database$/,
  'a newer version': /schema version 99 is newer than this program knows \(6\)$/,
  'an import that was not finished': /its import was not finished$/,
  'no triangles at all': /triangles is missing; expected the table triangles$/,
  'a view in place of vertices': /vertices is a view; expected the table vertices$/,
  'a view in place of triangles that never ends': /triangles is a view; /,
  'text for positions': /a column of type 19 in row 0; expected a number/,
  'no position': /a column of type 0 in row 0; expected a number/,
  'a position beyond all': /Infinity in row 77; expected a finite coordinate$/,
  'a value of a megabyte': /a row of 1000023 bytes at \d+; expected/,
  'vertices with gaps': /expected (5|dense ids from 0)$/,
  'a vertex with a vast id': /ids of vertices range from 0 to 4611686018427388000; expected/,
  'a vertex with a negative id': /ids of vertices range from -1 to 1221; expected/,
  'a triangle with a vast id': /ids of triangles range from 0 to 4611686018427388000; expected/,
  'a triangle with a negative id': /ids of triangles range from -5 to \d+; expected/,
  'a corner out of range': /a triangle has the corner 1000000; expected the id of a vertex, 0 to 1221$/,
  'a negative corner': /-1 in row 100; expected a vertex id$/,
  'a vast corner': /9223372036854776000 in row 100; expected a vertex id$/,
  'corners that are no numbers': /a column of type 15 in row 0; expected a number/,
  'columns in another order': /triangles has the columns c, b, a, id; expected id, a, b, c$/,
  'no rowids': /triangles is a table without rowids; expected/,
};

describe('a database with', () => {
  it.each(Object.keys(SCHEMAS))('%s', async (name) => {
    const folder = freshFolder();
    const database = await makeDatabase(folder);
    const db = new Database(database);
    db.pragma('foreign_keys = OFF');
    db.unsafeMode(true);
    SCHEMAS[name]!(db);
    db.close();
    const results = await tryVerbs(database, folder);
    const message = MESSAGES[name];
    for (const verb of ['export', 'check']) {
      if (message === undefined) continue;
      expect(results[verb]?.message, verb).toMatch(message);
      expect(results[verb]).toBeInstanceOf(DatabaseError);
    }
    if (name === 'a triangle with a large id') {
      expect(results.check?.message).toMatch(/does not fit in memory; expected at least \d+M$/);
    } else if (name === 'triggers that delete') {
      expect(results.components?.message).toMatch(/the table components has the trigger t1; expected none$/);
    } else if (message === undefined) {
      expect(Object.values(results).filter((error) => error !== undefined)).toEqual([]);
    }
  });
});

describe('a file that', () => {
  it.each([
    ['is empty', () => Buffer.alloc(0)],
    ['is text', () => Buffer.from('OFF\n0 0 0\n')],
    ['has only the first bytes of a database', (whole: Buffer) => whole.subarray(0, 60)],
    ['ends with its first page', (whole: Buffer) => whole.subarray(0, 16_384)],
    ['ends in the middle', (whole: Buffer) => whole.subarray(0, Math.floor(whole.length / 2) + 100)],
    ['has lost its last byte', (whole: Buffer) => whole.subarray(0, -1)],
  ])('%s is refused', async (_, make) => {
    const folder = freshFolder();
    const database = await makeDatabase(folder);
    writeFileSync(database, make(readFileSync(database)));
    const results = await tryVerbs(database, folder);
    for (const [verb, error] of Object.entries(results)) {
      // What is no database may be a mesh.
      if (verb !== 'verify') expect(error, verb).toBeInstanceOf(DatabaseError);
    }
  });

  it('has random bytes changed is read or refused', async () => {
    const folder = freshFolder();
    const database = await makeDatabase(folder);
    const whole = readFileSync(database);
    const change = fc.record({
      at: fc.oneof(
        fc.nat(whole.length - 1),
        fc.nat(99),
        fc.nat(40).map((page) => 16_384 * page + 3),
      ),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const damaged = Buffer.from(whole);
        for (const { at, bytes } of changes) damaged.set(bytes, Math.min(at, whole.length - bytes.length));
        writeFileSync(database, damaged);
        const results = await tryVerbs(database, folder);
        if (Object.values(results).some((error) => error !== undefined)) refused++;
      }),
      { numRuns: 12, seed: 1 },
    );
    expect(refused).toBeGreaterThan(3);
  });
});
