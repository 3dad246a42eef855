/** Writes the header of the OFF that shards are joined to. */
import type { CompressionChoice } from '../../io/compression/compression.js';
import { filePath } from '../../io/file-path.js';
import { openOutput } from '../../io/output/output-file.js';
import type { Warning } from '../../mesh.js';
import { flag, integer, listener, type Rules, takeOptions } from '../../options.js';
import { countOf } from '../../wording.js';
import { chooseWriter } from '../run/output-writer.js';
import { partFile, shardCompression } from './shard-files.js';

export interface ShardHeaderOptions {
  /** The number of vertices of the joined mesh: the sum of the new vertices of all shards. */
  readonly vertices: number;
  readonly triangles: number;
  /** Compression of the file, that of all other files (default: none). */
  readonly compress?: CompressionChoice | undefined;
  /** Replace an existing header. */
  readonly force?: boolean | undefined;
  /** Called if few programs can read a mesh of this size. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

const SHARD_HEADER_OPTIONS: Rules<ShardHeaderOptions> = {
  vertices: integer(),
  triangles: integer(),
  compress: shardCompression,
  force: flag,
  onWarning: listener,
};

/** The largest index that most readers can hold, in 32 bits with a sign. */
const INDEX_MAX = 2 ** 31 - 1;

/** Writes `<folder>/0-header`; returns its name and size. Throws UsageError, FileError. */
export async function writeShardHeader(
  folder: string | URL,
  options: ShardHeaderOptions,
): Promise<{ readonly file: string; readonly bytes: number }> {
  const {
    vertices,
    triangles,
    compress,
    force = false,
    onWarning,
  } = takeOptions(options, SHARD_HEADER_OPTIONS);
  if (vertices - 1 > INDEX_MAX) {
    const message = `${countOf(vertices, 'vertex', 'vertices')}: most programs cannot read indices above 2,147,483,647`;
    onWarning?.({ kind: 'off-indices', message });
  }
  const path = partFile(filePath.take(folder, 'folder'), '0-header', undefined, compress);
  const { writer } = await chooseWriter(undefined, {});
  const counts = { vertexCount: vertices, triangleCount: triangles, precision: 'float32' } as const;
  const bare = { hasVertexColors: false, hasVertexNormals: false, hasTriangleColors: false, hasParts: false };
  const { header } = writer.rows!({ ...counts, ...bare, attributeHeaders: undefined }, {}, () => undefined)!;
  const file = await openOutput(path, force, compress);
  try {
    await file.write(header);
    await file.commit();
  } finally {
    await file.discard();
  }
  return { file: path, bytes: file.size };
}
