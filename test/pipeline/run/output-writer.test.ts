/**
 * A second format needs a writer, and nothing in the pipeline.
 *
 * Covers: database/rows/soup-rows.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Writer } from '../../../src/formats/writer.js';
import {
  type ConvertOptions,
  convertMesh,
  type ExportOptions,
  exportMesh,
  type Forecast,
  importMesh,
  splitMesh,
} from '../../../src/index.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, shuffle, toBinaryStl, toOff } from '../../support/meshes.js';

const moduleOf = (name: string) => new URL(`../../support/${name}.js`, import.meta.url).href;
const TOY = { writer: { module: moduleOf('toy-writer') } };
const BINARY_TOY = { writer: { ...TOY.writer, options: { binary: true } } };
const SOUP = { writer: { module: moduleOf('toy-soup-writer') } };

const tube = [...makeTube(40, 30)];

async function setUp(triangles = tube) {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), toBinaryStl(triangles));
  await importMesh(at('in.stl'), at('mesh.db'));
  return { folder, at };
}

/** The file that a toy writer should make of an OFF file, whose numbers are those of float32 unless told otherwise. */
function toToy(off: string, narrow: (value: number) => number = Math.fround): string {
  const [, counts, ...lines] = off.trimEnd().split('\n');
  const [vertices, triangles] = counts!.split(' ').map(Number);
  const rows = lines.map((line, k) => {
    const values = line.split(' ').map(Number);
    // The shortest text of a float32 means another float64 than the float32 itself.
    if (k < vertices!) return `v ${values.map(narrow).join(' ')}`;
    return `f ${values
      .slice(1)
      .map((id) => id + 1)
      .join(' ')}`;
  });
  return `toy ${vertices} ${triangles}\n${rows.map((row) => `${row}\n`).join('')}`;
}

