/** Opens the stars of all vertices of a mesh, after checking that the disk has room for them. */

import type { SpillFiles } from '../../collections/spill-file.js';
import type { MeshRows } from '../../database/rows/selection.js';
import { StarSpool } from '../../topology/star-spool.js';
import { forecastSpills } from '../run/forecast.js';
import type { RunOptions } from '../run/progress.js';

/**
 * Opens stars in an arena that is lent until they are closed. Their files are in `folder`, along with links that will take
 * `linksBytes`. Throws FileError.
 */
export function openStars(
  rows: MeshRows,
  arena: ArrayBuffer,
  files: SpillFiles,
  folder: string,
  options: RunOptions,
  linksBytes = 0,
): StarSpool {
  const range = { vertices: rows.vertexRange, triangles: rows.triangleRange };
  const items = [
    { what: 'corners by vertex', bytes: StarSpool.bytesOf(range) },
    { what: 'links', bytes: linksBytes },
  ];
  forecastSpills(
    folder,
    items.filter(({ bytes }) => bytes > 0),
    options,
  );
  return new StarSpool(range, arena, files);
}
