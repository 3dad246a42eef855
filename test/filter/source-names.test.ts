/** Covers: database/source-runs. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TriangleFilter } from '../../src/filter/triangle-filter.ts';
import { convertMesh, explainExport, exportMesh, importMesh, splitMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { rewindSchema } from '../support/old-schema.js';
import { readParquet } from '../support/parquet.js';

/** A file of separate triangles; the first x of each is its number in the mesh. */
function writeTriangles(path: string, first: number, count: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const ids = Array.from({ length: count }, (_, k) => first + k);
  const vertices = ids.map((id) => `${id} 0 0\n${id} 1 0\n${id} 0 1\n`);
  const faces = ids.map((_, k) => `3 ${3 * k} ${3 * k + 1} ${3 * k + 2}\n`);
  writeFileSync(path, `OFF\n${3 * count} ${count} 0\n${vertices.join('')}${faces.join('')}`);
}

/** Files of some triangles each, imported in this order. */
async function importFiles(folder: string, files: readonly (readonly [string, number])[]): Promise<string> {
  let first = 0;
  for (const [name, count] of files) {
    writeTriangles(join(folder, name), first, count);
    first += count;
  }
  const database = join(folder, 'mesh.db');
  const inputs = files.map(([name]) => join(folder, name));
  await importMesh(inputs, database);
  return database;
}

/** The numbers of exported triangles. */
async function select(database: string, filter: TriangleFilter): Promise<number[]> {
  const output = `${database}.off`;
  await exportMesh(database, output, { filter, force: true });
  return numbersIn(output);
}

function numbersIn(path: string): number[] {
  const [, counts, ...lines] = readFileSync(path, 'latin1').trimEnd().split('\n');
  const [vertices] = counts!.split(' ').map(Number);
  return lines.slice(vertices).map((line) => Number(lines[Number(line.split(' ')[1])]!.split(' ')[0]));
}

const FILES = [
  ['a/tile_1.off', 2],
  ['a/empty.off', 0],
  ['b/tile_1.off', 3],
  ['b/[x].off', 1],
  ['b/c/tile_2.off', 4],
] as const;

