/** `offload shard write`: a shard's part of the joined OFF. */
import { type Command, Option } from 'commander';
import type { CompressionChoice } from '../../io/compression/compression.js';
import type { Precision } from '../../mesh.js';
import { countOf, formatBytes, formatCount } from '../../wording.js';
import { parseChoice } from '../options/choices.js';
import { parseInteger } from '../options/filter-options.js';
import { addCommonOptions, type CommonOptions } from '../options/options.js';
import { withInterrupts } from '../terminal/interrupt.js';
import { printJson } from '../terminal/print.js';
import { Terminal } from '../terminal/terminal.js';
import { addCompression, addNumber } from './shard-options.js';

interface WriteOptions extends CommonOptions {
  readonly number: number;
  readonly base: number;
  readonly seams?: string;
  readonly positions?: Precision;
  readonly to?: 'off' | 'parquet';
  readonly firstTriangle?: number;
  readonly compress?: CompressionChoice;
  readonly tmp?: string;
  readonly json?: boolean;
}

const FORMATS = ['off', 'parquet'] as const;
const PRECISIONS: readonly Precision[] = ['float32', 'float64'];

export function addWrite(shard: Command): void {
  const command = addNumber(
    shard
      .command('write')
      .summary("write a shard's part of the OFF")
      .description(
        'Writes the new vertices of a shard to <folder>/1-vertices-<n> and its triangles to <folder>/2-faces-<n>.\n' +
          'The header and the files of all shards, in the order of their names, are the OFF of the joined mesh.\n' +
          'With --to parquet, the files are <folder>/vertices/<n>.parquet and <folder>/triangles/<n>.parquet.',
      )
      .argument('<db>', 'database of the shard, made by offload import')
      .argument('<folder>', 'folder of the parts of all shards; created if needed'),
  )
    .addOption(
      new Option('--base <id>', 'id of the first new vertex, from bases.sql')
        .argParser(parseInteger)
        .makeOptionMandatory(),
    )
    .option(
      '--seams <csv>',
      'file with lines of vertex,id, from seam_ids.sql; - for standard input (default: no seams)',
    )
    .addOption(
      new Option(
        '--positions <precision>',
        'precision of the text: float64 if any shard is (default: that of this shard)',
      )
        .choices(PRECISIONS)
        .argParser(parseChoice(PRECISIONS)),
    );
  command
    .addOption(
      new Option('--to <format>', 'write the parts of an OFF, or the tables of Parquet (default: off)')
        .choices(FORMATS)
        .argParser(parseChoice(FORMATS)),
    )
    .addOption(
      new Option('--first-triangle <id>', 'id of the first triangle, from bases.sql; for Parquet').argParser(
        parseInteger,
      ),
    );
  addCompression(command, 'both files (default: none, for Parquet zstd); compressed parts can be joined, too')
    .option('--tmp <folder>', 'folder for temporary files (default: the folder of the parts)')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Examples:
  offload shard write tile0.db parts --number 0 --base 0
  offload shard write tile7.db parts --number 7 --base 81235 --seams seams7.csv
  offload shard write tile7.db mesh --number 7 --base 81235 --first-triangle 150000 --seams seams7.csv --to parquet
  cat parts/0-header parts/1-vertices-????? parts/2-faces-????? > scan.off`,
    );
  addCommonOptions(command, { usesThreads: false }).action(writeParts);
}

async function writeParts(database: string, folder: string, options: WriteOptions): Promise<void> {
  const { number, base, seams, positions, to, firstTriangle, compress, force } = options;
  const { tmp: tempFolder, memory: memoryBytes } = options;
  // Loaded on demand: other commands start without it.
  const { writeShard } = await import('../../pipeline/shard/write-shard.js');
  const terminal = new Terminal(options);
  try {
    const result = await withInterrupts((signal) =>
      writeShard(database, folder, {
        number,
        base,
        seams,
        positions,
        to,
        firstTriangle,
        compress,
        force,
        tempFolder,
        memoryBytes,
        signal,
        ...terminal.listeners(),
      }),
    );
    if (options.json) {
      await printJson({ database, folder, base, ...result, ...terminal.cost() });
      return;
    }
    const bytes = result.files.reduce((sum, file) => sum + file.bytes, 0);
    terminal.say(
      `shard ${number}: ${countOf(result.vertices, 'new vertex', 'new vertices')}, ${formatCount(result.seams)} of earlier shards, ` +
        `${countOf(result.triangles, 'triangle')}; ${folder} ${formatBytes(bytes)}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}
