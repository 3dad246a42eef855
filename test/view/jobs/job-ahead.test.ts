/** A process that waits for the next filter. */
import type { ChildProcess } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { JobAhead } from '../../../src/view/jobs/job-ahead.js';
import { runJob } from '../../../src/view/jobs/run-job.js';
import { ShownMesh } from '../../../src/view/shown-mesh.js';
import type { SetFound } from '../../../src/view/wire/messages.js';
import { makeTube } from '../../support/meshes.js';
import { databaseOf, openView } from '../../support/views.js';

const MEMORY = 2 ** 29;

function start(threads: number): JobAhead {
  const ahead = new JobAhead(() => ({ memoryBytes: MEMORY, threads, triangles: 1000 }));
  onTestFinished(() => ahead.close());
  return ahead;
}

/** Resolves to the signal that has ended a process. */
function untilEnded(child: ChildProcess): Promise<NodeJS.Signals | null> {
  return new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
}

describe('a process that waits', () => {
  it.each([1, 2])('finds the same triangles as a new one, with %i threads', async (threads) => {
    const database = await databaseOf(makeTube(40, 12));
    const options = { tilesFiles: [], memoryBytes: MEMORY, threads, signal: AbortSignal.timeout(60_000) };
    const mesh = ShownMesh.open(database, basename(database), [])!;
    onTestFinished(() => mesh.close());
    const job = {
      kind: 'set',
      version: mesh.version,
      filter: { where: ['area > 0.1 and max_z < 0'] },
      database,
      tempFolder: dirname(database),
      ...options,
    } as const;
    const find = async (take?: () => ChildProcess | undefined) => {
      let found: SetFound | undefined;
      const words: number[] = [];
      const { signal, ...plain } = job;
      await runJob(
        plain,
        signal,
        (message) => {
          if ('piece' in message) words.push(...message.piece.words);
          if ('found' in message) found = message.found;
        },
        undefined,
        take,
      );
      return { found, words };
    };
    const ahead = start(threads);
    ahead.prepare();
    const child = ahead.take();
    expect(child?.pid).toBeGreaterThan(0);
    const ended = untilEnded(child!);
    const plain = await find();
    expect(plain.found!.triangles).toBeGreaterThan(10);
    expect(await find(() => child)).toEqual(plain);
    expect(await ended).toBe(null);
    // It was handed over.
    expect(ahead.take()).toBeUndefined();
  });

  it('is not handed over after it has ended, and one at a time waits', async () => {
    const ahead = start(2);
    ahead.prepare();
    const first = ahead.take()!;
    const ended = untilEnded(first);
    first.kill('SIGTERM');
    await ended;
    ahead.prepare();
    const second = ahead.take()!;
    expect(second.pid).not.toBe(first.pid);
    second.kill('SIGKILL');
    ahead.prepare();
    ahead.prepare();
    const third = ahead.take()!;
    expect(ahead.take()).toBeUndefined();
    third.disconnect();
    // The server is gone: threads do not keep it alive.
    await untilEnded(third);
  });

  it('is started when a mesh is shown and after each filter, and ends with the view', async () => {
    const { session } = await openView(await databaseOf(makeTube(20, 12)));
    const { ahead } = session as unknown as { readonly ahead: { readonly child: ChildProcess | undefined } };
    await expect.poll(() => ahead.child?.pid, { timeout: 10_000 }).toBeGreaterThan(0);
    const first = ahead.child!;
    const { version } = session.mesh();
    const task = { kind: 'set', version, filter: { where: ['id < 10'] } } as const;
    await session.run(task, AbortSignal.timeout(60_000), () => undefined);
    expect(first.exitCode).toBe(0);
    const second = ahead.child!;
    expect(second.pid).not.toBe(first.pid);
    const ended = untilEnded(second);
    await session.close();
    expect(await ended).toBe('SIGKILL');
  });
});
