/** A thread that lets SQLite complete a database, which nothing interrupts: so that the main one hears of signals. */
import { type Completion, completeDatabase } from '../../../database/build/new-database.js';
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
