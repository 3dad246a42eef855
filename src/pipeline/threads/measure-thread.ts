/** A thread that measures a mesh while the main thread counts the stars of its vertices. */
import type { MeasureOptions, MeasureReply } from './roles/measure-role.js';
import type { ThreadPool } from './thread.js';

/** Lets a thread of the pool measure. Rejects with DatabaseError, FileError. */
export function measureInThread(pool: ThreadPool, options: MeasureOptions): Promise<MeasureReply> {
  return pool.play<'measure', MeasureReply>('measure', options, 1)('measure');
}
