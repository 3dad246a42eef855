/** Errors about the value of an option or an argument, in offload's form instead of commander's. */
import type { Argument, Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { quoteWord } from '../../wording.js';

/** The most characters shown of a value. */
const SHOWN = 80;

/**
 * Prefixes each UsageError about a value with the option or argument and the value, for a command and its subcommands:
 * `--limit x: expected a whole number from 0`.
 */
export function nameValues(command: Command): void {
  for (const option of command.options) nameValue(option, option.long ?? option.flags);
  for (const argument of command.registeredArguments) nameValue(argument, `<${argument.name()}>`);
  for (const subcommand of command.commands) nameValues(subcommand);
}

function nameValue(target: Option | Argument, name: string): void {
  const { parseArg } = target;
  if (parseArg === undefined) return;
  target.parseArg = <T>(text: string, before: T): T => {
    try {
      return parseArg(text, before);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const { problem, hint } = error;
      throw new UsageError(`${name} ${showValue(text)}: ${problem}`, { hint, cause: error });
    }
  };
}

function showValue(text: string): string {
  return quoteWord(text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`);
}
