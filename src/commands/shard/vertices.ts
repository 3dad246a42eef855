/** `offload shard vertices`: what other shards must know of a shard, as Parquet. */
import type { Command } from 'commander';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { countOf, formatBytes } from '../../wording.js';
import { addCommonOptions, type CommonOptions } from '../options/options.js';
import { withInterrupts } from '../terminal/interrupt.js';
import { printJson } from '../terminal/print.js';
import { Terminal } from '../terminal/terminal.js';
import { addCompression, addNumber } from './shard-options.js';

interface VerticesOptions extends CommonOptions {
  readonly number: number;
  readonly compress?: CompressionChoice;
  readonly json?: boolean;
}

export function addVertices(shard: Command): void {
  const command = shard
    .command('vertices')
    .summary('write the vertices of a shard as Parquet')
    .description(
      'Writes the vertices of a shard to <folder>/local_vertices and its figures to <folder>/shards,\n' +
        'as Parquet files named after the number of the shard.',
    )
    .argument('<db>', 'database of the shard, made by offload import')
    .argument('<folder>', 'folder of the tables of all shards; created if needed')
    .addHelpText(
      'after',
      `
Examples:
  offload import tile7.stl tile7.db --no-index
  offload shard vertices tile7.db tables --number 7`,
    );
  addCompression(addNumber(command), 'the pages of the files (default: zstd)').option(
    '--json',
    'print the summary as JSON',
  );
  addCommonOptions(command, { usesThreads: false }).action(writeVertices);
}

async function writeVertices(database: string, folder: string, options: VerticesOptions): Promise<void> {
  const { number, compress, force, memory: memoryBytes } = options;
  // Loaded on demand: other commands start without it.
  const { exportShard } = await import('../../pipeline/shard/export-shard.js');
  const terminal = new Terminal(options);
  try {
    const {
      files,
      sha256 = null,
      ...facts
    } = await withInterrupts((signal) =>
      exportShard(database, folder, {
        number,
        compress,
        force,
        memoryBytes,
        signal,
        ...terminal.listeners(),
      }),
    );
    if (options.json) {
      await printJson({ database, folder, ...facts, sha256, files, ...terminal.cost() });
      return;
    }
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    terminal.say(
      `shard ${number}: ${countOf(facts.vertices, 'vertex', 'vertices')}; ${folder} ${formatBytes(bytes)}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}
