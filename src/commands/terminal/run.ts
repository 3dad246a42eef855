/** Helpers that commands share when they read or write a mesh. */

import { basename, dirname, extname, join, resolve } from 'node:path';
import { type CompressionChoice, endingOf, withoutCompression } from '../../io/compression/compression.js';
import { chooseTempFolder, findOtherKind } from '../../io/disk.js';
import type { LoadResult } from '../../pipeline/load/load-mesh.js';
import { type OutputFormat, pickWriter } from '../../pipeline/run/output-writer.js';
import { withMemoryLimit } from '../../pipeline/threads/memory-watch.js';
import { countOf, formatBytes, formatCount } from '../../wording.js';

/**
 * Makes SQLite sort in a folder with enough space instead of a small /tmp. SQLite reads the variable when it opens the
 * first database. Only the command line sets it, because the library does not own the process.
 */
export function placeTemporaries(tempFolder: string | undefined, output: string): void {
  process.env.SQLITE_TMPDIR = resolve(chooseTempFolder(tempFolder, output === '-' ? './-' : output));
}

/**
 * Runs an action that evaluates SQL of the user, within `--memory`. Such a query may build values of any size; the process
 * is killed if it exceeds the limit.
 */
export function withinMemory<T>(memoryBytes: number, action: () => Promise<T>): Promise<T> {
  const limit = formatBytes(memoryBytes);
  const lastWords =
    `offload: the query exceeded the memory limit of ${limit}; the process was killed\n` +
    'hint: raise --memory, or select less, such as substr(x, 1, 1000); avoid group_concat() over many rows\n';
  return withMemoryLimit(memoryBytes, lastWords, action);
}

/** The name of an output beside its source: `scan.off` for `scan.stl` and `scan.stl.gz`, `scan.off.gz` for gzip. */
export function nameBeside(
  source: string,
  compress: CompressionChoice | undefined,
  to: OutputFormat | undefined,
): string {
  const { extensions, compresses } = pickWriter(undefined, to);
  return `${nameFolderBeside(source)}.${extensions[0]}${compresses === undefined ? endingOf(compress) : ''}`;
}

/** The name of a folder beside its source: `scan` for `scan.stl`, and also for a folder `scan/`. */
export function nameFolderBeside(source: string): string {
  if (findOtherKind(source) === 'a directory') return join(dirname(source), basename(source));
  const plain = withoutCompression(source);
  return join(dirname(plain), basename(plain, extname(plain)));
}

/**
 * Describes a loaded mesh: `10,000,000 triangles, 30,000,000 corners welded into 5,000,002 vertices, 3 degenerate`; for an
 * indexed source `20 triangles from 10 faces, 22 vertices welded into 12, 1 unreferenced`.
 */
export function describeMesh({ triangles, vertices, degenerate, indexed }: LoadResult): string {
  const welded = countOf(vertices, 'vertex', 'vertices');
  const facts = [countOf(triangles, 'triangle')];
  if (indexed === undefined) {
    facts.push(`${countOf(3 * triangles, 'corner')} welded into ${welded}`);
  } else {
    const { faces, fileVertices, unreferenced } = indexed;
    if (faces !== triangles) facts[0] += ` from ${countOf(faces, 'face')}`;
    const isWelded = fileVertices !== vertices;
    facts.push(
      isWelded ? `${formatCount(fileVertices)} vertices welded into ${formatCount(vertices)}` : welded,
    );
    if (unreferenced > 0) facts.push(`${formatCount(unreferenced)} unreferenced`);
  }
  if (degenerate > 0) facts.push(`${formatCount(degenerate)} degenerate`);
  return facts.join(', ');
}

/**
 * Describes the amount read: `150 MB read from 64 files`, or `46.1 MB of gzip read, 150 MB decompressed`.
 */
export function describeRead({
  compression,
  sources,
  skipped,
  sourceBytes,
  contentBytes,
}: LoadResult): string {
  const packed = compression === undefined ? '' : ` of ${compression}`;
  const files = sources.length === 1 ? '' : ` from ${countOf(sources.length, 'file')}`;
  const left = skipped.length === 0 ? '' : `, ${countOf(skipped.length, 'file')} skipped`;
  const isPacked = sources.some((source) => source.compression !== undefined);
  const content = isPacked ? `, ${formatBytes(contentBytes)} decompressed` : '';
  return `${formatBytes(sourceBytes)}${packed} read${files}${content}${left}`;
}
