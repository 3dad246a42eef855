/** `POST /api/columns`: computes a column of the triangles, and returns the range of its values. */

import { Refusal } from '../../refusal.js';
import type { ColumnAnswer } from '../../wire/messages.js';
import type { Route } from '../route.js';

export const columnsRoute: Route = {
  method: 'POST',
  path: '/api/columns',
  async answer(session, { body }) {
    const { column } = (body ?? {}) as { readonly column?: unknown };
    if (typeof column !== 'string') throw new Refusal(400, 'USAGE', 'the body names no column');
    const answer: ColumnAnswer = await session.mesh().columns.range(column, session);
    return { json: answer };
  },
};
