/** How writers of text write numbers: the option `precision`, the number writers that it chooses, and three in a row. */
import { UsageError } from '../../errors.js';
import {
  DIGITS_MAX,
  makeRoundedWriter,
  type NumberWriter,
  writeFloat32,
  writeFloat64,
} from '../../io/number-text.js';
import type { Precision } from '../../mesh.js';
import { BLANK } from './text.js';

/** Throws UsageError for a number of digits that no text has; `id` is that of the writer. */
export function checkDigits(precision: number | undefined, id: string): void {
  if (precision === undefined) return;
  if (Number.isInteger(precision) && precision >= 1 && precision <= DIGITS_MAX) return;
  throw new UsageError(`expected 1 to ${DIGITS_MAX} digits, got ${precision}`, { option: `${id}.precision` });
}

/** The options of a format that is binary unless text is requested. */
export interface AsciiOptions {
  readonly ascii?: boolean | undefined;
  readonly precision?: number | undefined;
}

/**
 * Throws UsageError as {@link checkDigits} does, and for digits without text. `id` and `title` are those of the writer.
 */
export function checkAsciiOptions({ ascii, precision }: AsciiOptions, id: string, title: string): void {
  checkDigits(precision, id);
  if (precision === undefined || ascii) return;
  const option = `${id}.precision`;
  throw new UsageError(`numbers of binary ${title} cannot be rounded to digits`, {
    option,
    hint: `add \`${id}.ascii\`, or omit \`${option}\``,
  });
}

/** Chooses the writer of positions: exact, or rounded to this many significant digits. */
export function chooseNumberWriter(precision: Precision, digits?: number): NumberWriter {
  if (digits !== undefined) return makeRoundedWriter(precision, digits);
  return precision === 'float32' ? writeFloat32 : writeFloat64;
}

/** Chooses the writer of numbers that, unlike positions, are not always values of this precision. */
export function chooseNarrowingWriter(precision: Precision, digits?: number): NumberWriter {
  const write = chooseNumberWriter(precision, digits);
  if (precision === 'float64') return write;
  const narrow = new Float64Array(1);
  return (values, k, target, at) => {
    narrow[0] = Math.fround(values[k]!);
    return write(narrow, 0, target, at);
  };
}

/** Writes the three numbers from `k` on with a blank between them; returns where they end. */
export function writeTriple(
  values: Float64Array,
  k: number,
  write: NumberWriter,
  target: DataView,
  start: number,
): number {
  let at = write(values, k, target, start);
  target.setUint8(at++, BLANK);
  at = write(values, k + 1, target, at);
  target.setUint8(at++, BLANK);
  return write(values, k + 2, target, at);
}
