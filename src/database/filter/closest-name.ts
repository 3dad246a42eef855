/** The name that somebody who has mistyped one has probably meant. */

/** A longer text was meant for something else. */
const TYPED_MAX = 64;

/** The closest of some names, if one is close enough to be meant; the first of several. */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  if (typed.length > TYPED_MAX) return undefined;
  const word = typed.toLowerCase();
  // A third of its letters may be wrong, but never all of a short name's.
  let least = Math.min(3, Math.ceil(word.length / 3));
  let closest: string | undefined;
  for (const name of names) {
    const distance = countEdits(word, name.toLowerCase());
    if (distance > least || (distance === least && closest !== undefined) || distance >= name.length)
      continue;
    least = distance;
    closest = name;
  }
  return closest;
}

/** How many letters to insert, delete, replace or swap with the next make one word of the other. */
function countEdits(one: string, other: string): number {
  let before: number[] = [];
  let last: number[] = Array.from({ length: other.length + 1 }, (_, k) => k);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let k = 1; k <= other.length; k++) {
      const isSame = one[i - 1] === other[k - 1];
      let edits = Math.min(last[k]! + 1, row[k - 1]! + 1, last[k - 1]! + (isSame ? 0 : 1));
      const isSwap = i > 1 && k > 1 && one[i - 1] === other[k - 2] && one[i - 2] === other[k - 1];
      if (isSwap) edits = Math.min(edits, before[k - 2]! + 1);
      row.push(edits);
    }
    before = last;
    last = row;
  }
  return last[other.length]!;
}
