/**
 * The program run again in a process of its own. SQLite answers in the thread that asks and cannot be interrupted there;
 * a process can be ended at any moment, and what it has not committed was never there.
 */
import { spawn } from 'node:child_process';
import { DatabaseError } from '../errors.js';

/** Set for a process that another one watches. */
const WATCHED = 'OFFLOAD_WATCHED';

/** Whether another process sees to it that this one ends. */
export function isWatched(): boolean {
  return process.env[WATCHED] !== undefined;
}

/**
 * Runs the program with the arguments that it has, and takes its exit code. Throws DatabaseError where it has not ended
 * after so many seconds.
 */
export async function runWithin(seconds: number, database: string): Promise<void> {
  let isLate = false;
  const code = await runAgain([], 'inherit', seconds, () => {
    isLate = true;
  });
  if (isLate) {
    throw new DatabaseError(`${database}: no end of the query after ${seconds} s`, {
      hint: '--timeout 0 waits as long as it takes',
    });
  }
  process.exitCode = code;
}

/** Runs the program with the arguments that it has, and more; returns the exit code. */
export function runAgain(
  more: readonly string[],
  stdin: 'inherit' | 'ignore',
  seconds = 0,
  onLate: () => void = () => undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1), ...more], {
      stdio: [stdin, 'inherit', 'inherit'],
      env: seconds > 0 ? { ...process.env, [WATCHED]: '1' } : process.env,
    });
    const kill = () => {
      onLate();
      child.kill('SIGKILL');
    };
    const timer = seconds > 0 ? setTimeout(kill, 1000 * seconds) : undefined;
    const end = () => child.kill('SIGTERM');
    process.once('SIGTERM', end);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      process.off('SIGTERM', end);
      resolve(code ?? (signal === 'SIGTERM' ? 143 : 130));
    });
  });
}
