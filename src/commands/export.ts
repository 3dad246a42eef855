/** `offload export`: a database to OFF. */

import type { Command } from 'commander';
import type { CompressionChoice } from '../io/compression.js';
import { exportMesh } from '../pipeline/export-mesh.js';
import { formatBytes } from '../pipeline/forecast.js';
import { withInterrupts } from './interrupt.js';
import { addCommonOptions, addCompressOption, type CommonOptions } from './options.js';
import { nameOff } from './run.js';
import { countOf, Terminal } from './terminal.js';

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
  offload export scan.db - | head -2            its counts`,
    );
  addCommonOptions(addCompressOption(command)).action(exportDatabase);
}

async function exportDatabase(
  database: string,
  output: string | undefined,
  options: CommonOptions & { readonly compress?: CompressionChoice },
): Promise<void> {
  const target = output ?? nameOff(database, options.compress);
  const terminal = new Terminal(options);
  try {
    const { triangles, vertices, outputBytes } = await withInterrupts((signal) =>
      exportMesh(database, target, {
        force: options.force ?? false,
        compress: options.compress,
        memoryBytes: options.memory,
        signal,
        ...terminal.listeners(),
      }),
    );
    terminal.say(
      `${countOf(triangles, 'triangle')}, ${countOf(vertices, 'vertex', 'vertices')}; ` +
        `${target === '-' ? 'standard output' : target} ${formatBytes(outputBytes)}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}
