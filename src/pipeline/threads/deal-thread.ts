/** A thread that distributes the triangles of a database to the stars of their vertices while the main thread links them. */
import type { DealOptions, DealReply } from './roles/deal-role.js';
import type { ThreadPool } from './thread.js';

/** Lets a thread of the pool distribute them; resolves to the words written to each file. Rejects with DatabaseError, FileError. */
export function dealInThread(pool: ThreadPool, options: DealOptions): Promise<DealReply> {
  return pool.play<'deal', DealReply>('deal', options, 1)('deal');
}
