/** Covers: weld/weld-overflow, weld/weld-partitions, weld/welder-options. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeHashKey } from '../../src/collections/position-hash.js';
import type { RowSink } from '../../src/weld/sinks.js';
import { Welder } from '../../src/weld/welder.js';
import { usedBytes } from '../../src/weld/welder-options.js';
import { freshFolder } from '../support/files.js';
import { type Corners, makeTube, shuffle } from '../support/meshes.js';
import { runs } from '../support/runs.js';

/** Collects rows, and sees to it that triangles name vertices that have come before. */
class Rows implements RowSink {
  readonly positions: number[] = [];
  readonly corners: number[] = [];

  addVertices(positions: Float32Array | Float64Array, count: number): void {
    for (let k = 0; k < 3 * count; k++) this.positions.push(positions[k]!);
  }

  addTriangles(corners: Float64Array, count: number): void {
    let largest = 0;
    for (let k = 0; k < 3 * count; k++) {
      largest = Math.max(largest, corners[k]!);
      this.corners.push(corners[k]!);
    }
    expect(largest).toBeLessThan(this.positions.length / 3);
  }
}

interface Weld {
  readonly rows: Rows;
  readonly isExact: boolean;
}

function weld(
  triangles: readonly Corners[],
  {
    wide = false,
    budgetBytes = 2 ** 22,
    batch = 1000,
    expectedVertices,
  }: { wide?: boolean; budgetBytes?: number; batch?: number; expectedVertices?: number } = {},
): Weld {
  const folder = freshFolder();
  const rows = new Rows();
  const welder = new Welder(rows, {
    bytesPerValue: wide ? 8 : 4,
    budgetBytes,
    expectedVertices,
    spillPath: join(folder, 'spill'),
  });
  try {
    for (let first = 0; first < triangles.length; first += batch) {
      const part = triangles.slice(first, first + batch);
      const positions = wide ? Float64Array.from(part.flat()) : Float32Array.from(part.flat());
      welder.add({ kind: 'soup', count: part.length, positions, places: [] });
    }
    const shares = [...welder.finish()];
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    return { rows, isExact: welder.isExact };
  } finally {
    welder.close();
    expect(readdirSync(folder)).toEqual([]);
  }
}

/** Ids by a Map, in order of first appearance. */
function weldPlainly(triangles: readonly Corners[]): Rows {
  const rows = new Rows();
  const ids = new Map<string, number>();
  for (const corners of triangles) {
    for (let c = 0; c < 9; c += 3) {
      const position = corners.slice(c, c + 3).map((value) => value + 0);
      const key = position.join();
      if (!ids.has(key)) {
        ids.set(key, ids.size);
        rows.positions.push(...position);
      }
      rows.corners.push(ids.get(key)!);
    }
  }
  return rows;
}

const tube = [...makeTube(300, 20)];

