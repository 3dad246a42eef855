/** Processes of the view, and queries that keep one busy. */
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';

/** A query that never ends. */
export const ENDLESS = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n`;

/** Child processes of a process (default: this one) that run a job, without the one that waits for a filter. */
export function listJobs(parent: number = process.pid): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const found = / \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      if (found !== String(parent)) return false;
      // The second is its title, which it gives itself.
      return /job\.cjs|^offload view: (?!waiting)/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      return false;
    }
  });
}

export interface BegunQuery {
  /** Closes the request. */
  end(): void;
  /** The first bytes of the answer. */
  readonly first: Promise<string>;
  /** All bytes of the answer, when it ends. */
  readonly all: Promise<string>;
}

/** Begins a query in a request of its own. */
export function beginQuery(
  { port, token }: { readonly port: number; readonly token: string },
  query: string,
): BegunQuery {
  let end = () => {};
  let tellFirst: (text: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => {
    tellFirst = resolve;
  });
  const all = new Promise<string>((resolve) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const asking = request(
      { host: '127.0.0.1', port, method: 'POST', path: '/api/sql', headers },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          tellFirst(text);
        });
        response.on('error', () => undefined);
        response.on('close', () => resolve(text));
      },
    );
    asking.on('error', () => resolve(''));
    asking.end(JSON.stringify({ query }));
    end = () => asking.destroy();
  });
  return { end: () => end(), first, all };
}
