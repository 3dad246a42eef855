/** `POST /api/pick`: the triangle that a ray meets first. */

import { describeTriangle } from '../facts/mesh-facts.js';
import { pickTriangle } from '../facts/picker.js';
import { Refusal } from '../refusal.js';
import type { PickAnswer, PickBody } from '../wire/messages.js';
import type { Route } from './route.js';

/** More planes than any view has. */
const PLANES_MAX = 64;

export const pickRoute: Route = {
  method: 'POST',
  path: '/api/pick',
  async answer(session, { body, query, signal }) {
    const { db, search, version, closed } = session.mesh(query.get('v'));
    const { origin, direction, planes = [], set } = checkBody(body);
    const slots = set === undefined ? undefined : session.sets.get(set, version).slots;
    const accepts = slots && ((slot: number) => slots.has(slot));
    const ending = AbortSignal.any([signal, closed]);
    const found = await pickTriangle(db, search, { origin, direction, planes, accepts }, ending);
    const hit = found && {
      point: found.point,
      distance: found.distance,
      triangle: describeTriangle(db, search, found.triangle),
    };
    return { json: { hit: hit ?? null } satisfies PickAnswer };
  },
};

/** Throws Refusal for anything but a ray. */
function checkBody(body: unknown): PickBody {
  const { origin, direction, planes = [], set } = (body ?? {}) as Record<string, unknown>;
  const areNumbers = (list: unknown, count: number) =>
    Array.isArray(list) && list.length === count && list.every((one) => Number.isFinite(one));
  if (!areNumbers(origin, 3)) throw refuse('origin', 'three finite numbers');
  if (!areNumbers(direction, 3) || (direction as number[]).every((one) => one === 0))
    throw refuse('direction', 'three finite numbers, not all 0');
  const isValid =
    Array.isArray(planes) && planes.length <= PLANES_MAX && planes.every((one) => areNumbers(one, 4));
  if (!isValid) throw refuse('planes', `at most ${PLANES_MAX} lists of four finite numbers`);
  if (set !== undefined && typeof set !== 'string') throw refuse('set', 'the id of a set');
  return { origin, direction, planes, set } as PickBody;
}

function refuse(name: string, expected: string): Refusal {
  return new Refusal(400, 'USAGE', `${name} is not valid; expected ${expected}`);
}
