/** A thread that completes a database, so that the main thread can react to signals meanwhile. */
import { type Completion, completeDatabase } from '../../../database/build/complete-database.js';
import type { Home, Work } from './protocol.js';

/** The least growth of the share between two messages. */
const STEP = 0.01;

export function begin(_options: undefined, home: Home<number | 'done'>): Work<Completion> {
  return {
    handle(completion) {
      let told = 0;
      completeDatabase(completion, (share) => {
        home.checkStop();
        if (share < told + STEP) return;
        told = share;
        home.send(share);
      });
      home.send('done');
    },
    close: () => undefined,
  };
}
