/** Threads that hash triangles while the main thread reads others. With no threads, the main thread hashes them itself. */
import { BATCH_TRIANGLES } from '../../memory.js';
import type { Precision } from '../../mesh.js';
import { type SavedSums, TriangleSums, type Which } from '../hash/triangle-sums.js';
import type { HashReply, HashRequest } from './roles/hash-role.js';
import { ThreadPool } from './thread.js';

/** Values of a triangle. */
const WIDTH = 9;
/** Batches queued for a thread: the current one and the next. */
const BATCHES = 2;

export class HashThreads {
  private readonly sums: TriangleSums;
  private readonly pool = new ThreadPool();
  private readonly ask: ((request: HashRequest) => Promise<HashReply>) | undefined;
  /** Shared memory for batches, used in turn. */
  private readonly memories: readonly Float64Array[];
  private turn = 0;
  /** The batches in flight, the oldest first. */
  private readonly waiting: Promise<HashReply>[] = [];

  constructor(
    precision: Precision,
    private readonly threads: number,
  ) {
    this.sums = new TriangleSums(precision);
    this.ask = threads > 0 ? this.pool.play('hash', { precision }, threads) : undefined;
    this.memories = Array.from(
      { length: Math.max(1, BATCHES * threads) },
      () => new Float64Array(new SharedArrayBuffer(8 * WIDTH * BATCH_TRIANGLES)),
    );
  }

  /** Adds `count` triangles of a mesh, nine coordinates each; the array is lent until the promise resolves. */
  async add(which: Which, positions: Float32Array | Float64Array, count: number): Promise<void> {
    const { ask, memories, waiting } = this;
    for (let done = 0; done < count; done += BATCH_TRIANGLES) {
      const some = Math.min(BATCH_TRIANGLES, count - done);
      const values = positions.subarray(WIDTH * done, WIDTH * (done + some));
      if (waiting.length === memories.length) await waiting.shift();
      const memory = memories[this.turn++ % memories.length]!;
      memory.set(values);
      if (ask === undefined) this.sums.add(which, memory, some);
      else waiting.push(ask({ which, positions: memory, count: some }));
    }
  }

  /** Returns the sums of all triangles. */
  async finish(): Promise<TriangleSums> {
    for (let k = 0; k < this.threads; k++) this.sums.merge((await this.ask!('sums')) as SavedSums);
    return this.sums;
  }

  /** Ends the threads. Call it in any case. */
  async stop(): Promise<void> {
    await this.pool.stop();
  }
}
