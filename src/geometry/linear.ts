/** Linear maps of space, for transforms: rotations, products, and their effect on normals. */
import type { Vector } from './numbers.js';

/** 3 x 3 numbers, row by row. */
export type Linear = readonly [number, number, number, number, number, number, number, number, number];

export const IDENTITY: Linear = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Rodrigues' formula. For quarter turns about x, y or z, all numbers are exactly 0, 1 or -1. */
export function rotation(axis: Vector, degrees: number): Linear {
  const largest = Math.max(...axis.map(Math.abs));
  const length = lengthOf(axis[0] / largest, axis[1] / largest, axis[2] / largest);
  const [x, y, z] = axis.map((value) => value / largest / length) as [number, number, number];
  const [sin, cos] = sineAndCosine(degrees);
  const rest = 1 - cos;
  return [
    x * x + cos * (1 - x * x),
    x * y * rest - z * sin,
    x * z * rest + y * sin,
    y * x * rest + z * sin,
    y * y + cos * (1 - y * y),
    y * z * rest - x * sin,
    z * x * rest - y * sin,
    z * y * rest + x * sin,
    z * z + cos * (1 - z * z),
  ];
}

/** Returns sine and cosine, exact for any number of quarter turns. */
function sineAndCosine(degrees: number): [number, number] {
  const turned = degrees % 360;
  const quarters = Math.round(turned / 90);
  const angle = ((turned - 90 * quarters) * Math.PI) / 180;
  const sin = Math.sin(angle);
  const cos = Math.cos(angle);
  const turns = [
    [sin, cos],
    [cos, -sin],
    [-sin, -cos],
    [-cos, sin],
  ] as [number, number][];
  return turns[(quarters + 4) % 4]!;
}

/**
 * Returns the matrix for normals, up to a positive factor, and the determinant of the rows, each divided by its largest
 * number.
 */
export function describeLinear(linear: Linear): {
  readonly determinant: number;
  readonly inverseTranspose: Linear;
} {
  const sizes = [0, 3, 6].map((row) => Math.max(...linear.slice(row, row + 3).map(Math.abs)));
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = linear.map(
    (v, k) => v / sizes[Math.floor(k / 3)]!,
  ) as unknown as Linear;
  const cofactors = [
    yy * zz - yz * zy,
    yz * zx - yx * zz,
    yx * zy - yy * zx,
    zy * xz - zz * xy,
    zz * xx - zx * xz,
    zx * xy - zy * xx,
    xy * yz - xz * yy,
    xz * yx - xx * yz,
    xx * yy - xy * yx,
  ];
  const determinant = xx * cofactors[0]! + xy * cofactors[1]! + xz * cofactors[2]!;
  const smallest = Math.min(...sizes) * Math.sign(determinant);
  const inverseTranspose = cofactors.map((value, k) => value * (smallest / sizes[Math.floor(k / 3)]!));
  return { determinant, inverseTranspose: inverseTranspose as unknown as Linear };
}

export function multiply(one: Linear, other: Linear): Linear {
  return one.map((_, k) => {
    const row = k - (k % 3);
    const column = k % 3;
    return (
      one[row]! * other[column]! + one[row + 1]! * other[column + 3]! + one[row + 2]! * other[column + 6]!
    );
  }) as unknown as Linear;
}

/** Divides by the largest number. */
export function normalize(linear: Linear): Linear {
  const largest = Math.max(...linear.map(Math.abs));
  return linear.map((value) => value / largest) as unknown as Linear;
}

/** Returns the length of a vector, however small or large. */
export function lengthOf(x: number, y: number, z: number): number {
  const largest = Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
  if (largest === 0) return 0;
  const [u, v, w] = [x / largest, y / largest, z / largest];
  return largest * Math.sqrt(u * u + v * v + w * w);
}
