/**
 * Covers: pipeline/scan/open-stars, pipeline/shells/check-sets, pipeline/shells/judge-shells,
 * pipeline/shells/mesh-check, pipeline/shells/shell-memory, pipeline/threads/deal-thread,
 * pipeline/threads/measure-thread, pipeline/threads/roles/deal-role, topology/shell-list, topology/shell-scan,
 * topology/star-dealer.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMesh, importMesh, type MeshCheck, type Progress } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube, shuffle, toBinaryStl } from '../support/meshes.js';
import { runs } from '../support/runs.js';
import { BOX_TRIANGLES, boxCorners, makeOctahedron, type Point, turnShell } from '../support/shells.js';
import { computeSets, computeViews, type Ids } from '../support/topology.js';

interface Mesh {
  readonly points: readonly Point[];
  readonly triangles: readonly Ids[];
}

async function store({ points, triangles }: Mesh, folder = freshFolder()): Promise<string> {
  const lines = [...points.map((p) => p.join(' ')), ...triangles.map((ids) => `3 ${ids.join(' ')}`)];
  const input = join(folder, 'in.off');
  writeFileSync(input, `OFF\n${points.length} ${triangles.length} 0\n${lines.join('\n')}\n`);
  const database = join(folder, 'mesh.db');
  await importMesh(input, database, { force: true });
  return database;
}

const checkOf = async (mesh: Mesh): Promise<MeshCheck> => checkMesh(await store(mesh));

/** A box of twelve triangles that face outwards. */
function makeBox(low: Point, high: Point): Mesh {
  return { points: boxCorners(low, high), triangles: BOX_TRIANGLES };
}

/** Several meshes as one; what stands at the same place will be welded. */
function unite(...meshes: readonly Mesh[]): Mesh {
  const points: Point[] = [];
  const triangles: Ids[] = [];
  for (const mesh of meshes) {
    const base = points.length;
    points.push(...mesh.points);
    triangles.push(...mesh.triangles.map(([a, b, c]): Ids => [a + base, b + base, c + base]));
  }
  return { points, triangles };
}

const SPIKE: Mesh = {
  points: [
    [5, 5, 5],
    [6, 6, 6],
  ],
  triangles: [[0, 1, 0]],
};

const turnRound = ({ points, triangles }: Mesh): Mesh => ({
  points,
  triangles: triangles.map(([a, b, c]) => [a, c, b]),
});

/**
 * A grid of `n` x `m` quads, two triangles each, over a surface with parameters from 0 to 1. Its last column, or row, is
 * the first one again where it is closed that way, upside down where it is twisted.
 */
function makeSheet(
  n: number,
  m: number,
  at: (u: number, v: number) => Point,
  closing: { readonly u?: 'straight' | 'twisted'; readonly v?: 'straight' } = {},
): Mesh {
  const columns = closing.u === undefined ? n + 1 : n;
  const rows = closing.v === undefined ? m + 1 : m;
  const id = (i: number, j: number): number => {
    const wrapped = i === n && closing.u !== undefined;
    const row = wrapped && closing.u === 'twisted' ? (closing.v === undefined ? m - j : (2 * m - j) % m) : j;
    return (wrapped ? 0 : i) * rows + (closing.v === undefined ? row : row % m);
  };
  const points = Array.from({ length: columns * rows }, (_, k) =>
    at(Math.floor(k / rows) / n, (k % rows) / m),
  );
  const triangles: Ids[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      triangles.push([id(i, j), id(i + 1, j), id(i + 1, j + 1)], [id(i, j), id(i + 1, j + 1), id(i, j + 1)]);
    }
  }
  return { points, triangles };
}

const TURN = 2 * Math.PI;
const torus = makeSheet(
  24,
  12,
  (u, v) => {
    const radius = 3 + Math.cos(TURN * v);
    return [radius * Math.cos(TURN * u), radius * Math.sin(TURN * u), Math.sin(TURN * v)];
  },
  { u: 'straight', v: 'straight' },
);
const moebius = makeSheet(
  15,
  2,
  (u, v) => {
    const across = v - 0.5;
    const radius = 2 + across * Math.cos((TURN * u) / 2);
    return [radius * Math.cos(TURN * u), radius * Math.sin(TURN * u), across * Math.sin((TURN * u) / 2)];
  },
  { u: 'twisted' },
);
// The bottle made of a figure of eight that makes half a turn on its way round.
const klein = makeSheet(
  17,
  9,
  (u, v) => {
    const [half, s, t] = [(TURN * u) / 2, Math.sin(TURN * v), Math.sin(2 * TURN * v)];
    const radius = 4 + Math.cos(half) * s - Math.sin(half) * t;
    return [
      radius * Math.cos(TURN * u),
      radius * Math.sin(TURN * u),
      Math.sin(half) * s + Math.cos(half) * t,
    ];
  },
  { u: 'twisted', v: 'straight' },
);
const cube = makeBox([0, 0, 0], [1, 1, 1]);

