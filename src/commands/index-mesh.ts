/** `offload index`: an R*Tree for filters by place. */

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
    .summary('make filters by place fast')
    .description(
      'Builds an R*Tree of boxes in a database. From then on --bbox and --sphere look only where they may find\n' +
        'something. It does not follow triangles that are changed later: build it again.',
    )
    .argument('<db>', 'database that offload import has made')
    .option('--tmp <folder>', 'folder for temporary files; beside the database unless given')
    .option('--json', 'print the summary as one JSON object, for scripts')
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
      `${countOf(boxes, 'box', 'boxes')} around ${countOf(triangles, 'triangle')} in ${database}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}