describe('names of sources', () => {
  let database: string;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offload-test-'));
    database = await importFiles(folder, FILES);
    return () => rmSync(folder, { recursive: true, force: true });
  });

  it.each<readonly [TriangleFilter, readonly number[]]>([
    [{ sources: ['tile_1.off'] }, [0, 1, 2, 3, 4]],
    [{ sources: ['tile_?.off'] }, [0, 1, 2, 3, 4, 6, 7, 8, 9]],
    [{ sources: ['b/tile_1.off'] }, [2, 3, 4]],
    [{ sources: ['b/*'] }, [2, 3, 4, 5, 6, 7, 8, 9]],
    [{ sources: ['c/*', 'a/tile_1.off'] }, [0, 1, 6, 7, 8, 9]],
    [{ sources: ['[x].off'] }, [5]],
    [{ sources: ['b/[x].off'] }, [5]],
    [{ sources: ['empty.off'] }, []],
    [{ sources: ['tile_1.off'], where: ["source <> 'x' and ax > 0"], limit: 2 }, [1, 2]],
    [{ sources: ['b/*'], where: ["source = 'tile_1.off' or ax = 9"] }, [2, 3, 4, 9]],
    [{ where: ["source GLOB 'tile*' and ax > 3"] }, [4, 6, 7, 8, 9]],
  ])('select triangles: %j', async (filter, expected) => {
    expect(await select(database, filter)).toEqual(expected);
  });

  it('are complete paths, too', async () => {
    const folder = dirname(database);
    expect(await select(database, { sources: [join(folder, 'b/tile_1.off')] })).toEqual([2, 3, 4]);
    expect(await select(database, { sources: [join(folder, '*.off')] })).toHaveLength(10);
  });

  it.each([
    ['tile_3.off', "no source is named 'tile_3.off'", "did you mean 'tile_1.off' or 'tile_2.off'?"],
    ['d/tile_2.off', "no source is named 'd/tile_2.off'", "did you mean 'c/tile_2.off'?"],
    ['/b/tile_1.off', "no source is named '/b/tile_1.off'", '`MeshDatabase.sources` lists the sources'],
    ['b', "no source is named 'b'", '`MeshDatabase.sources` lists the sources'],
    ['*.stl', "no source matches '*.stl'", '`MeshDatabase.sources` lists the sources'],
  ])('are refused if no source has them: %s', async (name, message, hint) => {
    const refusal = { message, hint, code: 'NOT_IN_MESH' };
    await expect(explainExport(database, { filter: { sources: [name] } })).rejects.toMatchObject(refusal);
  });

  it('select from inputs that are converted', async () => {
    const inputs = FILES.map(([name]) => join(dirname(database), name));
    const output = join(freshFolder(), 'out.off');
    await convertMesh(inputs, output, { filter: { sources: ['b/tile_1.off'] } });
    expect(numbersIn(output)).toEqual([2, 3, 4]);
  });

  it('select from a database of the first schema version', async () => {
    const database = await importFiles(freshFolder(), [['in.off', 3]]);
    const db = new Database(database);
    rewindSchema(db);
    db.close();
    expect(await select(database, { sources: ['in.off'], where: ["source = 'in.off'"] })).toEqual([0, 1, 2]);
    await expect(select(database, { sources: ['on.off'] })).rejects.toThrow("no source is named 'on.off'");
  });

  it('mean the same as in a search by hand', { timeout: 60_000 }, async () => {
    const word = fc.stringMatching(/^[ab]{1,2}$/);
    const path = fc.tuple(word, word).map(([folder, name]) => `${folder}/${name}.off`);
    const files = fc.uniqueArray(fc.tuple(path, fc.integer({ min: 0, max: 3 })), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 6,
    });
    const pattern = fc.stringMatching(/^[ab*?]{1,3}(\/[ab*?]{1,2})?\.off$/);
    await fc.assert(
      fc.asyncProperty(files, pattern, word, async (list, glob, name) => {
        const folder = freshFolder();
        const database = await importFiles(folder, list);
        const owners = list.flatMap(([file, count]) => Array<string>(count).fill(join(folder, file)));
        const nameOf = (owner: string) => owner.split('/').at(-1)!;
        const keep = (isWanted: (owner: string, id: number) => boolean) =>
          owners.flatMap((owner, id) => (isWanted(owner, id) ? [id] : []));
        const toRegExp = (text: string) =>
          text.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        const asName = new RegExp(`^${toRegExp(glob)}$`);
        const asPath = new RegExp(`(?:^|/)${toRegExp(glob)}$`);
        const isWanted = (owner: string) =>
          asName.test(nameOf(owner)) || (glob.includes('/') && asPath.test(owner));
        if (list.some(([file]) => isWanted(join(folder, file)))) {
          expect(await select(database, { sources: [glob] })).toEqual(keep(isWanted));
        } else {
          await expect(select(database, { sources: [glob] })).rejects.toThrow('no source');
        }
        const isNamed = (owner: string) => nameOf(owner) === `${name}.off`;
        expect(await select(database, { where: [`source = '${name}.off'`] })).toEqual(keep(isNamed));
        const either = { where: [`source = '${name}.off' or ax = 2`] };
        expect(await select(database, either)).toEqual(keep((owner, id) => isNamed(owner) || id === 2));
      }),
      { numRuns: 6 },
    );
  });
});

describe('a split by sources', () => {
  it('writes a file for each source with triangles, named like it', async () => {
    const folder = freshFolder();
    const database = await importFiles(folder, FILES);
    const { files } = await splitMesh(database, join(folder, 'out'), { by: 'source' });
    const [a, b] = ['a/tile_1.off', 'b/tile_1.off'].map((name) => join(folder, name));
    expect(files.map(({ file, name, triangles }) => [file, name, triangles])).toEqual([
      ['0-tile_1.off', a, 2],
      ['1-tile_1.off', b, 3],
      ['2-x.off', '[x].off', 1],
      ['3-tile_2.off', 'tile_2.off', 4],
    ]);
    expect(files.map(({ file }) => numbersIn(join(folder, 'out', file)))).toEqual([
      [0, 1],
      [2, 3, 4],
      [5],
      [6, 7, 8, 9],
    ]);
  });

  it('leaves out sources without selected triangles', async () => {
    const folder = freshFolder();
    const database = await importFiles(folder, FILES);
    const filter = { sources: ['tile*'], where: ['ax > 3'] };
    const { files } = await splitMesh(database, join(folder, 'out'), { by: 'source' }, { filter });
    expect(files.map(({ name, triangles }) => [name, triangles])).toEqual([
      [join(folder, 'b/tile_1.off'), 1],
      ['tile_2.off', 4],
    ]);
  });
});