const SOLID = {
  boundaryEdges: 0,
  boundaryLoops: 0,
  nonManifoldEdges: 0,
  nonManifoldVertices: 0,
  misorientedEdges: 0,
  isOrientable: true,
  isClosed: true,
  isManifold: true,
  isOriented: true,
};

describe('checkMesh of known shapes', () => {
  it('a cube is a solid', async () => {
    expect(await checkOf(cube)).toMatchObject({
      ...SOLID,
      triangles: 12,
      vertices: 8,
      edges: 18,
      area: 6,
      volume: 1,
      bounds: { min: [0, 0, 0], max: [1, 1, 1] },
      components: 1,
      shells: 1,
      eulerCharacteristic: 2,
      genus: 0,
      isPrintable: true,
    });
  });

  it('the volume of a cube is exact far from the origin', async () => {
    const far = makeBox([4e6, 6e6, 0], [4e6 + 0.5, 6e6 + 0.5, 0.5]);
    expect(await checkOf(far)).toMatchObject({ area: 1.5, volume: 0.125, isPrintable: true });
  });

  it('a flipped cube is closed, but faces inward', async () => {
    expect(await checkOf(turnRound(cube))).toMatchObject({ ...SOLID, volume: -1, isPrintable: false });
  });

  it('a torus has a handle', async () => {
    const found = await checkOf(torus);
    expect(found).toMatchObject({
      ...SOLID,
      vertices: 288,
      edges: 864,
      triangles: 576,
      eulerCharacteristic: 0,
      genus: 1,
    });
    // That of the smooth one, less what the chords cut off.
    expect(found.volume / (2 * Math.PI ** 2 * 3)).toBeCloseTo(0.945, 2);
    expect(found.degrees[6]).toBe(288);
  });

  it('two separate tori have two handles', async () => {
    const other = { ...torus, points: torus.points.map(([x, y, z]): Point => [x, y, z + 9]) };
    const found = await checkOf(unite(torus, other));
    expect(found).toMatchObject({ ...SOLID, components: 2, shells: 2, eulerCharacteristic: 0, genus: 2 });
  });

  it('a flipped cube within a cube is a cavity', async () => {
    const hollow = unite(makeBox([0, 0, 0], [4, 4, 4]), turnRound(makeBox([1, 1, 1], [2, 2, 2])));
    expect(await checkOf(hollow)).toMatchObject({ ...SOLID, volume: 63, components: 2, isPrintable: true });
  });

  it('two bodies inside out beside a correct one are not printable', async () => {
    const wrong = [10, 20].map((x) => turnRound(makeBox([x, 0, 0], [x + 1, 1, 1])));
    const found = await checkOf(unite(makeBox([0, 0, 0], [3, 3, 3]), ...wrong));
    expect(found).toMatchObject({ ...SOLID, volume: 25, closedShells: 3, isPrintable: false });
    expect(found.shellVerdicts).toMatchObject({ outward: 1, cavity: 0, insideOut: 2, nestedWrongly: 0 });
    expect(found.shellList.map(({ verdict, first, last, volume }) => [verdict, first, last, volume])).toEqual(
      [
        ['insideOut', 12, 23, -1],
        ['insideOut', 24, 35, -1],
        ['outward', 0, 11, 27],
      ],
    );
  });

  it('a cube in a cavity of a cube is correct, and a cube in a cube is not', async () => {
    const outer = makeBox([0, 0, 0], [9, 9, 9]);
    const cavity = turnRound(makeBox([1, 1, 1], [8, 8, 8]));
    const inner = makeBox([2, 2, 2], [7, 7, 7]);
    const right = await checkOf(unite(inner, outer, cavity));
    expect(right).toMatchObject({ ...SOLID, volume: 729 - 343 + 125, isPrintable: true });
    expect(right.shellList.map(({ verdict, depth, within }) => [verdict, depth, within])).toEqual([
      ['outward', 2, 24],
      ['outward', 0, undefined],
      ['cavity', 1, 12],
    ]);
    const nested = await checkOf(unite(outer, inner));
    expect(nested).toMatchObject({ ...SOLID, isPrintable: false });
    expect(nested.shellVerdicts).toMatchObject({ outward: 1, nestedWrongly: 1 });
  });

  it('a shell with a hole is not judged, whatever is inside', async () => {
    const open = makeBox([0, 0, 0], [9, 9, 9]);
    const found = await checkOf(
      unite({ ...open, triangles: open.triangles.slice(1) }, turnRound(makeBox([1, 1, 1], [2, 2, 2]))),
    );
    expect(found).toMatchObject({ shells: 2, closedShells: 1, isPrintable: false });
    expect(found.shellVerdicts).toMatchObject({ insideOut: 1, cavity: 0 });
  });

  it('a Moebius strip has one boundary loop and one side', async () => {
    const found = await checkOf(moebius);
    expect(found).toMatchObject({
      vertices: 45,
      boundaryEdges: 30,
      boundaryLoops: 1,
      nonManifoldEdges: 0,
      nonManifoldVertices: 0,
      isOrientable: false,
      isClosed: false,
      isManifold: true,
      isOriented: false,
      eulerCharacteristic: 0,
      genus: undefined,
      components: 1,
    });
    // The twist stands across one column: two quads, each with an edge to the next one.
    expect(found.misorientedEdges).toBe(2);
  });

  it('a Klein bottle is closed, and has one side', async () => {
    expect(await checkOf(klein)).toMatchObject({
      ...SOLID,
      vertices: 153,
      triangles: 306,
      misorientedEdges: 9,
      isOrientable: false,
      isOriented: false,
      eulerCharacteristic: 0,
      genus: undefined,
      isPrintable: false,
    });
  });

  it('two cubes that share an edge are one shell with an edge of four triangles', async () => {
    const found = await checkOf(unite(cube, makeBox([1, 1, 0], [2, 2, 1])));
    expect(found).toMatchObject({
      vertices: 14,
      edges: 35,
      nonManifoldEdges: 1,
      nonManifoldVertices: 0,
      boundaryEdges: 0,
      components: 1,
      shells: 1,
      isClosed: true,
      isManifold: false,
      genus: undefined,
    });
  });

  it('two cubes that share a corner are two shells', async () => {
    expect(await checkOf(unite(cube, makeBox([1, 1, 1], [2, 2, 2])))).toMatchObject({
      ...SOLID,
      volume: 2,
      nonManifoldVertices: 1,
      isManifold: false,
      components: 1,
      shells: 2,
      isPrintable: false,
    });
  });

  it('a ring has two boundary loops, and its volume is measured from the origin', async () => {
    const ring = makeSheet(12, 3, (u, v) => [(1 + v) * Math.cos(TURN * u), (1 + v) * Math.sin(TURN * u), 5], {
      u: 'straight',
    });
    const found = await checkOf(ring);
    expect(found).toMatchObject({ boundaryEdges: 24, boundaryLoops: 2, eulerCharacteristic: 0, genus: 0 });
    expect(Math.abs(found.volume)).toBeCloseTo((5 * found.area) / 3, 9);
  });

  it('holes that share a corner have one boundary loop, along the triangles', async () => {
    const sheet = makeSheet(4, 4, (u, v) => [u, v, 0]);
    const without = (i: number, j: number) => 2 * (4 * i + j);
    const holes = [without(1, 1), without(1, 1) + 1, without(2, 2), without(2, 2) + 1];
    const found = await checkOf({
      ...sheet,
      triangles: sheet.triangles.filter((_, k) => !holes.includes(k)),
    });
    expect(found).toMatchObject({ boundaryLoops: 2, nonManifoldVertices: 1, boundaryEdges: 24 });
  });

  it('one flipped triangle of a cube can be flipped back', async () => {
    const [first, ...rest] = cube.triangles;
    const found = await checkOf({ ...cube, triangles: [[first![0], first![2], first![1]], ...rest] });
    expect(found).toMatchObject({ ...SOLID, misorientedEdges: 3, isOriented: false, genus: 0 });
  });

  it('degenerate and duplicate triangles and unreferenced vertices are counted', async () => {
    const points: Point[] = [...cube.points, [9, 9, 9]];
    const [first] = cube.triangles as [Ids];
    const triangles: Ids[] = [...cube.triangles, [0, 0, 1], [1, 0, 1], [first[1], first[0], first[2]]];
    expect(await checkOf({ points, triangles })).toMatchObject({
      triangles: 15,
      degenerate: 2,
      duplicate: 1,
      unreferenced: 1,
      nonManifoldEdges: 3,
      components: 1,
    });
    expect(await checkOf({ points, triangles: triangles.slice(0, 14) })).toMatchObject({
      ...SOLID,
      volume: 1,
    });
  });

  it('an empty mesh is no solid', async () => {
    const none = await checkOf({ points: [], triangles: [] });
    expect(none).toMatchObject({
      triangles: 0,
      bounds: undefined,
      isClosed: false,
      isPrintable: false,
      area: 0,
    });
    const flat = await checkOf({ points: [[1, 2, 3]], triangles: [[0, 0, 0]] });
    expect(flat).toMatchObject({ triangles: 1, degenerate: 1, components: 1, shells: 0, isClosed: false });
  });
});

