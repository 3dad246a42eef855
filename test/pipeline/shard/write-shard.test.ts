/**
 * Shards of a scan, and what is refused; test/promises/any-shards.test.ts has any mesh.
 *
 * Covers: pipeline/shard/export-shard, pipeline/shard/shard-files, pipeline/shard/shard-outputs, pipeline/shard/write-chunks,
 * pipeline/shard/write-shard-header, formats/parquet/shard-tables.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  exportMesh,
  exportShard,
  importMesh,
  verifyMesh,
  writeShard,
  writeShardHeader,
} from '../../../src/index.js';
import { convertWhole } from '../../support/any-shards.js';
import { UNPACK } from '../../support/compressed.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, shuffle, toAsciiStl, toBinaryStl } from '../../support/meshes.js';
import { readFooter, readParquetFile } from '../../support/parquet.js';
import { readTable, storeShards, writeParts, writeShards } from '../../support/shards.js';

describe('a mesh in shards', () => {
  it.each([
    ['in the order of a scan', [...makeTube(30, 20)]],
    ['in random order', shuffle(makeTube(30, 20))],
  ])('%s is joined the same with little memory, compressed or not', async (_, triangles) => {
    const folder = freshFolder();
    const cuts = [0, 1, 500, 500, 800, triangles.length];
    const inputs = cuts.slice(1).map((end, k) => {
      const path = join(folder, `in-${k}.stl`);
      writeFileSync(path, toBinaryStl(triangles.slice(cuts[k], end)));
      return path;
    });
    const whole = await convertWhole(toBinaryStl(triangles), folder);
    const shards = await storeShards(inputs, folder);
    for (const compress of ['none', 'gzip', 'zstd'] as const) {
      const parts = await writeParts(shards, join(folder, compress), { compress, idsBytes: 8 * 97 });
      const unpacked = parts.map((part) => (compress === 'none' ? part : UNPACK[compress](part)));
      expect(Buffer.concat(unpacked).equals(whole)).toBe(true);
      const joined = join(folder, `joined-${compress}.off`);
      writeFileSync(joined, Buffer.concat(parts));
      expect((await verifyMesh(join(folder, 'whole.in'), joined)).isEqual).toBe(true);
    }
    await importMesh(join(folder, 'whole.in'), join(folder, 'whole.db'));
    await exportMesh(join(folder, 'whole.db'), join(folder, 'whole'), { to: 'parquet' });
    await writeShards(shards, join(folder, 'tables'), { to: 'parquet', idsBytes: 8 * 97 });
    for (const table of ['vertices', 'triangles']) {
      const expected = await readParquetFile(join(folder, 'whole', `${table}.parquet`));
      expect(await readTable(join(folder, 'tables'), table)).toEqual(expected);
    }
  });
});

/** A shard of two triangles with four vertices. */
async function makeShard(wide = false) {
  const folder = freshFolder();
  const corners = [
    [0, 0, 0, 1, 0, 0, 0, 1, 0],
    [1, 0, 0, 1, 1, 0.5, 0, 1, 0],
  ];
  const content = wide ? toAsciiStl(corners) : toBinaryStl(corners);
  const database = join(folder, 'shard.db');
  writeFileSync(join(folder, 'in.stl'), content);
  await importMesh(join(folder, 'in.stl'), database, { index: false });
  const seams = join(folder, 'seams.csv');
  const parts = join(folder, 'parts');
  const write = (csv: string, options: Partial<Parameters<typeof writeShard>[2]> = {}) => {
    writeFileSync(seams, csv);
    return writeShard(database, parts, { number: 7, base: 10, seams, ...options });
  };
  const read = (name: string) => readFileSync(join(parts, name), 'utf8');
  return { folder, content, database, seams, parts, write, read };
}

