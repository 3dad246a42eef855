/** The name of an output, given as an argument or as an option. */
import { UsageError } from '../../errors.js';

/** The description of `--output`. */
export const OUTPUT_HELP = 'same as the second argument';

/** The description of `--output` of a command with any number of inputs. */
export const OUTPUT_OF_INPUTS_HELP = 'name of the output; then all arguments are inputs';

/** The output named by the argument or by `--output`; undefined if there is none. Throws UsageError for both. */
export function chooseOutput(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument !== undefined && option !== undefined) {
    throw new UsageError(`two outputs, ${argument} and --output ${option}; expected one`);
  }
  return checkLineEnd(argument ?? option);
}

/** Throws UsageError if the name of a new file ends in a carriage return, from a script with CRLF line endings. */
export function checkLineEnd<T extends string | undefined>(name: T): T {
  if (name?.endsWith('\r')) throw new UsageError(`${name}: the output name ends in a carriage return`);
  return name;
}
