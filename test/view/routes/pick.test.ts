/** Covers: view/facts/picker, tiles/leaf-search, geometry/ray. */
import { describe, expect, it } from 'vitest';
import type { ErrorAnswer, PickAnswer } from '../../../src/view/wire/messages.js';
import { type Corners, makeTube } from '../../support/meshes.js';
import { databaseOf, type OpenView, openView } from '../../support/views.js';

type Vector = readonly [number, number, number];

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The distance at which a ray meets a triangle (Möller and Trumbore); Infinity if it misses it. */
function meet(t: Corners, origin: Vector, direction: Vector): number {
  const [a, b, c] = [0, 3, 6].map((at) => t.slice(at, at + 3) as unknown as Vector) as [
    Vector,
    Vector,
    Vector,
  ];
  const [u, v] = [minus(b, a), minus(c, a)];
  const across = cross(direction, v);
  const determinant = dot(u, across);
  const from = minus(origin, a);
  const x = dot(from, across) / determinant;
  const around = cross(from, u);
  const y = dot(direction, around) / determinant;
  const distance = dot(v, around) / determinant;
  return x >= 0 && y >= 0 && x + y <= 1 && distance >= 0 ? distance : Number.POSITIVE_INFINITY;
}

/** Numbers from 0 to 1 that are the same in each run. */
function* randoms(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

async function pick({ ask }: OpenView, body: unknown): Promise<PickAnswer> {
  const headers = { 'content-type': 'application/json' };
  const reply = await ask('/api/pick', { method: 'POST', headers, body: JSON.stringify(body) });
  expect(reply.status, reply.body.toString()).toBe(200);
  return JSON.parse(reply.body.toString()) as PickAnswer;
}

describe('POST /api/pick', () => {
  it('picks the triangle that a search of all finds, for 200 random rays, with and without a plane', async () => {
    const triangles = [...makeTube(60, 30)];
    const view = await openView(await databaseOf(triangles, { leafTriangles: 200 }));
    const numbers = randoms(7);
    const next = () => numbers.next().value;
    const inBall = (radius: number): Vector => {
      const one = () => radius * (2 * next() - 1);
      return [one(), one(), one()];
    };
    let hits = 0;
    for (let k = 0; k < 200; k++) {
      // From far away, from near, and from inside.
      const origin = inBall([400, 20, 5][k % 3]!);
      const direction = minus(inBall(11), origin);
      const length = Math.sqrt(dot(direction, direction));
      const plane = [...inBall(1), 4 * (2 * next() - 1)] as [number, number, number, number];
      const planes = k % 2 === 0 ? [] : [plane];
      let nearest = { id: -1, distance: Number.POSITIVE_INFINITY };
      for (const [id, t] of triangles.entries()) {
        const share = meet(t, origin, direction);
        const at = direction.map((value, axis) => origin[axis]! + share * value) as unknown as Vector;
        const isShown = planes.every(([x, y, z, d]) => dot(at, [x, y, z]) + d >= 0);
        if (isShown && share * length < nearest.distance) nearest = { id, distance: share * length };
      }
      const { hit } = await pick(view, { origin, direction, planes });
      expect(hit?.triangle.id ?? -1, `ray ${k}`).toBe(nearest.id);
      if (hit === null) continue;
      hits++;
      expect(hit.distance).toBeCloseTo(nearest.distance, 6);
      const distance = Math.sqrt(dot(minus(hit.point, origin), minus(hit.point, origin)));
      expect(distance).toBeCloseTo(nearest.distance, 6);
    }
    expect(hits).toBeGreaterThan(100);
  });

  it('picks exactly where corners are closer than the lattice can tell', async () => {
    // A large triangle makes the lattice coarse: all others are within one step of it.
    const step = 1e6 / 2 ** 20;
    const tiny = [...makeTube(4, 6)].map((t) => t.map((value) => value * 0.02 * step));
    const far: Corners = [1e6, 0, 0, 1e6, 1, 0, 1e6, 0, 1];
    const view = await openView(await databaseOf([...tiny.map((t) => t.map(Math.fround)), far]));
    for (const [id, t] of tiny.entries()) {
      const centroid = [0, 1, 2].map(
        (axis) => (t[axis]! + t[axis + 3]! + t[axis + 6]!) / 3,
      ) as unknown as Vector;
      const [a, b, c] = [0, 3, 6].map((at) => t.slice(at, at + 3) as unknown as Vector) as [
        Vector,
        Vector,
        Vector,
      ];
      const normal = cross(minus(b, a), minus(c, a));
      const length = Math.sqrt(dot(normal, normal));
      const origin = centroid.map((value, axis) => value + (0.01 * normal[axis]!) / length);
      const { hit } = await pick(view, { origin, direction: normal.map((value) => -value) });
      expect(hit?.triangle.id).toBe(id);
    }
  });

  it('misses, and hits what is exactly on the ray', async () => {
    const view = await openView(await databaseOf([[0, 0, 0, 1, 0, 0, 0, 1, 0]]));
    expect(await pick(view, { origin: [2, 2, 5], direction: [0, 0, -1] })).toEqual({ hit: null });
    expect(await pick(view, { origin: [0.2, 0.2, 5], direction: [0, 0, 1] })).toEqual({ hit: null });
    // A corner, an edge, and from very far away.
    for (const [x, y] of [
      [0, 0],
      [0.5, 0.5],
      [0.25, 0],
    ]) {
      const { hit } = await pick(view, { origin: [x, y, 1e9], direction: [0, 0, -1e-300] });
      expect(hit).toMatchObject({ point: [x, y, 0], triangle: { id: 0, area: 0.5, normal: [0, 0, 1] } });
    }
    // Along its plane, there is nothing to see of it.
    const { hit } = await pick(view, { origin: [-1, 0.25, 0], direction: [1, 0, 0] });
    expect(hit).toBeNull();
  });

  it('passes triangles that a filter leaves out', async () => {
    // One above the other.
    const stack = [1, 2, 3].map((z) => [0, 0, z, 1, 0, z, 0, 1, z]);
    const view = await openView(await databaseOf(stack));
    const down = { origin: [0.2, 0.2, 9], direction: [0, 0, -1] };
    expect((await pick(view, down)).hit?.triangle.id).toBe(2);
    const post = (path: string, body: unknown) =>
      view.ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const answer = await post('/api/sets', { where: ['max_z < 2.5'] });
    const { id: set } = JSON.parse(answer.body.toString()) as { id: string };
    expect((await pick(view, { ...down, set })).hit?.triangle.id).toBe(1);
    expect((await post('/api/pick', { ...down, set: 'x' })).status).toBe(404);
    expect((await post('/api/pick', { ...down, set: 5 })).status).toBe(400);
  });

  it('refuses what is no ray', async () => {
    const { ask } = await openView(await databaseOf());
    const ray = { origin: [0, 0, 50], direction: [0, 0, -1] };
    const bodies = [
      ...['null', '[]', '1', '"x"', '{}', '{', '', '{"origin":[1e999,0,0],"direction":[0,0,1]}'],
      ...[
        { ...ray, origin: [0, 0] },
        { ...ray, origin: [0, 0, null] },
        { ...ray, origin: ['0', '0', '1'] },
        { ...ray, origin: { 0: 1, 1: 1, 2: 1, length: 3 } },
        { ...ray, direction: [0, 0, 0] },
        { ...ray, direction: [-0, 0, 0] },
        { ...ray, planes: [[1, 2, 3]] },
        { ...ray, planes: Array.from({ length: 65 }, () => [0, 0, 1, 0]) },
        { ...ray, planes: 'all' },
      ].map((body) => JSON.stringify(body)),
    ];
    const headers = { 'content-type': 'application/json' };
    for (const body of bodies) {
      const reply = await ask('/api/pick', { method: 'POST', headers, body });
      expect(reply.status, body).toBe(400);
      expect((JSON.parse(reply.body.toString()) as ErrorAnswer).code, body).toBe('USAGE');
    }
    // Huge numbers are numbers: they meet nothing, and break nothing.
    for (const size of [1e300, Number.MAX_VALUE]) {
      for (const direction of [
        [size, size, size],
        [-size, 0, 0],
        [5e-324, 0, 0],
      ]) {
        const body = JSON.stringify({
          origin: [size, -size, size],
          direction,
          planes: [[size, size, size, -size]],
        });
        const reply = await ask('/api/pick', { method: 'POST', headers, body });
        expect({ status: reply.status, body: reply.body.toString() }).toEqual({
          status: 200,
          body: '{"hit":null}',
        });
      }
    }
  });
});
