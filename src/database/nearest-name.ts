/** Which of several names somebody has meant, who has mistyped one. */

/** The name that takes the fewest changes of one letter, if these are few for its length; the case does not matter. */
export function findNearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let most = Math.max(1, Math.floor(wanted.length / 3));
  let nearest: string | undefined;
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) > most) continue;
    const changes = countChanges(wanted, candidate.toLowerCase());
    if (changes > most || (changes === most && nearest !== undefined)) continue;
    most = changes;
    nearest = candidate;
  }
  return nearest;
}

/** How many letters are to be added, removed, replaced, or exchanged with their neighbor. */
function countChanges(from: string, to: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, k) => k)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let k = 1; k <= to.length; k++) {
      const isSame = from[i - 1] === to[k - 1];
      row[k] = Math.min(row[k - 1]! + 1, last[k]! + 1, last[k - 1]! + (isSame ? 0 : 1));
      if (i > 1 && k > 1 && from[i - 1] === to[k - 2] && from[i - 2] === to[k - 1]) {
        row[k] = Math.min(row[k]!, before[k - 2]! + 1);
      }
    }
    [before, last] = [last, row];
  }
  return last[to.length]!;
}
