/** Options that several commands share, and parsers of their values. */

import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { FORMATS } from '../../formats/index.js';
import type { Writer } from '../../formats/writer.js';
import { DEFAULT_WRITER, WRITERS } from '../../formats/writers.js';
import { parseNumbers } from '../../geometry/numbers.js';
import { COMPRESSIONS, type CompressionChoice } from '../../io/compression/compression.js';
import { LOAD_DEFAULTS, MEMORY_MINIMUM, MIB } from '../../memory.js';
import { type OutputFormat, pickWriter, type WriterChoice } from '../../pipeline/run/output-writer.js';
import { THREADS_MAX } from '../../pipeline/run/thread-count.js';
import { parseChoice } from './choices.js';
import { addFilterOptions, collectFilter, type FilterCommandOptions } from './filter-options.js';
import { addTransformOptions, collectTransform, type TransformCommandOptions } from './transform-options.js';

export interface CommonOptions {
  readonly memory: number;
  readonly threads?: number;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export interface ReadingCommandOptions extends CommonOptions {
  readonly from?: string;
  readonly salvage?: boolean;
  readonly maxSize?: number;
  readonly tmp?: string;
}

/** The options that select a part of a mesh and transform it, as commander parses them. */
export interface SelectionCommandOptions extends FilterCommandOptions, TransformCommandOptions {
  readonly weld?: number;
}

/** The options of a selection and of the output's variant, as commander parses them. */
export interface WritingCommandOptions extends SelectionCommandOptions {
  readonly failIfEmpty?: boolean;
  readonly to?: OutputFormat;
  readonly compress?: CompressionChoice;
  readonly colors?: boolean;
  readonly normals?: boolean;
  readonly dialect?: string;
  readonly binary?: boolean;
  readonly ascii?: boolean;
  readonly precision?: number;
  readonly soup?: boolean;
  readonly columns?: readonly string[];
}

/** The differences of {@link addCommonOptions} between commands. */
interface CommonVariant {
  /** Whether the command writes a file. */
  readonly writesFile?: boolean;
  readonly usesThreads?: boolean;
  /** Describes --quiet for a command whose result is its exit code. */
  readonly quiet?: string | undefined;
}

/** Adds the options of every command that works on a mesh. */
export function addCommonOptions(
  command: Command,
  { writesFile = true, usesThreads = true, quiet }: CommonVariant = {},
): Command {
  command.optionsGroup('General:').addOption(memoryOption());
  if (usesThreads) {
    command.addOption(
      new Option('--threads <n>', `threads to use, 1 to ${THREADS_MAX} (default: number of cores)`).argParser(
        parseThreads,
      ),
    );
  }
  if (writesFile) command.option('-f, --force', 'replace an existing output');
  return command.addOption(quietOption(quiet)).option('-v, --verbose', 'explain decisions');
}

/** `--quiet`; a description marks a command whose result is its exit code: then it excludes --json. */
export function quietOption(description?: string): Option {
  const flags = '-q, --quiet';
  if (description === undefined) return new Option(flags, 'print errors only').conflicts('verbose');
  return new Option(flags, description).conflicts(['json', 'verbose']);
}

/** `--memory`. */
export function memoryOption(): Option {
  return new Option('--memory <size>', `memory limit of the process, at least ${formatSize(MEMORY_MINIMUM)}`)
    .argParser(parseMemory)
    .default(LOAD_DEFAULTS.memoryBytes, formatSize(LOAD_DEFAULTS.memoryBytes));
}

/** Adds the options of commands that read a mesh file; `input` and `beside` complete the descriptions. */
export function addReadingOptions(
  command: Command,
  {
    writesFile = true,
    input = 'input',
    beside = 'output',
    quiet,
  }: CommonVariant & { readonly input?: string; readonly beside?: string } = {},
): Command {
  const formats = FORMATS.map(({ id }) => id);
  return addCommonOptions(
    command
      .optionsGroup('Input:')
      .addOption(
        new Option('--from <format>', `format of the ${input} (default: detected from content, then name)`)
          .choices(formats)
          .argParser(parseChoice(formats)),
      )
      .option('--salvage', `recover the complete triangles of a truncated ${input}`)
      .addOption(
        new Option(
          '--max-size <size>',
          'largest accepted input, after decompression (default: no limit)',
        ).argParser(parseSize),
      )
      .option('--tmp <folder>', `folder for temporary files (default: beside the ${beside})`),
    { writesFile, quiet },
  );
}

/** Adds the options that select triangles, weld vertices and transform positions. */
export function addSelectionOptions(command: Command): Command {
  return addTransformOptions(addWeldOption(addFilterOptions(command)));
}

/** Adds the options of commands that write a mesh: its selection, and the variant of the output. */
export function addWritingOptions(command: Command): Command {
  const filtered = addFilterOptions(command).option(
    '--fail-if-empty',
    'if no triangle is left, write nothing and exit with 1',
  );
  return addVariantOptions(addTransformOptions(addWeldOption(filtered)));
}

/** Collects the options of {@link addSelectionOptions}. */
export function collectSelection(options: SelectionCommandOptions) {
  const { steps, orient, flip } = collectTransform(options);
  return { filter: collectFilter(options), weld: options.weld, transform: steps, orient, flip };
}

function addWeldOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--weld <distance>',
      'merge vertices within this distance, even across parts; leaves out collapsed triangles',
    ).argParser(parseDistance),
  );
}

