/** `GET /api/nodes`: all nodes of the octree, as a table of columns. */

import type { Route } from '../route.js';

export const nodesRoute: Route = {
  method: 'GET',
  path: '/api/nodes',
  answer(session, { query }) {
    const mesh = session.mesh(query.get('v'));
    return { bytes: mesh.nodeTable(), version: mesh.version };
  },
};
