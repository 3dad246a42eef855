/** How fast one function does what another does too: both in turn, in this process. */

export interface RateRow {
  readonly name: string;
  /** Items a second, medians of the runs, the program's own and the other's. */
  readonly own: number;
  readonly other: number;
  readonly otherName: string;
}

export interface Contest {
  readonly name: string;
  readonly own: () => void;
  readonly otherName: string;
  readonly other: () => void;
  /** How many items each call deals with. */
  readonly count: number;
}

/** Calls both in turn, `runs` times after one to warm up. */
export function compareRates({ name, own, otherName, other, count }: Contest, runs: number): RateRow {
  const seconds: [number[], number[]] = [[], []];
  for (let run = -1; run < runs; run++) {
    for (const [k, action] of [own, other].entries()) {
      const began = performance.now();
      action();
      if (run >= 0) seconds[k]!.push((performance.now() - began) / 1000);
    }
  }
  const [ownRate, otherRate] = seconds.map((list) => count / median(list));
  return { name, own: ownRate!, other: otherRate!, otherName };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}
