/** Covers: view/routes/route, view/facts/mesh-facts. */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildTiles } from '../../../src/pipeline/build-tiles.js';
import { importMesh } from '../../../src/pipeline/import-mesh.js';
import type { PlaceAnswer, TriangleAnswer, VertexAnswer } from '../../../src/view/wire/messages.js';
import { freshFolder } from '../../support/files.js';
import { type Corners, makeTube, toAsciiStl } from '../../support/meshes.js';
import { databaseOf, type OpenView, openView } from '../../support/views.js';

async function get<T>({ ask }: OpenView, path: string): Promise<T> {
  const reply = await ask(path);
  expect(reply.status, reply.body.toString()).toBe(200);
  return JSON.parse(reply.body.toString()) as T;
}

const cornersOf = (t: Corners) => [0, 3, 6].map((at) => t.slice(at, at + 3).join());

describe('GET /api/triangles/:id', () => {
  it('has the row, the measures and the neighbors of each triangle', async () => {
    const triangles = [...makeTube(10, 8)];
    const view = await openView(await databaseOf(triangles, { leafTriangles: 20 }));
    for (const [id, t] of triangles.entries()) {
      if (id % 5 > 0) continue;
      const found = await get<TriangleAnswer>(view, `/api/triangles/${id}`);
      expect(found.corners.map(({ position }) => position.join())).toEqual(cornersOf(t));
      const ends = cornersOf(t);
      const across = [0, 1, 2].map((k) =>
        triangles.flatMap((other, number) => {
          const has = (end: string) => cornersOf(other).includes(end);
          return number !== id && has(ends[k]!) && has(ends[(k + 1) % 3]!) ? [number] : [];
        }),
      );
      expect(found.neighbors, `triangle ${id}`).toEqual(across);
      expect(found.edges[0]).toBeCloseTo(Math.hypot(t[3]! - t[0]!, t[4]! - t[1]!, t[5]! - t[2]!), 9);
    }
    const { corners } = await get<TriangleAnswer>(view, '/api/triangles/40');
    const vertex = await get<VertexAnswer>(view, `/api/vertices/${corners[0]!.vertex}`);
    const around = triangles.flatMap((t, id) => (cornersOf(t).includes(vertex.position.join()) ? [id] : []));
    expect(vertex).toMatchObject({ triangles: around, count: around.length });
  });

  it('has measures, parts and source', async () => {
    const view = await openView(await databaseOf([[0, 0, 0, 3, 0, 0, 0, 4, 0]]));
    expect(await get(view, '/api/triangles/0')).toMatchObject({
      area: 6,
      normal: [0, 0, 1],
      edges: [3, 5, 4],
      neighbors: [[], [], []],
      source: { id: 1, path: expect.stringMatching(/in\.stl$/) },
      component: null,
    });
  });

  it('has the line of the source, or why there is none', async () => {
    const folder = freshFolder();
    const source = join(folder, 'in.stl');
    const database = join(folder, 'in.db');
    const triangles = [...makeTube(4, 6)];
    writeFileSync(source, toAsciiStl(triangles));
    await importMesh(source, database);
    await buildTiles(database, {});
    const view = await openView(database);
    const found = await get<PlaceAnswer>(view, '/api/triangles/9/source');
    // A line for the solid, then seven for each facet.
    expect(found).toMatchObject({ isFound: true, line: 2 + 7 * 9, lines: 7, inside: null, isCut: false });
    expect((found as { text: string }).text).toMatch(/^\s*facet normal[\s\S]*endfacet\s*$/);
    appendFileSync(source, ' ');
    expect(await get(view, '/api/triangles/9/source')).toMatchObject({
      isFound: false,
      code: 'SOURCE_CHANGED',
    });
    renameSync(source, `${source}.moved`);
    expect(await get(view, '/api/triangles/9/source')).toMatchObject({
      isFound: false,
      message: expect.stringContaining('in.stl'),
    });
  });

  it.each([
    ['/api/triangles/984', 404],
    ['/api/vertices/99999', 404],
    ['/api/triangles/999999999999999', 404],
    ['/api/triangles/-1', 400],
    ['/api/triangles/1e3', 400],
    ['/api/triangles/', 400],
    ['/api/triangles/0x1/source', 400],
    ['/api/vertices/NaN', 400],
  ])('refuses %s', async (path, status) => {
    const { ask } = await openView(await databaseOf());
    expect((await ask(path)).status).toBe(status);
  });
});
