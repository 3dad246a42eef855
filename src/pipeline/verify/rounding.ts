/** Whether numbers are others with digits cut, and to how many: the commonest way in which meshes come to differ. */
import type { Precision } from '../../mesh.js';

export interface Rounding {
  readonly digits: number;
  /** What is counted: all digits, as by `%g`, or those behind the point, as by `%f`. */
  readonly kind: 'significant' | 'decimal';
}

/** Digits that toPrecision() and toFixed() are asked for: with more, float64 is exact. */
const DIGITS_MAX = 16;

/** Numbers that must differ before they are called rounded: a few may look so by chance. */
const DIFFERING_MIN = 6;

/** The fewest digits to which `exact` may have been rounded to become `rounded`; undefined where it was not. */
export function findRounding(
  exact: readonly number[],
  rounded: readonly number[],
  precision: Precision,
): Rounding | undefined {
  const narrow = precision === 'float32' ? Math.fround : (value: number) => value;
  const isAt = (k: number, value: number) => narrow(value) === narrow(rounded[k]!);
  if (exact.filter((value, k) => !isAt(k, value)).length < DIFFERING_MIN) return undefined;
  for (let digits = 1; digits <= DIGITS_MAX; digits++) {
    if (exact.every((value, k) => isAt(k, Number(value.toPrecision(digits)))))
      return { digits, kind: 'significant' };
    if (exact.every((value, k) => isAt(k, Number(value.toFixed(digits))))) return { digits, kind: 'decimal' };
  }
  return undefined;
}
