/** `offload export`: a database to OFF. */

import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import { exportMesh } from '../pipeline/export-mesh.js';
import { formatBytes } from '../pipeline/forecast.js';
import { withInterrupts } from './interrupt.js';
import { addCommonOptions, type CommonOptions } from './options.js';
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
  offload export scan.db - | head -2            its counts`,
    );
  addCommonOptions(command).action(exportDatabase);
}

async function exportDatabase(
  database: string,
  output: string | undefined,
  options: CommonOptions,
): Promise<void> {
  const target = output ?? join(dirname(database), `${basename(database, extname(database))}.off`);
  const terminal = new Terminal(options);
  try {
    const { triangles, vertices, outputBytes } = await withInterrupts((signal) =>
      exportMesh(database, target, {
        force: options.force ?? false,
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