describe('the column source of Parquet', () => {
  const namesOf = async (path: string) => (await readParquet(readFileSync(path))).map(({ source }) => source);

  it('names the source of each triangle, also of selected ones', async () => {
    const folder = freshFolder();
    const database = await importFiles(folder, FILES);
    const owners = FILES.flatMap(([name, count]) => Array<string>(count).fill(basename(name)));
    const table = join(folder, 'out.parquet');
    const columns = ['source', 'part'];
    const soup = { to: 'parquet', parquet: { soup: true, columns }, force: true } as const;
    await exportMesh(database, table, soup);
    expect(await namesOf(table)).toEqual(owners);
    await exportMesh(database, table, { ...soup, filter: { where: ['id % 3 = 1'] } });
    expect(await namesOf(table)).toEqual(owners.filter((_, id) => id % 3 === 1));
    await exportMesh(database, join(folder, 'tables'), { to: 'parquet', parquet: { columns: ['source'] } });
    expect(await namesOf(join(folder, 'tables', 'triangles.parquet'))).toEqual(owners);
  });

  it('stands beside those of parts', async () => {
    const folder = freshFolder();
    const inputs = ['a.obj', 'b.obj'].map((name, k) => {
      writeFileSync(
        join(folder, name),
        `v ${k} 0 0\nv ${k} 1 0\nv ${k} 0 1\nf 1 2 3\no ${name}_1\nf 1 2 3\no ${name}_2\nf 1 2 3\n`,
      );
      return join(folder, name);
    });
    const table = join(folder, 'out.parquet');
    const options = { parquet: { soup: true, columns: ['part', 'source'] }, to: 'parquet' } as const;
    await convertMesh(inputs, table, { ...options, filter: { where: ['id <> 5'] } });
    const rows = await readParquet(readFileSync(table));
    expect(rows.map(({ part, source }) => [part, source])).toEqual([
      [null, 'a.obj'],
      ['a.obj_1', 'a.obj'],
      ['a.obj_2', 'a.obj'],
      [null, 'b.obj'],
      ['b.obj_1', 'b.obj'],
    ]);
  });
});

describe('10,000 sources', () => {
  it('are filtered in linear time', { timeout: 60_000 }, async () => {
    const [sources, each] = [10_000, 10];
    const folder = freshFolder();
    writeTriangles(join(folder, 'in.off'), 0, sources * each);
    const database = join(folder, 'mesh.db');
    await importMesh(join(folder, 'in.off'), database);
    const db = new Database(database);
    db.exec(`CREATE TEMP TABLE one AS SELECT * FROM sources; DELETE FROM sources;
      CREATE TEMP TABLE numbers AS SELECT id AS k FROM triangles WHERE id < ${sources}`);
    const columns = db
      .prepare(
        "SELECT name FROM pragma_table_info('sources') WHERE name NOT IN ('id', 'path', 'first_triangle', 'last_triangle')",
      )
      .pluck()
      .all()
      .join();
    db.exec(`INSERT INTO sources (id, path, first_triangle, last_triangle, ${columns})
      SELECT k, format('/tiles/t%04d.off', k), ${each} * k, ${each} * k + ${each - 1}, ${columns} FROM numbers, one`);
    db.close();
    const begin = process.cpuUsage();
    const count = async (filter: TriangleFilter) => (await explainExport(database, { filter })).triangles;
    expect(await count({ sources: ['t12*'] })).toBe(1_000);
    expect(await count({ sources: Array.from({ length: 50 }, (_, k) => `tiles/t00${10 + k}.off`) })).toBe(
      500,
    );
    expect(await count({ where: ["source GLOB 't12*'"] })).toBe(1_000);
    expect(await count({ where: ["source = 't0777.off' or ax > 99989"] })).toBe(20);
    await expect(count({ sources: ['t1234.of'] })).rejects.toThrow('no source');
    // Quadratic, it takes minutes.
    expect(process.cpuUsage(begin).user / 1e6).toBeLessThan(20);
  });
});