/** What depends on neither the order of triangles nor that of additions. */
function withoutSums({ shellList, ...check }: MeshCheck) {
  const shells = shellList.map(({ verdict, triangles, depth, bounds }) => ({
    verdict,
    triangles,
    depth,
    bounds,
  }));
  const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
  return { ...check, area: 0, volume: 0, shells: shells.sort(byText) };
}

describe('checkMesh', () => {
  it('agrees with a plain program and the views', async () => {
    const folder = freshFolder();
    const id = fc.integer({ min: 0, max: 6 });
    const soups = fc.array(fc.tuple(id, id, id), { minLength: 1, maxLength: 30, size: 'max' });
    // Some triangles of a Moebius strip of five vertices, each as it comes.
    const strip = Array.from({ length: 5 }, (_, k): Ids => [k, (k + 1) % 5, (k + 2) % 5]);
    const strips = fc
      .tuple(fc.subarray(strip, { minLength: 4 }), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }))
      .map(([some, turns]) => some.map(([a, b, c], k): Ids => (turns[k] ? [a, c, b] : [a, b, c])));
    const meshes = fc.oneof({ weight: 2, arbitrary: soups }, { weight: 1, arbitrary: strips });
    const points = Array.from({ length: 7 }, (_, k): Point => [k, k * k, 0]);
    const seen = { boundaryLoops: 0, nonManifoldVertices: 0, shells: 0, misorientedEdges: 0, twisted: 0 };
    await fc.assert(
      fc.asyncProperty(meshes, async (triangles) => {
        const database = await store({ points, triangles }, folder);
        const found = await checkMesh(database);
        const views = computeViews(triangles);
        const rows = (view: string) => views[view]!.length;
        expect(found).toMatchObject({
          edges: rows('edges'),
          boundaryEdges: rows('boundary_edges'),
          nonManifoldEdges: rows('non_manifold_edges'),
          nonManifoldVertices: rows('non_manifold_vertices'),
          misorientedEdges: rows('misoriented_edges'),
          degenerate: rows('degenerate_triangles'),
          duplicate: rows('duplicate_triangles'),
          ...computeSets(triangles),
        });
        const db = new Database(database, { readonly: true });
        const area = db.prepare('SELECT total(area) FROM triangle_measures').pluck().get() as number;
        expect(found.area).toBeCloseTo(area, 9);
        const degrees = db
          .prepare('SELECT degree FROM vertex_degrees WHERE degree > 0')
          .pluck()
          .all() as number[];
        for (const [degree, count] of found.degrees.entries()) {
          expect(count).toBe(degrees.filter((one) => one === degree).length);
        }
        db.close();
        seen.boundaryLoops += found.boundaryLoops;
        seen.nonManifoldVertices += found.nonManifoldVertices;
        seen.shells += found.shells;
        seen.misorientedEdges += found.misorientedEdges;
        seen.twisted += found.isOrientable ? 0 : 1;
      }),
      { numRuns: runs(30, 100), seed: 43 },
    );
    for (const [figure, count] of Object.entries(seen)) expect(count, figure).toBeGreaterThan(0);
  });

  it('does not depend on memory or the order of triangles, and leaves no files', async () => {
    const folder = freshFolder();
    const shells = [makeOctahedron([0, 0, -1.5], 1), turnShell(makeOctahedron([0, 0, 20], 1))].flat();
    const whole = [...makeTube(30, 20), ...shells.map((triangle) => triangle.flat())];
    // Far from the open tube.
    const closed = whole.map((t) => t.map((value, d) => (d % 3 === 0 ? value + 100 : value)));
    const tube = [...[...makeTube(300, 100)].slice(0, -40), ...closed];
    const found: MeshCheck[] = [];
    for (const [name, triangles] of [
      ['ordered', tube],
      ['shuffled', shuffle(tube)],
    ] as const) {
      writeFileSync(join(folder, `${name}.stl`), toBinaryStl(triangles));
      const database = join(folder, `${name}.db`);
      await importMesh(join(folder, `${name}.stl`), database);
      found.push(await checkMesh(database), await checkMesh(database, { memoryBytes: 192 * 2 ** 20 }));
    }
    for (const one of found) {
      expect(withoutSums(one)).toEqual(withoutSums(found[0]!));
      expect(one.area).toBeCloseTo(found[0]!.area, 9);
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[0]).toMatchObject({ boundaryEdges: 40 + 2, boundaryLoops: 1, isClosed: false });
    expect(found[0]!.shellVerdicts).toMatchObject({ outward: 1, nestedWrongly: 1, insideOut: 1 });
    expect(readdirSync(folder).sort()).toEqual(['ordered.db', 'ordered.stl', 'shuffled.db', 'shuffled.stl']);
  });

  it('gives the same with a thread that distributes triangles, and the error of a damaged page', async () => {
    const folder = freshFolder();
    const [input, database] = ['in.stl', 'mesh.db'].map((name) => join(folder, name));
    writeFileSync(input!, toBinaryStl([...makeTube(300, 40), ...makeTube(20, 5)]));
    await importMesh(input!, database!);
    const alone = await checkMesh(database!, { threads: 1 });
    expect(await checkMesh(database!, { threads: 2 })).toEqual(alone);
    expect(alone.edges).toBeGreaterThan(30_000);

    const db = new Database(database!);
    db.exec('PRAGMA foreign_keys = OFF; UPDATE triangles SET a = 1000000 WHERE id = 20000');
    db.close();
    for (const threads of [1, 2]) {
      await expect(checkMesh(database!, { threads })).rejects.toThrow('a triangle has the corner 1000000');
    }
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it.each([
    ['a closed shell', (torus: Mesh) => torus],
    ['a closed shell with a triangle of two vertices', (torus: Mesh) => unite(torus, SPIKE)],
    ['a shell that is inside out', turnRound],
    ['two shells, one in the other', (torus: Mesh) => unite(torus, makeBox([-9, -9, -9], [9, 9, 9]))],
    ['an open mesh', (torus: Mesh) => ({ ...torus, triangles: torus.triangles.slice(1) })],
    ['triangles of two vertices alone', () => SPIKE],
  ])('gives the same with a thread that measures: %s', async (_, change) => {
    const torus = makeSheet(
      60,
      40,
      (u, v) => {
        const [around, across] = [2 * Math.PI * u, 2 * Math.PI * v];
        const radius = 3 + Math.cos(across);
        return [radius * Math.cos(around), radius * Math.sin(around), Math.sin(across)];
      },
      { u: 'straight', v: 'straight' },
    );
    const database = await store(change(torus));
    const alone = await checkMesh(database, { threads: 1 });
    expect(await checkMesh(database, { threads: 2 })).toEqual(alone);
    expect(await checkMesh(database, { threads: 2, memoryBytes: 192 * 2 ** 20 })).toEqual(alone);
  });

  it('reports progress that never goes back', async () => {
    const tube = [...makeTube(20, 10)];
    const open = tube.slice(1).map((t) => t.map((value, d) => (d % 3 === 0 ? value + 100 : value)));
    const [first, ...others] = makeOctahedron([0, 0, -2], 0.5);
    const mixed = [...others, ...turnShell([first!])].map((triangle) => triangle.flat());
    const inner = makeOctahedron([0, 0, -2], 1).map((triangle) => triangle.flat());
    const folder = freshFolder();
    writeFileSync(join(folder, 'in.stl'), toBinaryStl([...tube, ...open, ...mixed, ...inner]));
    await importMesh(join(folder, 'in.stl'), join(folder, 'mesh.db'));
    const shares: number[] = [];
    const onProgress = ({ done, total }: Progress) => shares.push(done / total!);
    const found = await checkMesh(join(folder, 'mesh.db'), { onProgress });
    expect(found).toMatchObject({ closedShells: 2, boundaryLoops: 1, isOrientable: true, isOriented: false });
    // Rows of different tables are counted: a share is rounded to one of them.
    for (const [k, share] of shares.entries()) {
      if (k > 0) expect(share).toBeGreaterThan(shares[k - 1]! - 0.01);
    }
    expect(shares.length).toBeGreaterThan(8);
    expect(shares.at(-1)).toBeGreaterThan(0.9);
  });

  it('can be aborted anywhere, and leaves no files', async () => {
    const database = await store(cube);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(checkMesh(database, { signal })).rejects.toThrow('enough');
    expect(readdirSync(join(database, '..')).sort()).toEqual(['in.off', 'mesh.db']);
  });
});
