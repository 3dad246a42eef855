/**
 * Parts in an OBJ that is written, and the format of an output by `to`.
 *
 * Covers: database/rows/part-changes, formats/shared/part-pieces, formats/obj/write/part-line.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { partLine } from '../../../../src/formats/obj/write/part-line.js';
import { cutAtParts } from '../../../../src/formats/shared/part-pieces.js';
import { convertMesh, exportMesh, importMesh, splitMesh, UsageError } from '../../../../src/index.js';
import type { PartChange, Warning } from '../../../../src/mesh.js';
import { freshFolder } from '../../../support/files.js';

const VERTICES = 'v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n';
const FACES = ['f 1 2 3\n', 'f 1 2 4\n', 'f 1 3 4\n', 'f 2 3 4\n'] as const;
const [f0, f1, f2, f3] = FACES;
const SOURCE = `${VERTICES}${f0}o body\ng top side\nusemtl red\n${f1}usemtl blue\n${f2}o other  one\n${f3}`;

async function setUp(text: string = SOURCE, name = 'in.obj') {
  const folder = freshFolder();
  const at = (file: string) => join(folder, file);
  writeFileSync(at(name), text);
  await importMesh(at(name), at('mesh.db'));
  const read = (file: string) => readFileSync(at(file), 'utf8').replace(/^#.*\n/, '');
  return { at, read };
}

describe('an OBJ with parts', () => {
  it.each([1, 2])('is written as it was read, with %i threads', async (threads) => {
    const { at, read } = await setUp();
    await exportMesh(at('mesh.db'), at('out.obj'), { threads });
    expect(read('out.obj')).toBe(SOURCE);
  });

  it('leaves out parts without selected triangles', async () => {
    const { at, read } = await setUp();
    await exportMesh(at('mesh.db'), at('out.obj'), { filter: { where: ['id IN (0, 2)'] } });
    expect(read('out.obj')).toBe(`${VERTICES}${f0}o body\ng top side\nusemtl blue\n${f2}`);
  });

  it('has the solids of an STL as objects', async () => {
    const facet = (
      z: number,
    ) => `facet normal 0 0 1\nouter loop\nvertex 0 0 ${z}\nvertex 1 0 ${z}\nvertex 0 1 ${z}
endloop\nendfacet\n`;
    const solid = (name: string, z: number) => `solid ${name}\n${facet(z)}endsolid ${name}\n`;
    const { at, read } = await setUp(solid('a b', 0) + solid('c\\', 1), 'in.stl');
    const { warnings } = await exportMesh(at('mesh.db'), at('out.obj'));
    expect(read('out.obj')).toMatch(/\no a b\nf 1 2 3\no c_\nf 4 5 6\n$/);
    expect(warnings.map(({ kind }) => kind)).toEqual(['obj-part-name']);
  });
});

describe('the line of a part', () => {
  it.each<[PartChange['partKind'], string | undefined, string]>([
    ['object', 'wheel #2', 'o wheel #2\n'],
    ['solid', '', 'o\n'],
    ['group', undefined, 'g\n'],
    ['group', 'a  b', 'g a b\n'],
    ['material', 'a\r\nf 1 2 3', 'usemtl a__f 1 2 3\n'],
    ['material', ' a ', 'usemtl _a_\n'],
    ['object', 'C:\\', 'o C:_\n'],
    ['object', '# a', 'o _ a\n'],
  ])('of the %s %j is %j', (partKind, name, expected) => {
    const warnings: Warning[] = [];
    const line = partLine({ at: 0, partKind, name }, (warning) => warnings.push(warning));
    expect(line).toBe(expected);
    expect(warnings).toHaveLength(line.trimEnd().endsWith(name ?? '') && !line.includes(' a_') ? 0 : 1);
  });
});

it('cuts batches where parts change', () => {
  const change = (at: number): PartChange => ({ at, partKind: 'object', name: `${at}` });
  const selection = { hasParts: true, parts: () => [change(2), change(3), change(6)] };
  const batches = [{ count: 3 }, { count: 3 }, { count: 1 }];
  const pieces = [...cutAtParts(batches, selection)].map(({ changes, from, to }) => [
    changes.map(({ at }) => at),
    from,
    to,
  ]);
  expect(pieces).toEqual([
    [[], 0, 2],
    [[2], 2, 3],
    [[3], 0, 3],
    [[6], 0, 1],
  ]);
});

describe('the option to', () => {
  it('decides if the name of the output does not', async () => {
    const { at, read } = await setUp();
    await exportMesh(at('mesh.db'), at('out.txt'), { to: 'obj' });
    expect(read('out.txt')).toBe(SOURCE);
    const { files } = await splitMesh(at('mesh.db'), at('parts'), { by: 'object' }, { to: 'obj' });
    expect(files.map(({ file }) => file)).toEqual(['0-body.obj', '1-other_one.obj', '2-rest.obj']);
  });

  it('must not contradict the name', async () => {
    const { at } = await setUp();
    const message = 'ends in .off, but the output is OBJ; expected .obj, ';
    await expect(convertMesh(at('in.obj'), at('out.off'), { to: 'obj' })).rejects.toThrow(message);
    await expect(exportMesh(at('mesh.db'), at('out.off'), { to: 'obj' })).rejects.toThrow(UsageError);
  });
});
