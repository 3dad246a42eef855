/** Shells of all kinds for property tests: boxes, octahedra, tetrahedra, also inside out, on a small grid. */
import fc from 'fast-check';
import {
  makeBoxShell,
  makeOctahedron,
  makeTetrahedron,
  type Point,
  sixVolumes,
  type Triangle,
  turnShell,
} from './shells.js';

export type Shell = readonly Triangle[];

/** Integers after one another, so close that float64 has nothing between them, and integers as they are. */
export const SCALES: readonly ((value: number) => number)[] = [
  (value) => value,
  (value) => 1 + value * 2 ** -52,
];

const coordinate = fc.integer({ min: 0, max: 6 });
/** A point on the grid. */
export const point = fc.tuple(coordinate, coordinate, coordinate);
const box = fc.tuple(point, point).map(([a, b]) => {
  const low = a.map((value, d) => Math.min(value, b[d]!)) as unknown as Point;
  const high = a.map((value, d) => Math.max(value, b[d]!) + 1) as unknown as Point;
  return makeBoxShell(low, high);
});
const octahedron = fc.tuple(point, fc.integer({ min: 1, max: 4 })).map(([at, r]) => makeOctahedron(at, r));
const tetrahedron = fc
  .tuple(point, point, point, point)
  .map(makeTetrahedron)
  .filter((shell) => sixVolumes(shell) !== 0);
const concentric = fc
  .integer({ min: 0, max: 3 })
  .map((k) => makeBoxShell([k - 1, k - 1, k - 1], [8 - k, 8 - k, 8 - k]));
/** A closed shell. */
export const shell: fc.Arbitrary<Shell> = fc
  .tuple(fc.oneof(box, octahedron, tetrahedron, concentric), fc.boolean())
  .map(([triangles, isTurned]) => (isTurned ? turnShell(triangles) : triangles));
