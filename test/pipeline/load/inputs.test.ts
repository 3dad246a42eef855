/** Covers: pipeline/load/batches/source-joiner, pipeline/load/unpacking, weld/color-scales. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  convertMesh,
  exportMesh,
  importMesh,
  locateTriangle,
  locateVertex,
  MeshDatabase,
  type SourceShare,
} from '../../../src/index.js';
import { freshFolder } from '../../support/files.js';
import { toGlb } from '../../support/gltf.js';
import { makeTube, shuffle, toAsciiStl, toBinaryStl, toOff, toRaw } from '../../support/meshes.js';
import { toObj } from '../../support/obj.js';
import { toElements, toIndexed, toPly } from '../../support/ply.js';

type Corners = readonly number[];

/** Nine digits, which float32 keeps. */
const asText = (triangles: readonly Corners[]) =>
  triangles.map((corners) => corners.map((value) => Number(value.toPrecision(9))));

const mesh = asText(shuffle([...makeTube(40, 12)]));

/** Writers of each layout, precision and encoding; each keeps the order of the triangles. */
const FORMATS = {
  'bin.stl': (triangles: readonly Corners[]) => toBinaryStl(triangles),
  'ascii.stl': (triangles: readonly Corners[]) => toAsciiStl(triangles),
  obj: (triangles: readonly Corners[]) => toObj(triangles),
  off: (triangles: readonly Corners[]) => toOff(triangles, true),
  'bin.ply': (triangles: readonly Corners[]) => {
    const { vertices, faces } = toIndexed(triangles);
    return toPly('binary_little_endian', toElements(vertices, faces));
  },
  'bin.glb': (triangles: readonly Corners[]) => {
    const { vertices, faces } = toIndexed(triangles);
    return toGlb(vertices, faces);
  },
  raw: (triangles: readonly Corners[]) => toRaw(triangles),
} as const;
type FormatName = keyof typeof FORMATS;

/** Writes pieces of a mesh to files; returns their names. */
function cut(
  folder: string,
  pieces: readonly (readonly [FormatName, readonly Corners[], boolean])[],
): string[] {
  return pieces.map(([format, triangles, isPacked], k) => {
    const file = join(folder, `part${k}.${format}${isPacked ? '.gz' : ''}`);
    const bytes = FORMATS[format](triangles);
    writeFileSync(file, isPacked ? gzipSync(bytes) : bytes);
    return file;
  });
}

async function convertAll(inputs: readonly string[], folder: string, options = {}): Promise<string> {
  const output = join(folder, 'out.off');
  await convertMesh(inputs, output, { force: true, ...options });
  return readFileSync(output, 'utf8');
}

const format = fc.constantFrom(...(Object.keys(FORMATS) as FormatName[]));
const exact = fc.constantFrom(-2, -1, 0, 0.5, 1, 2);
const triangle = fc.array(exact, { minLength: 9, maxLength: 9 });