describe('a second writer', () => {
  it.each([1, 2, 3])('exports and converts with %i threads', async (threads) => {
    const { at } = await setUp();
    const { writer } = (await import(TOY.writer.module)) as { readonly writer: Writer };
    const write = vi.spyOn(writer, 'write');
    onTestFinished(() => write.mockRestore());
    const expected = toToy(toOff(tube));
    const exported = await exportMesh(at('mesh.db'), at('a.toy'), { ...TOY, threads });
    expect(readFileSync(at('a.toy'), 'latin1')).toBe(expected);
    expect(exported.bytes).toBe(expected.length);
    const options: ConvertOptions = { ...TOY, threads };
    await convertMesh(at('in.stl'), at('b.toy.gz'), options);
    expect(gunzipSync(readFileSync(at('b.toy.gz'))).toString('latin1')).toBe(expected);
    await exportMesh(at('mesh.db'), at('c.toy'), { ...BINARY_TOY, threads });
    const rows = expected.split('\n').slice(1, -1);
    const doubles = rows.flatMap((row) => row.split(' ').slice(1).map(Number));
    const binary = readFileSync(at('c.toy'));
    const header = binary.indexOf('\n') + 1;
    expect(binary.length).toBe(header + 8 * doubles.length);
    expect(doubles.map((_, k) => binary.readDoubleLE(header + 8 * k))).toEqual(doubles);
    // Otherwise the threads have written them.
    expect(write).toHaveBeenCalledTimes(threads === 1 ? 3 : 0);
  });

  it.each<[string, ExportOptions]>([
    ['a filter', { filter: { where: ['max_z > 0'] } }],
    ['a weld', { weld: 0.8, transform: [{ kind: 'scale', factors: [2, 2, -2] }], flip: true }],
  ])('writes what %s leaves, in threads as well', async (_, options) => {
    const { at } = await setUp();
    const written: Buffer[] = [];
    for (const threads of [1, 2]) {
      await exportMesh(at('mesh.db'), at('a.toy'), { ...options, ...TOY, threads, force: true });
      written.push(readFileSync(at('a.toy')));
    }
    await exportMesh(at('mesh.db'), at('a.off'), options);
    const [first, second] = written;
    expect(second).toEqual(first);
    const narrow = options.transform === undefined ? Math.fround : (value: number) => value;
    expect(first!.toString('latin1')).toBe(toToy(readFileSync(at('a.off'), 'latin1'), narrow));
  });

  it('splits, and its folder can be replaced by a split of either', async () => {
    const { at } = await setUp();
    const division = { by: 'grid', cells: [2, 1, 1] } as const;
    const { files } = await splitMesh(at('mesh.db'), at('parts'), division, TOY);
    await splitMesh(at('mesh.db'), at('offs'), division);
    expect(files.map(({ file }) => file)).toEqual(['cell_0_0_0.toy', 'cell_1_0_0.toy']);
    expect(readdirSync(at('parts')).sort()).toEqual(['cell_0_0_0.toy', 'cell_1_0_0.toy', 'manifest.json']);
    for (const { file } of files) {
      const off = readFileSync(join(at('offs'), file.replace('.toy', '.off')), 'latin1');
      expect(readFileSync(join(at('parts'), file), 'latin1')).toBe(toToy(off));
    }
    await splitMesh(at('mesh.db'), at('parts'), division, { ...TOY, force: true });
    await splitMesh(at('mesh.db'), at('offs'), division, { ...TOY, force: true });
    expect(readdirSync(at('offs')).sort()).toEqual(readdirSync(at('parts')).sort());
    // A program without that writer has not written these.
    await expect(splitMesh(at('mesh.db'), at('offs'), division, { force: true })).rejects.toThrow(
      'lists "cell_0_0_0.toy", which is not an OFF, PLY, STL or OBJ file in this folder',
    );
  });

  it('is asked for its forecast, its options and its name', async () => {
    const { at } = await setUp();
    const forecasts: Forecast[] = [];
    const onForecast = (forecast: Forecast) => forecasts.push(forecast);
    const { vertices, triangles } = await exportMesh(at('mesh.db'), at('a.toy'), { ...TOY, onForecast });
    expect(forecasts[0]!.items).toEqual([{ what: 'output', bytes: 100 * (vertices + triangles) }]);
    await convertMesh(at('in.stl'), at('b.toy'), { ...TOY, onForecast });
    const item = forecasts[1]!.items.find(({ what }) => what === 'output');
    expect(item).toEqual({ what: 'output', bytes: 60 * triangles });
    await exportMesh(at('mesh.db'), at('a.tri'), { ...SOUP, onForecast });
    expect(forecasts).toHaveLength(2);
    const refused = (output: string, options: ExportOptions) =>
      expect(exportMesh(at('mesh.db'), at(output), options)).rejects;
    await refused('a.off', TOY).toThrow(
      'ends in .off, but the output is toy; expected .toy, .toy.gz or .toy.zst',
    );
    await refused('c.toy', { ...TOY, off: { colors: true } }).toThrow('off: has no effect on toy');
    const colors = { writer: { ...TOY.writer, options: { colors: true } } };
    await refused('c.toy', colors).toThrow('toy.colors: unknown option; expected one of binary');
  });

  it('gets triangles with their positions, if it writes soup', async () => {
    for (const triangles of [tube, shuffle(tube)]) {
      const { at } = await setUp(triangles);
      const { triangles: count } = await exportMesh(at('mesh.db'), at('a.tri'), SOUP);
      expect(count).toBe(tube.length);
      const lines = readFileSync(at('a.tri'), 'latin1').trimEnd().split('\n');
      expect(lines.map((line) => line.split(' ').map(Number))).toEqual(
        triangles.map((t) => t.map((v) => v + 0)),
      );
    }
  });

  it.each<[string, ExportOptions]>([
    ['filtered', { filter: { where: ['max_z > 0'] } }],
    ['welded', { weld: 0.8 }],
    ['moved', { transform: [{ kind: 'scale', factors: [2, 2, -2] }], flip: true, filter: { limit: 100 } }],
  ])('gets soup that is %s as an OFF of the same is', async (_, options) => {
    const { at } = await setUp();
    await exportMesh(at('mesh.db'), at('a.tri'), { ...options, ...SOUP });
    await exportMesh(at('mesh.db'), at('a.off'), options);
    // Read as the file says: each corner's position, by whatever id.
    const [, counts, ...lines] = readFileSync(at('a.off'), 'latin1').trimEnd().split('\n');
    const rows = lines.map((line) => line.split(' ').map(Number));
    const vertexCount = Number(counts!.split(' ')[0]);
    const expected = rows
      .slice(vertexCount)
      .map((row) => row.slice(1).flatMap((id) => rows[id]!.map(Math.fround)));
    const soup = readFileSync(at('a.tri'), 'latin1').trimEnd().split('\n');
    expect(soup.length).toBeGreaterThan(10);
    expect(soup.map((line) => line.split(' ').map((value) => Math.fround(Number(value))))).toEqual(expected);
  });
});
