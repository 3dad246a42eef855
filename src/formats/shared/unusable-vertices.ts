/**
 * Vertices of an indexed source that are no points: NaN or infinite. One that no face uses is left out; a face that uses one
 * is refused or, with salvage, left out as well.
 *
 * A reader that has met faces before their vertices cannot know which of them use one: see {@link UnusableVertices.note}.
 */
import { describePlace, FormatError, type Place } from '../../errors.js';
import type { ReadOptions } from '../format.js';

/** The most runs of such vertices that are kept, 16 bytes each. */
const RUNS_MAX = 65_536;

/** Of so many vertices it is kept where they stand and what is wrong with them. */
const NOTES_MAX = 100;

/** What is wrong with a vertex, and where it stands. */
interface Note {
  readonly vertex: number;
  readonly problem: string;
  readonly place: Place;
}

/** Plain data: of each run the first vertex and the first after it, and what is wrong with the first ones. */
export interface SavedUnusable {
  readonly runs: readonly number[];
  readonly notes: readonly Note[];
}

export class UnusableVertices {
  private runs: number[] = [];
  private notes: Note[] = [];

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
    if (this.notes.length < NOTES_MAX) this.notes.push({ vertex: number, problem, place });
    const message = `${describePlace(place)}: ${problem}; the vertex is left out`;
    this.options.warn({ kind: 'vertex-not-finite', message });
  }

  /** Whether a face with these corners is to be left out. Throws FormatError at `place` where that is not allowed. */
  leavesOut(corners: Float64Array, from: number, size: number, place: Place): boolean {
    for (let k = from; k < from + size; k++) {
      const corner = corners[k]!;
      if (!this.has(corner)) continue;
      const problem = `face refers to vertex ${corner} (counted from 0), which is not finite`;
      if (!this.options.salvage) throw this.refuse(corner, problem, place);
      this.options.warn({
        kind: 'salvaged',
        message: `${describePlace(place)}: ${problem}; the face is left out`,
      });
      return true;
    }
    return false;
  }

  save(): SavedUnusable {
    return { runs: [...this.runs], notes: [...this.notes] };
  }

  restore({ runs, notes }: SavedUnusable): void {
    this.runs = [...runs];
    this.notes = [...notes];
  }

  /** The error for a face at `face` that refers to a vertex: that of the vertex, where it is known. */
  private refuse(corner: number, problem: string, face: Place): FormatError {
    const note = this.notes.find(({ vertex }) => vertex === corner);
    const hint = `${describePlace(face)}: the face there uses this vertex; \`salvage: true\` leaves such faces out`;
    return note === undefined
      ? new FormatError(`${problem}; expected three finite coordinates`, {
          place: face,
          hint: '`salvage: true` leaves such faces out',
        })
      : new FormatError(note.problem, { place: note.place, hint });
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
