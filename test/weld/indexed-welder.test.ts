/** Covers: weld/attribute-file, weld/face-spool, weld/vertex-welder. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColorScales } from '../../src/mesh.js';
import { IndexedWelder } from '../../src/weld/indexed-welder.js';
import type { MeshSink } from '../../src/weld/sinks.js';
import { freshFolder } from '../support/files.js';
import { runs } from '../support/runs.js';

interface Vertex {
  readonly position: readonly number[];
  readonly color?: readonly number[] | undefined;
  readonly normal?: readonly number[] | undefined;
}

interface Face {
  readonly corners: readonly number[];
  readonly color?: readonly number[] | undefined;
}

interface IndexedMesh {
  readonly vertices: readonly Vertex[];
  readonly faces: readonly Face[];
}

/** What a mesh comes to: rows, attributes by id, counts. */
interface Outcome {
  readonly positions: number[][];
  readonly triangles: number[][];
  readonly vertexColors: [number, number[]][];
  readonly vertexNormals: [number, number[]][];
  readonly triangleColors: [number, number[]][];
  readonly unreferenced: number;
  readonly colorConflicts: number;
  readonly normalConflicts: number;
}

class Rows implements MeshSink {
  readonly positions: number[][] = [];
  readonly triangles: number[][] = [];
  readonly vertexColors: [number, number[]][] = [];
  readonly vertexNormals: [number, number[]][] = [];
  readonly triangleColors: [number, number[]][] = [];

  addVertices(positions: Float32Array | Float64Array, count: number): void {
    for (let k = 0; k < count; k++) this.positions.push([...positions.subarray(3 * k, 3 * k + 3)]);
  }

  addTriangles(corners: Float64Array, count: number): void {
    for (let k = 0; k < count; k++) this.triangles.push([...corners.subarray(3 * k, 3 * k + 3)]);
  }

  addVertexColor(id: number, color: Float64Array): void {
    this.vertexColors.push([id, [...color]]);
  }

  addVertexNormal(id: number, normal: Float64Array): void {
    this.vertexNormals.push([id, [...normal]]);
  }

  addTriangleColor(triangle: number, color: Float64Array): void {
    this.triangleColors.push([triangle, [...color]]);
  }
}

interface Feeding {
  readonly wide?: boolean;
  readonly budgetBytes?: number;
  readonly batch?: number;
  /** All faces before the first vertex. */
  readonly facesFirst?: boolean;
  readonly scales?: ColorScales;
}

function weld(mesh: IndexedMesh, feeding: Feeding = {}): { outcome: Outcome; isExact: boolean } {
  const { wide = true, budgetBytes = 2 ** 20, batch = 50, facesFirst = false, scales } = feeding;
  const folder = freshFolder();
  const rows = new Rows();
  const spillPath = join(folder, 'spill');
  const welder = new IndexedWelder(rows, { bytesPerValue: wide ? 8 : 4, budgetBytes, spillPath });
  const addVertices = () => {
    for (let first = 0; first < mesh.vertices.length; first += batch) {
      const some = mesh.vertices.slice(first, first + batch);
      const values = some.flatMap(({ position }) => position);
      const collect = (width: number, pick: (vertex: Vertex) => readonly number[] | undefined) =>
        some.some((vertex) => pick(vertex) !== undefined)
          ? Float64Array.from(some.flatMap((vertex) => pick(vertex) ?? Array(width).fill(Number.NaN)))
          : undefined;
      welder.addVertices({
        kind: 'vertices',
        count: some.length,
        positions: wide ? Float64Array.from(values) : Float32Array.from(values),
        colors: collect(4, ({ color }) => color),
        normals: collect(3, ({ normal }) => normal),
        places: [],
      });
    }
  };
  const addFaces = () => {
    for (let first = 0; first < mesh.faces.length; first += batch) {
      const some = mesh.faces.slice(first, first + batch);
      const sizes = some.map(({ corners }) => corners.length);
      welder.addFaces({
        kind: 'faces',
        count: some.length,
        sizes: sizes.every((size) => size === 3) ? undefined : Int32Array.from(sizes),
        corners: Float64Array.from(some.flatMap(({ corners }) => corners)),
        colors: some.some(({ color }) => color !== undefined)
          ? Float64Array.from(some.flatMap(({ color }) => color ?? Array(4).fill(Number.NaN)))
          : undefined,
        places: [],
      });
    }
  };
  try {
    for (const add of facesFirst ? [addFaces, addVertices] : [addVertices, addFaces]) add();
    expect(welder.vertices).toBe(mesh.vertices.length);
    expect(welder.faces).toBe(mesh.faces.length);
    const shares = [
      ...welder.finish([
        { ...(scales ?? { vertex: 1, face: 1 }), vertices: mesh.vertices.length, faces: mesh.faces.length },
      ]),
    ];
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    const { positions, triangles, vertexColors, vertexNormals, triangleColors } = rows;
    return {
      outcome: { positions, triangles, vertexColors, vertexNormals, triangleColors, ...welder.tally },
      isExact: welder.isExact,
    };
  } finally {
    welder.close();
    expect(readdirSync(folder)).toEqual([]);
  }
}

