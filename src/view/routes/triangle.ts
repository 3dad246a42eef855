/** `GET /api/triangles/:id`, its place in the source, and `GET /api/vertices/:id`. */

import { describePlace, describeTriangle, describeVertex } from '../facts/mesh-facts.js';
import { parseId, type Route } from './route.js';

export const triangleRoute: Route = {
  method: 'GET',
  path: '/api/triangles/:id',
  answer(session, { parameters, query }) {
    const { db, search } = session.mesh(query.get('v'));
    return { json: describeTriangle(db, search, parseId(parameters.id, 'triangle')) };
  },
};

export const placeRoute: Route = {
  method: 'GET',
  path: '/api/triangles/:id/source',
  async answer(session, { parameters, query, signal }) {
    const { db } = session.mesh(query.get('v'));
    return { json: await describePlace(db, parseId(parameters.id, 'triangle'), signal) };
  },
};

export const vertexRoute: Route = {
  method: 'GET',
  path: '/api/vertices/:id',
  answer(session, { parameters, query }) {
    const { db, search } = session.mesh(query.get('v'));
    return { json: describeVertex(db, search, parseId(parameters.id, 'vertex')) };
  },
};
