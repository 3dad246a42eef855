/** Picks triangles, inspects them and their vertices, and measures distances between picks. */

import { effect } from '@preact/signals';
import type { PickAnswer, PickBody, TriangleAnswer, WirePoint } from '../src/view/wire/messages.js';
import { ApiError, getPlace, getTriangle, getVertex, pick } from './api.js';
import { frameOf, pointToMesh, pointToScene } from './pose.js';
import { unitOf } from './section-plane.js';
import {
  ends,
  hidesRest,
  isMeasuring,
  mesh,
  picked,
  pickedId,
  pickNote,
  place,
  scene,
  section,
  shownSet,
  vertex,
} from './state.js';

/** The color of what is picked, which no flaw has, and of distances. */
const PICK_COLOR = '#e6007a';
const MEASURE_COLOR = '#7b2fd0';

/** A later question replaces the one that is being answered. */
let asking = new AbortController();

/** Asks the server; tells what went wrong. Returns undefined for that, or if another question came later. */
async function ask<T>(
  question: (version: string, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  asking.abort();
  const own = new AbortController();
  asking = own;
  const version = mesh.value?.version;
  if (version === undefined) return undefined;
  try {
    const answer = await question(version, own.signal);
    return own.signal.aborted ? undefined : answer;
  } catch (error) {
    if (own.signal.aborted) return undefined;
    pickNote.value = error instanceof ApiError ? error.message : 'the server is out of reach';
    return undefined;
  }
}

/** Picks at a place of the picture: from -1 on the left and at the bottom to 1 on the right and at the top. */
export async function pickAt(right: number, up: number): Promise<void> {
  const [picture, shown] = [scene.value, mesh.value];
  if (picture === undefined || shown === undefined || shown.slots === 0) return;
  const { origin, direction } = picture.rig.rayAt(right, up);
  const ray = { origin: pointToMesh(origin, shown), direction, ...whatIsShown() };
  const answer = await ask<PickAnswer>((version, signal) => pick(ray, version, signal));
  if (answer === undefined) return;
  if (answer.hit === null) {
    pickNote.value = 'There is no triangle there.';
    return;
  }
  const { triangle, point } = answer.hit;
  if (isMeasuring.value) ends.value = ends.value.length === 1 ? [...ends.value, point] : [point];
  await show(triangle);
}

/** What the section and the filter leave to be picked: what is only dimmed can be picked, too. */
function whatIsShown(): Pick<PickBody, 'planes' | 'set'> {
  const { value: plane } = section;
  const [x, y, z] = plane === undefined ? [0, 0, 0] : unitOf(plane.normal);
  const planes = plane === undefined ? [] : [[-x, -y, -z, plane.offset] as const];
  const { value: found } = shownSet;
  return { planes, set: hidesRest.value && found.state === 'found' ? found.set.id : undefined };
}

/** Inspects a triangle by its id. */
export async function inspectTriangle(id: number): Promise<void> {
  const triangle = await ask((version, signal) => getTriangle(id, version, signal));
  if (triangle !== undefined) await show(triangle);
}

/** Inspects a vertex by its id; the triangle stays picked. */
export async function inspectVertex(id: number): Promise<void> {
  const found = await ask((version, signal) => getVertex(id, version, signal));
  if (found === undefined) return;
  pickNote.value = undefined;
  vertex.value = found;
  // The question for the place of the triangle was replaced by this one.
  if (place.value === undefined && picked.value !== undefined) await findPlace(picked.value.id);
}

/** Moves the camera to what is picked. */
export function lookAtPicked(): void {
  const [picture, shown, triangle] = [scene.value, mesh.value, picked.value];
  if (picture === undefined || shown === undefined || triangle === undefined) return;
  const corners = triangle.corners.map(({ position }) => pointToScene(position, shown));
  const middle = (axis: 0 | 1 | 2) => corners.reduce((sum, corner) => sum + corner[axis] / 3, 0);
  const center = [middle(0), middle(1), middle(2)] as const;
  const radius = Math.max(...corners.map((corner) => Math.hypot(...corner.map((at, k) => at - center[k]!))));
  picture.rig.lookAt(center, Math.max(radius, 1e-6), triangle.normal ?? undefined);
}

/** Clears the distance if there is one, or else what is picked. */
export function clearInspection(): void {
  asking.abort();
  if (isMeasuring.value) {
    isMeasuring.value = false;
    ends.value = [];
    return;
  }
  clearPick();
}

/** Begins to measure from the next pick, or ends that. */
export function switchMeasuring(): void {
  isMeasuring.value = !isMeasuring.value;
  ends.value = [];
}

/** Returns the distance between the ends of a measurement, and its share along each axis. */
export function measure([from, to]: readonly WirePoint[]):
  | { readonly distance: number; readonly along: WirePoint }
  | undefined {
  if (from === undefined || to === undefined) return undefined;
  const along = [to[0] - from[0], to[1] - from[1], to[2] - from[2]] as const;
  return { distance: Math.hypot(...along), along };
}

/** Keeps the marks in the picture up to date, and the pick with the mesh, for as long as the page is open. */
export function keepInspection(): void {
  let version: string | undefined;
  effect(() => {
    const next = mesh.value?.version;
    if (next === undefined || next === version) return;
    const isFirst = version === undefined;
    version = next;
    // Ids and places of another mesh mean nothing here.
    if (!isFirst) {
      clearPick();
      ends.value = [];
    } else if (pickedId.peek() !== undefined) void inspectTriangle(pickedId.peek()!);
  });
  effect(() => {
    const [picture, shown, triangle] = [scene.value, mesh.value, picked.value];
    if (picture === undefined || shown === undefined) return;
    const corners = (triangle?.corners ?? []).map(({ position }) => pointToScene(position, shown));
    const [a, b, c] = corners;
    const common = { color: PICK_COLOR, pixels: 22, lineWidth: 3, hiddenOpacity: 0.6 };
    const lines = a && b && c ? [...a, ...b, ...b, ...c, ...c, ...a] : [];
    const middle = [0, 1, 2].map((axis) => corners.reduce((sum, corner) => sum + corner[axis]! / 3, 0));
    const points = lines.length > 0 ? middle : [];
    picture.marks.set('pick', { ...common, shape: 'ring', lines, points });
  });
  effect(() => {
    const [picture, shown, one] = [scene.value, mesh.value, vertex.value];
    if (picture === undefined || shown === undefined) return;
    const points = one === undefined ? [] : [...pointToScene(one.position, shown)];
    picture.marks.set('vertex', {
      color: PICK_COLOR,
      shape: 'dot',
      pixels: 16,
      lineWidth: 1,
      hiddenOpacity: 0.6,
      lines: [],
      points,
    });
  });
  effect(() => {
    const [picture, shown] = [scene.value, mesh.value];
    if (picture === undefined || shown === undefined) return;
    const points = ends.value.flatMap((end) => [...pointToScene(end, shown)]);
    const lines = ends.value.length === 2 ? points : [];
    picture.marks.set('measure', {
      color: MEASURE_COLOR,
      shape: 'plus',
      pixels: 18,
      lineWidth: 3,
      hiddenOpacity: 0.6,
      lines,
      points,
    });
  });
}

/** The middle of the distance, in scene units; undefined without one. */
export function middleOfMeasure(): WirePoint | undefined {
  const [from, to] = ends.value;
  const shown = mesh.value;
  if (from === undefined || to === undefined || shown === undefined) return undefined;
  const { center, size } = frameOf(shown);
  const at = (axis: 0 | 1 | 2) =>
    ((from[axis] - center[axis]!) / size + (to[axis] - center[axis]!) / size) / 2;
  return [at(0), at(1), at(2)];
}

async function show(triangle: TriangleAnswer): Promise<void> {
  pickNote.value = undefined;
  vertex.value = undefined;
  place.value = undefined;
  picked.value = triangle;
  pickedId.value = triangle.id;
  await findPlace(triangle.id);
}

async function findPlace(id: number): Promise<void> {
  const found = await ask((version, signal) => getPlace(id, version, signal));
  if (found !== undefined && picked.value?.id === id) place.value = found;
}

function clearPick(): void {
  picked.value = undefined;
  pickedId.value = undefined;
  vertex.value = undefined;
  place.value = undefined;
  pickNote.value = undefined;
}
