/** Covers: filter/filter-size, filter/saved-selection. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeshUpdate } from '../../src/database/mesh-update.ts';
import { listFilters, readFilter, removeFilter, saveFilter } from '../../src/filter/saved-filters.ts';
import { mergeSelections, type SavedSelection } from '../../src/filter/saved-selection.ts';
import { DatabaseError, exportMesh, importMesh, UsageError } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'offload-test-'));
const database = join(folder, 'mesh.db');

afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  writeFileSync(join(folder, 'in.raw'), '0 0 0 1 0 0 0 1 0\n');
  await importMesh(join(folder, 'in.raw'), database);
});

/** Changes a database without filters. */
async function withUpdate(use: (db: Database.Database) => void): Promise<void> {
  const update = await MeshUpdate.open(database);
  try {
    update.run((db) => db.exec('DELETE FROM filters'));
    update.run(use);
  } finally {
    update.close();
  }
}

const ALL: SavedSelection = {
  where: ['area > 1 and part is null'],
  sql: ['SELECT id FROM triangles'],
  shapes: [
    { kind: 'box', min: [0, 0, 0], max: [1, 1, 1], touching: true },
    { kind: 'sphere', center: [0, 0, 0], radius: 1, touching: true },
    { kind: 'plane', normal: [0, 0, 1], offset: 1, touching: true },
  ],
  components: [{ kind: 'largest' }, { kind: 'number', number: 3 }, { kind: 'over', triangles: 5 }],
  drop: ['duplicate'],
  sample: { share: 0.5, seed: 1 },
  limit: 7,
  weld: 0.1,
  transform: [
    { kind: 'scale', factors: [1, 2, 3] },
    { kind: 'translate', by: [1, 2, 3] },
    { kind: 'rotate', axis: [0, 0, 1], degrees: 90 },
    { kind: 'matrix', numbers: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 5] },
    { kind: 'units', from: 'mm', to: 'inch' },
  ],
  flip: true,
};

describe('a saved filter', () => {
  it('may have everything that a filter has, with weld and transform', () =>
    withUpdate((db) => {
      saveFilter(db, 'all', ALL, false);
      expect(readFilter(db, 'all')).toEqual(ALL);
      saveFilter(db, 'moved', { transform: ALL.transform }, false);
      expect(readFilter(db, 'moved')).toEqual({ transform: ALL.transform });
    }));

  it.each<[SavedSelection, RegExp]>([
    [{ where: ['arae > 1'] }, /no such column: arae/],
    [{ where: ['area >'] }, /syntax error/],
    [{ where: ['part = ?'] }, /unexpected '\?'/],
    [{ sql: ['SELECT absent FROM triangles'] }, /no such column: absent/],
    [{ sql: ['DELETE FROM triangles'] }, /not a query/],
    [{ parts: ['wheel'] }, /^no part 'wheel': the mesh has no parts$/],
    [{ weld: -1 }, /weld distance of -1/],
    [{ transform: [{ kind: 'scale', factors: [0, 1, 1] }] }, /flat/],
    [{}, /the filter is empty/],
    [{ where: [], flip: false, transform: [] }, /the filter is empty/],
  ])('is refused at save time if it is invalid: %j', (filter, message) =>
    withUpdate((db) => {
      expect(() => saveFilter(db, 'wrong', filter, false)).toThrow(message);
      expect(() => saveFilter(db, 'wrong', filter, false)).toThrow(UsageError);
      expect(listFilters(db)).toEqual([]);
    }),
  );

  it.each([
    '{"limit":-1}',
    '5',
    '[]',
    'null',
    '{}',
    '{"where":[]}',
    'no JSON',
    '{"where":"area > 1"}',
    '{"where":["area > 1"],"unknown":1}',
    '{"toString":1}',
    '{"__proto__":{"limit":1}}',
    '{"where":["area > 1)"]}',
    '{"shapes":[{"kind":"box"}]}',
    '{"shapes":[{"kind":"cone","touching":true}]}',
    '{"sample":{"share":"0.5","seed":1}}',
    '{"components":[null]}',
    '{"components":[{"kind":"number","number":-1}]}',
    '{"drop":["everything"]}',
    '{"weld":0}',
    '{"transform":[{"kind":"scale"}]}',
    '{"transform":[{"kind":"units","from":"mm","to":"furlong"}]}',
    '{"flip":"yes"}',
  ])('that is damaged does not affect others, and can be removed: %s', (text) =>
    withUpdate((db) => {
      saveFilter(db, 'good', { limit: 1 }, false);
      db.prepare("INSERT INTO filters VALUES ('bad', ?, '')").run(text);
      expect(() => readFilter(db, 'bad')).toThrow(DatabaseError);
      expect(() => readFilter(db, 'bad')).toThrow(/the filter 'bad' is damaged: /);
      expect(readFilter(db, 'good')).toEqual({ limit: 1 });
      expect(listFilters(db)).toMatchObject([
        { name: 'bad', problem: expect.stringMatching(/./) },
        { name: 'good', filter: { limit: 1 } },
      ]);
      removeFilter(db, 'bad');
      expect(listFilters(db).map(({ name }) => name)).toEqual(['good']);
      expect(() => removeFilter(db, 'bad')).toThrow(/unknown filter 'bad'; expected one of 'good'/);
    }),
  );
});

