/** The same input gives the same OFF, in whatever way it is read and written. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertMesh, exportMesh, importMesh } from '../../src/index.js';
import { toThreeMf } from './3mf.js';
import { runCli } from './cli.js';
import { freshFolder } from './files.js';
import { buildMesh } from './gltf.js';
import { makeTube, shuffle, toAsciiStl, toBinaryStl, toOff, toRaw } from './meshes.js';
import { toObj, toObjSoup } from './obj.js';
import { toBinaryOff, weld } from './off-files.js';
import { toElements, toIndexed, toPly } from './ply.js';

const scan = [...makeTube(200, 25)];
const random = shuffle(scan);

const shared = toIndexed(scan);
const elements = toElements(shared.vertices, shared.faces);
const sharedText = toIndexed(asText(random));
const wide = toElements(sharedText.vertices, sharedText.faces, 'double');

const inputs: readonly (readonly [name: string, file: string, content: Buffer | string, expected: string])[] =
  [
    ['binary STL', 'in.stl', toBinaryStl(scan), toOff(scan)],
    ['binary STL in random order', 'in.stl', toBinaryStl(random), toOff(random)],
    ['ASCII STL', 'in.stl', toAsciiStl(scan), toOff(asText(scan), true)],
    ['raw triangles', 'in.raw', toRaw(random), toOff(asText(random), true)],
    ['OBJ', 'in.obj', toObj(scan), toOff(asText(scan), true)],
    ['OBJ that shares nothing', 'in.obj', toObjSoup(random), toOff(asText(random), true)],
    ['binary PLY', 'in.ply', toPly('binary_little_endian', elements), toOff(scan)],
    ['PLY with its faces first', 'in.ply', toPly('ascii', [...wide].reverse()), toOff(asText(random), true)],
    ['OFF', 'in.off', toOff(asText(random), true), toOff(asText(random), true)],
    ['GLB', 'in.glb', buildMesh(shared.vertices, shared.faces).toGlb(), toOff(scan)],
    ['3MF', 'in.3mf', toThreeMf(sharedText.vertices, sharedText.faces), toOff(asText(random), true)],
    ['binary OFF', 'in.off', toBinaryOff(weld(scan)), toOff(scan)],
  ];

/** The numbers as the nine digits of the text files have them. */
function asText(triangles: readonly (readonly number[])[]): number[][] {
  return triangles.map((corners) => corners.map((value) => Number(value.toPrecision(9))));
}

/** Ways to convert, all of which give the same bytes. */
const WAYS = {
  'by default': {},
  'one triangle at a time': { batchTriangles: 1 },
  'seven triangles at a time': { batchTriangles: 7 },
  'with tables that overflow': { weldBytes: 65_536 },
  'with tiny tables and batches': { weldBytes: 8192, batchTriangles: 100 },
  'in one thread': { threads: 1 },
  'in two threads': { threads: 2 },
  'in four threads': { threads: 4, batchTriangles: 100 },
  'in three threads, with tables that overflow': { threads: 3, weldBytes: 8192, batchTriangles: 700 },
} as const;
type Way = keyof typeof WAYS;

/** What each format is read in by default: what its reader and its threads differ in. */
const CHOSEN: readonly Way[] = [
  'one triangle at a time',
  'with tiny tables and batches',
  'in two threads',
  'in three threads, with tables that overflow',
];
/** Inputs that are read in all ways by default: one whose corners are coordinates, and one whose corners are numbers. */
const THOROUGH = ['binary STL', 'binary PLY'];

/** Declares the tests: all formats in all ways and budgets, or in some. */
export function testInvariance(isThorough: boolean): void {
  describe.each(inputs)('%s gives the same bytes', (format, file, content, expected) => {
    const isAll = isThorough || THOROUGH.includes(format);
    const setUp = () => {
      const folder = freshFolder();
      const input = join(folder, file);
      writeFileSync(input, content);
      return { folder, input, output: join(folder, 'out.off') };
    };
    const read = (path: string) => readFileSync(path, 'utf8');

    it.each(isAll ? (Object.keys(WAYS) as Way[]) : CHOSEN)('%s', async (way) => {
      const options = WAYS[way];
      const { folder, input, output } = setUp();
      const { fitMemory } = await convertMesh(input, output, options);
      expect(fitMemory).toBe(!('weldBytes' in options));
      expect(read(output)).toBe(expected);
      expect(readdirSync(folder).sort()).toEqual([file, 'out.off'].sort());
    });

    it('through import and export, again and again', async () => {
      const { folder, input, output } = setUp();
      const database = join(folder, 'mesh.db');
      await importMesh(input, database, { weldBytes: 65_536 });
      await exportMesh(database, output);
      await exportMesh(database, join(folder, 'again.off'));
      expect(read(output)).toBe(expected);
      expect(read(join(folder, 'again.off'))).toBe(expected);
    });

    it('from standard input to standard output', async () => {
      for (const memory of isAll ? ['4G', '192M'] : ['192M']) {
        const { code, stdout } = await runCli(['convert', '-', '-', '--memory', memory], {
          input: Buffer.from(content),
        });
        expect(code).toBe(0);
        expect(stdout.toString()).toBe(expected);
      }
    });
  });
}
