/** `offload shard header`: the first part of the joined OFF. */
import { type Command, Option } from 'commander';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { parseInteger } from '../options/filter-options.js';
import { quietOption } from '../options/options.js';
import { Terminal } from '../terminal/terminal.js';
import { addCompression } from './shard-options.js';

interface HeaderOptions {
  readonly vertices: number;
  readonly triangles: number;
  readonly compress?: CompressionChoice;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

export function addHeader(shard: Command): void {
  const count = (flag: string, text: string) =>
    new Option(flag, text).argParser(parseInteger).makeOptionMandatory();
  const command = shard
    .command('header')
    .summary('write the header of the OFF')
    .description('Writes the counts of the joined mesh to <folder>/0-header, the first part of the OFF.')
    .argument('<folder>', 'folder of the parts of all shards; created if needed')
    .addOption(count('--vertices <n>', 'vertices of the mesh: sum(fresh) of bases.sql'))
    .addOption(count('--triangles <n>', 'triangles of the mesh: sum(triangles) of the table shards'));
  addCompression(command, 'the file, as all other parts (default: none)')
    .option('-f, --force', 'replace an existing header')
    .addOption(quietOption('print errors only'))
    .action(writeHeader);
}

async function writeHeader(folder: string, options: HeaderOptions): Promise<void> {
  // Loaded on demand: other commands start without it.
  const { writeShardHeader } = await import('../../pipeline/shard/write-shard-header.js');
  const { vertices, triangles, compress, force } = options;
  const { onWarning } = new Terminal(options).listeners();
  await writeShardHeader(folder, { vertices, triangles, compress, force, onWarning });
}
