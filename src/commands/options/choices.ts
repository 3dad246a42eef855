/** Options and arguments whose value is one of a few words, or several of them. */
import { InvalidArgumentError } from 'commander';
import { suggest } from '../../suggest.js';

/** Makes a parser for one of the known words. */
export function parseChoice<T extends string>(known: readonly T[]): (text: string) => T {
  return (text) => findChoice(text, known, `expected one of ${known.join(', ')}`);
}

/** Makes a parser for known words with commas between. */
export function parseChoices<T extends string>(known: readonly T[]): (text: string) => readonly T[] {
  const expected = `expected some of ${known.join(', ')}`;
  return (text) => {
    const words = text.split(',').map((word) => word.trim().toLowerCase());
    return [...new Set(words.map((word) => findChoice(word, known, `unknown '${word}'; ${expected}`)))];
  };
}

/** The known word that a text is. Throws commander's error, with what comes closest. */
function findChoice<T extends string>(text: string, known: readonly T[], problem: string): T {
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  throw invalidArgument(problem, suggest(text, known));
}

/** Commander's error for the value of an option; a hint that asks what was meant goes with it in commander's form. */
export function invalidArgument(problem: string, hint: string | undefined): InvalidArgumentError {
  const isQuestion = hint?.startsWith('did you mean ') ?? false;
  return new InvalidArgumentError(isQuestion ? `${problem}\n(D${hint!.slice(1)})` : problem);
}
