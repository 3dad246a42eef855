/** The end of a process from a thread that is not the main one, while the main one is busy in a library. */
import { writeSync } from 'node:fs';

/** Writes a text to standard error and kills the process, which cannot be ended otherwise while it is busy. */
export function killProcess(text: string): never {
  try {
    writeSync(2, text);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
  throw new Error('killed');
}
