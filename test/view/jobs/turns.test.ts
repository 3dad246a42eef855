/** Covers: view/memory-shares. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIB } from '../../../src/memory.js';
import { type JobLength, Turns } from '../../../src/view/jobs/turns.js';
import { JOBS_MAX, memoryForJob, shareMemory } from '../../../src/view/memory-shares.js';
import { ViewSession } from '../../../src/view/session.js';
import type { SetAnswer } from '../../../src/view/wire/messages.js';
import { beginQuery, ENDLESS, listJobs } from '../../support/jobs.js';
import { databaseOf, openView } from '../../support/views.js';

describe('turns', () => {
  it('let one leave that waits', async () => {
    const turns = new Turns(1, 1);
    const { signal } = new AbortController();
    const order: string[] = [];
    let finish = () => {};
    const first = turns.take('short', signal, () => new Promise<void>((resolve) => (finish = resolve)));
    const leaving = new AbortController();
    const second = turns.take('short', leaving.signal, async () => void order.push('second'));
    const third = turns.take('long', signal, async () => void order.push('third'));
    leaving.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    expect(order).toEqual([]);
    finish();
    await Promise.all([first, third]);
    await turns.take('short', signal, async () => void order.push('fourth'));
    expect(order).toEqual(['third', 'fourth']);
  });

  it('let short jobs pass long ones that wait', async () => {
    const turns = new Turns(2, 1);
    const leaving = new AbortController();
    const endless = () => new Promise<void>(() => undefined);
    void turns.take('long', leaving.signal, endless);
    const waits: string[] = [];
    for (const name of ['a', 'b']) {
      const action = async () => void waits.push(`${name} runs`);
      turns.take('long', leaving.signal, action, () => waits.push(`${name} waits`)).catch(() => undefined);
    }
    await turns.take('short', leaving.signal, async () => void waits.push('short'), expect.unreachable);
    leaving.abort();
    expect(waits).toEqual(['a waits', 'b waits', 'short']);
  });

  it('keep their bounds, and let everyone in', async () => {
    const lengths = fc.constantFrom<JobLength>('short', 'long');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(lengths, fc.nat(6)), { maxLength: 20 }),
        fc.integer({ min: 2, max: 4 }),
        async (jobs, most) => {
          const turns = new Turns(most, most - 1);
          const { signal } = new AbortController();
          const running = { short: 0, long: 0 };
          let entered = 0;
          const taken = jobs.map(([length, ticks]) =>
            turns.take(length, signal, async () => {
              running[length]++;
              entered++;
              expect(running.short + running.long).toBeLessThanOrEqual(most);
              expect(running.long).toBeLessThan(most);
              for (let k = 0; k < ticks; k++) await null;
              running[length]--;
              if (ticks === 3) throw new Error('failed');
            }),
          );
          await Promise.allSettled(taken);
          expect(entered).toBe(jobs.length);
          // All turns are free again.
          expect(running).toEqual({ short: 0, long: 0 });
          await turns.take(
            'long',
            signal,
            async () => undefined,
            () => expect.unreachable(),
          );
        },
      ),
    );
  });
});

describe('the shares of the memory', () => {
  it.each([512, 600, 1024, 65_536])('are within it: %i MiB', (size) => {
    const { sets, job, onlyJob } = shareMemory(size * MIB);
    expect(64 * MIB + sets + JOBS_MAX * job).toBeLessThanOrEqual(size * MIB);
    expect(64 * MIB + onlyJob).toBeLessThanOrEqual(size * MIB);
    expect(Math.min(job, onlyJob)).toBeGreaterThanOrEqual(192 * MIB);
    expect(sets).toBeLessThanOrEqual((size * MIB) / 4);
  });

  it('can be as large as a job needs', () => {
    for (const job of [193, 216, 400, 5000]) {
      const bytes = memoryForJob(job * MIB);
      expect(shareMemory(bytes).job).toBeGreaterThanOrEqual(job * MIB);
      expect(shareMemory(bytes - 4 * MIB).job).toBeLessThan(job * MIB);
    }
  });

  it('are the least that works if it is small', () => {
    expect(shareMemory(192 * MIB)).toEqual({ sets: 16 * MIB, job: 192 * MIB, onlyJob: 192 * MIB });
  });
});

describe('jobs of a view', () => {
  it('are one query at a time, beside which filters and columns are answered', {
    timeout: 60_000,
  }, async () => {
    const { server, ask, session } = await openView(await databaseOf());
    const first = beginQuery(server, ENDLESS);
    await first.first;
    const others = [1, 2].map(() => beginQuery(server, 'SELECT count(*) AS n FROM triangles'));
    for (const { first: line } of others) expect(await line).toBe('{"waiting":true}\n');
    const headers = { 'content-type': 'application/json' };
    const post = (path: string, body: unknown) =>
      ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
    const set = await post('/api/sets', { where: ['id < 10'] });
    expect(JSON.parse(set.body.toString()) as SetAnswer).toMatchObject({ triangles: 10 });
    expect((await post('/api/columns', { column: 'area' })).status).toBe(200);
    await expect.poll(() => listJobs(), { timeout: 10_000 }).toHaveLength(1);
    // The search for flaws waits, too; who gives up frees nothing.
    const search = new AbortController();
    const flaws = session.run({ kind: 'flaws' }, search.signal, () => undefined);
    search.abort(new Error('given up'));
    await expect(flaws).rejects.toThrow('given up');
    first.end();
    for (const { all } of others) expect(await all).toContain('[[984]]');
  });

  it('wait outside of their time limit', { timeout: 60_000 }, async () => {
    const { server } = await openView(await databaseOf(), { timeLimitMs: 1500 });
    const [first, second, third] = [ENDLESS, ENDLESS, 'SELECT 1'].map((query) => beginQuery(server, query));
    expect(await first!.all).toContain('timed out after 1.5 s');
    expect(await second!.all).toContain('timed out after 1.5 s');
    expect(await third!.all).toContain('[[1]]');
  });

  it('end before the view has closed', { timeout: 60_000 }, async () => {
    const path = await databaseOf();
    const session = new ViewSession(path, { memoryBytes: 512 * MIB });
    session.start();
    const { signal } = new AbortController();
    const query = { kind: 'sql', query: ENDLESS, format: 'rows' } as const;
    const ended = [query, query, { kind: 'flaws' } as const].map((task) =>
      session.run(task, signal, () => undefined).catch((error: Error) => error.message),
    );
    const column = session
      .mesh()
      .columns.range('area', session)
      .catch((error: Error) => error.message);
    await expect.poll(() => listJobs().length).toBe(2);
    await session.close();
    expect(listJobs()).toEqual([]);
    expect(await Promise.all(ended)).toEqual(Array(3).fill('the view has ended'));
    await column;
    expect(readdirSync(dirname(path)).sort()).toEqual(['in.db', 'in.stl']);
  });
});
