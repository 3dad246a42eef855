/**
 * Transforms positions at export, step by step, each in its own arithmetic. A combined matrix would be rounded, and
 * 25.4 mm would no longer be one inch.
 */

import { UsageError } from '../errors.js';
import { finite, listOf, oneOf, variant } from '../options.js';
import { describeLinear, IDENTITY, type Linear, lengthOf, multiply, normalize, rotation } from './linear.js';
import { checkNumbers, type Vector, vector } from './numbers.js';

/** One step of a transform. Plain data, to pass to threads. */
export type TransformStep =
  | { readonly kind: 'scale'; readonly factors: Vector }
  | { readonly kind: 'translate'; readonly by: Vector }
  /** About an axis through the origin, counterclockwise as seen from its tip; the axis may have any length. */
  | { readonly kind: 'rotate'; readonly axis: Vector; readonly degrees: number }
  /** 12 numbers, row by row: three of the linear part and the offset of x, then the same for y and z. */
  | { readonly kind: 'matrix'; readonly numbers: readonly number[] }
  | { readonly kind: 'units'; readonly from: LengthUnit; readonly to: LengthUnit };

/** Units of length in tenths of a micrometer; foot and inch as defined in 1959. */
const LENGTH_UNITS = {
  um: 10,
  mm: 10_000,
  cm: 100_000,
  m: 10_000_000,
  km: 10_000_000_000,
  mil: 254,
  in: 254_000,
  inch: 254_000,
  ft: 3_048_000,
  foot: 3_048_000,
  yd: 9_144_000,
  yard: 9_144_000,
} as const;

export type LengthUnit = keyof typeof LENGTH_UNITS;

const unit = oneOf(Object.keys(LENGTH_UNITS) as LengthUnit[]);

/** The rule for a {@link TransformStep}. */
export const TRANSFORM_STEP = variant<TransformStep, 'kind'>('kind', {
  scale: { factors: vector },
  translate: { by: vector },
  rotate: { axis: vector, degrees: finite },
  matrix: { numbers: listOf(finite, 'numbers', 12) },
  units: { from: unit, to: unit },
});

/** Whether a unit of this name exists. */
export function isLengthUnit(name: string): name is LengthUnit {
  return Object.hasOwn(LENGTH_UNITS, name);
}

/** A smaller determinant, of rows whose largest number is 1, counts as rounding. */
const FLAT = 1e-14;
/** Coordinates moved at a time; they and their old values fit the nearest cache. */
const BLOCK = 3 * 512;

/** Throws UsageError if steps cannot be applied, or flatten the mesh. */
export function checkTransform(steps: readonly TransformStep[]): void {
  for (const step of steps) {
    switch (step.kind) {
      case 'scale':
        checkNumbers(step.factors, 3, 'scale');
        if (step.factors.includes(0)) {
          throw new UsageError(
            `a scale of ${step.factors} makes the mesh flat; expected factors other than 0`,
          );
        }
        break;
      case 'translate':
        checkNumbers(step.by, 3, 'translation');
        break;
      case 'rotate':
        checkNumbers([...step.axis, step.degrees], 4, 'rotation');
        if (step.axis.every((value) => value === 0)) {
          throw new UsageError('a rotation about the axis 0,0,0; expected a vector other than 0,0,0');
        }
        break;
      case 'matrix':
        checkNumbers(step.numbers, 12, 'matrix');
        if (!(Math.abs(describeLinear(linearPart(step)).determinant) >= FLAT)) {
          throw new UsageError(`the matrix ${step.numbers} makes the mesh flat; expected an invertible one`);
        }
        break;
      case 'units':
        for (const name of [step.from, step.to]) {
          if (isLengthUnit(name)) continue;
          throw new UsageError(
            `unknown unit '${name}'; expected one of ${Object.keys(LENGTH_UNITS).join(', ')}`,
          );
        }
    }
  }
}

/** Compiled steps that move many positions. */
export class Transform {
  /** Whether the transform reverses the winding. */
  readonly isMirroring: boolean;
  private readonly moves: readonly Move[];
  private readonly normals: Linear;
  /** Whether the matrix of normals only permutes axes and signs, so that normals keep their length. */
  private readonly isSwap: boolean;
  private readonly before = new Float64Array(BLOCK);

  /** Throws like {@link checkTransform}. */
  constructor(steps: readonly TransformStep[]) {
    checkTransform(steps);
    const parts = steps.map((step) => describeLinear(linearPart(step)));
    this.isMirroring = parts.filter(({ determinant }) => determinant < 0).length % 2 === 1;
    this.moves = steps.map(compileStep);
    this.normals = parts.reduce<Linear>(
      (product, { inverseTranspose }) => normalize(multiply(inverseTranspose, product)),
      IDENTITY,
    );
    this.isSwap =
      this.normals.filter((value) => value === 0).length === 6 &&
      this.normals.every((v) => v === Math.trunc(v));
  }

  /**
   * Moves the first `count` positions, x y z each, in place; -0 becomes 0. Throws UsageError if a coordinate becomes
   * infinite or NaN, and leaves the array as it then is.
   */
  apply(positions: Float64Array, count: number): void {
    for (let begin = 0; begin < 3 * count; begin += BLOCK) {
      const end = Math.min(begin + BLOCK, 3 * count);
      this.before.set(positions.subarray(begin, end));
      for (const move of this.moves) move(positions, begin, end);
      if (!settle(positions, begin, end)) this.refuse(positions, begin);
    }
  }

