/** A thread that hashes triangles. */
import type { Precision } from '../../../mesh.js';
import { type SavedSums, TriangleSums, type Which } from '../../hash/triangle-sums.js';
import type { Home, Work } from './protocol.js';

/** Triangles in shared memory, or the request for the sums of all. */
export type HashRequest =
  | { readonly which: Which; readonly positions: Float64Array; readonly count: number }
  | 'sums';

export type HashReply = SavedSums | undefined;

export function begin(
  { precision }: { readonly precision: Precision },
  home: Home<HashReply>,
): Work<HashRequest> {
  const sums = new TriangleSums(precision);
  return {
    handle(request) {
      if (request !== 'sums') sums.add(request.which, request.positions, request.count);
      home.send(request === 'sums' ? sums.save() : undefined);
    },
    close: () => undefined,
  };
}
