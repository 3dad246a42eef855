/** Finds a command by its words. */
import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { suggest } from '../../suggest.js';

/** Finds a subcommand by its words. Throws UsageError for an unknown command. */
export function findCommand(above: Command, words: readonly string[]): Command {
  const [word, ...more] = words;
  if (word === undefined) return above;
  const found = above.commands.find((command) => command.name() === word);
  if (found !== undefined) return findCommand(found, more);
  const known = above.commands.map((command) => command.name());
  const expected =
    known.length === 0 ? `${above.name()} has no subcommands` : `expected one of ${known.join(', ')}`;
  throw new UsageError(`unknown command '${word}'; ${expected}`, { hint: suggest(word, known) });
}
