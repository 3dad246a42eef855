/**
 * Exports of tables: a folder with a file for each, through every verb.
 *
 * Covers: io/output/table-files.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  convertMesh,
  type ExportOptions,
  explainExport,
  exportMesh,
  type Forecast,
  importMesh,
  splitMesh,
} from '../../../src/index.js';
import { freshFolder } from '../../support/files.js';
import { countTube, makeTube, toBinaryStl } from '../../support/meshes.js';
import { readParquetFile } from '../../support/parquet.js';
import { parseOff } from '../../support/written-off.js';

const tube = [...makeTube(40, 30)];
const counts = countTube(40, 30);

async function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), toBinaryStl(tube));
  await importMesh(at('in.stl'), at('mesh.db'));
  return { folder, at };
}

const TABLES = ['manifest.json', 'triangles.parquet', 'vertices.parquet'];

/** The mesh of a folder as positions and corners. */
async function readTables(folder: string, prefix = '') {
  const vertices = await readParquetFile(join(folder, `${prefix}vertices.parquet`));
  const triangles = await readParquetFile(join(folder, `${prefix}triangles.parquet`));
  expect(vertices.map(({ id }) => id)).toEqual(vertices.map((_, k) => k));
  expect(triangles.map(({ id }) => id)).toEqual(triangles.map((_, k) => k));
  return {
    positions: vertices.map(({ x, y, z }) => [x, y, z] as number[]),
    corners: triangles.map(({ a, b, c }) => [a, b, c] as number[]),
  };
}

/** The mesh of an OFF in the same form; numbers as float32, as which they are written. */
function readOff(path: string, narrow: (value: number) => number) {
  const { positions, faces } = parseOff(readFileSync(path));
  return {
    positions: positions.map((position) => position.map(narrow)),
    corners: faces.map(({ corners }) => corners),
  };
}

