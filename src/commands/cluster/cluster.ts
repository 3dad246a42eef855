/** `offload cluster`: many inputs, or a huge one, to OFF on Apache Spark. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { COMPRESSIONS } from '../../io/compression/compression.js';
import { packagePath } from '../../io/package/package-tree.js';
import { MIB } from '../../memory.js';
import { formatBytes, quoteWord } from '../../wording.js';
import { parseChoice } from '../options/choices.js';
import { memoryOption, parseSize, quietOption } from '../options/options.js';
import { Terminal } from '../terminal/terminal.js';
import { packProgram, UNPACKED, UNPACKED_COMMAND } from './pack.js';
import { findSparkSubmit, runSparkSubmit } from './spark-submit.js';

const SHARD_BYTES = 512 * MIB;

interface ClusterOptions {
  readonly master: string;
  readonly archive?: string;
  readonly conf: readonly string[];
  readonly shardSize: number;
  readonly memory: number;
  readonly compress?: string;
  readonly tables?: boolean;
  readonly keepWork?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly pack?: string;
}

export function addCluster(program: Command): void {
  const kinds = COMPRESSIONS.map(({ id }) => id);
  program
    .command('cluster')
    .summary('convert many or huge files to OFF on Apache Spark')
    .description(
      'Converts mesh files to one OFF on Apache Spark, with the bytes of offload convert.\n' +
        'The OFF is written as parts: cat <folder>/off/* joins them.\n' +
        'To resume a run that was stopped, repeat the command. docs/guide/cluster.md has all about it.',
    )
    .argument(
      '[inputs...]',
      'mesh files, folders of mesh files, or quoted patterns, also on hdfs:// and s3a://',
    )
    .usage('[options] <inputs...> <folder>')
    .optionsGroup('Cluster:')
    .option('--master <url>', 'the cluster: local[2], spark://host:7077, yarn or k8s://...', 'local[*]')
    .option('--archive <tar.gz>', 'archive made by --pack, for machines without offload')
    .addOption(
      new Option('--conf <name=value>', 'setting of Spark; may be repeated')
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], 'none'),
    )
    .option('--pack <tar.gz>', 'only make an archive with Node and offload for the machines of a cluster')
    .optionsGroup('Mesh:')
    .addOption(
      new Option('--shard-size <size>', 'size of the pieces of a large binary STL or file of raw triangles')
        .argParser(parseSize)
        .default(SHARD_BYTES, '512M'),
    )
    .addOption(
      new Option('--compress <kind>', 'compress the parts of the OFF (default: none)')
        .choices(kinds)
        .argParser(parseChoice(kinds)),
    )
    .option('--tables', 'also write the mesh as Parquet tables of vertices and triangles')
    .option('--keep-work', 'keep what was loaded, so that a run with more inputs loads only those')
    .optionsGroup('General:')
    .addOption(memoryOption())
    .option('-f, --force', 'replace the mesh of other inputs')
    .addOption(quietOption('print errors only'))
    .addHelpText(
      'after',
      `
Examples:
  offload cluster scan.stl out --master 'local[2]'
  offload cluster tiles/ more/ /mnt/shared/out --master spark://host:7077
  offload cluster --pack offload.tar.gz
  offload cluster 's3a://bucket/tiles/*.ply' s3a://bucket/out --master yarn --archive offload.tar.gz
  cat out/off/* > scan.off`,
    )
    .action(runCluster);
}

async function runCluster(words: readonly string[], options: ClusterOptions): Promise<void> {
  if (options.pack !== undefined) return pack(options.pack, words, options);
  if (words.length < 2) {
    throw new UsageError('no inputs or no output; expected offload cluster <inputs...> <folder>');
  }
  const code = await runSparkSubmit(findSparkSubmit(), submission(words, options));
  if (code !== 0) process.exitCode = code;
}

async function pack(path: string, words: readonly string[], options: ClusterOptions): Promise<void> {
  if (words.length > 0) throw new UsageError('--pack takes no inputs; expected it alone');
  const bytes = await packProgram(path, options.force ?? false);
  new Terminal(options).say(`${path} ${formatBytes(bytes)}`);
}

/** The arguments of spark-submit. */
function submission(words: readonly string[], options: ClusterOptions): string[] {
  const { master, archive, conf, shardSize, memory, compress, tables, keepWork, force, quiet } = options;
  const log = packagePath('cluster/log4j2.properties');
  const command = [process.execPath, packagePath('dist/cli.js')].map(quoteWord).join(' ');
  return [
    ...['--master', master, '--driver-java-options', `-Dlog4j2.configurationFile=file:${log}`],
    ...(archive === undefined ? [] : ['--archives', `${archive}#${UNPACKED}`]),
    ...conf.flatMap((setting) => ['--conf', setting]),
    packagePath('cluster/offload_spark.py'),
    ...['--offload', archive === undefined ? command : UNPACKED_COMMAND],
    ...['--shard-size', String(shardSize), '--memory', String(memory)],
    ...(compress === undefined ? [] : ['--compress', compress]),
    ...(tables ? ['--tables'] : []),
    ...(keepWork ? ['--keep-work'] : []),
    ...(force ? ['--force'] : []),
    ...(quiet ? ['--quiet'] : []),
    '--',
    ...words,
  ];
}
