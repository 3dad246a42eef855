/** Suggests known names for a mistyped one. */

/** The most edits between two names that count as similar. */
const EDITS_MAX = 3;
/** The most names compared with an unknown one: a mesh may have any number of parts, a database of tables. */
export const NAMES_COMPARED_MAX = 10_000;
/** The most names suggested. */
const NAMES_MAX = 3;
/** The longest word considered, in characters. */
const LENGTH_MAX = 100;
/** The shortest prefix of a name that identifies it, in characters. */
const BEGINNING_MIN = 3;
/** The largest share of a name that may be wrong. */
const WRONG_SHARE_MAX = 0.5;

/**
 * Asks `did you mean 'roof'?` with the known names that are closest to a word, or begin with it. Returns undefined if
 * there are none.
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const similar = findSimilar(word, known);
  if (similar.length === 0) return undefined;
  const names = similar.slice(0, NAMES_MAX).map((name) => `'${name}'`);
  return `did you mean ${names.join(' or ')}?`;
}

/** Returns the known names that are closest to a word, or begin with it. */
export function findSimilar(word: string, known: readonly string[]): readonly string[] {
  if (word.length > LENGTH_MAX) return [];
  let least = EDITS_MAX;
  let closest: string[] = [];
  for (const name of new Set(known)) {
    // The word itself is known elsewhere; suggesting it does not help.
    if (name === word) continue;
    const edits = countEdits(word.toLowerCase(), name.toLowerCase());
    const most = Math.min(least, WRONG_SHARE_MAX * Math.max(word.length, name.length));
    if (edits > most) continue;
    if (edits < least) closest = [];
    least = edits;
    closest.push(name);
  }
  if (closest.length === 0 && word.length >= BEGINNING_MIN) {
    closest = known.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
  }
  return closest;
}

/**
 * Counts the edits from one text to another: inserted, deleted, replaced, or swapped neighboring characters (optimal
 * string alignment). Returns {@link EDITS_MAX} + 1 if the lengths alone differ by more than that.
 */
function countEdits(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > EDITS_MAX) return EDITS_MAX + 1;
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next[column] = Math.min(
        last[column]! + 1,
        next[column - 1]! + 1,
        last[column - 1]! + (isSame ? 0 : 1),
        isSwap ? before[column - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, next];
  }
  return last[to.length]!;
}
