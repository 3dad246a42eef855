/** `POST /api/section`: the exact contour of the mesh on a plane, as bytes of wire/section-bytes. */

import { planeOf } from '../../geometry/contour.js';
import { cutMesh, findCutLeaves, type MeshCut } from '../../pipeline/view/cut-mesh.js';
import { Refusal } from '../refusal.js';
import { encodeSection } from '../wire/section-bytes.js';
import type { Route } from './route.js';

/** The most triangles of leaves that the server reads itself: they take some 20 ms, and a process takes 200 ms to start. */
const SLOTS_MAX = 50_000;

export const sectionRoute: Route = {
  method: 'POST',
  path: '/api/section',
  async answer(session, { body, signal }) {
    const mesh = session.mesh();
    const { db, tiles, version } = mesh;
    const plane = parsePlane(body);
    const leaves = findCutLeaves(tiles, plane);
    let cut: MeshCut | undefined;
    if (leaves.reduce((sum, { count }) => sum + count, 0) <= SLOTS_MAX) {
      const cutting = cutMesh(db, tiles, plane, leaves);
      while (cut === undefined) cut = cutting.next().value ?? undefined;
    } else {
      await session.run({ kind: 'section', plane }, signal, (message) => {
        if ('section' in message) cut = message.section;
      });
    }
    return { bytes: encodeSection(cut!), version };
  },
};

/** Takes the plane of a body, `{ normal: [x, y, z], offset }`. Throws Refusal. */
function parsePlane(body: unknown): NonNullable<ReturnType<typeof planeOf>> {
  const { normal, offset } = (body ?? {}) as { readonly normal?: unknown; readonly offset?: unknown };
  const isVector = Array.isArray(normal) && normal.length === 3 && normal.every(Number.isFinite);
  const plane = isVector ? planeOf(normal as unknown as [number, number, number], Number(offset)) : undefined;
  if (plane !== undefined && Number.isFinite(offset)) return plane;
  throw new Refusal(
    400,
    'USAGE',
    'the body has no plane; expected a normal that is not 0 0 0, and an offset',
  );
}
