/** Completes a database in a separate thread. */
import type { Completion } from '../../database/build/complete-database.js';
import { Thread } from './thread.js';

/** Time between two progress checks, in milliseconds. */
const LOOK_MS = 200;

/** Completes a database and calls `look` at intervals meanwhile. */
export async function completeInThread(
  completion: Completion,
  look: () => void = () => undefined,
): Promise<void> {
  const thread = new Thread<Completion, true>('complete', undefined);
  try {
    let isDone = false;
    const done = thread.ask(completion).then(() => {
      isDone = true;
    });
    while (!isDone) {
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise((resolve) => {
        timer = setTimeout(resolve, LOOK_MS);
      });
      await Promise.race([done, pause]);
      clearTimeout(timer);
      if (!isDone) look();
    }
  } finally {
    await thread.stop();
  }
}
