/** Covers: topology/topology-count. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpillFiles } from '../../src/collections/spill-file.js';
import { StarSpool } from '../../src/topology/star-spool.js';
import { TopologyCount } from '../../src/topology/topology-count.js';
import { freshFolder } from '../support/files.js';
import { computeViews, type Ids } from '../support/topology.js';

/** Triangles as they are handed out, with ids and vertices counted from high numbers. */
function toBatch(triangles: readonly Ids[], firstTriangle: number, firstVertex: number) {
  return {
    count: triangles.length,
    ids: Float64Array.from(triangles, (_, k) => firstTriangle + k),
    corners: Float64Array.from(triangles.flat(), (id) => firstVertex + id),
  };
}

interface Layout {
  readonly bytes: number;
  readonly firstTriangle?: number;
  readonly firstVertex?: number;
}

/** All counts, by way of files in a folder. */
function countIn(folder: string, triangles: readonly Ids[], layout: Layout) {
  const { bytes, firstTriangle = 0, firstVertex = 0 } = layout;
  const files = new SpillFiles(join(folder, 'test'));
  try {
    const ranges = {
      vertices: firstVertex + Math.max(0, ...triangles.flat()) + 1,
      triangles: firstTriangle + triangles.length,
    };
    const spool = new StarSpool(ranges, new ArrayBuffer(bytes), files);
    spool.add(toBatch(triangles, firstTriangle, firstVertex));
    const pairs: string[] = [];
    const count = new TopologyCount({
      onPair: (...pair) =>
        pairs.push(pair.map((one) => (typeof one === 'number' ? one - firstTriangle : one)).join()),
    });
    let blocks = 0;
    const vertices: number[] = [];
    for (const { first, from, ends, corners, ...lists } of spool.stars()) {
      // What begins the lists anew is another part of the corners.
      if (from === 0 && ends.length > 0) blocks++;
      for (let k = 0; k < ends.length; k++)
        if (ends[k]! > (k === 0 ? from : ends[k - 1]!)) vertices.push(first + k);
      count.take({ first, from, ends, corners, ...lists });
    }
    const { edges, boundaryEdges, nonManifoldEdges, nonManifoldVertices, misorientedEdges, duplicates } =
      count;
    const figures = {
      edges,
      boundaryEdges,
      nonManifoldEdges,
      nonManifoldVertices,
      misorientedEdges,
      duplicates,
    };
    return { figures, pairs: pairs.sort(), degrees: [...count.degrees], blocks, vertices };
  } finally {
    files.remove();
  }
}

const id = fc.integer({ min: 0, max: 40 });
const meshes = fc.array(fc.tuple(id, id, id), { minLength: 1, maxLength: 60, size: 'max' });

describe('StarSpool', () => {
  it('agrees with a plain program, in little and in much memory', () => {
    const folder = freshFolder();
    let blocks = 0;
    fc.assert(
      fc.property(meshes, (triangles) => {
        const whole = countIn(folder, triangles, { bytes: 2 ** 20 });
        const small = countIn(folder, triangles, { bytes: 1600 });
        expect({ ...small, blocks: 0 }).toEqual({ ...whole, blocks: 0 });
        const views = computeViews(triangles);
        expect(whole.figures).toEqual({
          edges: views.edges!.length,
          boundaryEdges: views.boundary_edges!.length,
          nonManifoldEdges: views.non_manifold_edges!.length,
          nonManifoldVertices: views.non_manifold_vertices!.length,
          misorientedEdges: views.misoriented_edges!.length,
          duplicates: views.duplicate_triangles!.length,
        });
        blocks = Math.max(blocks, small.blocks);
      }),
    );
    expect(blocks).toBeGreaterThan(2);
  });

  it('divides a range whose corners do not fit in memory', () => {
    // All triangles at the first of many vertices, which are one range: the memory is shared out evenly beforehand.
    const triangles = Array.from({ length: 500 }, (_, k): Ids => [k % 20, 20 + (k % 7), 30 + (k % 3)]);
    const far: Ids = [0, 1, 20_000];
    const whole = countIn(freshFolder(), [...triangles, far], { bytes: 2 ** 24 });
    const parts = countIn(freshFolder(), [...triangles, far], { bytes: 2 ** 14 });
    expect(parts.figures).toEqual(whole.figures);
    expect(parts.blocks).toBeGreaterThan(whole.blocks);
  });

  it('counts large stars like small ones', () => {
    const fan = Array.from({ length: 3000 }, (_, k): Ids => [0, 1 + k, 1 + ((k + 1) % 3000)]);
    const { figures } = countIn(freshFolder(), fan, { bytes: 2 ** 20 });
    expect(figures).toMatchObject({
      edges: 6000,
      boundaryEdges: 3000,
      nonManifoldVertices: 0,
      misorientedEdges: 0,
    });
    const book = Array.from({ length: 3000 }, (_, k): Ids => [0, 1, 2 + (k % 1000)]);
    expect(countIn(freshFolder(), book, { bytes: 2 ** 20 }).figures).toMatchObject({
      edges: 2001,
      nonManifoldEdges: 2001,
      duplicates: 2000,
    });
  });

  it('refuses a star that does not fit', () => {
    const fan = Array.from({ length: 3000 }, (_, k): Ids => [7, 8 + k, 9 + k]);
    expect(() => countIn(freshFolder(), fan, { bytes: 2 ** 16 })).toThrow(
      /^3,000 triangles meet at vertex 7; expected at most 1,194 with this much memory$/,
    );
  });

  it('counts with ids beyond 2^32', () => {
    const triangles: Ids[] = [
      [0, 1, 2],
      [1, 0, 3],
      [1, 0, 4],
      [5, 4, 0],
      [2, 1, 0],
    ];
    const near = countIn(freshFolder(), triangles, { bytes: 2 ** 20 });
    expect(near.vertices).toEqual([0, 1, 2, 3, 4, 5]);
    const high = { firstVertex: 2 ** 32 - 3, firstTriangle: 1.5e9 };
    const far = countIn(freshFolder(), triangles, { bytes: 2 ** 28, ...high });
    expect({ ...far, vertices: 0, blocks: 0 }).toEqual({ ...near, vertices: 0, blocks: 0 });
    expect(far.vertices).toEqual(near.vertices.map((vertex) => high.firstVertex + vertex));
  });
});
