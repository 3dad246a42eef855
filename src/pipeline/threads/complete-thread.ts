/** Completes a database in a separate thread. */
import type { Completion } from '../../database/build/complete-database.js';
import { Thread } from './thread.js';

/**
 * Completes a database. Calls `tell` with the share of the index that is done, now and then; what it throws ends the work.
 */
export async function completeInThread(completion: Completion, tell: (share: number) => void): Promise<void> {
  let isDone = false;
  const thread = new Thread<Completion, number | 'done'>('complete', undefined, (reply) => {
    if (reply === 'done') isDone = true;
    else tell(reply);
  });
  try {
    thread.post(completion);
    await thread.until(() => isDone);
  } finally {
    await thread.stop();
  }
}