  /**
   * Transforms the first `count` normals, x y z each, in place: they stay perpendicular to the moved surface, on the
   * same side, and keep their length. Normals whose x is NaN stay as they are.
   */
  applyToNormals(normals: Float64Array, count: number): void {
    const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = this.normals;
    for (let k = 0; k < 3 * count; k += 3) {
      const x = normals[k]!;
      const y = normals[k + 1]!;
      const z = normals[k + 2]!;
      if (Number.isNaN(x)) continue;
      const u = xx * x + xy * y + xz * z;
      const v = yx * x + yy * y + yz * z;
      const w = zx * x + zy * y + zz * z;
      const length = this.isSwap ? 1 : lengthOf(u, v, w);
      const ratio = this.isSwap || length === 0 ? 1 : lengthOf(x, y, z) / length;
      normals[k] = u * ratio + 0;
      normals[k + 1] = v * ratio + 0;
      normals[k + 2] = w * ratio + 0;
    }
  }

  /** Names the first vertex of a block that is no longer finite. Later steps never make it finite. */
  private refuse(positions: Float64Array, begin: number): never {
    let k = 0;
    while (positions.subarray(begin + k, begin + k + 3).every(Number.isFinite)) k += 3;
    const from = this.before.subarray(k, k + 3).join(' ');
    const to = positions.subarray(begin + k, begin + k + 3).join(' ');
    throw new UsageError(`the vertex at ${from} is moved to ${to}; expected finite coordinates`, {
      hint: 'the transform is too large for this mesh',
    });
  }
}

/** Moves positions[begin, end), which are complete vertices. */
type Move = (positions: Float64Array, begin: number, end: number) => void;

function compileStep(step: TransformStep): Move {
  switch (step.kind) {
    case 'scale':
      return moveByScale(step.factors);
    case 'translate':
      return moveByTranslation(step.by);
    case 'rotate': {
      const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = linearPart(step);
      return moveByMatrix([xx, xy, xz, 0, yx, yy, yz, 0, zx, zy, zz, 0]);
    }
    case 'matrix':
      return moveByMatrix(step.numbers);
    case 'units':
      return moveByRatio(LENGTH_UNITS[step.from], LENGTH_UNITS[step.to]);
  }
}

function moveByScale([sx, sy, sz]: Vector): Move {
  return (positions, begin, end) => {
    for (let k = begin; k < end; k += 3) {
      positions[k] = positions[k]! * sx;
      positions[k + 1] = positions[k + 1]! * sy;
      positions[k + 2] = positions[k + 2]! * sz;
    }
  };
}

function moveByTranslation([dx, dy, dz]: Vector): Move {
  return (positions, begin, end) => {
    for (let k = begin; k < end; k += 3) {
      positions[k] = positions[k]! + dx;
      positions[k + 1] = positions[k + 1]! + dy;
      positions[k + 2] = positions[k + 2]! + dz;
    }
  };
}

function moveByMatrix(numbers: readonly number[]): Move {
  const [xx, xy, xz, dx, yx, yy, yz, dy, zx, zy, zz, dz] = numbers as Twelve;
  return (positions, begin, end) => {
    for (let k = begin; k < end; k += 3) {
      const x = positions[k]!;
      const y = positions[k + 1]!;
      const z = positions[k + 2]!;
      positions[k] = xx * x + xy * y + xz * z + dx;
      positions[k + 1] = yx * x + yy * y + yz * z + dy;
      positions[k + 2] = zx * x + zy * y + zz * z + dz;
    }
  };
}

/**
 * Multiplies by a ratio, or divides by its inverse, whichever is customary: mm to inch divides by 25.4, so 25.4 mm are
 * exactly one inch.
 */
function moveByRatio(from: number, to: number): Move {
  const divisor = divideCommon(from, to);
  const times = from / divisor;
  const by = to / divisor;
  if (isDecimal(by) && (times >= by || !isDecimal(times))) {
    const factor = times / by;
    return moveByScale([factor, factor, factor]);
  }
  // If neither has a terminating decimal, as from foot to km and back, it takes both.
  const [first, second] = isDecimal(times) ? [1, by / times] : [times, by];
  return (positions, begin, end) => {
    for (let k = begin; k < end; k++) positions[k] = (positions[k]! * first) / second;
  };
}

/** Whether 1 / value has a terminating decimal. */
function isDecimal(value: number): boolean {
  for (const prime of [2, 5]) while (value % prime === 0) value /= prime;
  return value === 1;
}

/** Replaces -0 with 0 in positions[begin, end), and returns whether all values are finite. */
function settle(positions: Float64Array, begin: number, end: number): boolean {
  let rest = 0;
  for (let k = begin; k < end; k++) {
    const value = positions[k]! + 0;
    positions[k] = value;
    rest += value - value;
  }
  return rest === 0;
}

type Twelve = [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
function linearPart(step: TransformStep): Linear {
  switch (step.kind) {
    case 'scale': {
      const [x, y, z] = step.factors;
      return [x, 0, 0, 0, y, 0, 0, 0, z];
    }
    case 'rotate':
      return rotation(step.axis, step.degrees);
    case 'matrix': {
      const [xx, xy, xz, , yx, yy, yz, , zx, zy, zz] = step.numbers as Twelve;
      return [xx, xy, xz, yx, yy, yz, zx, zy, zz];
    }
    default:
      return IDENTITY;
  }
}

function divideCommon(a: number, b: number): number {
  return b === 0 ? a : divideCommon(b, a % b);
}
