/**
 * A mesh that grows has the rows that one import of all files has.
 *
 * Covers: database/build/part-tables, database/build/place-tables, database/build/source-record, weld/known-vertices.
 */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImportOptions, importMesh, indexMesh } from '../../../src/index.js';
import { dump } from '../../support/dump.js';
import { freshFolder } from '../../support/files.js';
import { runVerb } from '../../support/kill.js';
import { type Corners, makeTube, toAsciiStl, toBinaryStl, toOff } from '../../support/meshes.js';
import { toObj } from '../../support/obj.js';
import { rewindSchema } from '../../support/old-schema.js';
import { type Element, type Property, toElements, toPly } from '../../support/ply.js';
import { runs } from '../../support/runs.js';

/** A piece of a mesh: corners, and a number from which attributes are chosen. */
interface Piece {
  readonly triangles: readonly Corners[];
  readonly seed: number;
}

/** A PLY whose vertices repeat, are unused and have colors and normals, some of them invalid. */
function toRichPly({ triangles, seed }: Piece): Buffer | string {
  const vertices = triangles.flatMap((corners) => [0, 3, 6].map((c) => corners.slice(c, c + 3)));
  const [vertex, face] = toElements(
    [...vertices, [seed, 0, 0], [0, 0, seed]],
    triangles.map((_, k) => [3 * k, 3 * k + 1, 3 * k + 2]),
    seed % 2 === 0 ? 'float' : 'double',
  ) as [Element, Element];
  const names = seed % 3 === 0 ? ['red', 'green', 'blue'] : ['red', 'green', 'blue', 'alpha'];
  const colors: Property[] = names.map((name) => ({ name, type: 'float' }));
  const normals: Property[] = ['nx', 'ny', 'nz'].map((name) => ({ name, type: 'float' }));
  const colorOf = (k: number) =>
    names.map((_, c) => [0, 0.5, 1, 1.5][(k + c + seed) % (seed % 5 === 0 ? 4 : 3)]!);
  return toPly(seed % 7 === 0 ? 'ascii' : 'binary_little_endian', [
    {
      name: 'vertex',
      properties: [...vertex.properties, ...colors, ...normals],
      rows: vertex.rows.map((row, k) => [...row, ...colorOf(k % 4), k % 3, seed % 2, 1]),
    },
    {
      name: 'face',
      properties: [...face.properties, ...colors.slice(0, 3)],
      rows: face.rows.map((row, k) => [...row, ...colorOf(k).slice(0, 3)]),
    },
  ]);
}

const FORMATS: Readonly<Record<string, (piece: Piece) => string | Buffer>> = {
  'bin.stl': ({ triangles, seed }) => toBinaryStl(triangles, { attribute: (k) => (k + seed) % 3 }),
  'ascii.stl': ({ triangles, seed }) =>
    toAsciiStl(triangles.slice(0, 2), `solid ${seed}`) + toAsciiStl(triangles.slice(2), 'rest'),
  obj: ({ triangles, seed }) => `o object ${seed}\n${toObj(triangles)}`,
  off: ({ triangles }) => toOff(triangles, true),
  ply: toRichPly,
};
const SOUPS = ['bin.stl', 'ascii.stl'];

/** Coordinates that text and float32 both keep; some triangles are degenerate. */
const tube = [...makeTube(8, 6)].map((corners) => corners.map((value) => Math.round(4 * value) / 4));
const triangles = fc.array(fc.constantFrom(...tube), { minLength: 3, maxLength: 20 });
/** Groups of files: the first is imported, the others are appended one after another. */
const groupsOf = (formats: readonly string[]) =>
  fc.array(
    fc.array(fc.tuple(fc.constantFrom(...formats), triangles, fc.nat(20), fc.boolean()), {
      minLength: 1,
      maxLength: 3,
    }),
    { minLength: 2, maxLength: 4 },
  );

/** Writes the files of groups; returns their names by group. */
function writeGroups(
  folder: string,
  groups: readonly (readonly (readonly [string, readonly Corners[], number, boolean])[])[],
): string[][] {
  return groups.map((group, g) =>
    group.map(([format, corners, seed, isPacked], k) => {
      const file = join(folder, `${g}-${k}.${format}${isPacked ? '.gz' : ''}`);
      const bytes = FORMATS[format]!({ triangles: corners, seed });
      writeFileSync(file, isPacked ? gzipSync(bytes) : bytes);
      return file;
    }),
  );
}

