/** `POST /api/sql`: the answer to a query as lines of JSON. Closing the request ends the query. */

import { UsageError } from '../../errors.js';
import { formatBytes } from '../../wording.js';
import type { JobMessage } from '../jobs/job.js';
import { ProcessEnd, TimeLimit } from '../jobs/run-job.js';
import { Refusal } from '../refusal.js';
import type { ViewSession } from '../session.js';
import type { SqlFormat, SqlLine, SqlSpan } from '../wire/sql.js';
import type { Route } from './route.js';

export const sqlRoute: Route = {
  method: 'POST',
  path: '/api/sql',
  answer(session, { body, signal }) {
    const { query, format } = readRequest(body);
    session.mesh();
    return { stream: (send) => answerQuery(session, { query, format }, signal, send) };
  },
};

/** Reads the body of a request. Throws Refusal. */
function readRequest(body: unknown): { query: string; format: SqlFormat } {
  const { query, format = 'rows' } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof query !== 'string') throw new Refusal(400, 'USAGE', 'the body has no query; expected a text');
  if (format !== 'rows' && format !== 'csv') {
    throw new Refusal(400, 'USAGE', 'unknown format; expected rows or csv');
  }
  return { query, format };
}

async function answerQuery(
  session: ViewSession,
  asked: { readonly query: string; readonly format: SqlFormat },
  signal: AbortSignal,
  send: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  let span: SqlSpan | undefined;
  let isBegun = false;
  let rest = Buffer.alloc(0);
  /** Sends complete lines: the process may be killed in the middle of one. */
  const pass = async (bytes: Uint8Array): Promise<void> => {
    const all = Buffer.concat([rest, bytes]);
    const end = all.lastIndexOf('\n') + 1;
    rest = all.subarray(end);
    if (end === 0) return;
    isBegun = true;
    await send(all.subarray(0, end));
  };
  const sendLine = (line: SqlLine) => send(Buffer.from(`${JSON.stringify(line)}\n`));
  try {
    const listen = (message: JobMessage) => {
      if ('span' in message) span = message.span;
    };
    await session.run({ kind: 'sql', ...asked }, signal, listen, {
      // A file takes as long as it is long.
      timeLimitMs: asked.format === 'csv' ? undefined : session.timeLimitMs,
      onOutput: pass,
      onWait: () => {
        isBegun = true;
        void sendLine({ waiting: true });
      },
    });
  } catch (error) {
    if (signal.aborted) throw error;
    const { status, ...described } = session.describe(wordError(error, session));
    const { code, message, hint } = described;
    if (!isBegun) throw new Refusal(status, code, message, { hint, span });
    await sendLine({ error: { ...described, span } });
  }
}

/** Words what has ended a query from outside. */
function wordError(error: unknown, { timeLimitMs, taskBytes }: ViewSession): unknown {
  if (error instanceof TimeLimit) {
    return new UsageError(`the query timed out after ${timeLimitMs / 1000} s`, {
      code: 'SQL_INVALID',
      hint: 'download its rows as CSV, or run it with offload sql, which has no time limit if its output is a file',
    });
  }
  if (error instanceof ProcessEnd && error.by === 'SIGKILL') {
    return new UsageError(`the query exceeded the memory limit of ${formatBytes(taskBytes)}`, {
      code: 'SQL_INVALID',
      hint: 'select less, such as substr(x, 1, 1000), avoid group_concat() over many rows, or start `offload view` with a larger --memory',
    });
  }
  return error;
}
