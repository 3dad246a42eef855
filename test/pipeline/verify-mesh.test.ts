/**
 * Covers: pipeline/hash/bucket-sums, pipeline/hash/triangle-sums, pipeline/threads/hash-threads,
 * pipeline/threads/roles/hash-role, pipeline/verify/differences,
 * pipeline/verify/find-place, pipeline/verify/nearest, pipeline/verify/open-side, pipeline/verify/parting,
 * pipeline/verify/rounding, pipeline/verify/soup-side, pipeline/verify/spool-inputs, pipeline/verify/spooled-rows,
 * pipeline/verify/stored-side.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  convertMesh,
  exportMesh,
  type FormatError,
  importMesh,
  type Parting,
  UsageError,
  type VerifyResult,
  verifyMesh,
} from '../../src/index.js';
import { BucketSums } from '../../src/pipeline/hash/bucket-sums.js';
import { TriangleHash } from '../../src/pipeline/hash/triangle-hash.js';
import { NearestSearch } from '../../src/pipeline/verify/nearest.js';
import { findRounding } from '../../src/pipeline/verify/rounding.js';
import { PACK } from '../support/compressed.js';
import { freshFolder } from '../support/files.js';
import {
  type Corners,
  countTube,
  makeTube,
  shuffle,
  toAsciiStl,
  toBinaryStl,
  toOff,
} from '../support/meshes.js';
import { toObj } from '../support/obj.js';

const tube = [...makeTube(100, 20)];
const { triangles: tubeTriangles } = countTube(100, 20);

/** Raw triangles with all digits. */
function toExactRaw(triangles: readonly Corners[]): string {
  return triangles.map((corners) => `${corners.join(' ')}\n`).join('');
}

function rotate(corners: Corners, by: number): Corners {
  return [...corners.slice(3 * by), ...corners.slice(0, 3 * by)];
}

function turn(corners: Corners): Corners {
  return [...corners.slice(0, 3), ...corners.slice(6), ...corners.slice(3, 6)];
}

/** Writes files into a folder and verifies the first with the second. */
async function verify(
  files: Readonly<Record<string, Buffer | string>>,
  options: Parameters<typeof verifyMesh>[2] = {},
): Promise<VerifyResult> {
  const folder = freshFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const [mesh, source] = Object.keys(files).map((name) => join(folder, name));
  const result = await verifyMesh(mesh!, source!, options);
  expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
  return result;
}

const countsOf = ({ turned, missing, extra }: Parting) => [turned.count, missing.count, extra.count];

