/** `GET /api/flaws`: the progress of the search for flaws as lines of JSON, and at last the groups. */

import type { Route } from './route.js';

export const flawsRoute: Route = {
  method: 'GET',
  path: '/api/flaws',
  answer: (session, { query, signal }) => ({
    lines: session.flaws.follow(session.mesh(query.get('v')), signal),
  }),
};
