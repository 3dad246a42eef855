/** Covers: pipeline/threads/roles/convert-role. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FormatError, UsageError } from '../../src/errors.js';
import { convertEach, convertMesh, MEMORY_MINIMUM } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toAsciiStl, toBinaryStl, toOff, toRaw } from '../support/meshes.js';

/** Meshes of different sizes, with the OFF of each. */
const meshes = Array.from({ length: 7 }, (_, k) => [...makeTube(6 + 2 * k, 6)]);

/** Writes the meshes as `tile0.stl` and so on, and one file of another format. */
function setUp() {
  const folder = freshFolder();
  const inputs = meshes.map((mesh, k) => {
    const path = join(folder, k === 3 ? 'tile3.raw' : `tile${k}.stl`);
    writeFileSync(path, k === 3 ? toRaw(mesh) : k % 2 === 0 ? toAsciiStl(mesh) : toBinaryStl(mesh));
    return path;
  });
  return { folder, inputs, read: (name: string) => readFileSync(join(folder, name), 'utf8') };
}

/** Conversions in this thread, and in two threads. */
const RUNS = [
  ['in one thread', { threads: 1 }],
  ['side by side', { threads: 2, memoryBytes: 2 * MEMORY_MINIMUM }],
] as const;

describe.each(RUNS)('convertEach %s', (_, run) => {
  it('converts each file to an output beside it', async () => {
    const { folder, inputs, read } = setUp();
    mkdirSync(join(folder, 'one'));
    const done: string[] = [];
    const result = await convertEach(inputs, { ...run, onFile: ({ input }) => done.push(input) });
    expect(result).toMatchObject({ converted: meshes.length, failed: 0 });
    expect(done.sort()).toEqual(inputs);
    for (const [k, mesh] of meshes.entries()) {
      const output = `tile${k}.off`;
      if (k % 2 === 1 && k !== 3) expect(read(output)).toBe(toOff(mesh));
      const one = join(folder, 'one', output);
      await convertMesh(inputs[k]!, one);
      expect(read(output)).toBe(readFileSync(one, 'utf8'));
      expect(result.files[k]).toEqual({
        input: inputs[k],
        output: join(folder, output),
        triangles: mesh.length,
        vertices: expect.any(Number),
        bytes: read(output).length,
        warnings: [],
      });
    }
    expect(readdirSync(folder)).toHaveLength(2 * meshes.length + 1);
  });

  it('creates the folder of the outputs, and passes options on', async () => {
    const { folder, inputs, read } = setUp();
    const target = join(folder, 'a/b');
    const urls = inputs.map((path) => pathToFileURL(path));
    const options = { folder: pathToFileURL(target), filter: { limit: 3 }, compress: 'none' } as const;
    await convertEach(urls, { ...run, ...options });
    expect(readdirSync(target)).toHaveLength(meshes.length);
    expect(read('a/b/tile5.off')).toMatch(/^OFF\n\d+ 3 /);
  });

  it('goes on after a file that fails, which leaves nothing', async () => {
    const { folder, inputs } = setUp();
    writeFileSync(inputs[1]!, 'solid cut\nfacet normal 0 0 1\n');
    writeFileSync(join(folder, 'tile4.off'), 'mine');
    const result = await convertEach([...inputs, join(folder, 'absent.stl')], run);
    expect(result).toMatchObject({ converted: 5, failed: 3 });
    const failed = result.files.flatMap((file) => ('error' in file ? [file] : []));
    expect(failed.map(({ error }) => error.code)).toEqual([
      'FORMAT_TRUNCATED',
      'FILE_EXISTS',
      'FILE_NOT_FOUND',
    ]);
    expect(failed[0]!.error).toBeInstanceOf(FormatError);
    expect(failed[0]!.error).toMatchObject({ file: inputs[1], place: { line: 2 } });
    expect(existsSync(join(folder, 'tile1.off'))).toBe(false);
    expect(readdirSync(folder).filter((name) => !/^tile\d\.(stl|raw|off)$/.test(name))).toEqual([]);
    expect(await convertEach([inputs[4]!, inputs[5]!], { ...run, force: true })).toMatchObject({
      converted: 2,
    });
  });

  it('ends at a condition that no file can have', async () => {
    const { folder, inputs } = setUp();
    const target = join(folder, 'out');
    const options = { folder: target, filter: { where: ['aera > 0'] } };
    await expect(convertEach(inputs, { ...run, ...options })).rejects.toMatchObject({ code: 'SQL_INVALID' });
    expect(existsSync(target)).toBe(false);
  });

  it('keeps finished outputs if it is aborted, and nothing else', async () => {
    const { folder, inputs } = setUp();
    const target = join(folder, 'out');
    const controller = new AbortController();
    let finished = 0;
    const aborted = convertEach(inputs, {
      ...run,
      folder: target,
      signal: controller.signal,
      onFile: () => {
        if (++finished === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(readdirSync(target)).toHaveLength(finished);
    expect(finished).toBeLessThan(meshes.length);
    for (const name of readdirSync(target)) expect(name).toMatch(/^tile\d\.off$/);
    await expect(convertEach(inputs, { ...run, signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow(
      'no',
    );
  });
});

describe('convertEach', () => {
  it.each([
    ['standard input', ['-'], {}, 'standard input has no name'],
    ['standard output', ['a.stl'], { folder: '-' }, 'expected a folder'],
    ['a folder with the name of a mesh', ['a.stl'], { folder: 'b.off' }, 'but the output is a folder'],
    [
      'outputs with the same name',
      ['a.stl', 'a.ply'],
      {},
      'a.stl and a.ply would have the same output, a.off',
    ],
    ['names that differ in their folder', ['x/a.stl', 'y/a.stl'], { folder: 'z' }, join('z', 'a.off')],
    ['an option of one conversion', ['a.stl'], { keep: 'a.db' }, 'keep: unknown option'],
    ['a wrong option of the writer', ['a.stl'], { off: { dialect: 'int255' } }, 'no effect without colors'],
    ['a wrong list', 'a.stl', {}, 'expected a list of paths or file URLs'],
  ])('refuses %s', async (_, inputs, options, message) => {
    const refused = convertEach(inputs as readonly string[], options as object);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
  });

  it('converts nothing, and refuses a file in place of the folder', async () => {
    expect(await convertEach([])).toEqual({ files: [], converted: 0, failed: 0 });
    const { folder, inputs } = setUp();
    mkdirSync(join(folder, 'out'));
    await convertEach([], { folder: join(folder, 'out') });
    expect(existsSync(join(folder, 'out'))).toBe(true);
    writeFileSync(join(folder, 'file'), '');
    await expect(convertEach(inputs, { folder: join(folder, 'file') })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
  });
});
