/** `GET /download/:ticket/:name`: an exported file, once. The ticket stands in for the token. */

import type { Route } from './route.js';

export const downloadRoute: Route = {
  method: 'GET',
  path: '/download/:ticket/:name',
  answer(session, { parameters }) {
    const file = session.exports.get(parameters.ticket, parameters.name);
    return { file, onSent: () => session.exports.remove(file) };
  },
};
