/** A mesh with flaws of each kind at known places. */
import { type Corners, makeTube } from './meshes.js';

type Point = readonly number[];

const pointsOf = (t: Corners): Point[] => [0, 3, 6].map((at) => t.slice(at, at + 3));

/** The box around points: the smallest and the largest x, y and z. */
export function boxOf(points: readonly Point[]): { readonly min: number[]; readonly max: number[] } {
  const along = (choose: (...values: number[]) => number) =>
    [0, 1, 2].map((axis) => choose(...points.map((point) => point[axis]!)));
  return { min: along(Math.min), max: along(Math.max) };
}

/** A tetrahedron with one corner at a point, facing outward. */
function tetrahedron([x, y, z]: Point, size: number): Corners[] {
  const [o, a, b, c] = [
    [x!, y!, z!],
    [x! + size, y!, z!],
    [x!, y! + size, z!],
    [x!, y!, z! + size],
  ] as [Point, Point, Point, Point];
  return [
    [...o, ...b, ...a],
    [...o, ...a, ...c],
    [...o, ...c, ...b],
    [...a, ...b, ...c],
  ];
}

/**
 * Returns the triangles, and what is wrong with them: a hole of four edges and one of three, a triangle that is turned
 * around, one that is there twice, one without area, and two tetrahedra that touch at a corner.
 */
export function makeFlawedMesh() {
  const tube = [...makeTube(24, 12)];
  // Two triangles of one square, and one elsewhere.
  const square = [tube[100]!, tube[101]!];
  const single = tube[300]!;
  const turned = tube[401]!;
  const twice = tube[500]!;
  const [a, b, c] = pointsOf(turned) as [Point, Point, Point];
  const kept = tube.filter((t) => !square.includes(t) && t !== single);
  const triangles = kept.map((t) => (t === turned ? [...a, ...c, ...b] : t));
  const degenerate = [
    ...triangles[20]!.slice(0, 3),
    ...triangles[20]!.slice(3, 6),
    ...triangles[20]!.slice(0, 3),
  ];
  const shells = [tetrahedron([30, 0, 0], 1), tetrahedron([30, 0, 0], -2)];
  // A tetrahedron of negative size is inside out.
  shells[1] = shells[1]!.map((t) => [...t.slice(0, 3), ...t.slice(6, 9), ...t.slice(3, 6)]);
  const all = [...triangles, twice, degenerate, ...shells.flat()];
  return {
    triangles: all,
    holes: [
      { count: 4, bounds: boxOf(square.flatMap(pointsOf)) },
      { count: 3, bounds: boxOf(pointsOf(single)) },
    ],
    turned: {
      triangle: triangles.findIndex((t) => t.join() === [...a, ...c, ...b].join()),
      bounds: boxOf([a, b, c]),
    },
    twice: { triangles: [triangles.indexOf(twice), triangles.length], bounds: boxOf(pointsOf(twice)) },
    degenerate: { triangle: triangles.length + 1, bounds: boxOf(pointsOf(degenerate)) },
    touching: [30, 0, 0],
    shells: shells.map((list) => boxOf(list.flatMap(pointsOf))),
  };
}
