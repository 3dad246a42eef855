/** Stars of all vertices of a mesh, before it is gone through: first it is seen whether the disk has room for them. */
import type { MeshRows } from '../database/selection.js';
import { StarSpool } from '../database/topology/star-spool.js';
import type { SpillFiles } from '../io/spill-file.js';
import { forecastSpills } from './forecast.js';
import type { RunOptions } from './progress.js';

/** Opens them within so many bytes of memory; the files stand in `folder`. Throws FileError. */
export function openStars(
  rows: MeshRows,
  memoryBytes: number,
  files: SpillFiles,
  folder: string,
  options: RunOptions,
): StarSpool {
  const range = { vertices: rows.vertexRange, triangles: rows.triangleRange };
  forecastSpills(folder, 'corners by vertex', StarSpool.bytesOf(range), options);
  return new StarSpool(range, new ArrayBuffer(8 * Math.floor(memoryBytes / 8)), files);
}
