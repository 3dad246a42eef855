/** `offload export`: a database to OFF. */

import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { type Division, PART_KINDS } from '../filter/groups.js';
import { explainExport, exportMesh } from '../pipeline/export-mesh.js';
import { checkDivision, describeDivision, splitMesh } from '../pipeline/split-mesh.js';
import { suggest } from '../suggest.js';
import { countOf, formatBytes } from '../wording.js';
import { describeExplanation, describeSelection } from './describe/describe-selection.js';
import {
  addCommonOptions,
  addWritingOptions,
  type CommonOptions,
  collectSelection,
  collectVariant,
  type WritingCommandOptions,
} from './options/options.js';
import { chooseOutput, OUTPUT_HELP } from './options/output-name.js';
import { checkTarget, nameForPeople } from './options/output-target.js';
import { addSaved, addSavedFilterOption } from './options/saved-filter.js';
import { withInterrupts } from './terminal/interrupt.js';
import { print, printJson } from './terminal/print.js';
import { nameBeside, nameFolderBeside, placeTemporaries, withinMemory } from './terminal/run.js';
import { summarizeExport, summarizeSplit } from './terminal/summary.js';
import { Terminal } from './terminal/terminal.js';

interface ExportCommandOptions extends CommonOptions, WritingCommandOptions {
  readonly output?: string;
  readonly filter?: readonly string[];
  readonly split?: Division;
  readonly explain?: boolean;
  readonly json?: boolean;
  readonly tmp?: string;
}

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .summary('export a database as OFF or another format')
    .description(
      'Exports the mesh of a database, complete or filtered, without reading the source again.\n' +
        "The format is that of the output's name, or of --to (default: OFF).\n" +
        'Parquet is a folder with vertices.parquet and triangles.parquet, or one file with --soup.\n' +
        'All conditions must hold. They apply to the mesh as stored, before --weld and the transform.',
    )
    .argument('<db>', 'database made by offload import')
    .argument('[output]', 'mesh file to write, or - for standard output (default: beside the database)')
    .option('-o, --output <file>', OUTPUT_HELP)
    .addHelpText(
      'after',
      `
Examples:
  offload export scan.db                        writes scan.off
  offload export scan.db scan.off.gz            compresses the output
  offload export scan.db scan.stl               writes binary STL
  offload export scan.db tables --to parquet    writes two tables in the folder tables
  offload export scan.db - | head -2            prints the counts
  offload export scan.db view.off --colors      writes colors for Geomview
  offload export scan.db view.off --colors --dialect int255     for Open3D
  offload export scan.db roof.off --where "normal_z > 0.7" --component largest
  offload export scan.db cells --split grid=4,4,1
  offload export scan.db parts --split part --to obj
  offload export scan.db part.off --bbox 0,0,0,10,10,5 --units mm:inch`,
    );
  addWritingOptions(addSavedFilterOption(command));
  addCommonOptions(command)
    .option('--tmp <folder>', 'folder for temporary files (default: beside the output)')
    .addOption(
      new Option(
        '--split <by>',
        'write a folder with one file per part, object, group, material, source, component, or cell of grid=<nx>,<ny>,<nz>',
      ).argParser(parseDivision),
    )
    .option('--explain', 'show how the filter is evaluated and what it keeps; write nothing')
    .option('--json', 'print the summary, or the result of --explain, as JSON')
    .action(exportDatabase);
}

async function exportDatabase(
  database: string,
  output: string | undefined,
  options: ExportCommandOptions,
): Promise<void> {
  const target = chooseTarget(database, chooseOutput(output, options.output), options);
  const terminal = new Terminal({ ...options, output: target });
  placeTemporaries(options.tmp, target);
  const { filter: own, ...moved } = collectSelection(options);
  const { weld, transform, orient, flip, ...filter } = addSaved(database, options.filter, {
    ...own,
    ...moved,
  });
  const exporting = {
    filter,
    weld,
    transform,
    orient,
    flip,
    failIfEmpty: options.failIfEmpty ?? false,
    force: options.force ?? false,
    compress: options.compress,
    ...collectVariant(options.split === undefined ? target : undefined, options),
    memoryBytes: options.memory,
    threads: options.threads,
    tempFolder: options.tmp,
    guardQuery: <T>(action: () => Promise<T>) => withinMemory(options.memory, action),
    ...terminal.listeners(),
  };
  try {
    if (options.explain) {
      const result = await withInterrupts((signal) => explainExport(database, { ...exporting, signal }));
      await print(describeExplanation(result, options.json ?? false));
      return;
    }
    if (options.split !== undefined) {
      const { split } = options;
      const result = await withInterrupts((signal) =>
        splitMesh(database, target, split, { ...exporting, signal }),
      );
      terminal.sumWarnings(result.warnings);
      if (options.json) {
        const summary = summarizeSplit(database, target, describeDivision(split), result);
        await printJson({ ...summary, ...terminal.cost() });
        return;
      }
      for (const line of describeSelection(result.selection)) terminal.say(line);
      const triangles = result.files.reduce((sum, file) => sum + file.triangles, 0);
      const files = countOf(result.files.length, 'file');
      terminal.say(`${countOf(triangles, 'triangle')} in ${files} in ${target}; ${terminal.describeCost()}`);
      return;
    }
    const result = await withInterrupts((signal) => exportMesh(database, target, { ...exporting, signal }));
    terminal.sumWarnings(result.warnings);
    if (options.json) {
      await printJson({ ...summarizeExport(database, target, result), ...terminal.cost() });
      return;
    }
    for (const line of describeSelection(result.selection)) terminal.say(line);
    terminal.say(
      `${countOf(result.triangles, 'triangle')}, ${countOf(result.vertices, 'vertex', 'vertices')}; ` +
        `${nameForPeople(target)} ${formatBytes(result.bytes)}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}

/** Chooses the named output, or by default one beside the database. */
function chooseTarget(database: string, output: string | undefined, options: ExportCommandOptions): string {
  const target = output ?? nameTarget(database, options);
  // With --explain, nothing is written.
  return options.explain ? target : checkTarget(target, options);
}

/** An output beside the database, or a folder. */
function nameTarget(database: string, { compress, split, to }: ExportCommandOptions): string {
  return split === undefined ? nameBeside(database, compress, to) : nameFolderBeside(database);
}

/** The divisions that are one word. */
const DIVISIONS = ['part', ...PART_KINDS, 'source', 'component'] as const;

function parseDivision(text: string): Division {
  const by = DIVISIONS.find((name) => name === text);
  if (by !== undefined) return { by };
  const grid = /^grid=(\d+),(\d+),(\d+)$/.exec(text);
  if (grid === null) {
    throw new UsageError(`expected ${DIVISIONS.join(', ')} or grid=<nx>,<ny>,<nz>`, {
      hint: suggest(text, DIVISIONS),
    });
  }
  const division: Division = { by: 'grid', cells: [Number(grid[1]), Number(grid[2]), Number(grid[3])] };
  checkDivision(division);
  return division;
}
