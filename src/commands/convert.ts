/** `offload convert`: a mesh file to OFF. */

import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../errors.js';
import { convertMesh } from '../pipeline/convert-mesh.js';
import { formatBytes } from '../pipeline/forecast.js';
import { withInterrupts } from './interrupt.js';
import { addReadingOptions, type ReadingCommandOptions } from './options.js';
import { describeMesh, placeTemporaries } from './run.js';
import { Terminal } from './terminal.js';

interface ConvertCommandOptions extends ReadingCommandOptions {
  readonly keep?: string;
}

export function addConvert(program: Command): void {
  const command = program
    .command('convert')
    .summary('turn a mesh file into OFF')
    .description(
      'Turns a mesh file into OFF, through a database beside the output that is removed at the end.\n' +
        'Equal positions become one vertex; vertices and triangles keep the order of the input.',
    )
    .argument('<input>', 'mesh file, or - for standard input')
    .argument('[output]', 'OFF file, or - for standard output; beside the input unless given')
    .option('--keep <db>', 'keep the database under this name')
    .addHelpText(
      'after',
      `
Examples:
  offload convert scan.stl                      writes scan.off
  offload convert scan.stl part.off --force     replaces part.off
  offload convert scan.stl --keep scan.db       and scan.db is there for SQL
  gzip -dc scan.stl.gz | offload convert - scan.off
  offload convert scan.stl - | gzip > scan.off.gz`,
    );
  addReadingOptions(command).action(convert);
}

async function convert(
  input: string,
  output: string | undefined,
  options: ConvertCommandOptions,
): Promise<void> {
  const target = output ?? nameOutput(input);
  const terminal = new Terminal(options);
  placeTemporaries(options.tmp, options.keep ?? target);
  try {
    const result = await withInterrupts((signal) =>
      convertMesh(input, target, {
        from: options.from,
        salvage: options.salvage ?? false,
        force: options.force ?? false,
        keep: options.keep,
        memoryBytes: options.memory,
        tempFolder: options.tmp,
        signal,
        ...terminal.listeners(),
      }),
    );
    terminal.sumWarnings(result.warnings);
    const { sourceBytes, databaseBytes, outputBytes } = result;
    terminal.say(describeMesh(result));
    const database = options.keep === undefined ? 'database' : options.keep;
    terminal.say(
      `${formatBytes(sourceBytes)} read, ${database} ${formatBytes(databaseBytes)}, ` +
        `${target === '-' ? 'standard output' : target} ${formatBytes(outputBytes)}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}

/** `scan.stl` to `scan.off`, in the same folder; standard input goes to standard output. */
function nameOutput(input: string): string {
  if (input === '-') return '-';
  const name = join(dirname(input), `${basename(input, extname(input))}.off`);
  if (name === join(input)) throw new UsageError(`${input}: ends in .off already; expected an output name`);
  return name;
}
