/** Transforms of objects: 12 numbers, as 3MF writes them. A position is a row x y z 1 before four rows of three. */

export type Affine = readonly number[];

export const IDENTITY: Affine = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];

/** Whether a transform changes nothing. */
export function isIdentity(transform: Affine): boolean {
  return transform.every((value, k) => value === IDENTITY[k]);
}

/** Returns the transform that applies `first`, then `second`. */
export function combine(first: Affine, second: Affine): Affine {
  if (isIdentity(first)) return second;
  if (isIdentity(second)) return first;
  return first.map((_, at) => {
    const column = at % 3;
    const row = at - column;
    let sum = row === 9 ? second[9 + column]! : 0;
    for (let k = 0; k < 3; k++) sum += first[row + k]! * second[3 * k + column]!;
    return sum;
  });
}

/** Whether a transform mirrors, so that triangles turn their winding. */
export function isMirror([a, b, c, d, e, f, g, h, i]: Affine): boolean {
  return a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!) < 0;
}

/** Transforms the first `count` positions in place. */
export function transformPositions(m: Affine, positions: Float64Array, count: number): void {
  for (let at = 0; at < 3 * count; at += 3) {
    const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
    positions[at] = x * m[0]! + y * m[3]! + z * m[6]! + m[9]!;
    positions[at + 1] = x * m[1]! + y * m[4]! + z * m[7]! + m[10]!;
    positions[at + 2] = x * m[2]! + y * m[5]! + z * m[8]! + m[11]!;
  }
}
