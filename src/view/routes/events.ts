/** `GET /api/events`: the state of the view as lines of JSON, now and whenever it changes. */

import type { ViewSession } from '../session.js';
import type { EventMessage } from '../wire/messages.js';
import type { Route } from './route.js';

/** The time between two signs of life, in milliseconds. */
const ALIVE_MS = 2000;

export const eventsRoute: Route = {
  method: 'GET',
  path: '/api/events',
  answer: (session, { signal }) => ({ lines: follow(session, signal) }),
};

async function* follow(session: ViewSession, signal: AbortSignal): AsyncGenerator<EventMessage> {
  let wake = () => {};
  let isNew = true;
  const unfollow = session.follow(() => {
    isNew = true;
    wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      if (isNew) {
        isNew = false;
        yield { type: 'state', ...session.state };
      } else {
        const { memoryLimitBytes } = session;
        yield { type: 'alive', memoryBytes: process.memoryUsage.rss(), memoryLimitBytes };
      }
      if (isNew || signal.aborted) continue;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, ALIVE_MS);
      });
      clearTimeout(timer);
    }
  } finally {
    unfollow();
  }
}
