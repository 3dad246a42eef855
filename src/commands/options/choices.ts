/** Parsers for options and arguments whose value is one of a few words, or a list of them. */
import { UsageError } from '../../errors.js';
import { suggest } from '../../suggest.js';

/** Makes a parser for one of the known words. */
export function parseChoice<T extends string>(known: readonly T[]): (text: string) => T {
  return (text) =>
    findChoice(text, known, `expected ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}`);
}

/** Makes a parser for a comma-separated list of known words. */
export function parseChoices<T extends string>(known: readonly T[]): (text: string) => readonly T[] {
  const expected = `expected a list of ${known.join(', ')}`;
  return (text) => {
    const words = text.split(',').map((word) => word.trim().toLowerCase());
    const problemOf = (word: string) => (words.length === 1 ? expected : `unknown '${word}'; ${expected}`);
    return [...new Set(words.map((word) => findChoice(word, known, problemOf(word))))];
  };
}

/** Finds the known word that equals a text. Throws UsageError that suggests the closest word. */
function findChoice<T extends string>(text: string, known: readonly T[], problem: string): T {
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(problem, { hint: suggest(text, known) });
}