function addVariantOptions(command: Command): Command {
  const compressions: CompressionChoice[] = [...COMPRESSIONS.map(({ id }) => id), 'none'];
  const dialects = WRITERS.flatMap((writer: Writer) => writer.dialects ?? []);
  const extensions = COMPRESSIONS.flatMap((compression) => compression.extensions.map((name) => `.${name}`));
  const formats = WRITERS.map(({ id }) => id);
  return command
    .optionsGroup('Output format:')
    .addOption(
      new Option('--to <format>', 'format of the output (default: by its name, else OFF)')
        .choices(formats)
        .argParser(parseChoice(formats)),
    )
    .addOption(
      new Option('--compress <kind>', `compress the output (default: by its name: ${extensions.join(', ')})`)
        .choices(compressions)
        .argParser(parseChoice(compressions)),
    )
    .option('--colors', 'write colors of vertices and triangles')
    .option('--normals', 'write normals of vertices')
    .addOption(
      new Option(
        '--dialect <name>',
        `write colors from 0.0 to 1.0, or from 0 to 255 (default: ${DEFAULT_WRITER.dialects?.[0]})`,
      )
        .choices(dialects)
        .argParser(parseChoice(dialects)),
    )
    .option('--binary', 'write binary OFF (big-endian, 32-bit numbers)')
    .option('--ascii', 'write PLY or STL as text (default: binary)')
    .addOption(
      new Option(
        '--precision <digits>',
        'round positions and normals to 1 to 17 significant digits (default: exact)',
      ).argParser(parseDigits),
    )
    .option(
      '--soup',
      'write three vertices for each triangle, none shared; for Parquet, one file of triangles',
    )
    .addOption(
      new Option(
        '--columns <names>',
        'add columns to the triangles of Parquet, such as part,material,source,area,normal_z',
      ).argParser(parseNames),
    );
}

/** Collects the output's variant from {@link addWritingOptions}; its writer checks whether the options are compatible. */
export function collectVariant(output: string | undefined, options: WritingCommandOptions): WriterChoice {
  const { to, colors, normals, dialect, binary, ascii, precision, soup, columns } = options;
  const writer = pickWriter(output, to);
  const asked = Object.entries({ colors, normals, dialect, binary, ascii, precision, soup, columns }).filter(
    ([, value]) => value !== undefined,
  );
  const idle = asked.find(([name]) => !Object.hasOwn(writer.options, name));
  if (idle !== undefined) throw new UsageError(`--${idle[0]} has no effect on ${writer.title}`);
  return { to: writer.id as OutputFormat, [writer.id]: Object.fromEntries(asked) };
}

/** Splits a list of names; its writer checks them. */
function parseNames(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim().toLowerCase());
}

function parseDistance(text: string): number {
  const [distance] = parseNumbers(text, 1, 'a distance greater than 0');
  if (distance! > 0) return distance!;
  throw new UsageError('expected a distance greater than 0');
}

function parseThreads(text: string): number {
  const threads = /^\d+$/.test(text) ? Number(text) : 0;
  if (threads < 1 || threads > THREADS_MAX) {
    throw new UsageError(`expected a number of threads, 1 to ${THREADS_MAX}`);
  }
  return threads;
}

function parseDigits(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError('expected a number of digits, 1 to 17');
  return Number(text);
}

/** `512M`, `2G`, `1.5GiB`, `300000000` to bytes; the units are powers of 1024. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  if (match === null) throw new UsageError('expected a size such as 512M or 2G');
  const power = ' KMGT'.indexOf(match[2]!.toUpperCase() || ' ');
  return Math.floor(Number(match[1]) * 1024 ** power);
}

function parseMemory(text: string): number {
  const bytes = parseSize(text);
  if (bytes < MEMORY_MINIMUM) {
    throw new UsageError(`expected at least ${formatSize(MEMORY_MINIMUM)}`);
  }
  return bytes;
}

/** A size that parseSize reads back: `512M`. */
export function formatSize(bytes: number): string {
  return `${bytes / MIB}M`;
}
