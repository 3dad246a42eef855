/** Ends the process from a worker thread while the main thread is busy in a library. */
import { writeSync } from 'node:fs';

/** Writes a text to standard error and kills the process. A busy process cannot be ended otherwise. */
export function killProcess(text: string): never {
  try {
    writeSync(2, text);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
  throw new Error('killed');
}
