/** `GET /api/tiles/:id`: the encoded mesh of a node, as docs/tiles.md defines it. */

import { Refusal } from '../../refusal.js';
import { parseId, type Route } from '../route.js';

export const tileRoute: Route = {
  method: 'GET',
  path: '/api/tiles/:id',
  answer(session, { parameters, query }) {
    const mesh = session.mesh(query.get('v'));
    const bytes = mesh.tiles.meshBytes(parseId(parameters.id, 'tile'));
    if (bytes === undefined) throw new Refusal(404, 'NOT_FOUND', `there is no tile ${parameters.id}`);
    return { bytes, version: mesh.version };
  },
};
