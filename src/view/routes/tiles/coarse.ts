/**
 * `GET /api/coarse`: the latest coarse mesh while the tiles are built, encoded as a tile, or no bytes if there is none. Its
 * version is the tag of the answer: while a page asks, a later one may come.
 */

import type { Route } from '../route.js';

export const coarseRoute: Route = {
  method: 'GET',
  path: '/api/coarse',
  answer: ({ coarse }) => ({
    bytes: coarse?.bytes ?? new Uint8Array(0),
    version: coarse?.answer.version ?? 'none',
  }),
};
