/** `offload export`: a database to OFF. */

import type { Command } from 'commander';
import { exportMesh } from '../pipeline/export-mesh.js';
import { formatBytes } from '../pipeline/forecast.js';
import { withInterrupts } from './interrupt.js';
import {
  addCommonOptions,
  addWritingOptions,
  type CommonOptions,
  collectOffOptions,
  type WritingCommandOptions,
} from './options.js';
import { nameOff } from './run.js';
import { countOf, Terminal } from './terminal.js';

interface ExportCommandOptions extends CommonOptions, WritingCommandOptions {}

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .summary('write a database as OFF')
    .description('Writes the mesh of a database as OFF, without reading the source again.')
    .argument('<db>', 'database that offload import has made')
    .argument('[output]', 'OFF file, or - for standard output; beside the database unless given')
    .addHelpText(
      'after',
      `
Examples:
  offload export scan.db                        writes scan.off
  offload export scan.db scan.off.gz            compressed
  offload export scan.db - | head -2            its counts
  offload export scan.db view.off --colors      with colours, for Geomview
  offload export scan.db view.off --colors --dialect int255     for Open3D`,
    );
  addCommonOptions(addWritingOptions(command)).action(exportDatabase);
}

async function exportDatabase(
  database: string,
  output: string | undefined,
  options: ExportCommandOptions,
): Promise<void> {
  const target = output ?? nameOff(database, options.compress);
  const terminal = new Terminal(options);
  try {
    const { triangles, vertices, outputBytes, warnings } = await withInterrupts((signal) =>
      exportMesh(database, target, {
        force: options.force ?? false,
        compress: options.compress,
        off: collectOffOptions(options),
        memoryBytes: options.memory,
        threads: options.threads,
        signal,
        ...terminal.listeners(),
      }),
    );
    terminal.sumWarnings(warnings);
    terminal.say(
      `${countOf(triangles, 'triangle')}, ${countOf(vertices, 'vertex', 'vertices')}; ` +
        `${target === '-' ? 'standard output' : target} ${formatBytes(outputBytes)}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}
