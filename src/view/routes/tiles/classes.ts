/**
 * `GET /api/tiles/:id/classes`: which triangles of a tile are in a set, as a byte for each. A leaf has 0 or 255 for each
 * triangle. Above, each vertex has the share of members among the triangles that it stands for: 0 for none, 255 for all,
 * and at least 1 for a single one.
 */

import { countByVertex } from '../../../tiles/tile-reader.js';
import { Refusal } from '../../refusal.js';
import { parseId, type Route } from '../route.js';

export const classesRoute: Route = {
  method: 'GET',
  path: '/api/tiles/:id/classes',
  answer(session, { parameters, query }) {
    const { tiles, version } = session.mesh(query.get('v'));
    const node = tiles.node(parseId(parameters.id, 'tile'));
    if (node === undefined) throw new Refusal(404, 'NOT_FOUND', `there is no tile ${parameters.id}`);
    const { slots } = session.sets.get(query.get('set'), version);
    const mesh = tiles.mesh(node);
    const { first, count } = node;
    if (mesh.isLeaf) {
      const bytes = new Uint8Array(count);
      for (let k = 0; k < count; k++) if (slots.has(first + k)) bytes[k] = 255;
      return { bytes, version };
    }
    const counts = countByVertex(slots, first, mesh);
    return { bytes: Uint8Array.from(counts, (some, v) => Math.ceil((255 * some) / mesh.slots[v]!)), version };
  },
};
