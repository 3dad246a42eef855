/**
 * Runs the program again in a child process. SQLite runs in the calling thread and cannot be interrupted there; a process
 * can be killed at any moment, and uncommitted changes are rolled back.
 */
import { spawn } from 'node:child_process';
import { DatabaseError } from '../../errors.js';

/** The environment variable that marks a watched process. */
const WATCHED = 'OFFLOAD_WATCHED';

/** The message of a watched process that its rows are shown in a pager: reading them has no time limit. */
const READING = 'reading';

/** Whether another process enforces the time limit of this one. */
export function isWatched(): boolean {
  return process.env[WATCHED] !== undefined;
}

/** Tells the watching process, if any, to stop the time limit because the query has an answer. */
export function stopClock(): void {
  process.send?.(READING);
}

/**
 * Runs the program with its own arguments and takes over the exit code. Throws DatabaseError if it has not ended after
 * `seconds`.
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
 * Runs the program with these arguments and returns its exit code. Ctrl-C ends the child process, not this one.
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
    // A terminal sends it to both processes, kill only to this one.
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
