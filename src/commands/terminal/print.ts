/** Data on standard output: the result of a command, and nothing else. */
import { systemCode } from '../../errors.js';
import { openOutput } from '../../io/output/output-file.js';

/** Prints a text and resolves when it is written; a closed pipe is not an error. Throws FileError. */
export async function print(text: string): Promise<void> {
  const output = await openOutput('-', false, 'none');
  try {
    await output.write(Buffer.from(text));
    await output.commit();
  } catch (error) {
    if (systemCode(error) !== 'EPIPE') throw error;
  }
}

/** Prints a value as JSON for people and programs. Throws FileError. */
export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value, undefined, 2)}\n`);
}
