/**
 * Tiles as a viewer reads them, against the rows of the mesh. Covers: tiles/build-tiles, tiles/tile-tree, tiles/tile-mesh,
 * tiles/tile-store, tiles/lattice, tiles/morton, tiles/record-window.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../src/collections/id-set.js';
import { placeOf } from '../../src/tiles/lattice.js';
import { countByVertex, countMembers } from '../../src/tiles/tile-reader.js';
import { makeTube, shuffle, toBinaryStl } from '../support/meshes.js';
import { type BuiltTiles, tilesOf } from '../support/tiles.js';

/** The corners of all triangles by id, from SQL. */
function readTriangles({ db }: BuiltTiles): number[][] {
  const sql = 'SELECT ax, ay, az, bx, by, bz, cx, cy, cz FROM triangle_corners ORDER BY id';
  return [...db.select<Record<string, number>>(sql)].map((row) => Object.values(row));
}

/** Runs the generator of slots to its end. */
function slotsOf({ tiles }: BuiltTiles, members: Iterable<number>, range: number): IdSet {
  const set = IdSet.create(range);
  for (const id of members) set.add(id);
  set.seal();
  const steps = tiles.slotsOf(set);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Holds tiles against the mesh: everything that must be true of any mesh. */
function checkTiles(built: BuiltTiles, leafTriangles: number = SMALL.leafTriangles): void {
  const { tiles, result } = built;
  const triangles = readTriangles(built);
  const { step } = tiles.frame;
  const nodes = [...tiles.listNodes()];
  expect(nodes.map(({ id }) => id)).toEqual([...nodes.keys()]);
  expect(tiles).toMatchObject({ slots: triangles.length, nodes: nodes.length, leaves: result.leaves });
  const inner = new Set(nodes.map(({ parent }) => parent));
  const seen = new Set<number>();
  for (const node of nodes) {
    const mesh = tiles.mesh(node);
    expect(mesh.isLeaf).toBe(!inner.has(node.id));
    expect([mesh.indices.length / 3, mesh.owned.length]).toEqual([node.triangles, node.vertices]);
    const parent = nodes[node.parent ?? -1];
    expect(node.depth).toBe(parent === undefined ? 0 : parent.depth + 1);
    if (parent !== undefined) {
      expect(node.first).toBeGreaterThanOrEqual(parent.first);
      expect(node.first + node.count).toBeLessThanOrEqual(parent.first + parent.count);
      expect(node.error).toBeLessThanOrEqual(parent.error);
      for (let axis = 0; axis < 3; axis++) {
        expect(node.bounds.min[axis]!).toBeGreaterThanOrEqual(parent.bounds.min[axis]!);
        expect(node.bounds.max[axis]!).toBeLessThanOrEqual(parent.bounds.max[axis]!);
      }
    } else expect([node.id, node.first, node.count]).toEqual([0, 0, triangles.length]);
    // A node has children if and only if it has more triangles than a leaf may have.
    expect(node.count > leafTriangles).toBe(!mesh.isLeaf);
    const children = nodes.filter((other) => other.parent === node.id);
    if (!mesh.isLeaf) expect(children.reduce((sum, { count }) => sum + count, 0)).toBe(node.count);
    const ids = tiles.ids(node);
    expect(ids === undefined).toBe(!mesh.isLeaf);
    if (ids === undefined) continue;
    for (let k = 0; k < node.count; k++) {
      const id: number = ids[k]!;
      expect(seen.has(id)).toBe(false);
      seen.add(id);
      const corners: readonly number[] = triangles[id]!;
      for (let corner = 0; corner < 3; corner++) {
        const vertex = mesh.indices[3 * k + corner]!;
        for (let axis = 0; axis < 3; axis++) {
          const steps = mesh.origin[axis]! + mesh.scale * mesh.positions[3 * vertex + axis]!;
          const value: number = corners[3 * corner + axis]!;
          const drawn = placeOf(tiles.frame, axis, steps);
          const tolerance = 0.5 * step + 1e-15 * (Math.abs(value) + Math.abs(tiles.frame.origin[axis]!));
          if (!(Math.abs(drawn - value) <= tolerance)) expect.fail(`triangle ${id}: ${drawn} for ${value}`);
          if (!(value >= node.bounds.min[axis]! && value <= node.bounds.max[axis]!))
            expect.fail(`triangle ${id} is outside its node`);
        }
      }
    }
  }
  expect(seen.size).toBe(triangles.length);
}

/** For every node and vertex: members are counted if and only if they are below. */
function checkMembers(built: BuiltTiles, members: ReadonlySet<number>): void {
  const { tiles } = built;
  const range = tiles.slots;
  const slots = slotsOf(built, members, range);
  expect(slots.size).toBe(members.size);
  const nodes = [...tiles.listNodes()];
  const idOfSlot: number[] = [];
  for (const node of nodes) for (const id of tiles.ids(node) ?? []) idOfSlot.push(id);
  for (const node of nodes) {
    const isMember = (slot: number) => members.has(idOfSlot[slot]!);
    let expected = 0;
    for (let slot = node.first; slot < node.first + node.count; slot++) if (isMember(slot)) expected++;
    expect(countMembers(slots, node.first, node.count)).toBe(expected);
    const mesh = tiles.mesh(node);
    const counts = countByVertex(slots, node.first, mesh);
    let slot = node.first;
    for (let vertex = 0; vertex < counts.length; vertex++) {
      let some = 0;
      for (const end = slot + mesh.slots[vertex]!; slot < end; slot++) if (isMember(slot)) some++;
      if (counts[vertex] !== some)
        expect.fail(`node ${node.id}, vertex ${vertex}: ${counts[vertex]}, not ${some}`);
    }
    expect(counts.reduce((sum, some) => sum + some, 0)).toBe(expected);
  }
}

/**
 * Holds the meshes above the leaves against their definition, computed from the triangles: a vertex for each cell, at the
 * mean of all vertices in it, and each triangle that reaches three cells.
 */
function checkCoarse(built: BuiltTiles): { readonly largestShift: number; readonly mostTriangles: number } {
  const { tiles } = built;
  const { origin, step } = tiles.frame;
  const triangles = readTriangles(built);
  const points = triangles.map((corners) =>
    corners.map((value, k) => Math.round((value / 4 - origin[k % 3]! / 4) / (step / 4))),
  );
  const nodes = [...tiles.listNodes()];
  const order = nodes.flatMap((node) => [...(tiles.ids(node) ?? [])]);
  // Vertices are told apart by their positions: several may have the same lattice point.
  const used = new Map(
    points.flatMap((nine, id) =>
      [0, 3, 6].map((at) => [String(triangles[id]!.slice(at, at + 3)), nine.slice(at, at + 3)] as const),
    ),
  );
  const cellOf = (point: readonly number[], shift: number) => String(point.map((value) => value >> shift));
  const meansBy = new Map<number, Map<string, string>>();
  const meansOf = (shift: number) => {
    const sums = new Map<string, number[]>();
    for (const point of used.values()) {
      const sum = sums.get(cellOf(point, shift)) ?? [0, 0, 0, 0];
      sums.set(cellOf(point, shift), [...point.map((value, axis) => sum[axis]! + value), sum[3]! + 1]);
    }
    const rounding = Math.max(0, shift - 4);
    const round = (value: number) => (value >> rounding) << rounding;
    return new Map(
      [...sums].map(([cell, [x, y, z, n]]) => [
        cell,
        String([x! / n!, y! / n!, z! / n!].map((mean) => round(Math.floor(mean)))),
      ]),
    );
  };
  let largestShift = 0;
  let mostTriangles = 0;
  for (const node of nodes) {
    const mesh = tiles.mesh(node);
    if (mesh.isLeaf) continue;
    largestShift = Math.max(largestShift, mesh.shift);
    mostTriangles = Math.max(mostTriangles, node.triangles);
    if (!meansBy.has(mesh.shift)) meansBy.set(mesh.shift, meansOf(mesh.shift));
    const means = meansBy.get(mesh.shift)!;
    const expectedSlots = new Map<string, number>();
    const expected = new Set<string>();
    for (const id of order.slice(node.first, node.first + node.count)) {
      const cells = [0, 3, 6].map((at) => means.get(cellOf(points[id]!.slice(at, at + 3), mesh.shift))!);
      for (const [k, cell] of cells.entries())
        expectedSlots.set(cell, (expectedSlots.get(cell) ?? 0) + (k === 0 ? 1 : 0));
      if (new Set(cells).size === 3) expected.add(cells.join(' '));
    }
    const places = Array.from(mesh.slots, (_, vertex) =>
      String([0, 1, 2].map((axis) => mesh.origin[axis]! + mesh.scale * mesh.positions[3 * vertex + axis]!)),
    );
    // Cells that a child's larger cells have hidden may have no vertex of their own.
    expect(new Map(places.map((place, vertex) => [place, mesh.slots[vertex]]))).toEqual(expectedSlots);
    const found: string[] = [];
    for (let at = 0; at < mesh.indices.length; at += 3)
      found.push([0, 1, 2].map((k) => places[mesh.indices[at + k]!]).join(' '));
    expect(new Set(found)).toEqual(expected);
    expect(found.length).toBe(expected.size);
  }
  return { largestShift, mostTriangles };
}

/** Deterministic numbers from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** An OFF file. */
const off = (vertices: readonly (readonly number[])[], triangles: readonly (readonly number[])[]) =>
  [
    `OFF\n${vertices.length} ${triangles.length} 0`,
    ...vertices.map((xyz) => xyz.join(' ')),
    ...triangles.map((abc) => `3 ${abc.join(' ')}`),
  ].join('\n');

/** Leaves and meshes so small that a few thousand triangles have a tree of many levels. */
const SMALL = { leafTriangles: 20, nodeTriangles: 4000 } as const;
const tube = [...makeTube(40, 30)];
const TRIANGLES = tube.length;

describe('tiles', () => {
  it('have each triangle in one leaf, at its place, in any order of the source', async () => {
    for (const mesh of [tube, shuffle(tube)]) {
      const built = await tilesOf(toBinaryStl(mesh), 'stl', SMALL);
      checkTiles(built);
      checkCoarse(built);
      expect(built.tiles.leaves).toBeGreaterThan(100);
      expect(Math.max(...Array.from(built.tiles.listNodes(), ({ depth }) => depth))).toBeGreaterThan(3);
    }
  });

  it('count members of any set below every node and vertex', async () => {
    const built = await tilesOf(toBinaryStl(shuffle(tube)), 'stl', SMALL);
    checkMembers(built, new Set());
    checkMembers(built, new Set(Array.from({ length: TRIANGLES }, (_, id) => id)));
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(TRIANGLES - 1), { maxLength: 40 }), (ids) => {
        checkMembers(built, new Set(ids));
      }),
      { numRuns: 10 },
    );
    for (const id of [0, 1, TRIANGLES - 1]) checkMembers(built, new Set([id]));
  });

  it('hold for random meshes', async () => {
    const coordinate = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.float({ noNaN: true, min: -1000, max: 1000 }),
    );
    const point = fc.tuple(coordinate, coordinate, coordinate);
    const mesh = fc.array(point, { minLength: 3, maxLength: 40 }).chain((vertices) => {
      const index = fc.nat(vertices.length - 1);
      const triangles = fc.array(fc.tuple(index, index, index), { minLength: 1, maxLength: 120 });
      return fc.record({ vertices: fc.constant(vertices), triangles });
    });
    await fc.assert(
      fc.asyncProperty(mesh, async ({ vertices, triangles }) => {
        const built = await tilesOf(off(vertices, triangles), 'off', { leafTriangles: 3, nodeTriangles: 20 });
        checkTiles(built, 3);
        checkCoarse(built);
        checkMembers(built, new Set([0]));
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('have larger cells where triangles without order would be too many', async () => {
    const next = numbers(3);
    const soup = Array.from({ length: 1000 }, () => Array.from({ length: 9 }, next));
    for (const [leafTriangles, nodeTriangles, least] of [
      [50, 500, 100],
      [10, 60, 10],
    ] as const) {
      const built = await tilesOf(toBinaryStl(soup), 'stl', { leafTriangles, nodeTriangles });
      checkTiles(built, leafTriangles);
      const { largestShift, mostTriangles } = checkCoarse(built);
      expect(largestShift).toBeGreaterThan(14);
      expect(mostTriangles).toBeGreaterThan(least);
      // The largest cells are eight, which have up to 336 triangles.
      expect(mostTriangles).toBeLessThanOrEqual(Math.max(336, nodeTriangles));
    }
    // A parent has no smaller cells than its child, even if the rest of it would allow them.
    const far = [3, 3, 3, 2.9, 3, 3, 3, 2.9, 3];
    const limits = { leafTriangles: 50, nodeTriangles: 500 };
    const built = await tilesOf(toBinaryStl([...soup, far]), 'stl', limits);
    checkTiles(built, limits.leafTriangles);
    checkCoarse(built);
    const shifts = Array.from(built.tiles.listNodes(), (node) => built.tiles.mesh(node).shift);
    expect(shifts[0]).toBe(Math.max(...shifts.slice(1)));
  });

  it('keep a part smaller than a cell as a vertex without triangles', async () => {
    const speck = [400, 400, 400, 400.001, 400, 400, 400, 400.001, 400];
    const built = await tilesOf(toBinaryStl([...tube, speck]), 'stl', SMALL);
    checkTiles(built);
    const root = built.tiles.node(0)!;
    const mesh = built.tiles.mesh(root);
    const counts = countByVertex(slotsOf(built, [TRIANGLES], TRIANGLES + 1), root.first, mesh);
    const vertex = counts.indexOf(1);
    expect(mesh.slots[vertex]).toBe(1);
    expect(mesh.owned[vertex]).toBe(0);
    expect(mesh.indices.includes(vertex)).toBe(false);
  });

  const corner = [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
  ];
  const random = numbers(5);
  const many = Array.from({ length: 600 }, () => [random(), random(), random()]);
  const pick = () => Math.floor(random() * many.length);
  const plane = many.map(([x, y]) => [x!, y!, 7]);

  it.each<[string, string]>([
    ['one triangle', off(corner, [[0, 1, 2]])],
    ['a degenerate triangle', off(corner, [[1, 1, 1]])],
    [
      'triangles of two corners',
      off(corner, [
        [0, 1, 1],
        [2, 0, 2],
        [0, 1, 2],
      ]),
    ],
    [
      'duplicates',
      off(corner, [
        [0, 1, 2],
        [1, 2, 0],
        [0, 2, 1],
        [0, 1, 2],
      ]),
    ],
    ['unused vertices far away', off([...corner, [1e30, -1e30, 5]], [[0, 1, 2]])],
    [
      'the largest numbers',
      off(
        [
          [-1.7e308, 0, 1.7e308],
          [1.7e308, 1, 0],
          [0, -1.7e308, 1],
        ],
        [[0, 1, 2]],
      ),
    ],
    [
      'the smallest numbers',
      off(
        [
          [0, 0, 0],
          [5e-324, 0, 0],
          [0, 1e-323, 0],
        ],
        [[0, 1, 2]],
      ),
    ],
    [
      'a small mesh far from the origin',
      off(
        corner.map((xyz) => xyz.map((x) => 1e9 + x)),
        [[0, 1, 2]],
      ),
    ],
    [
      'a line',
      off(
        [
          [0, 0, 0],
          [0, 0, 1],
          [0, 0, 2],
        ],
        [[0, 1, 2]],
      ),
    ],
    [
      'a plane',
      off(
        plane,
        plane.map(() => [pick(), pick(), pick()]),
      ),
    ],
    [
      'a plane of many triangles',
      off(
        plane,
        Array.from({ length: 2000 }, () => [pick(), pick(), pick()]),
      ),
    ],
    [
      'many triangles at one corner',
      off(
        many,
        Array.from({ length: 3000 }, () => [0, pick(), pick()]),
      ),
    ],
    [
      'many triangles in one point',
      off(
        [[3, 3, 3], ...corner],
        Array.from({ length: 300 }, (_, k) => (k === 7 ? [1, 2, 3] : [0, 0, 0])),
      ),
    ],
  ])('are right for %s', async (_, text) => {
    const built = await tilesOf(text, 'off', SMALL);
    checkTiles(built);
    checkCoarse(built);
    checkMembers(built, new Set([0]));
  });

  it('are none for a mesh without triangles', async () => {
    const { tiles, result } = await tilesOf(off([], []), 'off');
    expect(result).toEqual({ triangles: 0, nodes: 0, leaves: 0, bytes: 0 });
    expect([...tiles.listNodes()]).toEqual([]);
    expect(tiles.node(0)).toBeUndefined();
  });
});
