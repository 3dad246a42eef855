/** `offload import`: mesh files to a database. */

import type { Command } from 'commander';
import { UsageError } from '../errors.js';
import { findOtherKind } from '../io/disk.js';
import type { ImportResult } from '../pipeline/import-mesh.js';
import { countOf, formatBytes, quoteWord } from '../wording.js';
import {
  addInputOptions,
  addInputs,
  chooseInputs,
  type InputCommandOptions,
  refuseNoOutput,
} from './options/inputs.js';
import { addReadingOptions, type ReadingCommandOptions } from './options/options.js';
import { OUTPUT_OF_INPUTS_HELP } from './options/output-name.js';
import { withInterrupts } from './terminal/interrupt.js';
import { printJson } from './terminal/print.js';
import { describeMesh, describeRead, nameFolderBeside, placeTemporaries } from './terminal/run.js';
import { summarizeImport } from './terminal/summary.js';
import { Terminal } from './terminal/terminal.js';

export function addImport(program: Command): void {
  const command = program
    .command('import')
    .summary('import mesh files into a database')
    .description(
      'Imports a mesh file into a new SQLite database, for SQL queries and any number of exports.\n' +
        'Several files become one mesh, in their order, as if they had been one file.\n' +
        'The database is built as <db>.partial and renamed when it is complete.\n' +
        'With --append, the inputs are added to an existing database. The result is the same as one import of all files,\n' +
        'and saved filters stay. The database is copied, which needs disk space for a second one: adding a tenth takes about\n' +
        'three quarters of the time of importing all files again.\n' +
        'To resume an import that was killed, interrupted or out of space, repeat the command.\n' +
        'To abandon it, delete <db>.partial*, and <db>.<random>.partial in the folder of --tmp.',
    )
    .option('-o, --output <db>', OUTPUT_OF_INPUTS_HELP)
    .addHelpText(
      'after',
      `
Examples:
  offload import scan.stl                       creates scan.db
  offload import scan.stl.gz -o mesh.db
  offload import tiles/ -o scan.db              all mesh files of a folder, as one mesh
  offload import --append new.stl scan.db       adds to scan.db
  curl -s https://example.org/scan.stl | offload import - scan.db
  sqlite3 scan.db 'SELECT count(*) FROM triangles'
  offload export scan.db scan.off`,
    );
  addInputs(command, 'db', 'database to create (default: beside the input, named after it)');
  addReadingOptions(addInputOptions(command))
    .option('--append', 'add the inputs to an existing database')
    .option('--restart', 'start over instead of resuming an import')
    .option('--no-index', 'leave out the unique index of positions; no other command needs it')
    .option('--json', 'print the summary as JSON')
    .action(importFile);
}

async function importFile(
  words: readonly string[],
  options: InputCommandOptions &
    ReadingCommandOptions & {
      readonly append?: boolean;
      readonly restart?: boolean;
      readonly index: boolean;
      readonly json?: boolean;
    },
): Promise<void> {
  const { inputs, output, named } = await chooseInputs(words, options);
  if (options.append && output === undefined) {
    throw new UsageError('--append needs a database; expected its name after the inputs, or as --output');
  }
  const database = output ?? nameDatabase(named);
  // Loaded on demand: loading takes a while, and other commands start without it.
  const { importMesh } = await import('../pipeline/import-mesh.js');
  const terminal = new Terminal(options);
  placeTemporaries(options.tmp, database);
  try {
    const result = await withInterrupts(
      (signal) =>
        importMesh(inputs, database, {
          from: options.from,
          salvage: options.salvage ?? false,
          skipBad: options.skipBad ?? false,
          maxBytes: options.maxSize,
          force: options.force ?? false,
          append: options.append ?? false,
          restart: options.restart ?? false,
          index: options.index,
          memoryBytes: options.memory,
          threads: options.threads,
          tempFolder: options.tmp,
          signal,
          ...terminal.listeners(),
        }),
      () => terminal.left,
    );
    terminal.sumWarnings(result.warnings);
    if (options.json) {
      await printJson({ ...summarizeImport(inputs, database, result), ...terminal.cost() });
      return;
    }
    terminal.say(result.before === undefined ? describeMesh(result) : describeGrowth(result, result.before));
    terminal.say(
      `${describeRead(result)}, ${database} ${formatBytes(result.databaseBytes)}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}

/** Describes what an append has added: `4 triangles and 5 vertices added to 3,840 triangles and 1,920 vertices`. */
function describeGrowth(
  { triangles, vertices }: ImportResult,
  before: NonNullable<ImportResult['before']>,
): string {
  const describe = (t: number, v: number) =>
    `${countOf(t, 'triangle')} and ${countOf(v, 'vertex', 'vertices')}`;
  const added = describe(triangles - before.triangles, vertices - before.vertices);
  return `${added} added to ${describe(before.triangles, before.vertices)}`;
}

/** The name of a database beside its source: `scan.db` for `scan.stl`, `scan.stl.gz` and the folder `scan/`. */
function nameDatabase(input: string | undefined): string {
  if (input === undefined) return refuseNoOutput();
  const other = input === '-' ? 'a pipe' : findOtherKind(input);
  if (other !== undefined && other !== 'a directory') {
    const problem =
      input === '-'
        ? 'standard input has no name to derive the database name from'
        : `${input}: is ${other}, so no database name can be derived from it`;
    throw new UsageError(problem, { hint: `name the database: offload import ${quoteWord(input)} scan.db` });
  }
  return `${nameFolderBeside(input)}.db`;
}
