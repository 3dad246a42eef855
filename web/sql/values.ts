/** Values of rows as text for the grid. */

import type { WireValue } from '../../src/view/wire/sql.js';
import { formatBytes, formatCount } from '../format.js';

/** Formats a value: numbers as they are, and how long a value is of which only the beginning is known. */
export function formatValue(value: WireValue): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'object') return String(value);
  if ('integer' in value) return value.integer;
  if ('real' in value) return value.real;
  if ('text' in value) return `${value.text}… (${formatCount(value.length)} characters)`;
  const isAll = value.blob.length === 2 * value.length;
  return `x'${value.blob}${isAll ? "'" : `… (${formatBytes(value.length)})`}`;
}

export function isNumber(value: WireValue): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'object' && value !== null && ('integer' in value || 'real' in value);
}
