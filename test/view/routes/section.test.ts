/** Covers: view/jobs/section-job. */
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJob } from '../../../src/view/jobs/run-job.js';
import { decodeSection, type SectionAnswer } from '../../../src/view/wire/section-bytes.js';
import { makeTube } from '../../support/meshes.js';
import { databaseOf, openView } from '../../support/views.js';

const MEANS = { memoryBytes: 192 * 2 ** 20, threads: 1 };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the section of a mesh', () => {
  it('is the same from the server and from a process of its own', async () => {
    const { ask, session } = await openView(await databaseOf(makeTube(40, 12), { leafTriangles: 100 }));
    const body = JSON.stringify({ normal: [0, 0, 5], offset: -1.05 });
    const reply = await ask('/api/section', { method: 'POST', headers: JSON_TYPE, body });
    expect(reply.status).toBe(200);
    const answer = decodeSection(Uint8Array.from(reply.body).buffer);
    expect([...answer.closed]).toEqual([1]);
    expect(answer).toMatchObject({ triangles: 24, isComplete: true });
    // The radius is about ten.
    expect(answer.area).toBeGreaterThan(200);
    expect(answer.area).toBeLessThan(400);
    let found: SectionAnswer | undefined;
    const { path: database } = session.mesh().db;
    const plane = { normal: [0, 0, 1], offset: -1.05 } as const;
    await runJob(
      { kind: 'section', database, tilesFiles: [], plane, ...MEANS, tempFolder: dirname(database) },
      new AbortController().signal,
      (message) => {
        if ('section' in message) found = message.section;
      },
    );
    expect(found).toEqual(answer);
  });

  it('needs a plane', async () => {
    const { ask } = await openView(await databaseOf());
    for (const body of [
      '{}',
      'null',
      '{"normal":[0,0,0],"offset":1}',
      '{"normal":[0,1],"offset":1}',
      '{"normal":[0,1,"2"],"offset":1}',
      '{"normal":[0,1,0]}',
      '{"normal":[0,1,0],"offset":"1"}',
      '{"normal":[0,1,0],"offset":1e999}',
    ])
      expect((await ask('/api/section', { method: 'POST', headers: JSON_TYPE, body })).status, body).toBe(
        400,
      );
  });
});
