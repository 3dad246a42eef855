/**
 * `GET /api/tiles/:id/values?column=`: float32 values, one for each triangle of a leaf; above, the mean below each vertex.
 * NaN stands for no value.
 */

import { Refusal } from '../refusal.js';
import type { Route } from './route.js';
import { parseId } from './tile.js';

export const valuesRoute: Route = {
  method: 'GET',
  path: '/api/tiles/:id/values',
  answer(session, { parameters, query }) {
    const mesh = session.mesh(query.get('v'));
    const values = mesh.columns.values(query.get('column') ?? '');
    const node = mesh.tiles.node(parseId(parameters.id));
    if (node === undefined) throw new Refusal(404, 'NOT_FOUND', `there is no tile ${parameters.id}`);
    const tile = mesh.tiles.mesh(node);
    const found = tile.isLeaf ? values.read(node.first, node.count) : values.means(node.first, tile.slots);
    return { bytes: new Uint8Array(found.buffer), version: mesh.version };
  },
};
