/** `GET /api/coarse`: the coarse mesh while the tiles are built, encoded as a tile. */

import { Refusal } from '../../refusal.js';
import type { Route } from '../route.js';

export const coarseRoute: Route = {
  method: 'GET',
  path: '/api/coarse',
  answer({ coarse }, { query }) {
    const asked = query.get('v');
    if (coarse === undefined || (asked !== null && asked !== coarse.answer.version)) {
      throw new Refusal(404, 'NOT_FOUND', 'there is no such coarse mesh, or a later one');
    }
    return { bytes: coarse.bytes, version: coarse.answer.version };
  },
};