describe('an export of tables', () => {
  it.each<[string, ExportOptions, (value: number) => number]>([
    ['the complete mesh', {}, Math.fround],
    ['a filter', { filter: { where: ['max_z > 0'] } }, Math.fround],
    [
      'a weld and a transform',
      { weld: 0.8, transform: [{ kind: 'scale', factors: [2, 2, -2] }], flip: true },
      (value) => value,
    ],
    ['nothing', { filter: { where: ['max_z > 1e9'] } }, (value) => value],
  ])('has the mesh of the OFF: %s', async (_, options, narrow) => {
    const { at } = await setUp();
    const result = await exportMesh(at('mesh.db'), at('tables'), { ...options, to: 'parquet' });
    expect(readdirSync(at('tables')).sort()).toEqual(TABLES);
    await exportMesh(at('mesh.db'), at('a.off'), options);
    const { positions, corners } = readOff(at('a.off'), narrow);
    expect(await readTables(at('tables'))).toEqual({ positions, corners });
    expect(result).toMatchObject({ vertices: positions.length, triangles: corners.length });
    const bytes = TABLES.slice(1).map((name) => readFileSync(join(at('tables'), name)).length);
    expect(result.bytes).toBe(bytes[0]! + bytes[1]!);
    const soup = { ...options, parquet: { soup: true } };
    await exportMesh(at('mesh.db'), at('soup.parquet'), soup);
    expect((await readParquetFile(at('soup.parquet'))).map((row) => Object.values(row).slice(1))).toEqual(
      corners.map((some) => some.flatMap((corner) => positions[corner]!)),
    );
  });

  it('is named by its folder, is the same from any number of threads, and is what convert writes', async () => {
    const { folder, at } = await setUp();
    await exportMesh(at('mesh.db'), at('a.parquet'), { threads: 1 });
    await exportMesh(at('mesh.db'), `${at('b')}/`, { to: 'parquet', threads: 3 });
    await convertMesh(at('in.stl'), at('c.parquet'), { memoryBytes: 256 * 2 ** 20 });
    for (const name of TABLES) {
      const [first, ...others] = ['a.parquet', 'b', 'c.parquet'].map((output) =>
        readFileSync(join(at(output), name)),
      );
      for (const other of others) expect(other.equals(first!)).toBe(true);
    }
    expect(readdirSync(folder).sort()).toEqual(['a.parquet', 'b', 'c.parquet', 'in.stl', 'mesh.db']);
    const manifest = JSON.parse(readFileSync(join(at('b'), 'manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({
      files: [
        { file: 'vertices.parquet', table: 'vertices' },
        { file: 'triangles.parquet', table: 'triangles' },
      ],
    });
  });

  it('replaces only what offload wrote, and only with force', async () => {
    const { at } = await setUp();
    const to = { to: 'parquet' } as const;
    await exportMesh(at('mesh.db'), at('tables'), to);
    const before = readFileSync(join(at('tables'), 'triangles.parquet'));
    await expect(exportMesh(at('mesh.db'), at('tables'), to)).rejects.toThrow('tables: already exists');
    const limited = { ...to, filter: { limit: 10 } };
    await exportMesh(at('mesh.db'), at('tables'), { ...limited, force: true });
    expect(readFileSync(join(at('tables'), 'triangles.parquet')).length).toBeLessThan(before.length);
    expect(readdirSync(at('tables')).sort()).toEqual(TABLES);
    mkdirSync(at('mine'));
    writeFileSync(join(at('mine'), 'notes'), 'keep');
    const forced = exportMesh(at('mesh.db'), at('mine'), { ...to, force: true });
    await expect(forced).rejects.toThrow('contains files that were not written by offload');
    await expect(exportMesh(at('mesh.db'), at('in.stl'), { ...to, force: true })).rejects.toThrow(
      'ends in .stl, but the output is Parquet; expected .parquet',
    );
    writeFileSync(at('file'), '');
    await expect(exportMesh(at('mesh.db'), at('file'), { ...to, force: true })).rejects.toThrow(
      'is not a folder',
    );
  });

  it('leaves nothing after a failure', async () => {
    const { folder, at } = await setUp();
    const controller = new AbortController();
    const run = exportMesh(at('mesh.db'), at('tables'), {
      to: 'parquet',
      signal: controller.signal,
      onProgress: ({ stage }) => stage === 'export' && controller.abort(new Error('enough')),
    });
    await expect(run).rejects.toThrow('enough');
    const empty = exportMesh(at('mesh.db'), at('tables'), {
      to: 'parquet',
      filter: { where: ['area > 1e9'] },
      failIfEmpty: true,
    });
    await expect(empty).rejects.toThrow('no triangle is left');
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('has its own compression, and no name of another', async () => {
    const { at } = await setUp();
    const sizes: number[] = [];
    for (const compress of ['none', undefined, 'gzip'] as const) {
      const output = at(`${compress}.parquet`);
      sizes.push((await exportMesh(at('mesh.db'), output, { compress })).bytes);
      expect(await readTables(output)).toEqual(await readTables(at('none.parquet')));
    }
    expect(sizes[1]).toBeLessThan(sizes[0]!);
    for (const name of ['a.parquet.gz', 'a.parquet.zst']) {
      await expect(exportMesh(at('mesh.db'), at(name))).rejects.toThrow(
        /ends in \.(?:gz|zst), but the output is Parquet; expected \.parquet$/,
      );
    }
    await expect(exportMesh(at('mesh.db'), at('a.gz'), { to: 'parquet' })).rejects.toThrow('ends in .gz');
    await expect(exportMesh(at('mesh.db'), at('a.parquet'), { to: 'stl' })).rejects.toThrow(
      'ends in .parquet, but the output is STL',
    );
    await expect(importMesh(at('in.stl'), at('a.parquet'))).rejects.toThrow('the output is a database');
  });

  it('is a folder, which standard output is not', async () => {
    const { at } = await setUp();
    await expect(exportMesh(at('mesh.db'), '-', { to: 'parquet' })).rejects.toMatchObject({
      message: 'Parquet cannot go to standard output as a folder of tables; expected its name',
      hint: 'add `parquet.soup` to write one file',
    });
    await exportMesh(at('mesh.db'), at('one.parquet'), { parquet: { soup: true } });
    expect(await readParquetFile(at('one.parquet'))).toHaveLength(counts.triangles);
  });

  it('forecasts its space, and explains itself without an output', async () => {
    const { at } = await setUp();
    const forecasts: Forecast[] = [];
    const onForecast = (forecast: Forecast) => forecasts.push(forecast);
    await exportMesh(at('mesh.db'), at('tables'), { to: 'parquet', compress: 'none', onForecast });
    const bytes = 32 * (counts.vertices + counts.triangles);
    expect(forecasts[0]!.items).toEqual([{ what: 'output', bytes }]);
    const explained = await explainExport(at('mesh.db'), { to: 'parquet' });
    expect(explained.triangles).toBe(counts.triangles);
  });

  it('splits into two files for each group, or one as soup', async () => {
    const { at } = await setUp();
    const division = { by: 'grid', cells: [2, 1, 1] } as const;
    const { files } = await splitMesh(at('mesh.db'), at('cells'), division, { to: 'parquet' });
    expect(files.map(({ file }) => file)).toEqual([
      'cell_0_0_0-vertices.parquet',
      'cell_0_0_0-triangles.parquet',
      'cell_1_0_0-vertices.parquet',
      'cell_1_0_0-triangles.parquet',
    ]);
    const first = await readTables(at('cells'), 'cell_0_0_0-');
    expect(files.map(({ vertices }) => vertices).slice(0, 2)).toEqual([first.positions.length, 0]);
    expect(files.map(({ triangles }) => triangles).slice(0, 2)).toEqual([0, first.corners.length]);
    expect(files.reduce((sum, { triangles }) => sum + triangles, 0)).toBe(counts.triangles);
    for (const { file, bytes } of files) expect(readFileSync(join(at('cells'), file)).length).toBe(bytes);
    const options = { to: 'parquet', parquet: { soup: true }, force: true } as const;
    const soup = await splitMesh(at('mesh.db'), at('cells'), division, options);
    expect(soup.files.map(({ file }) => file)).toEqual(['cell_0_0_0.parquet', 'cell_1_0_0.parquet']);
    expect(existsSync(join(at('cells'), files[0]!.file))).toBe(false);
  });
});
