/** Work on the rows of a mesh in steps: it tells how far it is, ends where it is to, and gives others their turn. */
import type { MeshRows } from '../../database/rows/selection.js';
import type { RunOptions, Stage } from './progress.js';

/** Milliseconds between two chances for others. */
const TURN_MS = 20;

export class Pace {
  private turn = performance.now();

  constructor(
    private readonly rows: Pick<MeshRows, 'triangleRange' | 'vertexRange'>,
    private readonly run: Pick<RunOptions, 'signal' | 'onProgress'>,
    private readonly begin = 0,
    private readonly end = 1,
  ) {}

  /** The pace of a part of the work, which is that from one share of it to another. */
  part(begin: number, end: number): Pace {
    const at = (share: number) => this.begin + (this.end - this.begin) * share;
    return new Pace(this.rows, this.run, at(begin), at(end));
  }

  /** To be called after each step that takes milliseconds, and no more than some hundred; `done` of `total` rows are. Throws the signal's reason. */
  async pause(stage: Stage, done: number, total: number | undefined): Promise<void> {
    this.tell(stage, done, total);
    if (performance.now() - this.turn < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.turn = performance.now();
  }

  /** The same for work that is done up to a share, where no rows can be counted. */
  async pauseAt(stage: Stage, share: number): Promise<void> {
    const { triangleRange } = this.rows;
    await this.pause(stage, share * triangleRange, triangleRange);
  }

  /** The same where others have their turn anyway. */
  tell(stage: Stage, done: number, total: number | undefined): void {
    const { signal, onProgress } = this.run;
    const { triangleRange: triangles, vertexRange: vertices } = this.rows;
    signal?.throwIfAborted();
    if (total !== undefined) done = Math.round(total * this.begin + (this.end - this.begin) * done);
    onProgress?.({ stage, done, total, unit: 'rows', triangles, vertices });
  }
}
