/** What the commands that read a mesh have in common around the run itself. */
import { dirname, resolve } from 'node:path';
import type { LoadResult } from '../pipeline/load-source.js';
import { countOf, formatCount } from './terminal.js';

/**
 * Points SQLite's sorter at a folder with room: it would fill a small /tmp. SQLite reads the variable when the
 * first database is opened, and the process is ours, so this is done here and never in the library.
 */
export function placeTemporaries(tempFolder: string | undefined, output: string): void {
  process.env.SQLITE_TMPDIR = resolve(tempFolder ?? (output === '-' ? '.' : dirname(output)));
}

/** `10,000,000 triangles, 30,000,000 corners welded to 5,000,002 vertices, 3 degenerate`. */
export function describeMesh({ triangles, vertices, degenerate }: LoadResult): string {
  const flaws = degenerate === 0 ? '' : `, ${formatCount(degenerate)} degenerate`;
  return (
    `${countOf(triangles, 'triangle')}, ` +
    `${countOf(3 * triangles, 'corner')} welded to ${countOf(vertices, 'vertex', 'vertices')}${flaws}`
  );
}