describe('verifyMesh', () => {
  const coordinate = fc.oneof(
    fc.constantFrom(0, 1, -1, 0.1),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  );
  const corners = fc.array(coordinate, { minLength: 9, maxLength: 9 });
  const mesh = fc.array(corners, { minLength: 1, maxLength: 12 });

  it('reads each mesh once if no differences are requested', async () => {
    const files = { 'a.stl': toBinaryStl(tube), 'b.stl': toBinaryStl(tube.slice(1)) };
    const stages = new Set<string>();
    const onProgress = ({ stage }: { stage: string }) => stages.add(stage);
    const brief = await verify(files, { examine: false, onProgress });
    expect([brief.isEqual, brief.parting, [...stages]]).toEqual([false, undefined, ['verify']]);
    const full = await verify(files, { onProgress });
    expect(countsOf(full.parting!)).toEqual([0, 0, 1]);
    expect([...stages]).toEqual(['verify', 'examine']);
  });

  it('finds a mesh equal in any order of triangles and from any first corner', async () => {
    await fc.assert(
      fc.asyncProperty(mesh, fc.nat(), fc.boolean(), async (list, seed, isIndexed) => {
        const other = shuffle(list, seed).map((one, k) => rotate(one, (seed + k) % 3));
        const files = isIndexed
          ? { 'a.off': toOff(other, true), 'b.raw': toExactRaw(list) }
          : { 'a.raw': toExactRaw(other), 'b.raw': toExactRaw(list) };
        const result = await verify(files);
        expect(result).toMatchObject({ isEqual: true, comparedAs: 'float64', parting: undefined });
        expect(result.mesh.checksum).toBe(result.source.checksum);
        expect([result.mesh.triangles, result.source.triangles]).toEqual([list.length, list.length]);
      }),
      { numRuns: 15 },
    );
  });

  it('lists triangles that are moved by a bit, flipped, removed or duplicated', async () => {
    const bits = new Float64Array(1);
    const nextUp = (value: number) => {
      bits[0] = value;
      new BigInt64Array(bits.buffer)[0]! += 1n;
      return bits[0]!;
    };
    await fc.assert(
      fc.asyncProperty(mesh, fc.nat(), fc.nat({ max: 8 }), async (list, pick, axis) => {
        const k = pick % list.length;
        const one = list[k]!;
        const change = (...others: Corners[]) =>
          toExactRaw([...list.slice(0, k), ...others, ...list.slice(k + 1)]);
        const part = async (content: string) => {
          const { isEqual, parting } = await verify({
            'a.raw': content || '# no triangle\n',
            'b.raw': toExactRaw(list),
          });
          expect(isEqual).toBe(false);
          return parting!;
        };
        const isOften =
          list.filter((other) => [0, 1, 2].some((by) => rotate(other, by).join() === one.join())).length > 1;

        const moved = await part(change(one.map((value, d) => (d === axis ? nextUp(value) : value))));
        expect(countsOf(moved)).toEqual([0, 1, 1]);
        if (!isOften)
          expect(moved.missing.examples[0]).toMatchObject({
            triangle: k,
            corners: one.map((value) => value + 0),
            isCopy: false,
          });

        const removed = await part(change());
        expect(countsOf(removed)).toEqual([0, 1, 0]);
        expect(removed.missing.examples[0]!.isCopy).toBe(isOften);
        const doubled = await part(change(one, rotate(one, 1)));
        expect(countsOf(doubled)).toEqual([0, 0, 1]);
        expect(doubled.extra.examples[0]!.isCopy).toBe(true);

        if (new Set([0, 3, 6].map((at) => one.slice(at, at + 3).join())).size < 3) return;
        const turned = await part(change(turn(one)));
        expect(countsOf(turned)).toEqual([1, 0, 0]);
        expect(turned.turned.examples[0]!.near).toMatchObject({ offBy: 0, isTurned: true });
      }),
      { numRuns: 15 },
    );
  });

  it('compares every format with the source, compressed or not', async () => {
    const stl = toBinaryStl(tube);
    const all: Record<string, Buffer | string> = {
      'a.off': toOff(tube),
      'a.obj': toObj(tube),
      'a.stl': toAsciiStl(shuffle(tube)),
      'a.off.gz': PACK.gzip(Buffer.from(toOff(tube))),
    };
    for (const [name, content] of Object.entries(all)) {
      for (const files of [
        { [name]: content, 'b.stl': stl },
        { 'b.stl.zst': PACK.zstd(stl), [name]: content },
      ]) {
        const result = await verify(files);
        expect(result, name).toMatchObject({ isEqual: true, comparedAs: 'float32' });
        expect(result.mesh.triangles).toBe(tubeTriangles);
      }
    }
  });

  it('accepts a database of the source, and an OFF in float32', async () => {
    const folder = freshFolder();
    const [source, database, off] = ['in.stl', 'mesh.db', 'out.off'].map((name) => join(folder, name));
    writeFileSync(source!, toAsciiStl(tube));
    await importMesh(source!, database!);
    const stored = await verifyMesh(database!, source!);
    expect(stored).toMatchObject({ isEqual: true, comparedAs: 'float64', mesh: { format: 'database' } });
    // Either of them may be the database.
    expect(await verifyMesh(source!, database!)).toMatchObject({ isEqual: true });
    await exportMesh(database!, off!, { off: { binary: true } });
    expect(await verifyMesh(off!, source!)).toMatchObject({ isEqual: true, comparedAs: 'float32' });
    await exportMesh(database!, off!, { force: true, filter: { limit: 1000 } });
    const filtered = await verifyMesh(off!, database!);
    expect(countsOf(filtered.parting!)).toEqual([0, tubeTriangles - 1000, 0]);
    expect(filtered.parting!.missing.examples).toHaveLength(10);
    // Triangles of a database have ids, and no other place.
    expect(filtered.parting!.missing.examples[0]).toMatchObject({ triangle: 1000, place: undefined });
  });

  it('reports how many triangles differ if there are too many to examine', async () => {
    const many = [...makeTube(400, 60)];
    const source = toBinaryStl(many);
    const turned = await verify({ 'a.stl': toBinaryStl(many.map(turn)), 'b.stl': source });
    const none = { count: 0, isEstimated: false, examples: [] };
    expect(turned.parting).toMatchObject({
      turned: { count: many.length, isEstimated: false },
      missing: none,
      extra: none,
    });
    const rounded = many.map((one) => one.map((value) => Number(value.toPrecision(4))));
    const { parting } = await verify({ 'a.stl': toBinaryStl(rounded), 'b.stl': source });
    expect(parting!.rounded).toEqual({ which: 'mesh', kind: 'significant', digits: 4 });
    expect(parting!.missing.isEstimated).toBe(true);
    expect(parting!.missing.count).toBe(parting!.extra.count);
    const differing = many.filter((one, k) => one.some((value, d) => value !== Math.fround(rounded[k]![d]!)));
    expect(parting!.missing.count / differing.length).toBeGreaterThan(0.95);
    expect(parting!.missing.count / differing.length).toBeLessThan(1.05);
  });

  it('counts copies, and ignores names, parts and colors', async () => {
    const content = toAsciiStl(tube);
    expect(await verify({ 'a.stl': content.replaceAll('tube', 'other'), 'b.stl': content })).toMatchObject({
      isEqual: true,
    });
    const copies = Array<Corners>(5000).fill(tube[3]!);
    const { parting } = await verify({
      'a.stl': toBinaryStl([...tube, ...copies]),
      'b.stl': toBinaryStl(tube),
    });
    expect(countsOf(parting!)).toEqual([0, 0, 5000]);
    expect(parting!.extra.examples).toEqual([
      { triangle: 3, place: { offset: 234 }, corners: tube[3], isCopy: true, near: expect.anything() },
    ]);
  });

  it('gives lines and bytes of differences, and the nearest triangles', async () => {
    const triangle = '0 0 0 1 0 0 0 1 0';
    const { parting } = await verify({
      'a.off': 'OFF\n6 2 0\n0 0 0\n1 0 0\n0 1.001 0\n0 0 5\n1 0 5\n0 1 5\n\n3 0 1 2\n3 3 5 4\n',
      'b.raw': `# two\n${triangle}\n\n0 0 5 1 0 5 0 1 5\n`,
    });
    expect(parting).toEqual({
      turned: {
        count: 1,
        isEstimated: false,
        examples: [
          {
            triangle: 1,
            place: { line: 4 },
            corners: [0, 0, 5, 1, 0, 5, 0, 1, 5],
            isCopy: false,
            near: {
              triangle: 1,
              place: { line: 11 },
              offBy: 0,
              isTurned: true,
              corners: [0, 0, 5, 1, 0, 5, 0, 1, 5],
            },
          },
        ],
      },
      missing: {
        count: 1,
        isEstimated: false,
        examples: [
          {
            triangle: 0,
            place: { line: 2 },
            corners: triangle.split(' ').map(Number),
            isCopy: false,
            near: {
              triangle: 0,
              place: { line: 10 },
              offBy: expect.closeTo(0.001),
              isTurned: false,
              corners: [0, 0, 0, 1, 0, 0, 0, 1.001, 0],
            },
          },
        ],
      },
      extra: {
        count: 1,
        isEstimated: false,
        examples: [
          {
            triangle: 0,
            place: { line: 10 },
            corners: [0, 0, 0, 1, 0, 0, 0, 1.001, 0],
            isCopy: false,
            near: {
              triangle: 0,
              place: { line: 2 },
              offBy: expect.closeTo(0.001),
              isTurned: false,
              corners: triangle.split(' ').map(Number),
            },
          },
        ],
      },
      rounded: undefined,
    });
  });

  it('accepts empty meshes, and numbers outside float32', async () => {
    const empty = { 'a.off': 'OFF\n0 0 0\n', 'b.stl': toBinaryStl([]) };
    const nothing = await verify(empty);
    expect(nothing).toMatchObject({ isEqual: true, mesh: { triangles: 0, checksum: '0'.repeat(32) } });
    expect(nothing.warnings.map(({ message }) => message.replace(/^.*\//, ''))).toEqual([
      'a.off: the source holds no triangle',
      'b.stl: the source holds no triangle',
    ]);
    const lost = await verify({ 'a.off': empty['a.off'], 'b.stl': toBinaryStl(tube.slice(0, 2)) });
    expect(countsOf(lost.parting!)).toEqual([0, 2, 0]);
    const large = [1e300, 0, 0, 0, 1, 0, 0, 0, 1];
    const { parting } = await verify({
      'a.raw': toExactRaw([large]),
      'b.stl': toBinaryStl([[3e38, ...large.slice(1)]]),
    });
    expect(countsOf(parting!)).toEqual([0, 1, 1]);
  });

  it('gives the same in any number of threads', async () => {
    const many = [...makeTube(400, 60)];
    const changed = [turn(many[7]!), ...many.slice(1, -1)];
    const files = { 'a.off': toOff(changed), 'b.stl': toBinaryStl(many) };
    // Without the names of folders, which differ.
    const inThreads = async (threads: number) => {
      const { mesh, source, ...result } = await verify(files, { threads });
      return { ...result, mesh: { ...mesh, name: '' }, source: { ...source, name: '' } };
    };
    const alone = await inThreads(1);
    for (const threads of [2, 4]) expect(await inThreads(threads)).toEqual(alone);
    expect(alone.source.triangles).toBe(many.length);
    expect(alone.isEqual).toBe(false);
  });

  it('cuts polygons as an import does', async () => {
    const folder = freshFolder();
    const [source, database] = ['in.obj', 'mesh.db'].map((name) => join(folder, name));
    // A concave pentagon before its vertices, a quad, and a triangle.
    const vertices = ['0 0 0', '4 0 0', '4 4 0', '2 1 0', '0 4 0', '0 0 5', '1 0 5', '1 1 5', '0 1 5'];
    const content = `f 1 2 3 4 5\n${vertices.map((one) => `v ${one}\n`).join('')}f 6 7 8 9\nf 1 6 2\n`;
    writeFileSync(source!, content);
    await importMesh(source!, database!);
    const { isEqual, mesh } = await verifyMesh(source!, database!);
    expect([isEqual, mesh.triangles, mesh.format]).toEqual([true, 6, 'obj']);
    writeFileSync(source!, content.replace('2 1 0', '2 -1 0'));
    const { parting } = await verifyMesh(source!, database!);
    expect(countsOf(parting!)).toEqual([0, 3, 3]);
    expect(parting!.extra.examples[0]!.place).toEqual({ line: 1 });
  });

  it('looks positions of an indexed source up in sequence, too', async () => {
    const large = [...makeTube(400, 100)];
    const scattered = large.map((_, k) => large[(k * 30_011) % large.length]!);
    const notes: string[] = [];
    const { isEqual } = await verify(
      { 'a.off': toOff(scattered, true), 'b.stl': toBinaryStl(large) },
      { positionsBytes: 100_000, onNote: (note) => notes.push(note) },
    );
    expect(isEqual).toBe(true);
    expect(notes).toContain('triangles are in no spatial order: positions are looked up in sequence');
  });

  it('looks positions up in sequence if triangles have no spatial order', async () => {
    const folder = freshFolder();
    const large = [...makeTube(400, 100)];
    // A step that has no factor with the count visits each triangle once.
    const scattered = large.map((_, k) => large[(k * 30_011) % large.length]!);
    const [source, database] = ['in.stl', 'mesh.db'].map((name) => join(folder, name));
    writeFileSync(source!, toBinaryStl(scattered));
    await importMesh(source!, database!);
    writeFileSync(source!, toBinaryStl([...large.slice(0, -2), ...large.slice(-1), tube[0]!]));
    const notes: string[] = [];
    const { mesh, parting } = await verifyMesh(database!, source!, {
      // For a few blocks.
      positionsBytes: 100_000,
      onNote: (note) => notes.push(note),
    });
    expect(notes).toContain('triangles are in no spatial order: positions are looked up in sequence');
    expect(mesh.triangles).toBe(large.length);
    expect(countsOf(parting!)).toEqual([0, 1, 1]);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('salvages the source on request', async () => {
    const cut = toBinaryStl(tube).subarray(0, 84 + 50 * 100 + 7);
    const files = { 'a.off': toOff(tube.slice(0, 100)), 'b.stl': cut };
    await expect(verify(files)).rejects.toThrow(/b\.stl: byte 5084: truncated/);
    const { isEqual, warnings } = await verify(files, { salvage: true });
    expect(isEqual).toBe(true);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.message).toMatch(/b\.stl: truncated: .*read 100 triangles and lost/);
  });

  it('refuses inputs that cannot be compared, and locates errors', async () => {
    const folder = freshFolder();
    const path = join(folder, 'a.stl');
    writeFileSync(path, toBinaryStl(tube));
    await expect(verifyMesh('-', '-')).rejects.toThrow(UsageError);
    await expect(verifyMesh(path, join(folder, '.', 'a.stl'))).rejects.toThrow(UsageError);
    const damaged = toExactRaw(tube).replace('\n', '\n1 2 three\n');
    const error = await verify({ 'a.raw': damaged, 'b.stl': toBinaryStl(tube) }).catch(
      (reason: unknown) => reason,
    );
    expect((error as FormatError).message).toMatch(/a\.raw: line 2: /);
    expect((error as FormatError).place).toEqual({ line: 2 });
  });

  it.each(['import', 'verify', 'examine'] as const)('can be aborted in %s without a trace', async (stage) => {
    const folder = freshFolder();
    const [mesh, source] = ['a.off', 'b.stl'].map((name) => join(folder, name));
    writeFileSync(mesh!, toOff(tube));
    writeFileSync(source!, toBinaryStl(tube.slice(1)));
    const controller = new AbortController();
    const reason = new Error('enough');
    const run = verifyMesh(mesh!, source!, {
      batchTriangles: 100,
      signal: controller.signal,
      onProgress: (event) => {
        if (event.stage === stage) controller.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
    expect(readdirSync(folder).sort()).toEqual(['a.off', 'b.stl']);
  });

  it('reports progress', async () => {
    const done: number[] = [];
    const totals = new Set<number | undefined>();
    await verify(
      { 'a.stl': toBinaryStl(tube), 'b.stl': toBinaryStl(shuffle(tube)) },
      {
        batchTriangles: 500,
        onProgress: (event) => {
          done.push(event.done);
          totals.add(event.total);
        },
      },
    );
    expect(done.at(-1)).toBe(2 * tubeTriangles);
    expect(done).toEqual([...done].sort((p, q) => p - q));
    expect([...totals]).toEqual([2 * tubeTriangles]);
  });

  it('confirms the output of convertMesh', async () => {
    const folder = freshFolder();
    const [source, off] = ['in.stl', 'out.off.zst'].map((name) => join(folder, name));
    writeFileSync(source!, toBinaryStl(shuffle(tube)));
    await convertMesh(source!, off!, { weldBytes: 8192 });
    expect(await verifyMesh(off!, source!)).toMatchObject({ isEqual: true, mesh: { format: 'off' } });
  });
});

describe('BucketSums', () => {
  it('keeps the first buckets in which sets differ', () => {
    const buckets = new BucketSums();
    const hash = new TriangleHash('float64');
    const take = (value: number) => {
      hash.take(Float64Array.of(value, 0, 0, 0, 1, 0, 0, 0, 1));
      return hash;
    };
    for (let k = 0; k < 1000; k++) buckets.add(take(k));
    for (let k = 999; k >= 100; k--) buckets.subtract(take(k));
    expect(buckets.countOpen()).toBe(100);
    expect(Array.from({ length: 100 }, (_, k) => buckets.isOpen(take(k)))).not.toContain(false);
    buckets.closeBehind(30);
    expect(buckets.countOpen()).toBe(30);
    expect(Array.from({ length: 100 }, (_, k) => buckets.isOpen(take(k))).filter((is) => is)).toHaveLength(
      30,
    );
  });
});

describe('NearestSearch', () => {
  it('finds the nearest triangle, in the best order of corners', () => {
    const search = new NearestSearch([[0, 0, 0, 1, 0, 0, 0, 1, 0]]);
    search.take(7, Float64Array.of(0, 5, 0, 1, 0, 0, 0, 1, 0));
    search.take(8, Float64Array.of(0, 1.25, 0, 1, 0, 0, 0, 0, 0));
    search.take(9, Float64Array.of(0, 0, 9, 1, 0, 9, 0, 1, 9));
    expect(search.results('float64')).toEqual([
      { triangle: 8, offBy: 0.25, isTurned: true, corners: [0, 0, 0, 1, 0, 0, 0, 1.25, 0] },
    ]);
  });

  it('compares corners if centroids are equal, however their sums are rounded', () => {
    const search = new NearestSearch([[0.1, 0, 0, -1, -1, -1, 0, 0.1, 0]]);
    search.take(0, Float64Array.of(0.1, 0, -1, -1, 0.1, 1, 0, -1, -1));
    search.take(1, Float64Array.of(0.1, 0, 0, 0, 0.1, 0, -1, -1, -1));
    search.take(2, Float64Array.of(0.1, 0, -1, -1, 0.1, 1, 0, -1, -1));
    expect(search.results('float64')).toMatchObject([{ triangle: 1, offBy: 0, isTurned: true }]);
  });

  it('finds nothing in an empty mesh', () => {
    expect(new NearestSearch([Array(9).fill(1)]).results('float64')).toEqual([undefined]);
  });

  it('measures how far a number is off that is too large for float32', () => {
    const search = new NearestSearch([[3.4e38, 0, 0, 1, 0, 0, 0, 1, 0]]);
    search.take(0, Float64Array.of(3.5e38, 0, 0, 1, 0, 0, 0, 1, 0));
    expect(search.results('float32')).toMatchObject([{ offBy: expect.closeTo(1e37, -36) }]);
  });
});

describe('findRounding', () => {
  const numbers = [
    Math.PI,
    100 * Math.E,
    -0.00123456789,
    12.5,
    1e-9,
    7,
    1 / 3,
    2 / 3,
    1000 / 7,
    1 / 7,
    1 / 17,
    3 / 7,
  ];

  it.each([
    [6, 'significant', (value: number) => Number(value.toPrecision(6))],
    [6, 'decimal', (value: number) => Number(value.toFixed(6))],
    [3, 'decimal', (value: number) => Number(value.toFixed(3))],
  ] as const)('tells %i %s digits', (digits, kind, round) => {
    const rounded = numbers.map(round);
    expect(findRounding(numbers, rounded, 'float64')).toEqual({ digits, kind });
    expect(findRounding(numbers, rounded.map(Math.fround), 'float32')).toEqual({ digits, kind });
    expect(findRounding(numbers, rounded.with(3, 12.6), 'float64')).toBeUndefined();
  });

  it('finds no rounding in numbers that are equal or hardly differ', () => {
    expect(findRounding(numbers, numbers, 'float64')).toBeUndefined();
    expect(findRounding([1.4, 0, 0], [1, 0, 0], 'float64')).toBeUndefined();
  });
});
