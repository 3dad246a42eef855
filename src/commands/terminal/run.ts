/** What the commands that read or write a mesh have in common around the run itself. */

import { basename, dirname, extname, join, resolve } from 'node:path';
import { DEFAULT_WRITER } from '../../formats/writers.js';
import { type CompressionChoice, endingOf, withoutCompression } from '../../io/compression/compression.js';
import { chooseTempFolder } from '../../io/disk.js';
import type { LoadResult } from '../../pipeline/load/load-mesh.js';
import { withMemoryLimit } from '../../pipeline/threads/memory-watch.js';
import { countOf, formatBytes, formatCount } from '../../wording.js';

/**
 * Points SQLite's sorter at a folder with room: it would fill a small /tmp. SQLite reads the variable when the
 * first database is opened, and the process is ours, so this is done here and never in the library.
 */
export function placeTemporaries(tempFolder: string | undefined, output: string): void {
  process.env.SQLITE_TMPDIR = resolve(chooseTempFolder(tempFolder, output === '-' ? './-' : output));
}

/**
 * Runs what lets SQLite evaluate SQL that somebody has written, within `--memory`: such a query may build values of any
 * size, and the process is killed if it does.
 */
export function withinMemory<T>(memoryBytes: number, action: () => Promise<T>): Promise<T> {
  const limit = formatBytes(memoryBytes);
  const lastWords =
    `offload: the query needs more memory than --memory allows, which is ${limit}; the process was killed\n` +
    'hint: raise --memory, or select smaller values: length(x) or substr(x, 1, 1000), and no group_concat() over many rows\n';
  return withMemoryLimit(memoryBytes, lastWords, action);
}

/** The name of an output beside its source: `scan.off` for `scan.stl` and `scan.stl.gz`, `scan.off.gz` for gzip. */
export function nameBeside(source: string, compress: CompressionChoice | undefined): string {
  return `${nameFolderBeside(source)}.${DEFAULT_WRITER.extensions[0]}${endingOf(compress)}`;
}

/** The name of a folder beside its source: `scan` for `scan.stl`. */
export function nameFolderBeside(source: string): string {
  const plain = withoutCompression(source);
  return join(dirname(plain), basename(plain, extname(plain)));
}

/**
 * `10,000,000 triangles, 30,000,000 corners welded to 5,000,002 vertices, 3 degenerate`; of an indexed source
 * `20 triangles from 10 faces, 22 vertices welded to 12, 1 unreferenced`.
 */
export function describeMesh({ triangles, vertices, degenerate, indexed }: LoadResult): string {
  const welded = countOf(vertices, 'vertex', 'vertices');
  const facts = [countOf(triangles, 'triangle')];
  if (indexed === undefined) {
    facts.push(`${countOf(3 * triangles, 'corner')} welded to ${welded}`);
  } else {
    const { faces, fileVertices, unreferenced } = indexed;
    if (faces !== triangles) facts[0] += ` from ${countOf(faces, 'face')}`;
    const isWelded = fileVertices !== vertices;
    facts.push(
      isWelded ? `${formatCount(fileVertices)} vertices welded to ${formatCount(vertices)}` : welded,
    );
    if (unreferenced > 0) facts.push(`${formatCount(unreferenced)} unreferenced`);
  }
  if (degenerate > 0) facts.push(`${formatCount(degenerate)} degenerate`);
  return facts.join(', ');
}

/** `150 MB read`, or `46.1 MB of gzip read, 150 MB of content`. */
export function describeRead({ compression, sourceBytes, contentBytes }: LoadResult): string {
  if (compression === undefined) return `${formatBytes(sourceBytes)} read`;
  return `${formatBytes(sourceBytes)} of ${compression} read, ${formatBytes(contentBytes)} of content`;
}
