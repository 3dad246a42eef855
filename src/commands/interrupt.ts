/** Ctrl-C and SIGTERM as an AbortSignal, so that a run can clean up; the second one ends the process at once. */

/** Why a run was ended from outside; `exitCode` is the shell's for that signal. */
export class Interrupted extends Error {
  /** What has become of the work, for the message. */
  remains = 'no output and no temporary files are left';

  constructor(readonly exitCode: number) {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** One Ctrl-C may arrive twice, from the terminal and from a parent such as npx that passes it on. */
const ECHO_MS = 500;

/** Runs `action` with a signal that the first interrupt aborts. */
export async function withInterrupts<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
  let first = Number.NEGATIVE_INFINITY;
  const listen = (name: keyof typeof EXIT_CODES) => {
    const now = performance.now();
    if (controller.signal.aborted) {
      if (now - first > ECHO_MS) process.exit(EXIT_CODES[name]);
      return;
    }
    first = now;
    controller.abort(new Interrupted(EXIT_CODES[name]));
  };
  for (const name of names) process.on(name, listen);
  try {
    return await action(controller.signal);
  } finally {
    for (const name of names) process.off(name, listen);
  }
}
