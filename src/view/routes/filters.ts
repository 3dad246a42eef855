/** `GET /api/filters`: the saved filters. */

import { listFilters } from '../../filter/saved-filters.js';
import type { Route } from './route.js';

export const filtersRoute: Route = {
  method: 'GET',
  path: '/api/filters',
  answer: (session) => ({ json: session.mesh().db.ask(listFilters) }),
};
