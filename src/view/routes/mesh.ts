/** `GET /api/mesh`: names, counts, bounds, and what triangles can be colored by. */

import type { ViewSession } from '../session.js';
import type { MeshAnswer } from '../wire/messages.js';
import type { Route } from './route.js';

export const meshRoute: Route = {
  method: 'GET',
  path: '/api/mesh',
  answer: (session) => ({ json: describe(session) }),
};

function describe(session: ViewSession): MeshAnswer {
  const { path, isDatabase } = session;
  return { ...session.mesh().describe(), path, isDatabase };
}
