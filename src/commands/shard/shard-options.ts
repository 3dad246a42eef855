/** The options that the commands of `offload shard` share. */
import { type Command, Option } from 'commander';
import { COMPRESSIONS, type CompressionChoice } from '../../io/compression/compression.js';
import { parseChoice } from '../options/choices.js';
import { parseInteger } from '../options/filter-options.js';

/** Adds the number of the shard. */
export function addNumber(command: Command): Command {
  return command.addOption(
    new Option('--number <n>', 'number of the shard, from 0, in the order of the input')
      .argParser(parseInteger)
      .makeOptionMandatory(),
  );
}

/** Adds the compression of the files; `what` completes the description. */
export function addCompression(command: Command, what: string): Command {
  const kinds: CompressionChoice[] = [...COMPRESSIONS.map(({ id }) => id), 'none'];
  return command.addOption(
    new Option('--compress <kind>', `compress ${what}`).choices(kinds).argParser(parseChoice(kinds)),
  );
}
