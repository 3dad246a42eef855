import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPattern, listInputs, refuseMissing } from '../../../src/io/input/input-list.js';
import { INPUTS_MAX } from '../../../src/memory.js';
import { freshFolder } from '../../support/files.js';

const isInput = (name: string) => /\.stl(\.gz)?$/.test(name);

/** A folder with empty files of these names. */
function makeFiles(...names: readonly string[]): string {
  const folder = freshFolder();
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
  return folder;
}

describe('listInputs', () => {
  it('keeps files in the order given, and standard input', async () => {
    const folder = makeFiles('b.stl', 'a.stl');
    const given = [join(folder, 'b.stl'), '-', join(folder, 'a.stl'), join(folder, 'absent.stl')];
    expect(await listInputs(given, { isInput })).toEqual(given);
  });

  it('lists the mesh files of a folder in natural order, without hidden ones and subfolders', async () => {
    const folder = makeFiles(
      'tile10.stl',
      'tile2.stl.gz',
      'tile1.stl',
      'notes.txt',
      '._tile1.stl',
      'sub/a.stl',
    );
    mkdirSync(join(folder, 'folder.stl'));
    symlinkSync('tile1.stl', join(folder, 'tile3.stl'));
    symlinkSync('absent', join(folder, 'tile4.stl'));
    symlinkSync('sub', join(folder, 'tile5.stl'));
    const found = await listInputs([`${folder}/`], { isInput });
    expect(found.map((path) => relative(folder, path))).toEqual([
      'tile1.stl',
      'tile2.stl.gz',
      'tile3.stl',
      'tile10.stl',
    ]);
  });

  it('expands patterns that name no file, in natural order', async () => {
    const folder = makeFiles('t/10.stl', 't/2.stl', 't/.3.stl', 't/u/1.stl', 't/n.txt', 'x[1].stl');
    const expand = async (pattern: string) =>
      (await listInputs([join(folder, pattern)], { isInput })).map((path) => relative(folder, path));
    expect(await expand('t/*.stl')).toEqual(['t/2.stl', 't/10.stl']);
    expect(await expand('t/**/*.stl')).toEqual(['t/2.stl', 't/10.stl', 't/u/1.stl']);
    expect(await expand('t/{10,n}.*')).toEqual(['t/10.stl', 't/n.txt']);
    expect(await expand('x[1].stl')).toEqual(['x[1].stl']);
    expect(isPattern(join(folder, 'x[1].stl'))).toBe(false);
    // A pattern from the current folder gives names from the current folder.
    const near = relative(process.cwd(), folder);
    expect(await listInputs([`${near}/t/1?.stl`], { isInput })).toEqual([`${near}/t/10.stl`]);
  });

  it('adds the names of a list, which are never patterns', async () => {
    const folder = makeFiles('a.stl', 'tiles/2.stl', 'tiles/10.stl');
    const list = join(folder, 'list');
    writeFileSync(list, `${folder}/tiles\n-\n${folder}/*.stl\n`);
    expect(await listInputs([join(folder, 'a.stl')], { filesFrom: list, isInput })).toEqual([
      join(folder, 'a.stl'),
      join(folder, 'tiles/2.stl'),
      join(folder, 'tiles/10.stl'),
      './-',
      `${folder}/*.stl`,
    ]);
  });

  it('refuses inputs that yield no file, or standard input twice', async () => {
    const folder = makeFiles('notes.txt');
    await expect(listInputs([folder], { isInput })).rejects.toMatchObject({
      message: `${folder}: the folder has no mesh file`,
      code: 'FILE_NOT_FOUND',
    });
    const pattern = join(folder, '*.stl');
    await expect(listInputs([pattern], { isInput })).rejects.toThrow(
      `${pattern}: no file matches this pattern`,
    );
    await expect(listInputs(['-', '-'], { isInput })).rejects.toThrow('standard input is named twice');
    await expect(listInputs(['-'], { filesFrom: '-', isInput })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('refuses more files than one run may have', async () => {
    const list = join(freshFolder(), 'list');
    writeFileSync(list, 'a.stl\n'.repeat(INPUTS_MAX));
    expect(await listInputs([], { filesFrom: list, isInput })).toHaveLength(INPUTS_MAX);
    await expect(listInputs(['a.stl'], { filesFrom: list, isInput })).rejects.toThrow(
      'more than 100,000 input files; expected at most that',
    );
  });
});

describe('refuseMissing', () => {
  it('refuses the first path without a file, with similar names', () => {
    const folder = makeFiles('bracket.stl');
    refuseMissing(['-', join(folder, 'bracket.stl')]);
    const missing = join(folder, 'braket.stl');
    expect(() => refuseMissing([join(folder, 'bracket.stl'), missing])).toThrow(
      expect.objectContaining({
        message: `${missing}: cannot read: no such file or directory`,
        code: 'FILE_NOT_FOUND',
        hint: "did you mean 'bracket.stl'?",
      }),
    );
  });
});
