/** Options that several commands share, and the texts of their values turned into values. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FORMATS } from '../formats/index.js';
import { COMPRESSIONS } from '../io/compression.js';
import { LOAD_DEFAULTS, MEMORY_MINIMUM } from '../mesh.js';

export interface CommonOptions {
  readonly memory: number;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export interface ReadingCommandOptions extends CommonOptions {
  readonly from?: string;
  readonly salvage?: boolean;
  readonly tmp?: string;
}

const MIB = 2 ** 20;

/** Options of every command that writes something. */
export function addCommonOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--memory <size>', `memory for the whole process, at least ${formatSize(MEMORY_MINIMUM)}`)
        .argParser(parseMemory)
        .default(LOAD_DEFAULTS.memoryBytes, formatSize(LOAD_DEFAULTS.memoryBytes)),
    )
    .option('--force', 'replace an output that exists')
    .option('-q, --quiet', 'say nothing but errors')
    .option('-v, --verbose', 'say what is decided, and why');
}

/** The option of every command that writes OFF. */
export function addCompressOption(command: Command): Command {
  const extensions = COMPRESSIONS.flatMap((compression) => compression.extensions.map((name) => `.${name}`));
  return command.addOption(
    new Option(
      '--compress <kind>',
      `compress the output; by its name (${extensions.join(', ')}) unless given`,
    ).choices([...COMPRESSIONS.map(({ id }) => id), 'none']),
  );
}

/** Options of commands that read a mesh file. */
export function addReadingOptions(command: Command): Command {
  const formats = FORMATS.map(({ id }) => id).join(', ');
  return addCommonOptions(
    command
      .option(
        '--from <format>',
        `format of the input (${formats}); found out by content and name unless given`,
      )
      .option('--salvage', 'take what is whole of a truncated input')
      .option('--tmp <folder>', 'folder for temporary files; beside the output unless given'),
  );
}

/** `512M`, `2G`, `1.5GiB`, `300000000` to bytes; the units are powers of 1024. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('expected a size such as 512M or 2G');
  const power = ' KMGT'.indexOf(match[2]!.toUpperCase() || ' ');
  return Math.floor(Number(match[1]) * 1024 ** power);
}

function parseMemory(text: string): number {
  const bytes = parseSize(text);
  if (bytes < MEMORY_MINIMUM) {
    throw new InvalidArgumentError(`expected at least ${formatSize(MEMORY_MINIMUM)}`);
  }
  return bytes;
}

/** A size that parseSize reads back: `512M`. */
export function formatSize(bytes: number): string {
  return `${bytes / MIB}M`;
}
