/** Commands whose exit code is an answer, as with grep and cmp: 0 for yes, 1 for no, 2 for trouble. */

/** The exit code of "no": meshes differ, a mesh is not a solid, readers would misread a file. */
const NO = 1;

/** An error of a command whose exit code 1 means "no": the error exits with another code. */
export class Trouble extends Error {
  constructor(readonly error: unknown) {
    super('no answer', { cause: error });
    this.name = 'Trouble';
  }
}

/**
 * Makes the action of a command from a question: the exit code is 0 if it resolves to true and {@link NO} if it resolves
 * to false. Its errors are rethrown as {@link Trouble}.
 */
export function answering<Args extends unknown[]>(
  ask: (...args: Args) => Promise<boolean>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      if (!(await ask(...args))) process.exitCode = NO;
    } catch (error) {
      throw new Trouble(error);
    }
  };
}

/** The part of a command's help that lists its exit codes. */
export function describeExitCodes(yes: string, no: string, trouble: string): string {
  return `\nExit codes:\n  0  ${yes}\n  1  ${no}\n  2  ${trouble}, or wrong usage`;
}