describe('several inputs', () => {
  it.each<[string, readonly FormatName[]]>([
    ['soup', ['bin.stl', 'ascii.stl', 'bin.stl']],
    ['soup of float32', ['bin.stl', 'bin.stl', 'bin.stl']],
    ['indexed formats', ['obj', 'off', 'bin.ply', 'bin.glb']],
    ['both', ['bin.stl', 'off', 'ascii.stl', 'bin.glb', 'raw']],
  ])('of %s give the OFF of one file, with tables that overflow too', async (_, names) => {
    const folder = freshFolder();
    const size = Math.ceil(mesh.length / names.length);
    const pieces = names.map((name, k) => [name, mesh.slice(k * size, (k + 1) * size), k === 1] as const);
    const inputs = cut(folder, pieces);
    // Each file rounds as it must.
    const read = asRead(pieces);
    const isNarrow = names.every((name) => name.startsWith('bin.'));
    for (const options of [{}, { weldBytes: 8192, batchTriangles: 100 }, { threads: 3, batchTriangles: 7 }]) {
      expect(await convertAll(inputs, folder, options)).toBe(toOff(read, !isNarrow));
    }
    expect(readdirSync(folder).length).toBe(inputs.length + 1);
  });

  it('give the OFF of one file however a mesh is cut', async () => {
    const piece = fc.tuple(format, fc.array(triangle, { minLength: 1, maxLength: 8 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 5 }), async (pieces) => {
        const folder = freshFolder();
        const all = pieces.flatMap(([, triangles]) => triangles);
        const off = await convertAll(cut(folder, pieces), folder, { batchTriangles: 3 });
        expect(off).toBe(toOff(all, true));
      }),
      { numRuns: 25 },
    );
  });

  it('have one row each, from which triangles and vertices are located', async () => {
    const folder = freshFolder();
    const half = mesh.length / 2;
    const inputs = cut(folder, [
      ['bin.stl', mesh.slice(0, half), false],
      ['off', mesh.slice(half), false],
    ]);
    const database = join(folder, 'mesh.db');
    const result = await importMesh(inputs, database);
    expect(result).toMatchObject({ format: 'mixed', triangles: mesh.length, skipped: [] });
    expect(
      result.sources.map(({ file, firstTriangle, triangles }) => [file, firstTriangle, triangles]),
    ).toEqual([
      [inputs[0], 0, half],
      [inputs[1], half, half],
    ]);
    const db = MeshDatabase.open(database);
    expect(db.sources()).toMatchObject([
      { path: inputs[0], first_triangle: 0, last_triangle: half - 1, first_vertex: 0, file_vertices: null },
      { path: inputs[1], first_triangle: half, last_triangle: mesh.length - 1, first_vertex: 3 * half },
    ]);
    const vertices = db.countVertices();
    db.close();
    for (const [id, file] of [
      [0, inputs[0]],
      [half - 1, inputs[0]],
      [half, inputs[1]],
      [mesh.length - 1, inputs[1]],
    ] as const) {
      expect((await locateTriangle(database, id)).file).toBe(file);
    }
    expect((await locateVertex(database, 0)).file).toBe(inputs[0]);
    expect(inputs).toContain((await locateVertex(database, vertices - 1)).file);
  });

  it('are refused with the name of the bad one, or go on without it', async () => {
    const folder = freshFolder();
    const [first, second] = cut(folder, [
      ['bin.stl', mesh.slice(0, 50), false],
      ['bin.stl', mesh.slice(50, 100), false],
    ]);
    const bad = join(folder, 'bad.stl');
    writeFileSync(bad, readFileSync(first!).subarray(0, 500));
    const missing = join(folder, 'missing.stl');
    await expect(convertAll([first!, bad, second!], folder)).rejects.toThrow(`${bad}: byte 484: truncated`);
    await expect(convertAll([first!, missing], folder)).rejects.toThrow(`${missing}: `);
    const output = join(folder, 'out.off');
    const options = { skipBad: true, force: true };
    const { skipped, sources } = await convertMesh([first!, bad, missing, second!], output, options);
    expect(skipped.map(({ file }) => file)).toEqual([bad, missing]);
    expect(sources.map(({ file }) => file)).toEqual([first, second]);
    expect(readFileSync(output, 'utf8')).toBe(toOff(asRead([['bin.stl', mesh.slice(0, 100), false]])));
  });

  it('cannot include the output', async () => {
    const folder = freshFolder();
    const [first, second] = cut(folder, [
      ['bin.stl', mesh.slice(0, 5), false],
      ['off', mesh.slice(5, 9), false],
    ]);
    await expect(convertMesh([first!, second!], second!, { force: true })).rejects.toThrow(
      'is one of the inputs',
    );
    await expect(importMesh([], join(folder, 'a.db'))).rejects.toThrow('expected a path');
  });

  it('resume in the input where an import was stopped', async () => {
    const folder = freshFolder();
    const size = Math.ceil(mesh.length / 4);
    const names = ['off', 'bin.stl', 'bin.stl', 'bin.ply'] as const;
    const inputs = cut(
      folder,
      names.map((name, k) => [name, mesh.slice(k * size, (k + 1) * size), false]),
    );
    const expected = await convertAll(inputs, folder);
    const database = join(folder, 'mesh.db');
    const output = join(folder, 'again.off');
    let resumed = 0;
    for (const share of [0, 0.2, 0.3, 0.5, 0.7]) {
      const stop = new AbortController();
      const options = { batchTriangles: 5, threads: 1, intervalMs: 0, force: true, weldBytes: 8192 };
      const onCheckpoint = ({ bytesRead, totalBytes }: SourceShare) => {
        if (bytesRead >= share * totalBytes) stop.abort();
      };
      const onResume = () => resumed++;
      // A checkpoint may come too late to stop the import.
      const isStopped = await importMesh(inputs, database, {
        ...options,
        onCheckpoint,
        signal: stop.signal,
      }).then(
        () => false,
        () => true,
      );
      if (!isStopped) continue;
      await expect(importMesh([...inputs].reverse(), database, options)).rejects.toThrow('as input 1');
      await expect(importMesh(inputs.slice(1), database, options)).rejects.toThrow('of 4 inputs');
      await importMesh(inputs, database, { ...options, onResume });
      await exportMesh(database, output, { force: true });
      expect(readFileSync(output, 'utf8')).toBe(expected);
    }
    expect(resumed).toBeGreaterThan(0);
  });
});

/** The triangles as the readers of their files see them. */
function asRead(pieces: readonly (readonly [FormatName, readonly Corners[], boolean])[]): number[][] {
  return pieces.flatMap(([name, triangles]) =>
    triangles.map((corners) =>
      corners.map((value) => (name.startsWith('bin.') ? Math.fround(value) : value)),
    ),
  );
}
