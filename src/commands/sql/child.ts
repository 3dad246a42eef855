/**
 * The program run again in a process of its own. SQLite answers in the thread that asks and cannot be interrupted there;
 * a process can be ended at any moment, and what it has not committed was never there.
 */
import { spawn } from 'node:child_process';
import { DatabaseError } from '../../errors.js';

/** Set for a process that another one watches. */
const WATCHED = 'OFFLOAD_WATCHED';

/** What a watched process sends when somebody reads its answer page by page: that takes as long as it takes. */
const READING = 'reading';

/** Whether another process sees to it that this one ends. */
export function isWatched(): boolean {
  return process.env[WATCHED] !== undefined;
}

/** Tells the process that watches this one, if any, that the query has an answer and its time is over. */
export function stopClock(): void {
  process.send?.(READING);
}

/**
 * Runs the program with the arguments that it has, and takes its exit code. Throws DatabaseError if it has not ended
 * after so many seconds.
 */
export async function runWithin(seconds: number, database: string): Promise<void> {
  let isLate = false;
  const code = await runAgain(process.argv.slice(1), 'inherit', seconds, () => {
    isLate = true;
  });
  if (isLate) {
    throw new DatabaseError(`${database}: the query timed out after ${seconds} s`, {
      hint: 'allow more time with --timeout <seconds>; --timeout 0 disables the limit',
    });
  }
  process.exitCode = code;
}

/**
 * Runs the program with these arguments; returns the exit code. Ctrl-C ends the process that is run, and not this one.
 */
export function runAgain(
  args: readonly string[],
  stdin: 'inherit' | 'ignore',
  seconds = 0,
  onLate: () => void = () => undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...args], {
      stdio: [stdin, 'inherit', 'inherit', ...(seconds > 0 ? (['ipc'] as const) : [])],
      env: seconds > 0 ? { ...process.env, [WATCHED]: '1' } : process.env,
    });
    const kill = () => {
      onLate();
      child.kill('SIGKILL');
    };
    const timer = seconds > 0 ? setTimeout(kill, 1000 * seconds) : undefined;
    const end = () => child.kill('SIGTERM');
    // From a terminal both have it; from kill only this one.
    const pass = () => child.kill('SIGINT');
    process.on('SIGINT', pass);
    process.once('SIGTERM', end);
    child.on('message', (message) => {
      if (message === READING) clearTimeout(timer);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      process.off('SIGINT', pass);
      process.off('SIGTERM', end);
      resolve(code ?? EXIT_CODES[signal!] ?? COULD_NOT);
    });
  });
}

const EXIT_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGINT: 130, SIGTERM: 143 };
const COULD_NOT = 1;
