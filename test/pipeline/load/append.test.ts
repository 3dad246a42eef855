/**
 * A mesh that grows has the rows that one import of all files has.
 *
 * Covers: database/build/base-mesh, database/build/merge-index, database/pages/index-reader, database/pages/index-writer,
 * weld/known-vertices.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImportOptions, importMesh } from '../../../src/index.js';
import { dump } from '../../support/dump.js';
import { freshFolder } from '../../support/files.js';
import { type Corners, makeTube, toAsciiStl, toBinaryStl, toOff } from '../../support/meshes.js';
import { toObj } from '../../support/obj.js';
import { type Element, type Property, toElements, toPly } from '../../support/ply.js';

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
});
