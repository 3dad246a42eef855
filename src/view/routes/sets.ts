/** `POST /api/sets`: the triangles of a filter, found in a child process and kept as a set of slots. */

import { IdSet } from '../../collections/id-set.js';
import type { JobMessage } from '../jobs/job.js';
import { ProcessEnd, TimeLimit } from '../jobs/run-job.js';
import { Refusal } from '../refusal.js';
import type { ViewSession } from '../session.js';
import { takeFilter } from '../shown-filter.js';
import type { SetAnswer, SetFound } from '../wire/messages.js';
import type { Route } from './route.js';

export const setsRoute: Route = {
  method: 'POST',
  path: '/api/sets',
  async answer(session, { query, body, signal }) {
    return { json: await findSet(session, query.get('v'), body, signal) };
  },
};

async function findSet(
  session: ViewSession,
  asked: string | null,
  body: unknown,
  signal: AbortSignal,
): Promise<SetAnswer> {
  const began = performance.now();
  const filter = takeFilter(body);
  const { version, tiles } = session.mesh(asked);
  session.sets.checkSize(tiles.slots);
  const slots = IdSet.create(tiles.slots);
  const { bits } = slots.share();
  let found: SetFound | undefined;
  const { timeLimitMs } = session;
  const take = (message: JobMessage) => {
    if ('piece' in message) bits.set(message.piece.words, message.piece.at);
    if ('found' in message) found = message.found;
  };
  try {
    await session.run({ kind: 'set', version, filter }, signal, take, { timeLimitMs });
  } catch (error) {
    if (error instanceof ProcessEnd && error.by === 'SIGKILL') {
      throw new Refusal(400, 'MEMORY_TOO_SMALL', 'the filter exceeded its memory', {
        hint: 'select less, or start `offload view` with a larger --memory',
      });
    }
    if (!(error instanceof TimeLimit)) throw error;
    throw new Refusal(408, 'TIME_LIMIT', `the filter takes longer than ${timeLimitMs / 1000} s`, {
      hint: 'simplify it, or use `offload export`, which has no time limit',
    });
  }
  slots.seal();
  // It may have changed meanwhile.
  session.mesh(version);
  const { id } = session.sets.keep(version, slots);
  return { id, version, ...found!, milliseconds: performance.now() - began };
}