/** Imports the first group, appends the others, and compares with one import of all. */
async function expectSame(
  groups: readonly (readonly string[])[],
  folder: string,
  options: ImportOptions = {},
) {
  const [grown, one] = [join(folder, 'grown.db'), join(folder, 'one.db')];
  const [first, ...others] = groups;
  await importMesh(first!, grown, options);
  for (const group of others) await importMesh(group, grown, { ...options, append: true });
  await importMesh(groups.flat(), one);
  expect(dump(grown)).toEqual(dump(one));
  expect(readdirSync(folder).filter((name) => name.includes('.partial'))).toEqual([]);
}

const WAYS: readonly ImportOptions[] = [
  {},
  { batchTriangles: 3, threads: 1 },
  { weldBytes: 512, batchTriangles: 5, threads: 1 },
  { weldBytes: 4096, batchTriangles: 2, threads: 3 },
];

describe('append', () => {
  it.each([
    ['soup', SOUPS],
    ['indexed formats', ['ply', 'obj', 'off']],
    ['all formats', Object.keys(FORMATS)],
  ])('gives the rows of one import, with random groups of %s', async (_, formats) => {
    await fc.assert(
      fc.asyncProperty(groupsOf(formats), fc.constantFrom(...WAYS), async (groups, options) => {
        const folder = freshFolder();
        await expectSame(writeGroups(folder, groups), folder, options);
      }),
      { numRuns: 5 },
    );
  });

  const large = [...makeTube(300, 40)];
  const FIRST = 16_000;
  const files = {
    'first.stl': toBinaryStl(large.slice(0, FIRST)),
    'second.stl': toBinaryStl(large.slice(FIRST)),
    'third.obj': toObj(large.slice(0, 12_000)),
  };
  // Where checkpoints of a source are noted depends on it.
  const batchTriangles = 200;
  const setUp = async () => {
    const folder = freshFolder();
    const at = (name: string) => join(folder, name);
    for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
    await importMesh(at('first.stl'), at('mesh.db'), { batchTriangles });
    copyFileSync(at('mesh.db'), at('former.db'));
    return { folder, at };
  };

  it.each([
    ['soup', 'second.stl', {}],
    ['soup, with tables that overflow', 'second.stl', { weldBytes: 2 ** 14, threads: 1 }],
    ['an indexed source', 'third.obj', {}],
    ['an indexed source, with tables that overflow', 'third.obj', { weldBytes: 2 ** 14, threads: 1 }],
  ] as const)('survives kills: %s', async (_, name, options) => {
    const { at } = await setUp();
    await importMesh([at('first.stl'), at(name)], at('one.db'), { batchTriangles });
    const former = readFileSync(at('mesh.db'));
    const often = { ...options, append: true, batchTriangles, intervalMs: 5 };
    const most = runs(3, 6);
    let kills = 0;
    for (let end: string | undefined; end === undefined; ) {
      // The first one comes at once: an append may be done within milliseconds.
      const moment = kills === 0 ? 0 : kills < most ? (150 / most) * (kills + Math.random()) : undefined;
      ({ end } = await runVerb('importMesh', at(name), at('mesh.db'), often, moment));
      if (end !== undefined) expect(end).toBe('done');
      else if (readFileSync(at('mesh.db')).equals(former)) kills++;
      else break;
    }
    expect(kills).toBeGreaterThan(0);
    expect(dump(at('mesh.db'))).toEqual(dump(at('one.db')));
  });

  it('adds and leaves out the unique index as wanted, whatever the database had', async () => {
    const { at } = await setUp();
    const countIndexes = () => {
      const db = new Database(at('mesh.db'), { readonly: true });
      const sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'vertices_position'";
      const found = db.prepare(sql).pluck().get();
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
      return found;
    };
    const options = { append: true, batchTriangles };
    await importMesh(at('second.stl'), at('mesh.db'), { ...options, index: false });
    expect(countIndexes()).toBe(0);
    await importMesh(at('first.stl'), at('mesh.db'), options);
    expect(countIndexes()).toBe(1);
    const all = [at('first.stl'), at('second.stl'), at('first.stl')];
    await importMesh(all, at('one.db'), { batchTriangles });
    expect(dump(at('mesh.db'))).toEqual(dump(at('one.db')));
  });

  it('adds to a database of the first schema version', async () => {
    const { at } = await setUp();
    const db = new Database(at('mesh.db'));
    rewindSchema(db);
    db.close();
    await importMesh(at('second.stl'), at('mesh.db'), { append: true, batchTriangles });
    await importMesh([at('first.stl'), at('second.stl')], at('one.db'), { batchTriangles });
    expect(dump(at('mesh.db'))).toEqual(dump(at('one.db')));
  });

  it('keeps saved filters and removes a spatial index, with a warning', async () => {
    const { at } = await setUp();
    await indexMesh(at('mesh.db'));
    const db = new Database(at('mesh.db'));
    db.prepare('INSERT INTO filters VALUES (?, ?, ?)').run('top', '{"where":["max_z > 1"]}', '2026-01-01');
    db.close();
    const options = { append: true, batchTriangles };
    const { warnings, before, triangles } = await importMesh(at('second.stl'), at('mesh.db'), options);
    expect(warnings.map(({ kind }) => kind)).toEqual(['append-derived']);
    expect([before?.triangles, triangles]).toEqual([FIRST, large.length]);
    await importMesh([at('first.stl'), at('second.stl')], at('one.db'), { batchTriangles });
    const grown = dump(at('mesh.db'));
    expect(grown.filters).toMatchObject([{ name: 'top', saved: '2026-01-01' }]);
    expect({ ...grown, filters: [] }).toEqual(dump(at('one.db')));
  });

  it.each<[string, (db: Database.Database) => void, RegExp]>([
    ['has a table of the user', (db) => db.exec('CREATE TABLE notes (t)'), /table notes is not offload's/],
    ['lacks triangles', (db) => db.exec('DELETE FROM triangles WHERE id = 77'), /rows were changed/],
    [
      'has a vertex twice',
      (db) => {
        db.exec('DROP INDEX vertices_position');
        db.exec('UPDATE vertices SET (x, y, z) = (SELECT x, y, z FROM vertices WHERE id = 3) WHERE id = 9');
        db.exec('CREATE INDEX vertices_position ON vertices (x, y, z)');
      },
      /stored as two vertices/,
    ],
  ])('refuses a database that %s, and leaves it as it was', async (_, change, message) => {
    const { folder, at } = await setUp();
    const db = new Database(at('mesh.db'));
    change(db);
    db.close();
    const former = readFileSync(at('mesh.db'));
    const names = readdirSync(folder);
    await expect(importMesh(at('second.stl'), at('mesh.db'), { append: true })).rejects.toThrow(message);
    expect(readFileSync(at('mesh.db')).equals(former)).toBe(true);
    expect(readdirSync(folder)).toEqual(names);
  });

  it('refuses a missing database, one as its own input, and --force', async () => {
    const { at } = await setUp();
    const append = (input: string, database: string, options = {}) =>
      importMesh(at(input), at(database), { append: true, ...options });
    await expect(append('second.stl', 'none.db')).rejects.toThrow(
      /none.db: no such file; expected a database/,
    );
    await expect(append('mesh.db', 'mesh.db')).rejects.toThrow(/the database is the input itself/);
    await expect(append('second.stl', 'mesh.db', { force: true })).rejects.toThrow(
      /which `force` would replace/,
    );
    await expect(append('second.stl', 'second.stl')).rejects.toThrow();
  });

  it('copies the rows of a database with other pages', async () => {
    const { at } = await setUp();
    const db = new Database(at('mesh.db'));
    db.pragma('page_size = 4096');
    db.exec('VACUUM');
    db.close();
    await importMesh(at('second.stl'), at('mesh.db'), { append: true, batchTriangles });
    await importMesh([at('first.stl'), at('second.stl')], at('one.db'), { batchTriangles });
    expect(dump(at('mesh.db'))).toEqual(dump(at('one.db')));
  });
});
