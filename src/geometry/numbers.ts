/** Vectors, and lists of numbers as people write them: `0,0,0,1,1,1`. For the text of mesh files see io/number-text. */
import { UsageError } from '../errors.js';
import { finite, listOf } from '../options.js';

/** x, y, z. */
export type Vector = readonly [number, number, number];

/** The rule for a {@link Vector}. */
export const vector = listOf<number, Vector>(finite, 'numbers', 3);

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Parses a comma-separated list of finite decimal numbers, as many as `counts` allows, with optional blanks around
 * them. Throws UsageError that ends with the expectation `what`, such as `3 numbers: x,y,z`.
 */
export function parseNumbers(text: string, counts: number | readonly number[], what: string): number[] {
  const words = text.trim() === '' ? [] : text.split(',').map((word) => word.trim());
  const numbers = words.map((word) => {
    const number = DECIMAL.test(word) ? Number(word) : Number.NaN;
    if (Number.isFinite(number)) return number;
    const problem = Number.isNaN(number) ? 'not a decimal number' : 'too large';
    // For a single number, the message that includes this already shows the text.
    const subject = words.length === 1 ? '' : `'${word}' is `;
    throw new UsageError(`${subject}${problem}; expected ${what}`);
  });
  if (![counts].flat().includes(numbers.length)) {
    throw new UsageError(
      `${numbers.length} ${numbers.length === 1 ? 'number' : 'numbers'}; expected ${what}`,
    );
  }
  return numbers;
}

/** Throws UsageError unless there are `count` numbers, all finite. */
export function checkNumbers(numbers: readonly unknown[], count: number, what: string): void {
  if (numbers.length === count && numbers.every(Number.isFinite)) return;
  throw new UsageError(`a ${what} of ${numbers}; expected ${count} finite numbers`);
}
