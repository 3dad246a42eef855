/** Covers: view/open-tiles, view/jobs/values-job, view/routes/columns, view/routes/values, pipeline/scan/measure-slots. */
import { describe, expect, it } from 'vitest';
import type { ColumnAnswer } from '../../src/view/wire/messages.js';
import { databaseOf, openView } from '../support/views.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('values of a column', () => {
  it('are those of SQL in leaves, and their means above', async () => {
    const { session, ask } = await openView(await databaseOf(undefined, { leafTriangles: 100 }));
    const body = JSON.stringify({ column: 'area' });
    const posted = await ask('/api/columns', { method: 'POST', headers: JSON_TYPE, body });
    const answer = JSON.parse(posted.body.toString()) as ColumnAnswer;
    const { db, tiles } = session.mesh();
    const areas = new Map(
      [...db.select<{ id: number; area: number }>('SELECT id, area FROM triangle_measures')].map(
        ({ id, area }) => [id, Math.fround(area)] as const,
      ),
    );
    expect(answer).toMatchObject({
      least: Math.min(...areas.values()),
      greatest: Math.max(...areas.values()),
    });
    const bySlot = new Float32Array(tiles.slots);
    const nodes = [...tiles.listNodes()];
    for (const node of nodes) {
      const ids = tiles.ids(node);
      ids?.forEach((id, k) => {
        bySlot[node.first + k] = areas.get(id)!;
      });
    }
    expect(nodes.some((node) => tiles.ids(node) === undefined)).toBe(true);
    for (const node of nodes) {
      const { body: bytes } = await ask(`/api/tiles/${node.id}/values?column=area`);
      const values = new Float32Array(Uint8Array.from(bytes).buffer);
      const mesh = tiles.mesh(node);
      if (mesh.isLeaf) {
        expect(values).toEqual(bySlot.slice(node.first, node.first + node.count));
        continue;
      }
      let at = node.first;
      mesh.slots.forEach((count, vertex) => {
        const part = bySlot.slice(at, at + count);
        const mean = part.reduce((sum, one) => sum + one, 0) / count;
        if (count > 0) expect(values[vertex]).toBeCloseTo(mean, 5);
        else expect(values[vertex]).toBeNaN();
        at += count;
      });
    }
  });

  it('need a column that exists and is computed', async () => {
    const { ask } = await openView(await databaseOf());
    expect((await ask('/api/tiles/0/values?column=area')).status).toBe(409);
    for (const body of [
      '{}',
      'null',
      '{"column":"nonsense"}',
      '{"column":"id; DROP TABLE triangles"}',
      '{"column":1}',
    ])
      expect((await ask('/api/columns', { method: 'POST', headers: JSON_TYPE, body })).status, body).toBe(
        400,
      );
  });
});
