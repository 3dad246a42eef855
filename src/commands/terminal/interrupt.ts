/** Ctrl-C and SIGTERM as an AbortSignal, so that a run can clean up. A second one ends the process immediately. */
import { Interrupted } from './interrupted.js';
import { sayError } from './terminal.js';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The time that a run may take to clean up before it is ended as by a second Ctrl-C. */
const GRACE_MS = 1500;

/** One Ctrl-C may arrive twice, from the terminal and from a parent such as npx that passes it on. */
const ECHO_MS = 500;

/**
 * Runs `action` with a signal that the first interrupt aborts. `describeLeft` describes the files that remain if the run
 * does not end in time; undefined stands for the default text.
 */
export async function withInterrupts<T>(
  action: (signal: AbortSignal) => Promise<T>,
  describeLeft: () => string | undefined = () => undefined,
): Promise<T> {
  const controller = new AbortController();
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
  let first = Number.NEGATIVE_INFINITY;
  let grace: NodeJS.Timeout | undefined;
  let isOver = false;
  const listen = (name: keyof typeof EXIT_CODES) => {
    const now = performance.now();
    if (controller.signal.aborted) {
      if (now - first > ECHO_MS) end(name);
      return;
    }
    first = now;
    controller.abort(new Interrupted(EXIT_CODES[name]));
    grace = setTimeout(() => {
      if (isOver) return end(name);
      const left = describeLeft() ?? 'unfinished files remain, with .partial in their names';
      sayError(`interrupted; ${left}`, undefined);
      end(name);
    }, GRACE_MS);
  };
  /** Ends the process by the signal: Node's own exit would first wait for busy threads. */
  const end = (name: keyof typeof EXIT_CODES) => {
    for (const other of names) process.off(other, listen);
    process.kill(process.pid, name);
  };
  for (const name of names) process.on(name, listen);
  try {
    return await action(controller.signal);
  } finally {
    for (const name of names) process.off(name, listen);
    isOver = true;
    // A thread in which SQLite runs keeps the process alive and cannot be stopped: then the timer must stay.
    grace?.unref();
  }
}
