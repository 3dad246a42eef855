/** How writers of text round numbers: the option `precision` and the number writer that it chooses. */
import { UsageError } from '../../errors.js';
import {
  DIGITS_MAX,
  makeRoundedWriter,
  type NumberWriter,
  writeFloat32,
  writeFloat64,
} from '../../io/number-text.js';
import type { Precision } from '../../mesh.js';

/** The options of a format that is binary unless text is requested. */
export interface AsciiOptions {
  readonly ascii?: boolean | undefined;
  readonly precision?: number | undefined;
}

/**
 * Throws UsageError for a number of digits that no text has, or for digits without text. `id` and `title` are those of
 * the writer.
 */
export function checkAsciiOptions({ ascii, precision }: AsciiOptions, id: string, title: string): void {
  if (precision === undefined) return;
  const option = `${id}.precision`;
  if (!(Number.isInteger(precision) && precision >= 1 && precision <= DIGITS_MAX)) {
    throw new UsageError(`expected 1 to ${DIGITS_MAX} digits, got ${precision}`, { option });
  }
  if (ascii) return;
  throw new UsageError(`numbers of binary ${title} cannot be rounded to digits`, {
    option,
    hint: `add \`${id}.ascii\`, or omit \`${option}\``,
  });
}

/** Chooses the writer of numbers of a precision: exact, or rounded to this many significant digits. */
export function chooseNumberWriter(precision: Precision, digits: number | undefined): NumberWriter {
  if (digits !== undefined) return makeRoundedWriter(precision, digits);
  return precision === 'float32' ? writeFloat32 : writeFloat64;
}
