/** Converts files as shards, step by step as a cluster does: import, Parquet, cluster/sql in SQLite, and parts. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import {
  type CompressionChoice,
  exportShard,
  importMesh,
  type Precision,
  writeShard,
  writeShardHeader,
} from '../../src/index.js';
import { type ParquetRow, readParquetFile } from './parquet.js';

const SQL = fileURLToPath(new URL('../../cluster/sql/', import.meta.url));

/** The rows of a table of all shards, from its files. */
export async function readTable(folder: string, table: string): Promise<ParquetRow[]> {
  const names = readdirSync(join(folder, table)).sort();
  const rows = await Promise.all(names.map((name) => readParquetFile(join(folder, table, name))));
  return rows.flat();
}

/** What SQL finds: a base for each shard, the ids of seams, and the totals. */
export interface Joined {
  readonly bases: readonly {
    readonly shard: number;
    readonly fresh: number;
    readonly base: number;
    readonly first_triangle: number;
  }[];
  readonly seams: readonly { readonly shard: number; readonly vertex: number; readonly id: number }[];
  readonly totals: { readonly vertices: number; readonly triangles: number; readonly positions: Precision };
}

/** Joins shards by their tables. */
export function joinShards(localVertices: readonly ParquetRow[], shards: readonly ParquetRow[]): Joined {
  const db = new Database(':memory:');
  try {
    db.exec('CREATE TABLE local_vertices (shard INTEGER, vertex INTEGER, x REAL, y REAL, z REAL)');
    db.exec('CREATE TABLE shards (shard INTEGER, vertices INTEGER, triangles INTEGER, precision TEXT)');
    const vertex = db.prepare('INSERT INTO local_vertices VALUES (@shard, @vertex, @x, @y, @z)');
    for (const row of localVertices) vertex.run(row);
    const facts = db.prepare('INSERT INTO shards VALUES (@shard, @vertices, @triangles, @precision)');
    for (const row of shards) facts.run(row);
    for (const name of ['seams', 'bases', 'seam_ids', 'totals']) {
      db.exec(`CREATE TABLE ${name} AS ${readFileSync(`${SQL}${name}.sql`, 'utf8')}`);
    }
    return {
      bases: db.prepare('SELECT * FROM bases ORDER BY shard').all(),
      seams: db.prepare('SELECT * FROM seam_ids').all(),
      totals: db.prepare('SELECT * FROM totals').get(),
    } as Joined;
  } finally {
    db.close();
  }
}

export interface ShardRun {
  readonly to?: 'off' | 'parquet';
  readonly compress?: CompressionChoice | undefined;
  /** Memory for ids: few bytes divide a shard into many ranges. */
  readonly idsBytes?: number | undefined;
  /** Makes the CSV of a shard's seams. */
  readonly toCsv?: (lines: readonly string[]) => string;
}

/** Shards in a folder: the names of their databases, and what SQL finds. */
export interface Shards extends Joined {
  readonly databases: readonly string[];
}

/** Imports the files as shards, and joins their tables. */
export async function storeShards(inputs: readonly string[], folder: string): Promise<Shards> {
  const tables = join(folder, 'tables');
  const databases = inputs.map((_, number) => join(folder, `${number}.db`));
  for (const [number, database] of databases.entries()) {
    await importMesh(inputs[number]!, database, { index: false });
    await exportShard(database, tables, { number });
  }
  const localVertices = await readTable(tables, 'local_vertices');
  return { databases, ...joinShards(localVertices, await readTable(tables, 'shards')) };
}

/** Writes all shards to a folder. */
export async function writeShards(
  { databases, bases, seams, totals: { positions } }: Shards,
  folder: string,
  { compress, idsBytes, to, toCsv = (lines) => lines.join('') }: ShardRun,
): Promise<void> {
  for (const { shard: number, base, fresh, first_triangle: firstTriangle } of bases) {
    const own = seams.filter(({ shard }) => shard === number);
    const csv = `${folder}-${number}.csv`;
    writeFileSync(csv, toCsv(own.map(({ vertex, id }) => `${vertex},${id}\n`)));
    const options = { number, base, firstTriangle, positions, compress, idsBytes, to };
    const written = await writeShard(databases[number]!, folder, {
      ...options,
      seams: own.length > 0 ? csv : undefined,
    });
    if (written.vertices !== fresh) throw new Error(`${written.vertices} new vertices; expected ${fresh}`);
  }
}

/** Writes the parts of an OFF to a folder; returns them in order. */
export async function writeParts(shards: Shards, folder: string, run: ShardRun): Promise<readonly Buffer[]> {
  const { vertices, triangles } = shards.totals;
  await writeShardHeader(folder, { vertices, triangles, compress: run.compress });
  await writeShards(shards, folder, run);
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));
}
