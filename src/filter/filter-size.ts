/** Limits the size of filters, given or saved: SQLite compiles each condition without a pause. */
import { UsageError } from '../errors.js';
import { countOf, formatCount } from '../wording.js';

/** The most bytes of a filter as JSON. */
export const FILTER_BYTES_MAX = 1_000_000;
const CONDITIONS_MAX = 1_000;

/** Throws UsageError if a filter has too many conditions, or if its text is too long. */
export function checkFilterSize(selection: object): void {
  const lists = Object.values(selection).filter((value) => Array.isArray(value));
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  if (count > CONDITIONS_MAX) {
    throw new UsageError(
      `the filter has ${countOf(count, 'condition')}; expected at most ${formatCount(CONDITIONS_MAX)}`,
      { hint: 'combine conditions with AND or OR' },
    );
  }
  checkFilterBytes(Buffer.byteLength(JSON.stringify(selection)));
}

/** Throws UsageError if a filter takes too many bytes as JSON. */
export function checkFilterBytes(bytes: number): void {
  if (bytes <= FILTER_BYTES_MAX) return;
  throw new UsageError(
    `the filter has ${countOf(bytes, 'byte')}; expected at most ${formatCount(FILTER_BYTES_MAX)}`,
    { hint: 'replace long lists by ranges or by a query' },
  );
}