describe('a saved filter in a database from elsewhere', () => {
  it.each([
    ['too long', JSON.stringify({ where: [`id = 1${' '.repeat(1e6)}`] }), /has 1,000,0\d\d bytes/],
    ['of too many conditions', JSON.stringify({ where: Array(1001).fill('id = 1') }), /has 1,001 conditions/],
  ])('is refused if it is %s', (_, text, problem) =>
    withUpdate((db) => {
      db.prepare("INSERT INTO filters VALUES ('bad', ?, '')").run(text);
      expect(() => readFilter(db, 'bad')).toThrow(problem);
      removeFilter(db, 'bad');
      expect(listFilters(db)).toEqual([]);
    }),
  );

  it('is listed without its text if it is too long, and takes no memory', () =>
    withUpdate((db) => {
      db.exec("INSERT INTO filters VALUES (printf('%.*c', 2e7, 'n'), printf('%.*c', 9e7, ' '), '')");
      const before = process.memoryUsage().rss;
      expect(listFilters(db)).toEqual([
        {
          name: '(a name of 20000000 bytes)',
          problem: 'the filter has 90,000,000 bytes; expected at most 1,000,000',
          saved: '',
        },
      ]);
      expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
    }));

  it('cannot be saved or used if it is too large', async () => {
    const many = { where: Array(1001).fill('area > 1') };
    const long = { where: [`area > 1${' '.repeat(1e6)}`] };
    await withUpdate((db) => {
      expect(() => saveFilter(db, 'many', many, false)).toThrow(
        /has 1,001 conditions; expected at most 1,000/,
      );
      expect(() => saveFilter(db, 'long', long, false)).toThrow(/has 1,000,022 bytes; expected at most/);
      expect(listFilters(db)).toEqual([]);
    });
    for (const filter of [many, long]) {
      await expect(exportMesh(database, join(folder, 'out.off'), { filter })).rejects.toThrow(
        /the filter has/,
      );
    }
  });

  it('cannot have a name that is too long', () =>
    withUpdate((db) => {
      expect(() => saveFilter(db, 'n'.repeat(1001), { limit: 1 }, false)).toThrow(
        /expected at most 1000 bytes/,
      );
    }));
});

describe('two selections', () => {
  it('are merged: all conditions, the larger weld, transforms in order, flips that cancel out', () => {
    const scale = { kind: 'scale', factors: [2, 2, 2] } as const;
    const move = { kind: 'translate', by: [1, 0, 0] } as const;
    const saved: SavedSelection = { where: ['area > 1'], weld: 0.1, transform: [scale], flip: true };
    expect(mergeSelections(saved, { limit: 3, weld: 0.01, transform: [move] })).toMatchObject({
      where: ['area > 1'],
      limit: 3,
      weld: 0.1,
      transform: [scale, move],
      flip: true,
    });
    expect(mergeSelections(saved, { flip: true })).toMatchObject({ weld: 0.1, flip: false });
    expect(mergeSelections({}, { weld: 2 })).toMatchObject({ weld: 2, transform: [], flip: false });
  });
});
