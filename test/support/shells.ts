/** Closed shells of known shape, and where a point is from one, in plain code, to hold the program against. */

export type Point = readonly [number, number, number];
export type Triangle = readonly [Point, Point, Point];

/** The eight corners of a box, x changing first. */
export function boxCorners(low: Point, high: Point): Point[] {
  return Array.from({ length: 8 }, (_, k) => [
    (k & 1) === 0 ? low[0] : high[0],
    (k & 2) === 0 ? low[1] : high[1],
    (k & 4) === 0 ? low[2] : high[2],
  ]);
}

const QUADS = [
  [0, 2, 3, 1],
  [4, 5, 7, 6],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 4, 6, 2],
  [1, 3, 7, 5],
] as const;

/** The twelve triangles of a box, which face outward, by the numbers of its corners. */
export const BOX_TRIANGLES = QUADS.flatMap(([a, b, c, d]) => [[a, b, c] as const, [a, c, d] as const]);

/** A box of twelve triangles that face outward. */
export function makeBoxShell(low: Point, high: Point): Triangle[] {
  const corners = boxCorners(low, high);
  return BOX_TRIANGLES.map(([a, b, c]) => [corners[a]!, corners[b]!, corners[c]!]);
}

/** An octahedron of eight triangles that face outward. */
export function makeOctahedron([x, y, z]: Point, radius: number): Triangle[] {
  const tip = (axis: number, sign: number): Point => {
    const point: [number, number, number] = [x, y, z];
    point[axis]! += sign * radius;
    return point;
  };
  const signs = [1, -1] as const;
  return signs.flatMap((i) =>
    signs.flatMap((j) =>
      signs.map((k): Triangle => {
        const [a, b, c] = [tip(0, i), tip(1, j), tip(2, k)];
        return i * j * k > 0 ? [a, b, c] : [a, c, b];
      }),
    ),
  );
}

/** The four triangles over four points, facing outward or inward as the points happen to stand. */
export function makeTetrahedron([a, b, c, d]: readonly [Point, Point, Point, Point]): Triangle[] {
  return [
    [a, c, b],
    [a, b, d],
    [b, c, d],
    [c, a, d],
  ];
}

/** The same triangles facing the other way. */
export function turnShell(shell: readonly Triangle[]): Triangle[] {
  return shell.map(([a, b, c]) => [a, c, b]);
}

/** Six times the volume inside a shell: exact where coordinates are small integers. */
export function sixVolumes(shell: readonly Triangle[]): number {
  return shell.reduce((sum, [a, b, c]) => sum + dot(a, cross(b, c)), 0);
}

/**
 * Where a point is: 'on' a triangle, told by exact arithmetic on small integers, or how often the shell winds around it,
 * told by the solid angles of its triangles.
 */
export function windingOf(shell: readonly Triangle[], p: Point): number | 'on' {
  if (shell.some((triangle) => isOn(triangle, p))) return 'on';
  const angle = shell.reduce((sum, triangle) => {
    const [a, b, c] = triangle.map((corner) => minus(corner, p)) as [Point, Point, Point];
    const [la, lb, lc] = [a, b, c].map((v) => Math.hypot(...v)) as [number, number, number];
    const below = la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb;
    return sum + 2 * Math.atan2(dot(a, cross(b, c)), below);
  }, 0);
  // Not -0.
  return Math.round(angle / (4 * Math.PI)) + 0;
}

function isOn([a, b, c]: Triangle, p: Point): boolean {
  const normal = cross(minus(b, a), minus(c, a));
  if (dot(normal, minus(p, a)) !== 0) return false;
  return [
    [a, b],
    [b, c],
    [c, a],
  ].every(([u, v]) => dot(cross(minus(v!, u!), minus(p, u!)), normal) >= 0);
}

function minus(a: Point, b: Point): Point {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Point, b: Point): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
