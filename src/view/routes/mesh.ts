/** `GET /api/mesh`: names, counts, bounds, and what triangles can be colored by. */

import type { Route } from './route.js';

export const meshRoute: Route = {
  method: 'GET',
  path: '/api/mesh',
  answer: (session) => ({ json: session.mesh().describe() }),
};
