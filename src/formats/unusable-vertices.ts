/**
 * Vertices of an indexed source that are no points: NaN or infinite. One that no face uses is left out; a face that uses one
 * is refused or, with salvage, left out as well.
 *
 * A reader that has met faces before their vertices cannot know which of them use one: see {@link UnusableVertices.note}.
 */
import { describePlace, FormatError, type Place } from '../errors.js';
import type { ReadOptions } from './format.js';

/** The most runs of such vertices that are kept, 16 bytes each. */
const RUNS_MAX = 65_536;

/** The runs, as plain data: the first vertex of each, and the first after it. */
export type SavedUnusable = readonly number[];

export class UnusableVertices {
  private runs: number[] = [];

  constructor(private readonly options: Pick<ReadOptions, 'salvage' | 'warn'>) {}

  /** Whether there are any. */
  get hasSome(): boolean {
    return this.runs.length > 0;
  }

  /**
   * Takes note that vertex `number`, the largest so far, is none, and why. Throws that as FormatError where a face before it
   * may use it, and where there are too many runs.
   */
  note(number: number, problem: string, place: Place, hasEarlierFaces: boolean): void {
    const { runs } = this;
    const isNext = runs.at(-1) === number;
    if (hasEarlierFaces || (!isNext && runs.length >= 2 * RUNS_MAX))
      throw new FormatError(problem, { place });
    if (isNext) runs[runs.length - 1] = number + 1;
    else runs.push(number, number + 1);
    const message = `${describePlace(place)}: ${problem}; the vertex is left out`;
    this.options.warn({ kind: 'vertex-not-finite', message });
  }

  /** Whether a face with these corners is to be left out. Throws FormatError at `place` where that is not allowed. */
  leavesOut(corners: Float64Array, from: number, size: number, place: Place): boolean {
    for (let k = from; k < from + size; k++) {
      const corner = corners[k]!;
      if (!this.has(corner)) continue;
      const problem = `face refers to vertex ${corner} (counted from 0), which is not finite`;
      if (!this.options.salvage) {
        throw new FormatError(`${problem}; expected a vertex with three finite coordinates`, {
          place,
          hint: '--salvage leaves such faces out',
        });
      }
      this.options.warn({
        kind: 'salvaged',
        message: `${describePlace(place)}: ${problem}; the face is left out`,
      });
      return true;
    }
    return false;
  }

  save(): SavedUnusable {
    return [...this.runs];
  }

  restore(runs: SavedUnusable): void {
    this.runs = [...runs];
  }

  private has(vertex: number): boolean {
    const { runs } = this;
    let [low, high] = [0, runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (runs[middle]! <= vertex) low = middle + 1;
      else high = middle;
    }
    // An odd number of borders lies before a vertex within a run.
    return low % 2 === 1;
  }
}
