/** Where rows and columns of the grid are. */

import type { WireValue } from '../../src/view/wire/sql.js';
import { formatValue, isNumber } from './values.js';

/** The height of a row, as in the style sheet. */
export const ROW_PIXELS = 22;
/** Rows beyond the edges, against flicker. */
const BEYOND = 12;
/** The rows that determine widths and alignment, and the bounds of a width, in characters. */
const SAMPLE = 200;
const WIDTH_MIN = 5;
const WIDTH_MAX = 42;

interface ColumnLook {
  readonly width: number;
  readonly isRight: boolean;
}

/** Looks at the first rows: how wide columns are, and which have numbers. */
export function lookAt(
  columns: readonly { readonly name: string }[],
  rows: readonly (readonly WireValue[])[],
): ColumnLook[] {
  const sample = rows.slice(0, SAMPLE);
  return columns.map(({ name }, k) => {
    const values = sample.map((row) => row[k]!).filter((value) => value !== null);
    const longest = Math.max(name.length, WIDTH_MIN, ...values.map((value) => formatValue(value).length));
    return { width: Math.min(longest, WIDTH_MAX) + 2, isRight: values.length > 0 && values.every(isNumber) };
  });
}

/** The rows to show for a place of the scroll bar. */
export function rowsInSight(top: number, height: number, count: number): { first: number; end: number } {
  const first = Math.max(0, Math.min(count, Math.floor(top / ROW_PIXELS) - BEYOND));
  return { first, end: Math.min(count, Math.ceil((top + height) / ROW_PIXELS) + BEYOND) };
}
