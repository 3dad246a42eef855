/** Covers: view/flaw-search, view/jobs/flaws-job. */
import { renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkMesh } from '../../../src/pipeline/check-mesh.js';
import type { FlawsMessage } from '../../../src/view/wire/messages.js';
import { makeFlawedMesh } from '../../support/flawed-mesh.js';
import { listJobs } from '../../support/jobs.js';
import { databaseOf, openView, type Reply } from '../../support/views.js';

const linesOf = ({ body }: Reply): FlawsMessage[] =>
  body
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FlawsMessage);

describe('GET /api/flaws', () => {
  it('gives the flaws with the figures of the check, to all who ask, from one search', {
    timeout: 60_000,
  }, async () => {
    const database = await databaseOf(makeFlawedMesh().triangles);
    const { ask } = await openView(database);
    const [first, second] = await Promise.all([ask('/api/flaws'), ask('/api/flaws')]);
    const found = linesOf(first!).at(-1)!;
    if (found.type !== 'flaws') throw new Error(JSON.stringify(found));
    const check = await checkMesh(database, { threads: 1 });
    expect(found.groups.find(({ kind }) => kind === 'hole')!.count).toBe(check.boundaryLoops);
    expect(found.groups.map(({ items, count }) => items.length - count)).toEqual(found.groups.map(() => 0));
    expect({ shells: found.shells, components: found.components }).toEqual({
      shells: check.shells,
      components: check.components,
    });
    expect(linesOf(second!).at(-1)).toEqual(found);
    // What is known is sent at once, without progress.
    expect(linesOf(await ask('/api/flaws'))).toEqual([found]);
    expect((await ask('/api/flaws?v=0123456789abcdef')).status).toBe(409);
  });

  it('ends the search if nobody waits for it', { timeout: 60_000 }, async () => {
    const { server, ask } = await openView(await databaseOf(makeFlawedMesh().triangles));
    const closing = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/api/flaws`, {
      headers: { authorization: `Bearer ${server.token}` },
      signal: closing.signal,
    });
    await response.body!.getReader().read();
    closing.abort();
    await expect.poll(() => listJobs(), { timeout: 10_000 }).toEqual([]);
    // Another one begins anew.
    expect(linesOf(await ask('/api/flaws')).at(-1)!.type).toBe('flaws');
  });

  it('tells why there is no answer', { timeout: 60_000 }, async () => {
    const path = await databaseOf();
    const { ask } = await openView(path);
    // The process finds no database.
    renameSync(path, `${path}.away`);
    const failed = linesOf(await ask('/api/flaws')).at(-1)!;
    expect(failed).toMatchObject({
      type: 'failed',
      error: { message: expect.stringContaining(path) },
    });
  });
});
