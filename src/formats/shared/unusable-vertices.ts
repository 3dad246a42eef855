/**
 * Tracks vertices of an indexed source with NaN or infinite coordinates. An unused one is skipped; a face that uses one is
 * refused or, with salvage, skipped.
 *
 * A reader that has already read faces cannot know whether one uses such a vertex; see {@link UnusableVertices.note}.
 */
import { describePlace, FormatError, type Place } from '../../errors.js';
import type { ReadOptions } from '../format.js';

/** The maximum number of runs of such vertices, 16 bytes each. */
const RUNS_MAX = 65_536;

/** For this many vertices, the place and the problem are kept. */
const NOTES_MAX = 100;

/** The problem of a vertex, and its place. */
interface Note {
  readonly vertex: number;
  readonly problem: string;
  readonly place: Place;
}

/** The state as plain data: the first vertex of each run and the first after it, and the first problems. */
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
   * Records that vertex `number`, the largest so far, is unusable, and why. Throws `problem` as FormatError if an earlier
   * face may use the vertex or if there are too many runs.
   */
  note(number: number, problem: string, place: Place, hasEarlierFaces: boolean): void {
    const { runs } = this;
    const isNext = runs.at(-1) === number;
    if (hasEarlierFaces || (!isNext && runs.length >= 2 * RUNS_MAX))
      throw new FormatError(problem, { place });
    if (isNext) runs[runs.length - 1] = number + 1;
    else runs.push(number, number + 1);
    if (this.notes.length < NOTES_MAX) this.notes.push({ vertex: number, problem, place });
    const message = `${describePlace(place)}: ${problem}; the vertex is skipped`;
    this.options.warn({ kind: 'vertex-not-finite', message });
  }

  /** Whether to skip a face with these corners. Throws FormatError at `place` unless salvage is on. */
  leavesOut(corners: Float64Array, from: number, size: number, place: Place): boolean {
    for (let k = from; k < from + size; k++) {
      const corner = corners[k]!;
      if (!this.has(corner)) continue;
      const problem = `face refers to vertex ${corner} (counted from 0), which is not finite`;
      if (!this.options.salvage) throw this.refuse(corner, problem, place);
      this.options.warn({
        kind: 'salvaged',
        message: `${describePlace(place)}: ${problem}; the face is skipped`,
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

  /** Creates the error for a face at `face` that uses a vertex: the vertex's own error, if recorded. */
  private refuse(corner: number, problem: string, face: Place): FormatError {
    const note = this.notes.find(({ vertex }) => vertex === corner);
    const hint = `${describePlace(face)}: a face uses this vertex; \`salvage: true\` skips such faces`;
    return note === undefined
      ? new FormatError(`${problem}; expected three finite coordinates`, {
          place: face,
          hint: '`salvage: true` skips such faces',
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
    // Inside a run, an odd number of borders precedes the vertex.
    return low % 2 === 1;
  }
}