/** The same with maps and arrays. Polygons must be convex: they are fanned. */
function weldPlainly({ vertices, faces }: IndexedMesh): Outcome {
  const ids = new Map<string, number>();
  const firsts: Vertex[] = [];
  const conflicts = { color: 0, normal: 0 };
  const idOf = vertices.map((vertex) => {
    const key = vertex.position.map((value) => value + 0).join();
    const known = ids.get(key);
    if (known === undefined) {
      ids.set(key, firsts.length);
      return firsts.push(vertex) - 1;
    }
    for (const what of ['color', 'normal'] as const) {
      if (vertex[what]?.join() !== firsts[known]![what]?.join()) conflicts[what]++;
    }
    return known;
  });
  const triangles: number[][] = [];
  const triangleColors: [number, number[]][] = [];
  for (const { corners, color } of faces) {
    for (let k = 2; k < corners.length; k++) {
      if (color !== undefined) triangleColors.push([triangles.length, [...color]]);
      triangles.push([corners[0]!, corners[k - 1]!, corners[k]!].map((corner) => idOf[corner]!));
    }
  }
  const used = new Set(triangles.flat());
  const rowsOf = (what: 'color' | 'normal') =>
    firsts.flatMap((vertex, id): [number, number[]][] =>
      vertex[what] === undefined ? [] : [[id, [...vertex[what]]]],
    );
  return {
    positions: firsts.map(({ position }) => position.map((value) => value + 0)),
    triangles,
    vertexColors: rowsOf('color'),
    vertexNormals: rowsOf('normal'),
    triangleColors,
    unreferenced: firsts.length - used.size,
    colorConflicts: conflicts.color,
    normalConflicts: conflicts.normal,
  };
}

/** Coordinates from a few values, so that positions repeat. */
const coordinate = fc.constantFrom(-0, 0, 1, 2, 0.5, -3, 1e-30, 1e30);
const color = fc.option(fc.tuple(...Array<typeof share>(4).fill(fc.constantFrom(0, 0.25, 1))), {
  nil: undefined,
});
const share = fc.constantFrom(0, 0.25, 1);
const normal = fc.option(fc.constantFrom([0, 0, 1], [0, 1, 0], [0.6, 0.8, 0]), { nil: undefined });
const vertex = fc.record({ position: fc.tuple(coordinate, coordinate, coordinate), color, normal });
const meshes = fc.array(vertex, { minLength: 1, maxLength: 300 }).chain((vertices) =>
  fc.record({
    vertices: fc.constant(vertices),
    faces: fc.array(
      fc.record({ corners: fc.array(fc.nat(vertices.length - 1), { minLength: 3, maxLength: 3 }), color }),
      { maxLength: 300 },
    ),
  }),
);

/** A budget that holds about so many float64 vertices. */
const tiny = 4096;

