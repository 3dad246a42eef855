/** Runs that are killed again and again, held against one that is not. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { exportMesh, importMesh } from '../../src/index.js';
import { toThreeMf } from './3mf.js';
import { PACK } from './compressed.js';
import { dump, isSound } from './dump.js';
import { freshFolder } from './files.js';
import { atCheckpoint, type LastCheckpoint, runVerb } from './kill.js';
import { type Corners, makeTube, shuffle, toAsciiStl, toBinaryStl, toOff, toRaw } from './meshes.js';
import { toObjSoup } from './obj.js';
import { toBinaryOff, weld } from './off-files.js';
import { type Element, toElements, toIndexed, toPly } from './ply.js';

type Content = string | Buffer | readonly (string | Buffer)[];

/** Sources of all formats, whose readers and welders keep all sorts of things in mind. */
export const SOURCES: Readonly<Record<string, (tube: readonly Corners[]) => Content>> = {
  'binary STL': (tube) => toBinaryStl(tube, { attribute: (k) => k % 7 }),
  'binary STL in random order': (tube) => toBinaryStl(shuffle(tube)),
  'ASCII STL with solids': (tube) =>
    toAsciiStl(firstHalf(tube), 'first') + toAsciiStl(secondHalf(tube), 'second'),
  'ASCII STL, compressed': (tube) => PACK.gzip(Buffer.from(toAsciiStl(tube, 'packed'))),
  'raw triangles': (tube) => toRaw(tube),
  'binary PLY': (tube) => toPly('binary_little_endian', attributed(tube)),
  'ASCII PLY, faces first': (tube) => toPly('ascii', attributed(tube).reverse()),
  'binary PLY of one strip': ({ length }) => toPly('binary_big_endian', strip(Math.floor(length / 2.4))),
  'OBJ with objects': (tube) =>
    `o first\n${toObjSoup(firstHalf(tube))}o second\n${toObjSoup(secondHalf(tube))}`,
  'OBJ, faces first': (tube) => {
    const { vertices, faces } = toIndexed(tube);
    const lines = [
      ...faces.map((face) => `f ${face.map((corner) => corner + 1).join(' ')}`),
      ...vertices.map((position) => `v ${position.join(' ')}`),
    ];
    return `${lines.join('\n')}\n`;
  },
  'text OFF': (tube) => toOff(tube),
  'text OFF, compressed': (tube) => PACK.zstd(Buffer.from(toOff(tube, true))),
  'binary OFF': (tube) => toBinaryOff(weld(tube)),
  'many files of soup': (tube) => inThirtieths(tube, (triangles) => toBinaryStl(triangles)),
  'files of soup and of faces': (tube) =>
    inThirtieths(
      tube,
      (triangles, k) => [toBinaryStl(triangles), toOff(triangles, true), toRaw(triangles)][k % 3]!,
    ),
  '3MF': (tube) => {
    const { vertices, faces } = toIndexed(tube);
    return toThreeMf(vertices, faces);
  },
};

const firstHalf = (tube: readonly Corners[]) => tube.slice(0, tube.length / 2);
const secondHalf = (tube: readonly Corners[]) => tube.slice(tube.length / 2);

function inThirtieths<T>(
  tube: readonly Corners[],
  write: (triangles: readonly Corners[], k: number) => T,
): T[] {
  const size = tube.length / 30;
  return Array.from({ length: 30 }, (_, k) => write(tube.slice(k * size, (k + 1) * size), k));
}

/** Each vertex three times and more, all with colors and normals that differ where positions do not, and quads. */
function attributed(triangles: readonly Corners[]): Element[] {
  const vertices = triangles.flatMap((corners) => [0, 3, 6].map((c) => corners.slice(c, c + 3)));
  const [vertex, face] = toElements(
    vertices,
    triangles.map((_, k) =>
      k % 5 === 0 && k > 0 ? [3 * k, 3 * k + 1, 3 * k + 2, 3 * k - 1] : [3 * k, 3 * k + 1, 3 * k + 2],
    ),
  ) as [Element, Element];
  const colors = ['red', 'green', 'blue'].map((name) => ({ name, type: 'uchar' as const }));
  const normals = ['nx', 'ny', 'nz'].map((name) => ({ name, type: 'float' as const }));
  return [
    {
      name: 'vertex',
      properties: [...vertex.properties, ...normals, ...colors],
      rows: vertex.rows.map((row, k) => [...row, 0, 0, 1, k % 256, (k >> 8) % 256, 7]),
    },
    {
      name: 'face',
      properties: [...face.properties, ...colors],
      rows: face.rows.map((row, k) => [...row, k % 256, 0, 255]),
    },
  ];
}