describe('the tables of a shard', () => {
  it('have its vertices and its figures', async () => {
    const { folder, database, content } = await makeShard();
    const result = await exportShard(database, join(folder, 'tables'), { number: 7 });
    const sha256 = createHash('sha256').update(content).digest('hex');
    const facts = { shard: 7, vertices: 4, triangles: 2, precision: 'float32', sha256 };
    expect(result).toMatchObject(facts);
    expect(await readTable(join(folder, 'tables'), 'shards')).toEqual([facts]);
    expect(await readTable(join(folder, 'tables'), 'local_vertices')).toEqual([
      { shard: 7, vertex: 0, x: 0, y: 0, z: 0 },
      { shard: 7, vertex: 1, x: 1, y: 0, z: 0 },
      { shard: 7, vertex: 2, x: 0, y: 1, z: 0 },
      { shard: 7, vertex: 3, x: 1, y: 1, z: 0.5 },
    ]);
    const [path] = result.files.map(({ file }) => file);
    expect(path).toBe(join(folder, 'tables/local_vertices/00007.parquet'));
    const { schema } = readFooter(readFileSync(path!));
    expect(schema.slice(1).map(({ name, type, repetition_type }) => [name, type, repetition_type])).toEqual([
      ['shard', 'INT64', 'REQUIRED'],
      ['vertex', 'INT64', 'REQUIRED'],
      ['x', 'DOUBLE', 'REQUIRED'],
      ['y', 'DOUBLE', 'REQUIRED'],
      ['z', 'DOUBLE', 'REQUIRED'],
    ]);
  });

  it('are replaced only with `force`', async () => {
    const { folder, database } = await makeShard();
    await exportShard(database, folder, { number: 0, compress: 'none' });
    await expect(exportShard(database, folder, { number: 0 })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await exportShard(database, folder, { number: 0, compress: 'gzip', force: true });
    expect(await readTable(folder, 'local_vertices')).toHaveLength(4);
    await expect(exportShard(database, folder, { number: 100_000 })).rejects.toThrow(
      'number: 100000; expected an integer from 0 to 99,999',
    );
  });
});

describe('the parts of a shard', () => {
  it('have its new vertices, and its triangles with joined ids', async () => {
    const { write, read, parts } = await makeShard();
    expect(await write('vertex,id\r\n2,3\r\n0,9\r\n')).toMatchObject({
      shard: 7,
      vertices: 2,
      seams: 2,
      triangles: 2,
    });
    expect(read('1-vertices-00007')).toBe('1 0 0\n1 1 0.5\n');
    expect(read('2-faces-00007')).toBe('3 9 10 3\n3 10 11 3\n');
    expect(readdirSync(parts).sort()).toEqual(['1-vertices-00007', '2-faces-00007']);
    await expect(write('')).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await write('', { base: 2 ** 33, seams: undefined, force: true });
    expect(read('2-faces-00007')).toBe(
      '3 8589934592 8589934593 8589934594\n3 8589934593 8589934595 8589934594\n',
    );
  });

  it.each([undefined, 8])('name the line of seams that cannot be, with ids in %s bytes', async (idsBytes) => {
    const { write, seams, parts, folder } = await makeShard();
    const refused = (csv: string) => expect(write(csv, { idsBytes })).rejects;
    await refused('0,1\n4,2\n').toThrow(
      `${seams}: line 2: vertex 4; expected a vertex of this shard, which has 4`,
    );
    await refused('0,10\n').toThrow(
      'line 1: id 10; expected an id of an earlier shard, less than the base 10',
    );
    await refused('1,1\n2,1\n1,3\n').toThrow(`${seams}: vertex 1 is repeated; expected each seam once`);
    await expect(write('', { seams: join(folder, 'absent.csv') })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    expect(readdirSync(parts)).toEqual([]);
  });

  it.each([undefined, 8])('leave nothing if they are aborted, with ids in %s bytes', async (idsBytes) => {
    const { write, parts } = await makeShard();
    const progress: (readonly [done: number, total: number | undefined])[] = [];
    await write('2,3\n', { idsBytes, onProgress: ({ done, total }) => progress.push([done, total]) });
    expect(progress.at(-1)).toEqual([6, 6]);
    for (const file of readdirSync(parts)) rmSync(join(parts, file));
    for (let left = 0; left < progress.length; left++) {
      const controller = new AbortController();
      let seen = 0;
      const onProgress = () => {
        if (seen++ === left) controller.abort(new Error('stopped'));
      };
      // The last report comes too late.
      if (left === progress.length - 1) continue;
      await expect(write('2,3\n', { idsBytes, signal: controller.signal, onProgress })).rejects.toThrow(
        'stopped',
      );
      expect(readdirSync(parts)).toEqual([]);
    }
  });

  it('have the precision of the mesh, never less than that of the shard', async () => {
    const { write, read } = await makeShard(true);
    await expect(write('', { positions: 'float32' })).rejects.toThrow(
      'float64 positions; expected float64 for all shards of the mesh',
    );
    await write('', { positions: 'float64' });
    expect(read('1-vertices-00007')).toContain('1 1 0.5\n');
  });
});

describe('the tables of a joined mesh', () => {
  it('need the id of the first triangle', async () => {
    const { write, parts } = await makeShard();
    await expect(write('', { to: 'parquet' })).rejects.toThrow(
      'firstTriangle: missing; expected the id of the first triangle, which Parquet has',
    );
    await write('2,3\n', { to: 'parquet', firstTriangle: 50, compress: 'none' });
    expect(await readTable(parts, 'vertices')).toEqual([
      { id: 10, x: 0, y: 0, z: 0 },
      { id: 11, x: 1, y: 0, z: 0 },
      { id: 12, x: 1, y: 1, z: 0.5 },
    ]);
    expect(await readTable(parts, 'triangles')).toEqual([
      { id: 50, a: 10, b: 11, c: 3 },
      { id: 51, a: 11, b: 12, c: 3 },
    ]);
  });
});

describe('the header of shards', () => {
  it('has the counts, and warns of indices that few programs read', async () => {
    const folder = freshFolder();
    const warnings: string[] = [];
    const onWarning = ({ message }: { message: string }) => warnings.push(message);
    await writeShardHeader(folder, { vertices: 2 ** 31, triangles: 7, onWarning });
    expect(readFileSync(join(folder, '0-header'), 'utf8')).toBe('OFF\n2147483648 7 0\n');
    expect(warnings).toEqual([]);
    await writeShardHeader(folder, { vertices: 2 ** 31 + 1, triangles: 7, force: true, onWarning });
    expect(warnings).toEqual([
      '2,147,483,649 vertices: most programs cannot read indices above 2,147,483,647',
    ]);
    await writeShardHeader(folder, { vertices: 1, triangles: 0, compress: 'zstd' });
    expect(UNPACK.zstd(readFileSync(join(folder, '0-header.zst'))).toString()).toBe('OFF\n1 0 0\n');
  });
});