describe('IndexedWelder', () => {
  it('agrees with maps and arrays, for any budget and order', () => {
    fc.assert(
      fc.property(meshes, fc.boolean(), fc.integer({ min: 1, max: 70 }), (mesh, facesFirst, batch) => {
        const expected = weldPlainly(mesh);
        for (const budgetBytes of [2 ** 20, tiny]) {
          for (const wide of [true, false]) {
            // 1e-30 and 1e30 are no float32 values.
            if (!wide && mesh.vertices.some(({ position }) => position.some((v) => Math.fround(v) !== v))) {
              continue;
            }
            expect(weld(mesh, { budgetBytes, wide, facesFirst, batch }).outcome).toEqual(expected);
          }
        }
      }),
      { numRuns: runs(20, 60) },
    );
  });

  it.each([
    ['no position repeats', (k: number) => [k, 0, 0]],
    ['each comes twice, far apart', (k: number) => [k % 5000, 0, 0]],
    ['each comes twice in a row', (k: number) => [Math.floor(k / 2), 0.5, 0]],
    ['the last repeats the first', (k: number) => [k % 9999, 1, 1]],
  ])('gives the same result on disk if %s', (_, place) => {
    const vertices = Array.from({ length: 10_000 }, (_, k) => ({
      position: place(k),
      color: k % 3 === 0 ? [0, 0, 1, k % 7 === 0 ? 1 : 0.5] : undefined,
      normal: [0, 0, k % 2 === 0 ? 1 : -1],
    }));
    const faces = Array.from({ length: 15_000 }, (_, k) => ({
      corners: [0, 1, 2].map((d) => (k * 7919 + d * 104_729) % 9_990),
      color: k >= 8000 ? [1, 0, 0, 1] : undefined,
    }));
    const mesh = { vertices, faces };
    const expected = weldPlainly(mesh);
    const roomy = weld(mesh);
    expect(roomy.isExact).toBe(true);
    expect(roomy.outcome).toEqual(expected);
    for (const facesFirst of [false, true]) {
      const tight = weld(mesh, { budgetBytes: 3 * tiny, facesFirst });
      expect(tight.isExact).toBe(false);
      expect(tight.outcome).toEqual(expected);
    }
  });

  it('triangulates polygons by the positions of their corners, in memory or on disk', () => {
    // A concave arrow for every three quads, its vertices shared or repeated, among triangles.
    const vertices: Vertex[] = [];
    const faces: Face[] = [];
    const expected: number[][] = [];
    for (let k = 0; k < 3000; k++) {
      const first = vertices.length;
      const corners = [
        [0, 0],
        [2, 0],
        [2, 2],
        [0, 2],
      ];
      if (k % 3 === 0) corners[1] = [0.5, 0.9];
      for (const [x, y] of corners) vertices.push({ position: [x! + (k % 1000), y!, Math.floor(k / 1500)] });
      faces.push({ corners: [first, first + 1, first + 2, first + 3] });
      if (k % 4 === 0) faces.push({ corners: [first, first + 1, first + 2] });
    }
    const plain = weldPlainly({ vertices, faces });
    const isArrow = faces.flatMap(({ corners }) =>
      corners.length === 3 ? [false] : Array<boolean>(2).fill((corners[0]! / 4) % 3 === 0),
    );
    const roomy = weld({ vertices, faces }).outcome;
    const tight = weld({ vertices, faces }, { budgetBytes: 3 * tiny }).outcome;
    expect(tight).toEqual(roomy);
    expect(roomy.positions).toEqual(plain.positions);
    expect(roomy.triangles.length).toBe(plain.triangles.length);
    for (const [k, triangle] of roomy.triangles.entries()) {
      if (!isArrow[k]) {
        expected.push(triangle);
        continue;
      }
      // All face up, as the polygon does.
      const [a, b, c] = triangle.map((id) => roomy.positions[id]!);
      const area = (b![0]! - a![0]!) * (c![1]! - a![1]!) - (c![0]! - a![0]!) * (b![1]! - a![1]!);
      expect(area).toBeGreaterThan(0);
    }
    expect(expected).toEqual(plain.triangles.filter((_, k) => !isArrow[k]));
  });

  it('divides colors by their scales', () => {
    const vertices = [[0], [1], [2]].map(([x]) => ({ position: [x!, 0, 0], color: [255, 51, 0, 102] }));
    const faces = [{ corners: [0, 1, 2], color: [1, 2, 3, 4] }];
    const { outcome } = weld({ vertices, faces }, { scales: { vertex: 255, face: 4 } });
    expect(outcome.vertexColors[2]).toEqual([2, [1, 0.2, 0, 0.4]]);
    expect(outcome.triangleColors).toEqual([[0, [0.25, 0.5, 0.75, 1]]]);
  });

  it('counts unreferenced vertices across several ranges of ids', () => {
    const vertices = Array.from({ length: 200_000 }, (_, k) => ({ position: [k, 0, 0] }));
    const faces = Array.from({ length: 1000 }, (_, k) => ({
      corners: [199 * k, 199 * k + 1, 199 * k + 2],
    }));
    const { outcome } = weld({ vertices, faces }, { budgetBytes: 65_536, batch: 10_000 });
    expect(outcome.unreferenced).toBe(200_000 - 3000);
  });
});
