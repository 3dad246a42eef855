/** `offload index`: an R*Tree for spatial filters, or tiles for viewing. */

import type { Command } from 'commander';
import { fileSize } from '../io/disk.js';
import { buildTiles, type TilesResult } from '../pipeline/build-tiles.js';
import { type IndexResult, indexMesh } from '../pipeline/derive-mesh.js';
import { countOf, formatBytes } from '../wording.js';
import { addCommonOptions, type CommonOptions } from './options/options.js';
import { withInterrupts } from './terminal/interrupt.js';
import { printJson } from './terminal/print.js';
import { placeTemporaries } from './terminal/run.js';
import { Terminal } from './terminal/terminal.js';

interface IndexOptions extends CommonOptions {
  readonly tiles?: boolean;
  readonly tmp?: string;
  readonly json?: boolean;
}

export function addIndex(program: Command): void {
  const command = program
    .command('index')
    .summary('speed up --bbox and --sphere')
    .description(
      'Builds a spatial index (R*Tree) in a database, which speeds up --bbox and --sphere.\n' +
        'With --tiles, builds level-of-detail tiles instead, from which a viewer shows a mesh of any size.\n' +
        'If you change triangles later, build the index again.',
    )
    .argument('<db>', 'database made by offload import')
    .option('--tiles', 'build level-of-detail tiles instead of the R*Tree')
    .option('--tmp <folder>', 'folder for temporary files (default: beside the database)')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Examples:
  offload index scan.db
  offload index scan.db --tiles
  offload export scan.db corner.off --bbox 0,0,0,10,10,10`,
    );
  addCommonOptions(command, { writesFile: false }).action(indexDatabase);
}

async function indexDatabase(database: string, options: IndexOptions): Promise<void> {
  const terminal = new Terminal(options);
  placeTemporaries(options.tmp, database);
  try {
    const facts = await withInterrupts(async (signal) => {
      const running = {
        memoryBytes: options.memory,
        tempFolder: options.tmp,
        signal,
        ...terminal.listeners(),
      };
      return options.tiles ? await buildTiles(database, running) : await indexMesh(database, running);
    });
    if (options.json) {
      const databaseBytes = fileSize(database);
      await printJson({ database, databaseBytes, ...facts, ...terminal.cost() });
      return;
    }
    terminal.say(`${describe(facts)} in ${database}; ${terminal.describeCost()}`);
  } finally {
    terminal.clear();
  }
}

/** Describes the result: `3,840 triangles indexed in 60 boxes`. */
function describe(facts: IndexResult | TilesResult): string {
  const triangles = countOf(facts.triangles, 'triangle');
  if ('boxes' in facts) return `${triangles} indexed in ${countOf(facts.boxes, 'box', 'boxes')}`;
  return `${triangles} in ${countOf(facts.nodes, 'tile')}, ${formatBytes(facts.bytes)},`;
}
