/**
 * `GET /api/tiles/:id/values?column=`: float32 values, one for each triangle of a leaf; above, one for each vertex: the mean
 * below it, the first label or a packed color. NaN stands for no value.
 */

import { Refusal } from '../../refusal.js';
import { parseId, type Route } from '../route.js';

export const valuesRoute: Route = {
  method: 'GET',
  path: '/api/tiles/:id/values',
  answer(session, { parameters, query }) {
    const mesh = session.mesh(query.get('v'));
    const node = mesh.tiles.node(parseId(parameters.id, 'tile'));
    if (node === undefined) throw new Refusal(404, 'NOT_FOUND', `there is no tile ${parameters.id}`);
    const tile = mesh.tiles.mesh(node);
    const found = mesh.columns.values(query.get('column') ?? '', node, tile);
    return { bytes: new Uint8Array(found.buffer), version: mesh.version };
  },
};
