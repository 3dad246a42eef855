/** Covers: view/open-tiles, view/jobs/values-job, view/routes/tiles/columns, view/routes/tiles/values, pipeline/scan/measure-slots. */
import { describe, expect, it } from 'vitest';
import type { ColumnAnswer, MeshAnswer } from '../../src/view/wire/messages.js';
import { makeTube, toAsciiStl } from '../support/meshes.js';
import { tilesOf } from '../support/tiles.js';
import { databaseOf, type OpenView, openView } from '../support/views.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** The labels of triangles by SQL. */
const LABELS: Readonly<Record<string, string>> = {
  part: 'SELECT triangle AS id, part AS label FROM part_triangles',
  component: `SELECT t.id, component AS label FROM triangles AS t
    JOIN component_runs AS r ON t.id BETWEEN r.first AND r.last`,
};

async function compute({ ask }: OpenView, column: string): Promise<ColumnAnswer> {
  const body = JSON.stringify({ column });
  const reply = await ask('/api/columns', { method: 'POST', headers: JSON_TYPE, body });
  expect(reply.status, reply.body.toString()).toBe(200);
  return JSON.parse(reply.body.toString()) as ColumnAnswer;
}

async function valuesOf({ ask }: OpenView, column: string, id: number): Promise<Float32Array> {
  const { body } = await ask(`/api/tiles/${id}/values?column=${column}`);
  return new Float32Array(Uint8Array.from(body).buffer);
}

/** Compares the values of all nodes with what is computed from the ids below each triangle or vertex. */
async function checkNodes(
  view: OpenView,
  column: string,
  expected: (ids: readonly number[]) => number,
): Promise<void> {
  const { tiles } = view.session.mesh();
  const nodes = [...tiles.listNodes()];
  const bySlot = nodes.flatMap((node) => [...(tiles.ids(node) ?? [])]);
  expect(bySlot.length).toBe(tiles.slots);
  expect(nodes.some((node) => tiles.ids(node) === undefined)).toBe(true);
  for (const node of nodes) {
    const { isLeaf, slots } = tiles.mesh(node);
    const counts = isLeaf ? Array<number>(node.count).fill(1) : [...slots];
    let at = node.first;
    const wanted = counts.map((count) => {
      at += count;
      return count === 0 ? Number.NaN : expected(bySlot.slice(at - count, at));
    });
    expect([...(await valuesOf(view, column, node.id))], `node ${node.id}`).toEqual(wanted);
  }
}

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

  it('are labels in leaves, and the first label above', async () => {
    // Solids side by side.
    const solids = ['left', '', 'right'].map((name, k) => {
      const moved = [...makeTube(30, 8)].map((corners) =>
        corners.map((value, at) => (at % 3 === 0 ? value + 30 * k : value)),
      );
      return toAsciiStl(moved as never, name);
    });
    const { path } = await tilesOf(solids.join(''), 'stl', { leafTriangles: 60 });
    const view = await openView(path);
    const { columns } = JSON.parse((await view.ask('/api/mesh')).body.toString()) as MeshAnswer;
    const labels = columns.filter(({ kind }) => kind === 'label').map(({ name }) => name);
    expect(labels).toEqual(['part', 'component']);
    for (const name of labels) {
      const answer = await compute(view, name);
      const { db } = view.session.mesh();
      const expected = new Map(
        [...db.select<{ id: number; label: number }>(LABELS[name]!)].map(({ id, label }) => [id, label]),
      );
      expect(new Set(expected.values()).size).toBe(3);
      expect(answer.labels).toMatchObject({ count: 3 });
      expect(answer.labels!.labels.reduce((sum, { triangles }) => sum + triangles, 0)).toBe(expected.size);
      await checkNodes(view, name, (ids) => expected.get(ids[0]!) ?? Number.NaN);
    }
  });

  it.each([
    // A color of the face goes before those of its corners.
    [
      'COFF\n4 2 0\n0 0 0 255 0 0 255\n1 0 0 0 255 0 255\n0 1 0 0 0 255 255\n1 1 0 0 0 255 255\n3 0 1 2 10 20 30\n3 1 3 2\n',
    ],
    [
      'COFF\n4 2 0\n0 0 0 255 0 0 255\n1 0 0 0 255 0 255\n0 1 0 0 0 255 255\n1 1 0 0 0 255 255\n3 0 1 2\n3 1 3 2\n',
    ],
  ])('are colors of the source: %#', async (content) => {
    const { path } = await tilesOf(content, 'off');
    const view = await openView(path);
    expect(await compute(view, 'color')).toMatchObject({ kind: 'color' });
    const shown = await valuesOf(view, 'color', 0);
    const { tiles } = view.session.mesh();
    const byId = new Map([...tiles.ids(tiles.node(0)!)!].map((id, slot) => [id, shown[slot]!]));
    const pack = (red: number, green: number, blue: number) => 65_536 * red + 256 * green + blue;
    expect(byId.get(0)).toBe(content.includes('10 20 30') ? pack(10, 20, 30) : pack(85, 85, 85));
    expect(byId.get(1)).toBe(pack(0, 85, 170));
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
