/** A thread in which SQLite completes a database, so that the main thread can react to signals meanwhile. */
import { type Completion, completeDatabase } from '../../../database/build/complete-database.js';
import type { Home, Work } from './protocol.js';

export function begin(_options: undefined, home: Home<true>): Work<Completion> {
  return {
    handle(completion) {
      completeDatabase(completion);
      home.send(true);
    },
    close: () => undefined,
  };
}
