/** The query that runs or ran last: its rows as they come, bounded by the server, and what ended it. */

import { effect, signal, untracked } from '@preact/signals';
import type { ErrorAnswer } from '../../src/view/wire/messages.js';
import type { SqlColumn, WireValue } from '../../src/view/wire/sql.js';
import { ApiError, askSql } from '../api.js';
import { mesh } from '../state.js';
import { remember } from './history.js';

export type Row = readonly WireValue[];

export interface SqlResult {
  readonly query: string;
  readonly columns: readonly SqlColumn[];
  /** Grows while the query runs. */
  readonly rows: readonly Row[];
  readonly state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed';
  /** Whether there are more rows than these. */
  readonly isCut: boolean;
  readonly milliseconds: number;
  readonly error?: ErrorAnswer | undefined;
}

export const result = signal<SqlResult | undefined>(undefined);

let running: AbortController | undefined;

/** Runs a query; one that still runs is stopped. */
export async function runSql(query: string): Promise<void> {
  stopSql();
  const run = new AbortController();
  running = run;
  remember(query);
  const began = performance.now();
  const rows: Row[] = [];
  let shown: SqlResult = { query, columns: [], rows, state: 'running', isCut: false, milliseconds: 0 };
  const show = (change: Partial<SqlResult>) => {
    // Another query may have begun.
    if (running !== run) return;
    shown = { ...shown, milliseconds: performance.now() - began, ...change };
    result.value = shown;
  };
  show({});
  try {
    for await (const line of askSql({ query }, run.signal)) {
      if ('waiting' in line) show({ state: 'waiting' });
      else if ('columns' in line) show({ state: 'running', columns: line.columns });
      else if ('rows' in line) {
        for (const row of line.rows) rows.push(row);
        show({});
      } else if ('end' in line) show({ state: 'done', ...line.end, rows });
    }
    if (isGoingOn(shown)) throw new TypeError('the connection broke');
  } catch (error) {
    if (run.signal.aborted) show({ state: 'stopped' });
    else show({ state: 'failed', error: describe(error) });
  } finally {
    if (running === run) running = undefined;
  }
}

/** Ends the query that runs, if any. Its rows so far stay. */
export function stopSql(): void {
  running?.abort();
  if (result.value !== undefined && isGoingOn(result.value))
    result.value = { ...result.value, state: 'stopped' };
  running = undefined;
}

/** Forgets rows when the mesh changes: ids lead to other triangles then. */
export function keepResult(): void {
  let version: string | undefined;
  effect(() => {
    const next = mesh.value?.version;
    if (version !== undefined && next !== version)
      untracked(() => {
        stopSql();
        result.value = undefined;
      });
    version = next;
  });
}

/** Whether a query waits for its turn or runs. */
export function isGoingOn({ state }: SqlResult): boolean {
  return state === 'waiting' || state === 'running';
}

/** Describes an error of a query for the page. */
export function describe(error: unknown): ErrorAnswer {
  if (error instanceof ApiError) {
    const { message, code, hint, span } = error;
    return { message, code, hint, span };
  }
  return { message: 'the server is gone, or the connection broke', code: 'CONNECTION' };
}
