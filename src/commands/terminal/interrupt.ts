/** Ctrl-C and SIGTERM as an AbortSignal, so that a run can clean up; the second one ends the process at once. */
import { Interrupted } from './interrupted.js';
import { sayError } from './terminal.js';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** How long a run may take to end: then it is ended as by the second Ctrl-C. */
const GRACE_MS = 1500;

/** One Ctrl-C may arrive twice, from the terminal and from a parent such as npx that passes it on. */
const ECHO_MS = 500;

/**
 * Runs `action` with a signal that the first interrupt aborts. `describeLeft` tells, as far as it knows better, what a run
 * leaves that does not end in time.
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
      const left = describeLeft() ?? 'what was being made is left under names with .partial';
      sayError(`interrupted; ${left}`, undefined);
      end(name);
    }, GRACE_MS);
  };
  /** Dies of the signal: Node's own exit would first wait for whatever a thread is at. */
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
    // A thread that SQLite answers in keeps the process alive, and it cannot be stopped: then the time to end remains.
    grace?.unref();
  }
}
