/**
 * Every variant of OFF that can be asked for, written from a database and read back by the program itself.
 *
 * Covers: database/rows/selected-rows.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import * as offload from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

const tube = [...makeTube(7, 5)];
/** Each number is a float32 value, so that every variant can hold it. */
const part = (k: number) => (k % 17) / 16;

/** A tube with a normal and a color at every vertex and a color on every other face. */
function toColoredPly(): string {
  const welded = new Map<string, number>();
  const faces = tube.map((corners) =>
    [0, 3, 6].map((k) => {
      const position = corners
        .slice(k, k + 3)
        .map(Math.fround)
        .join(' ');
      if (!welded.has(position)) welded.set(position, welded.size);
      return welded.get(position)!;
    }),
  );
  const vertices = [...welded].map(
    ([position, k]) => `${position} ${part(k)} ${-part(k + 5)} 1 ${part(k)} ${part(k + 3)} 1 ${part(k + 9)}`,
  );
  const rows = faces.map((face, k) => `3 ${face.join(' ')} ${part(k)} 0.25 0.5 ${k % 3 === 0 ? 1 : 0.5}`);
  const floats = (names: string) =>
    names
      .split(' ')
      .map((name) => `property float ${name}\n`)
      .join('');
  return (
    `ply\nformat ascii 1.0\nelement vertex ${vertices.length}\n` +
    `${floats('x y z nx ny nz red green blue alpha')}element face ${rows.length}\n` +
    `property list uchar int vertex_indices\n${floats('red green blue alpha')}end_header\n` +
    `${[...vertices, ...rows].join('\n')}\n`
  );
}

type Tables = Record<
  'vertices' | 'triangles' | 'vertex_colors' | 'vertex_normals' | 'triangle_colors',
  number[][]
>;

/** All rows of a database that make up its mesh. */
function readTables(path: string): Tables {
  const db = new Database(path, { readonly: true });
  const rows = (table: string) => db.prepare(`SELECT * FROM ${table} ORDER BY 1`).raw().all() as number[][];
  const tables = {
    vertices: rows('vertices'),
    triangles: rows('triangles'),
    vertex_colors: rows('vertex_colors'),
    vertex_normals: rows('vertex_normals'),
    triangle_colors: rows('triangle_colors'),
  };
  db.close();
  return tables;
}

/** Imports content under a name, and gives a function that exports it and reads that back. */
async function setUp(name: string, content: Buffer | string) {
  const folder = freshFolder();
  const database = join(folder, 'mesh.db');
  writeFileSync(join(folder, name), content);
  await offload.importMesh(join(folder, name), database);
  const output = join(folder, 'out.off');
  const write = async (off: offload.OffOptions) => {
    const notes: string[] = [];
    const { warnings } = await offload.exportMesh(database, output, {
      off,
      force: true,
      onNote: (note) => notes.push(note),
    });
    return { bytes: readFileSync(output), kinds: warnings.map(({ kind }) => kind), notes };
  };
  const writeAndRead = async (off: offload.OffOptions) => {
    await write(off);
    const back = join(folder, 'back.db');
    await offload.importMesh(output, back, { force: true });
    return readTables(back);
  };
  return { folder, database, input: join(folder, name), write, writeAndRead };
}

const toBytes = (rows: number[][]) =>
  rows.map(([id, ...values]) => [id!, ...values.map((value) => Math.round(255 * value) / 255)]);