/** A strip along two lines. */
function strip(vertices: number): Element[] {
  const numbers = Array.from({ length: vertices }, (_, k) => k);
  const [vertex] = toElements(
    numbers.map((k) => [Math.floor(k / 2), k % 2, 0]),
    [],
  );
  const list = { name: 'vertex_indices', type: 'int', countType: 'int' } as const;
  return [vertex!, { name: 'tristrips', properties: [list], rows: [[numbers]] }];
}

/** Tables of the welder for all vertices, and for some. */
export const BUDGETS = { 'memory enough': undefined, 'little memory': 2 ** 18 } as const;

export const VERBS = ['import', 'convert', 'convert and keep', 'export'] as const;

export interface Trial {
  readonly source: string;
  /** Rings of 60 sides in the tube that the source has. */
  readonly rings: number;
  readonly verb: (typeof VERBS)[number];
  readonly budget: keyof typeof BUDGETS;
  readonly threads: number;
  /** How much later each kill comes, about, in milliseconds, and the most of them. */
  readonly stepMs: number;
  readonly kills: number;
}

export interface Survival {
  readonly kills: number;
  /** How often a run went on with the work of another one. */
  readonly resumed: number;
}

/** A checkpoint every few batches. */
const OFTEN = { batchTriangles: 500, intervalMs: 5 };
/** A database is replaced by a database alone, and told by how it begins. */
const FORMER = {
  output: 'what stood there before',
  database: 'SQLite format 3\0, or what stood there before',
};

/**
 * Kills runs, each later than the one before, until one comes to its end; then all must be as if nothing had happened.
 * Until then what stood there before must stay. A run that can be resumed is killed at its first checkpoint for a start.
 */
export async function survive({
  source,
  rings,
  verb,
  budget,
  threads,
  stepMs,
  kills: most,
}: Trial): Promise<Survival> {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  const content = SOURCES[source]!([...makeTube(rings, 60)]);
  const isList = typeof content !== 'string' && !Buffer.isBuffer(content);
  const files = (isList ? content : [content]).map((bytes, k): [string, string | Buffer] => [
    `in${k}`,
    bytes,
  ]);
  for (const [name, bytes] of files) writeFileSync(at(name), bytes);
  const inputs = files.map(([name]) => at(name));
  await importMesh(inputs, at('whole.db'), { batchTriangles: OFTEN.batchTriangles });
  await exportMesh(at('whole.db'), at('whole.off'));
  const whole = readFileSync(at('whole.off'));

  const isImport = verb === 'import';
  const output = isImport ? 'mesh.db' : 'mesh.off';
  const keepsDatabase = isImport || verb === 'convert and keep';
  const former = FORMER[isImport ? 'database' : 'output'];
  writeFileSync(at(output), former);
  const isFormer = () => readFileSync(at(output), 'latin1') === former;
  const isWhole = () => (isImport ? isSound(at(output)) : readFileSync(at(output)).equals(whole));
  const writing = { threads, force: true };
  const reading = { ...writing, batchTriangles: OFTEN.batchTriangles, weldBytes: BUDGETS[budget] };
  const keeping = keepsDatabase ? { keep: at('mesh.db'), intervalMs: OFTEN.intervalMs } : {};
  const run = (killAt: number | LastCheckpoint | undefined) =>
    isImport
      ? runVerb('importMesh', inputs, at(output), { ...reading, intervalMs: OFTEN.intervalMs }, killAt)
      : verb === 'export'
        ? runVerb('exportMesh', at('whole.db'), at(output), writing, killAt)
        : runVerb('convertMesh', inputs, at(output), { ...reading, ...keeping }, killAt);

  let resumed = 0;
  let kills = 0;
  for (let end: string | undefined; end === undefined; ) {
    const moment =
      keepsDatabase && kills === 0 ? atCheckpoint(at('mesh.db')) : stepMs * (kills + Math.random());
    const one = await run(kills < most ? moment : undefined);
    if (one.resumed !== undefined) resumed++;
    if (one.end !== undefined) expect(one.end).toBe('done');
    else kills++;
    end = one.end;
    if (end === undefined) expect(isFormer() || isWhole()).toBe(true);
  }
  if (keepsDatabase) {
    expect(dump(at('mesh.db'))).toEqual(dump(at('whole.db')));
    await exportMesh(at('mesh.db'), at('again.off'));
    expect(readFileSync(at('again.off')).equals(whole)).toBe(true);
  }
  if (!isImport) expect(isWhole()).toBe(true);
  // Names that say so are left, under which nothing is whole.
  const left = readdirSync(folder).filter((name) => !/^mesh\.off\.[0-9a-f]{8}(\.db)?\.partial/.test(name));
  const expected = [
    ...files.map(([name]) => name),
    output,
    'whole.db',
    'whole.off',
    ...(keepsDatabase ? ['again.off'] : []),
  ];
  if (verb === 'convert and keep') expected.push('mesh.db');
  expect(left.sort()).toEqual(expected.sort());
  if (isImport) expect(existsSync(at('mesh.db.partial'))).toBe(false);
  return { kills, resumed };
}
