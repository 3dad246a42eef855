/** Paces work on the rows of a mesh: reports progress, honors the abort signal and yields to the event loop. */
import type { MeshRows } from '../../database/rows/selection.js';
import type { RunOptions, Stage } from './progress.js';

/** Milliseconds between two yields. */
const TURN_MS = 20;

export class Pace {
  private turn = performance.now();

  constructor(
    private readonly rows: Pick<MeshRows, 'triangleRange' | 'vertexRange'>,
    private readonly run: Pick<RunOptions, 'signal' | 'onProgress'>,
    private readonly begin = 0,
    private readonly end = 1,
  ) {}

  /** The pace of a part of the work, from one share of the total to another. */
  part(begin: number, end: number): Pace {
    const at = (share: number) => this.begin + (this.end - this.begin) * share;
    return new Pace(this.rows, this.run, at(begin), at(end));
  }

  /** Reports `done` of `total` rows and yields if due. Call it after steps of 1 to 100 ms. Throws the signal's reason. */
  async pause(stage: Stage, done: number, total: number | undefined): Promise<void> {
    this.tell(stage, done, total);
    if (performance.now() - this.turn < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.turn = performance.now();
  }

  /** Reports a share from 0 to 1, for work without countable rows, and yields if due. Throws the signal's reason. */
  async pauseAt(stage: Stage, share: number): Promise<void> {
    const { triangleRange } = this.rows;
    await this.pause(stage, share * triangleRange, triangleRange);
  }

  /** Reports progress without yielding. Throws the signal's reason. */
  tell(stage: Stage, done: number, total: number | undefined): void {
    const { signal, onProgress } = this.run;
    const { triangleRange: triangles, vertexRange: vertices } = this.rows;
    signal?.throwIfAborted();
    if (total !== undefined) done = Math.round(total * this.begin + (this.end - this.begin) * done);
    onProgress?.({ stage, done, total, unit: 'rows', triangles, vertices });
  }
}
