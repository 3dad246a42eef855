/** The names of the files of shards, and the options that the verbs of shards share. */
import { join } from 'node:path';
import { COMPRESSIONS, type CompressionChoice, endingOf } from '../../io/compression/compression.js';
import { ensureFolder } from '../../io/disk.js';
import { integer, type OptionRule, oneOf } from '../../options.js';

/** The largest number of a shard: names have five digits, so that they are in the order of shards. */
const SHARD_MAX = 99_999;

/** The rule for the number of a shard. */
export const shardNumber: OptionRule<number> = integer(0, SHARD_MAX);

/** The rule for the compression of a file of a shard. */
export const shardCompression: OptionRule<CompressionChoice> = oneOf<CompressionChoice>([
  ...COMPRESSIONS.map(({ id }) => id),
  'none',
]);

/** Tables of shards and of the joined mesh; each is a folder with a file for each shard. */
export type ShardTable = 'local_vertices' | 'shards' | 'vertices' | 'triangles';

/** The parts of a joined OFF, in its order. */
export type OffPart = '0-header' | '1-vertices' | '2-faces';

/** Returns the name of a shard's file in a table, in a folder that is created if needed. Throws FileError. */
export function tableFile(folder: string, table: ShardTable, shard: number): string {
  const path = join(folder, table);
  ensureFolder(path);
  return join(path, `${fiveDigits(shard)}.parquet`);
}

/** Returns the name of a part of the OFF, in a folder that is created if needed. Throws FileError. */
export function partFile(
  folder: string,
  part: OffPart,
  shard: number | undefined,
  compression: CompressionChoice | undefined,
): string {
  ensureFolder(folder);
  const number = shard === undefined ? '' : `-${fiveDigits(shard)}`;
  return join(folder, `${part}${number}${endingOf(compression)}`);
}

function fiveDigits(shard: number): string {
  return String(shard).padStart(5, '0');
}
