/** The name of an output, which may be given in two ways. */
import { UsageError } from '../../errors.js';

/** What the help of `--output` reads. */
export const OUTPUT_HELP = 'name the output here instead of as an argument';

/** The output that is named by an argument or by `--output`; undefined if neither names one. Throws UsageError. */
export function chooseOutput(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument !== undefined && option !== undefined) {
    throw new UsageError(
      `the output is named twice, as ${argument} and by --output ${option}; expected one name`,
    );
  }
  return checkLineEnd(argument ?? option);
}

/** Throws UsageError for the name of a new file that ends in a carriage return: a script's line ends are in it. */
export function checkLineEnd<T extends string | undefined>(name: T): T {
  if (name?.endsWith('\r')) throw new UsageError(`${name}: the name of an output ends in a carriage return`);
  return name;
}
