/** A database completed in a thread of its own. */
import type { Completion } from '../../database/new-database.js';
import { Thread } from './thread.js';

export async function completeInThread(completion: Completion): Promise<void> {
  const thread = new Thread<Completion, true>('complete', undefined);
  try {
    await thread.ask(completion);
  } finally {
    await thread.stop();
  }
}
