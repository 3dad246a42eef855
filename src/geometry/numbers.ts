/** Lists of numbers that a person has written: `0,0,0,1,1,1`. For the text of mesh files see io/number-text. */
import { UsageError } from '../errors.js';

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The numbers of a list with commas between them, as many as `counts` allows, each of them decimal and finite; blanks
 * may stand around them. Throws UsageError that ends with what was expected: `what`, such as `3 numbers: x,y,z`.
 */
export function parseNumbers(text: string, counts: number | readonly number[], what: string): number[] {
  const words = text.trim() === '' ? [] : text.split(',').map((word) => word.trim());
  const numbers = words.map((word) => {
    const number = DECIMAL.test(word) ? Number(word) : Number.NaN;
    if (Number.isFinite(number)) return number;
    const problem = Number.isNaN(number) ? 'no decimal number' : 'too large';
    throw new UsageError(`'${word}' is ${problem}; expected ${what}`);
  });
  if (![counts].flat().includes(numbers.length)) {
    throw new UsageError(
      `${numbers.length} ${numbers.length === 1 ? 'number' : 'numbers'}; expected ${what}`,
    );
  }
  return numbers;
}
