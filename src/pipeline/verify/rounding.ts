/** Detects whether numbers are others rounded, and to how many digits: the most common way in which meshes differ. */
import type { Precision } from '../../mesh.js';

export interface Rounding {
  readonly digits: number;
  /** Which digits count: all, as in `%g`, or those after the decimal point, as in `%f`. */
  readonly kind: 'significant' | 'decimal';
}

/** The maximum number of digits tried; float64 is exact with more. */
const DIGITS_MAX = 16;

/** The minimum number of differing values; fewer may look rounded by chance. */
const DIFFERING_MIN = 6;

/** Returns the fewest digits to which `exact` may have been rounded to give `rounded`; undefined if it was not. */
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
