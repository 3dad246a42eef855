/** Ctrl-C and SIGTERM as an AbortSignal, so that a run can clean up; the second one ends the process at once. */
import { Interrupted } from './interrupted.js';
import { sayError } from './terminal.js';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** How long a run may take to end: then it is ended as by the second Ctrl-C. */
const GRACE_MS = 1500;

/** One Ctrl-C may arrive twice, from the terminal and from a parent such as npx that passes it on. */
const ECHO_MS = 500;

/** Runs `action` with a signal that the first interrupt aborts. */
export async function withInterrupts<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
  let first = Number.NEGATIVE_INFINITY;
  let grace: NodeJS.Timeout | undefined;
  const listen = (name: keyof typeof EXIT_CODES) => {
    const now = performance.now();
    if (controller.signal.aborted) {
      if (now - first > ECHO_MS) process.exit(EXIT_CODES[name]);
      return;
    }
    first = now;
    controller.abort(new Interrupted(EXIT_CODES[name]));
    grace = setTimeout(() => {
      sayError('interrupted; what was being made is left under names with .partial', undefined);
      process.exit(EXIT_CODES[name]);
    }, GRACE_MS);
  };
  for (const name of names) process.on(name, listen);
  try {
    return await action(controller.signal);
  } finally {
    clearTimeout(grace);
    for (const name of names) process.off(name, listen);
  }
}
