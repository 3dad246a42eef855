/** `offload convert`: mesh files to one mesh file, or each to its own. */

import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { type CompressionChoice, withoutCompression } from '../io/compression/compression.js';
import type { ConvertResult } from '../pipeline/convert-mesh.js';
import { type OutputFormat, pickWriter } from '../pipeline/run/output-writer.js';
import { countOf, formatBytes } from '../wording.js';
import { convertFiles } from './convert-each.js';
import { describeSelection } from './describe/describe-selection.js';
import {
  addInputOptions,
  addInputs,
  chooseInputs,
  type InputCommandOptions,
  refuseNoOutput,
} from './options/inputs.js';
import {
  addReadingOptions,
  addWritingOptions,
  collectSelection,
  collectVariant,
  type ReadingCommandOptions,
  type WritingCommandOptions,
} from './options/options.js';
import { checkLineEnd, OUTPUT_OF_INPUTS_HELP } from './options/output-name.js';
import { checkTarget, nameForPeople } from './options/output-target.js';
import { withInterrupts } from './terminal/interrupt.js';
import { Interrupted } from './terminal/interrupted.js';
import { printJson } from './terminal/print.js';
import { describeMesh, describeRead, nameBeside, placeTemporaries, withinMemory } from './terminal/run.js';
import { summarizeConvert } from './terminal/summary.js';
import { Terminal } from './terminal/terminal.js';

interface ConvertCommandOptions
  extends Omit<InputCommandOptions, 'force'>,
    ReadingCommandOptions,
    WritingCommandOptions {
  readonly each?: boolean;
  readonly json?: boolean;
  readonly keep?: string;
}

export function addConvert(program: Command): void {
  const command = program
    .command('convert')
    .summary('convert mesh files to OFF or another format')
    .description(
      'Converts mesh files through a temporary database beside the output.\n' +
        'Several files become one mesh, in their order, as if they had been one file.\n' +
        "The format is that of the output's name, or of --to (default: OFF).\n" +
        'Parquet is a folder with vertices.parquet and triangles.parquet, or one file with --soup.\n' +
        'Equal positions become one vertex. Vertices and triangles keep the order of the input.',
    )
    .option('-o, --output <file>', OUTPUT_OF_INPUTS_HELP)
    .option('--keep <db>', 'keep the database under this name')
    .addOption(
      new Option('--each', 'write one output for each input, beside it or in a folder named last').conflicts([
        'keep',
        'skipBad',
      ]),
    )
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Examples:
  offload convert scan.stl                      writes scan.off
  offload convert scan.stl part.off --force     replaces part.off
  offload convert scan.stl --keep scan.db       keeps scan.db for SQL
  offload convert scan.stl.gz scan.off.zst      reads gzip, writes zstd
  offload convert scan.ply --colors             writes vertex and face colors
  offload convert scan.stl scan.ply             writes binary PLY
  offload convert scan.stl scan.parquet --soup  writes one Parquet file of triangles
  offload convert scan.stl --to obj -           writes OBJ to standard output
  offload convert tiles/*.stl scan.off          joins many files into one mesh
  offload convert --each tiles/ out/            writes an OFF for each file of a folder
  curl -s https://example.org/scan.stl | offload convert - scan.off`,
    );
  addInputs(command, 'output', 'mesh file to write, or - for standard output (default: beside the input)');
  addReadingOptions(addInputOptions(addWritingOptions(command))).action(convert);
}

async function convert(words: readonly string[], options: ConvertCommandOptions): Promise<void> {
  if (options.each) return convertFiles(words, options);
  const { inputs, output, named } = await chooseInputs(words, options);
  const target = checkTarget(output ?? nameOutput(named, options), options);
  checkLineEnd(options.keep);
  // Loaded on demand: loading takes a while, and other commands start without it.
  const { convertMesh } = await import('../pipeline/convert-mesh.js');
  const terminal = new Terminal({ ...options, output: target });
  placeTemporaries(options.tmp, options.keep ?? target);
  let isKept = false;
  try {
    const result = await withInterrupts(
      (signal) =>
        convertMesh(inputs, target, {
          from: options.from,
          salvage: options.salvage ?? false,
          skipBad: options.skipBad ?? false,
          maxBytes: options.maxSize,
          force: options.force ?? false,
          compress: options.compress,
          keep: options.keep,
          ...collectSelection(options),
          failIfEmpty: options.failIfEmpty ?? false,
          ...collectVariant(target, options),
          memoryBytes: options.memory,
          threads: options.threads,
          tempFolder: options.tmp,
          guardQuery: <T>(action: () => Promise<T>) => withinMemory(options.memory, action),
          signal,
          ...terminal.listeners(),
          onKept: () => {
            isKept = true;
          },
        }),
      () => terminal.left,
    );
    terminal.sumWarnings(result.warnings);
    if (options.json) {
      const summary = summarizeConvert(inputs, target, options.keep, result);
      await printJson({ ...summary, ...terminal.cost() });
    } else sumUp(target, options.keep, result, terminal);
  } catch (error) {
    if (isKept) {
      const remains = `${options.keep} is complete: run offload export to write ${target}`;
      if (error instanceof Interrupted) error.remains = remains;
      else terminal.say(`no output was written; ${remains}`);
    }
    throw error;
  } finally {
    terminal.clear();
  }
}

/** Prints the summary for people. */
function sumUp(target: string, kept: string | undefined, result: ConvertResult, terminal: Terminal): void {
  const { databaseBytes, written } = result;
  terminal.say(describeMesh(result));
  for (const line of describeSelection(written.selection)) terminal.say(line);
  if (written.triangles !== result.triangles) {
    const vertices = countOf(written.vertices, 'vertex', 'vertices');
    terminal.say(`${countOf(written.triangles, 'triangle')} and ${vertices} written`);
  }
  const output = `${nameForPeople(target)} ${formatBytes(written.bytes)}`;
  const read = describeRead(result);
  terminal.say(
    `${read}, ${kept ?? 'database'} ${formatBytes(databaseBytes)}, ${output}; ${terminal.describeCost()}`,
  );
}

/** Names the output beside the input, or standard output for standard input. */
function nameOutput(
  input: string | undefined,
  { compress, to }: { readonly compress?: CompressionChoice; readonly to?: OutputFormat },
): string {
  if (input === undefined) return refuseNoOutput();
  if (input === '-') return '-';
  const plain = withoutCompression(input);
  const extension = `.${pickWriter(undefined, to).extensions[0]}`;
  if (plain.endsWith(extension)) {
    const ending = input.slice(plain.length - extension.length);
    throw new UsageError(`${input}: already ends in ${ending}; expected an output name`);
  }
  return nameBeside(input, compress, to);
}