describe('a mesh with colors and normals', () => {
  it.each<[string, offload.OffOptions]>([
    ['plain', {}],
    ['with normals', { normals: true }],
    ['with colors', { colors: true }],
    ['with both', { colors: true, normals: true }],
    ['with both, in integers', { colors: true, normals: true, dialect: 'int255' }],
    ['binary', { binary: true }],
    ['binary with normals', { binary: true, normals: true }],
    ['binary with both', { binary: true, colors: true, normals: true }],
  ])('is the same when it is read back: %s', async (_, off) => {
    const { database, writeAndRead } = await setUp('in.ply', toColoredPly());
    const before = readTables(database);
    expect(before.vertex_normals).toHaveLength(before.vertices.length);
    expect(before.triangle_colors).toHaveLength(before.triangles.length);
    const colors = off.dialect === 'int255' ? toBytes : (rows: number[][]) => rows;
    expect(await writeAndRead(off)).toEqual({
      vertices: before.vertices,
      triangles: before.triangles,
      vertex_normals: off.normals ? before.vertex_normals : [],
      vertex_colors: off.colors ? colors(before.vertex_colors) : [],
      triangle_colors: off.colors ? colors(before.triangle_colors) : [],
    });
  });

  it('is the same if it is converted, or read from a database in WAL mode', async () => {
    const off = { colors: true, normals: true };
    const { folder, input, database, write } = await setUp('in.ply', toColoredPly());
    const { bytes } = await write(off);
    await offload.convertMesh(input, join(folder, 'at-once.off'), { off });
    expect(readFileSync(join(folder, 'at-once.off'))).toEqual(bytes);
    const db = new Database(database);
    db.pragma('journal_mode = WAL');
    db.close();
    expect((await write(off)).bytes).toEqual(bytes);
    expect((await write({})).bytes.toString()).toMatch(/^OFF\n/);
  });

  it('keeps the colors of the remaining triangles', async () => {
    const { database, writeAndRead } = await setUp('in.ply', toColoredPly());
    const before = readTables(database);
    const db = new Database(database);
    db.pragma('foreign_keys = OFF');
    db.exec('DELETE FROM triangles WHERE id % 3 = 1');
    db.close();
    const isLeft = ([id]: number[]) => id! % 3 !== 1;
    const renumber = (rows: number[][]) => rows.filter(isLeft).map(([, ...values], id) => [id, ...values]);
    const after = await writeAndRead({ colors: true });
    expect(after.triangles).toEqual(renumber(before.triangles));
    expect(after.triangle_colors).toEqual(renumber(before.triangle_colors));
  });
});

describe('the attribute words of a binary STL', () => {
  const facets = tube.slice(0, 4);

  it('are VisCAM colors', async () => {
    // Red, none, green with all bits, none.
    const words = [0x8000 | (31 << 10), 31, 0x8000 | (31 << 5), 0];
    const { write, writeAndRead } = await setUp(
      'in.stl',
      toBinaryStl(facets, { attribute: (k) => words[k]! }),
    );
    expect((await write({ colors: true })).notes).toEqual([
      'attribute words are read as colors in the form of VisCAM',
    ]);
    expect((await writeAndRead({ colors: true })).triangle_colors).toEqual([
      [0, 1, 0, 0, 1],
      [2, 0, 1, 0, 1],
    ]);
  });

  it('are Magics colors if the header says so', async () => {
    const words = [31, 0x8000, 31 << 10, 0];
    const header = 'COLOR=\xff\x00\x33\x33,MATERIAL=';
    const { writeAndRead } = await setUp(
      'in.stl',
      toBinaryStl(facets, { header, attribute: (k) => words[k]! }),
    );
    expect((await writeAndRead({ colors: true })).triangle_colors).toEqual([
      [0, 1, 0, 0, 1],
      [1, 1, 0, 0.2, 0.2],
      [2, 0, 0, 1, 1],
      [3, 0, 0, 0, 1],
    ]);
  });

  it('are no colors if neither applies', async () => {
    const { write } = await setUp('in.stl', toBinaryStl(facets, { attribute: (k) => k }));
    const { bytes, kinds, notes } = await write({ colors: true });
    expect(notes).toEqual([]);
    expect(kinds).toEqual(['off-no-colors']);
    expect(bytes).toEqual((await write({})).bytes);
  });
});

describe('a color out of range', () => {
  it('is clamped, with a warning', async () => {
    const { database, write } = await setUp('in.off', 'OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2 300 -5 51\n');
    expect((await write({ colors: true })).bytes.toString()).toContain('\n3 0 1 2 1.0 0.0 0.2 1.0\n');
    const db = offload.MeshDatabase.open(database);
    expect(db.sources(1)[0]!.warnings).toContain('1 color was out of range');
    db.close();
  });
});

describe('a vertex without a color', () => {
  it('is opaque white, with a warning', async () => {
    const { write } = await setUp('in.obj', 'v 0 0 0 1 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n');
    const { bytes, kinds } = await write({ colors: true });
    expect(bytes.toString()).toBe(
      'COFF\n3 1 0\n0 0 0 1.0 0.0 0.0 1.0\n1 0 0 1.0 1.0 1.0 1.0\n0 1 0 1.0 1.0 1.0 1.0\n3 0 1 2\n',
    );
    expect(kinds).toEqual(['off-vertex-colors']);
  });
});
