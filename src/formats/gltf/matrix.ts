/** Transforms of nodes: 4 x 4 matrices in column order, as glTF writes them. */

export type Matrix = readonly number[];

export const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** Whether a matrix changes nothing. */
export function isIdentity(matrix: Matrix): boolean {
  return matrix.every((value, k) => value === IDENTITY[k]);
}

/** Returns the matrix that applies `b` first, then `a`. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (isIdentity(a)) return b;
  if (isIdentity(b)) return a;
  return Array.from({ length: 16 }, (_, at) => {
    const row = at % 4;
    const column = at - row;
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += a[row + 4 * k]! * b[column + k]!;
    return sum;
  });
}

/** Composes a translation x y z, a rotation as a quaternion x y z w, and a scale, which is applied first. */
export function compose(
  translation: readonly number[],
  [x, y, z, w]: readonly [number, number, number, number],
  [sx, sy, sz]: readonly [number, number, number],
): Matrix {
  return [
    ...[1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)].map((value) => value * sx),
    0,
    ...[2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)].map((value) => value * sy),
    0,
    ...[2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)].map((value) => value * sz),
    0,
    ...translation,
    1,
  ];
}

/** Returns the 3 x 3 cofactors, which transform normals, in column order. */
export function cofactors(m: Matrix): readonly number[] {
  const at = (row: number, column: number) => m[(row % 3) + 4 * (column % 3)]!;
  return Array.from({ length: 9 }, (_, k) => {
    const [r, c] = [k % 3, Math.floor(k / 3)];
    return at(r + 1, c + 1) * at(r + 2, c + 2) - at(r + 1, c + 2) * at(r + 2, c + 1);
  });
}

/** Whether a matrix mirrors, so that triangles turn their winding. */
export function isMirror(m: Matrix): boolean {
  const c = cofactors(m);
  return m[0]! * c[0]! + m[1]! * c[1]! + m[2]! * c[2]! < 0;
}
