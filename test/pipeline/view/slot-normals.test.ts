/** The normals of the source for each slot, as the server of the view gives them, held against the rows of the database. */
import { describe, expect, it } from 'vitest';
import { packNormal } from '../../../src/pipeline/view/slot-normals.js';
import type { MeshAnswer } from '../../../src/view/wire/messages.js';
import { makeBall } from '../../support/balls.js';
import { tilesOf } from '../../support/tiles.js';
import { databaseOf, type OpenView, openView } from '../../support/views.js';

async function compute({ ask }: OpenView): Promise<number> {
  const reply = await ask('/api/columns', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ column: 'normal' }),
  });
  return reply.status;
}

async function normalsOf({ ask }: OpenView, id: number): Promise<number[]> {
  const { body } = await ask(`/api/tiles/${id}/values?column=normal`);
  return [...new Float32Array(Uint8Array.from(body).buffer)];
}

describe('normals of slots', () => {
  it('are those of the corners in leaves, and that of one corner above', async () => {
    const { path, db } = await tilesOf(makeBall(), 'ply', { leafTriangles: 40 });
    const view = await openView(path);
    const { columns } = JSON.parse((await view.ask('/api/mesh')).body.toString()) as MeshAnswer;
    expect(columns).toContainEqual({ name: 'normal', kind: 'normal' });
    expect(await compute(view)).toBe(200);
    const normals = new Map(
      [...db.select<{ vertex: number; x: number; y: number; z: number }>('SELECT * FROM vertex_normals')].map(
        ({ vertex, x, y, z }) => [vertex, packNormal(x, y, z)],
      ),
    );
    expect(normals.size).toBe(128);
    const corners = new Map(
      [
        ...db.select<{ id: number; a: number; b: number; c: number }>('SELECT id, a, b, c FROM triangles'),
      ].map(({ id, a, b, c }) => [id, [a, b, c].map((vertex) => normals.get(vertex)!)]),
    );
    const { tiles } = view.session.mesh();
    const nodes = [...tiles.listNodes()];
    const bySlot = nodes.flatMap((node) => [...(tiles.ids(node) ?? [])]);
    let inner = 0;
    for (const node of nodes) {
      const { isLeaf, slots } = tiles.mesh(node);
      const found = await normalsOf(view, node.id);
      if (isLeaf) {
        const ids = bySlot.slice(node.first, node.first + node.count);
        expect(found).toEqual(ids.flatMap((id) => corners.get(id)!));
        continue;
      }
      inner++;
      let at = node.first;
      const expected = [...slots].map((count) => {
        at += count;
        return count === 0 ? Number.NaN : corners.get(bySlot[at - count]!)![0]!;
      });
      expect(found).toEqual(expected);
    }
    expect(inner).toBeGreaterThan(0);
  });

  it('are not offered for a source without any', async () => {
    const view = await openView(await databaseOf());
    const { columns } = JSON.parse((await view.ask('/api/mesh')).body.toString()) as MeshAnswer;
    expect(columns.map(({ kind }) => kind)).not.toContain('normal');
    expect(await compute(view)).toBe(200);
    expect((await normalsOf(view, 0)).every(Number.isNaN)).toBe(true);
  });

  it('are packed to a byte each, and none is NaN', () => {
    expect(packNormal(0, 0, 2)).toBe(128 * 65_536 + 128 * 256 + 255);
    expect(packNormal(-3, 0, 0)).toBe(0 * 65_536 + 128 * 256 + 128);
    expect(packNormal(0, 0, 0)).toBeNaN();
    expect(packNormal(Number.NaN, 0, 1)).toBeNaN();
    expect(packNormal(Number.POSITIVE_INFINITY, 0, 1)).toBeNaN();
  });
});