describe('Welder', () => {
  it('numbers vertices by first appearance', () => {
    const { rows, isExact } = weld(tube);
    expect(isExact).toBe(true);
    expect(rows).toEqual(weldPlainly(tube));
  });

  it('treats -0 and 0 as equal, and stores 0', () => {
    for (const wide of [false, true]) {
      const { rows } = weld([[0, -0, 1, -0, 0, 1, 0, 0, -0]], { wide });
      expect(rows.corners).toEqual([0, 0, 1]);
      expect(rows.positions.every((value) => !Object.is(value, -0))).toBe(true);
    }
  });

  it('distinguishes float64 values that round to one float32', () => {
    const next = 0.1 + 2 ** -56;
    expect(next).not.toBe(0.1);
    expect(weld([[0.1, 0, 0, next, 0, 0, 0, 0, 0]], { wide: true }).rows.corners).toEqual([0, 1, 2]);
  });

  it.each([
    ['a scan', tube, 16_384],
    ['a scan in float64', tube, 16_384],
    ['random order', shuffle(tube), 16_384],
    ['random order and a tiny budget', shuffle(tube), 8192],
    ['the same triangle again and again', [...tube, ...tube, ...tube], 16_384],
  ])('gives the same rows if the budget overflows: %s', (name, triangles, budgetBytes) => {
    const wide = name.includes('float64');
    const { rows, isExact } = weld(triangles, { wide, budgetBytes });
    expect(isExact).toBe(false);
    expect(rows).toEqual(weldPlainly(triangles));
  });

  it('gives the same rows if its tables shrink in a scan and grow again in random order', () => {
    const scan = [...makeTube(700, 300)];
    const mixed = [...scan, ...shuffle(scan.slice(0, 200_000))];
    const { rows, isExact } = weld(mixed, { budgetBytes: 3 * 2 ** 20 });
    const expected = weldPlainly(mixed);
    expect(isExact).toBe(false);
    expect(Float64Array.from(rows.corners)).toEqual(Float64Array.from(expected.corners));
    expect(Float32Array.from(rows.positions)).toEqual(Float32Array.from(expected.positions));
  });

  it('finds repeats after triangles in random order, and in batches larger than a group', () => {
    const mixed = [...shuffle(tube), ...tube, ...tube, ...shuffle(tube)];
    const expected = weldPlainly(mixed);
    for (const batch of [50, 200, 20_000, mixed.length])
      expect(weld(mixed, { batch }).rows).toEqual(expected);
  });

  it('gives the same rows for any expected number of vertices', () => {
    for (const expectedVertices of [0, 1, 6000, 1e6, 1e12]) {
      expect(weld(tube, { expectedVertices }).rows).toEqual(weldPlainly(tube));
    }
  });

  it('gives the same rows for any mesh, budget and batch size', () => {
    const coordinate = fc.constantFrom(-2, -1, -0, 0, 0.5, 1, 2, 3, 4, 5);
    const triangle = fc.array(coordinate, { minLength: 9, maxLength: 9 });
    const meshes = fc.array(triangle, { minLength: 1, maxLength: 2500 });
    fc.assert(
      fc.property(meshes, fc.integer({ min: 1, max: 300 }), fc.boolean(), (triangles, batch, wide) => {
        expect(weld(triangles, { batch, wide, budgetBytes: 8192 }).rows).toEqual(weldPlainly(triangles));
      }),
      { numRuns: runs(15, 40), seed: 7 },
    );
  });
});

describe('the memory of the tables', () => {
  const budgetBytes = 2 ** 30;
  const used = (mostVertices?: number) =>
    usedBytes({ bytesPerValue: 8, budgetBytes, mostVertices, spillPath: 'spill' });

  it('is the budget if nothing is known or many vertices may come', () => {
    expect(used()).toBe(budgetBytes);
    expect(used(1e9)).toBe(budgetBytes);
  });

  it.each([0, 12_000, 1e6])('holds %i vertices in each table, without the rest of the budget', (vertices) => {
    expect(Welder.capacityOf(used(vertices), 8) / 2).toBeGreaterThanOrEqual(vertices);
    expect(used(vertices)).toBeLessThan(budgetBytes / 4);
  });
});

describe('a resumed welder', () => {
  it('has room for all vertices that fit before, however its tables held them', () => {
    const budgetBytes = 820_000;
    const options = { bytesPerValue: 4, budgetBytes, spillPath: join(freshFolder(), 'spill') } as const;
    const first = new Welder(new Rows(), options);
    const vertices: number[] = [];
    for (let next = 0; ; next += 900) {
      const corners = Float32Array.from({ length: 3 * 900 }, (_, k) => 3 * next + k);
      first.add({ kind: 'soup', count: 300, positions: corners, places: [] });
      if (!first.isExact) break;
      vertices.push(...corners);
    }
    first.close();
    const { length } = vertices;
    expect(length / 3).toBeGreaterThan(0.9 * Welder.capacityOf(budgetBytes, 4));
    const rows = new Rows();
    rows.addVertices(Float32Array.from(vertices), length / 3);
    const second = new Welder(rows, options, {
      vertices: length / 3,
      exact: null,
      files: {},
      hashKey: makeHashKey(),
    });
    second.remember(Float32Array.from(vertices), length / 3);
    expect(second.isExact).toBe(true);
    expect(second.vertices).toBe(length / 3);
    // The first and the last triangle are known.
    const known = Float32Array.from([...vertices.slice(0, 9), ...vertices.slice(-9)]);
    second.add({ kind: 'soup', count: 2, positions: known, places: [] });
    const last = length / 3 - 1;
    expect(rows.corners).toEqual([0, 1, 2, last - 2, last - 1, last]);
    expect(rows.positions.length).toBe(length);
    second.close();
  });
});
