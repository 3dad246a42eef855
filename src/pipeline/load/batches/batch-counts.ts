/** Counts the triangles and corners of a batch. */
import type { Batch } from '../../../weld/welding.js';

/** Counts the triangles of a batch: a polygon of n corners has n - 2. */
export function countTriangles(batch: Batch): number {
  if (batch.kind === 'vertices') return 0;
  if (batch.kind === 'soup' || batch.sizes === undefined) return batch.count;
  let triangles = 0;
  for (let k = 0; k < batch.count; k++) triangles += batch.sizes[k]! - 2;
  return triangles;
}

/** Counts the corners of a batch of faces. */
export function countCorners({ count, sizes }: Extract<Batch, { kind: 'faces' }>): number {
  if (sizes === undefined) return 3 * count;
  let corners = 0;
  for (let k = 0; k < count; k++) corners += sizes[k]!;
  return corners;
}
