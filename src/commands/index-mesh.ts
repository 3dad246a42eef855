/** `offload index`: an R*Tree for spatial filters. */

import type { Command } from 'commander';
import { fileSize } from '../io/disk.js';
import { indexMesh } from '../pipeline/derive-mesh.js';
import { countOf } from '../wording.js';
import { addCommonOptions, type CommonOptions } from './options/options.js';
import { withInterrupts } from './terminal/interrupt.js';
import { printJson } from './terminal/print.js';
import { placeTemporaries } from './terminal/run.js';
import { Terminal } from './terminal/terminal.js';

export function addIndex(program: Command): void {
  const command = program
    .command('index')
    .summary('speed up --bbox and --sphere')
    .description(
      'Builds a spatial index (R*Tree) in a database, which speeds up --bbox and --sphere.\n' +
        'If you change triangles later, build the index again.',
    )
    .argument('<db>', 'database made by offload import')
    .option('--tmp <folder>', 'folder for temporary files (default: beside the database)')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Examples:
  offload index scan.db
  offload export scan.db corner.off --bbox 0,0,0,10,10,10`,
    );
  addCommonOptions(command, { writesFile: false }).action(indexDatabase);
}

async function indexDatabase(
  database: string,
  options: CommonOptions & { readonly tmp?: string; readonly json?: boolean },
): Promise<void> {
  const terminal = new Terminal(options);
  placeTemporaries(options.tmp, database);
  try {
    const { triangles, boxes } = await withInterrupts((signal) =>
      indexMesh(database, {
        memoryBytes: options.memory,
        tempFolder: options.tmp,
        signal,
        ...terminal.listeners(),
      }),
    );
    if (options.json) {
      const databaseBytes = fileSize(database);
      await printJson({ database, databaseBytes, triangles, boxes, ...terminal.cost() });
      return;
    }
    terminal.say(
      `${countOf(triangles, 'triangle')} indexed in ${countOf(boxes, 'box', 'boxes')} in ${database}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}
