/** The section: keeps the picture cut at the plane, and asks for the contour when the plane rests. */

import { batch, effect } from '@preact/signals';
import { ApiError, postSection } from './api.js';
import { frameOf } from './pose.js';
import { middleOf, nearestAxis, type SectionPlane, unitOf } from './section-plane.js';
import { contour, lastSection, mesh, problem, returns, scene, section } from './state.js';

/** The plane rests if it has not moved for this time, in milliseconds. */
const REST_MS = 120;

/** Cuts the mesh, at the last plane or through its middle towards the camera; or no longer. */
export function toggleSection(): void {
  const bounds = mesh.value?.bounds ?? null;
  if (section.value !== undefined) {
    section.value = undefined;
  } else if (lastSection.value !== undefined) {
    section.value = lastSection.value;
  } else if (bounds !== null && scene.value !== undefined) {
    const { position, target } = scene.value.rig.pose;
    const [x, y, z] = [0, 1, 2].map((axis) => position[axis]! - target[axis]!) as [number, number, number];
    section.value = middleOf(nearestAxis([x, y, z]), bounds);
  }
}

/** Keeps picture and contour those of the plane. */
export function keepSection(): void {
  let version: string | undefined;
  effect(() => {
    const plane = section.value;
    const shown = mesh.value;
    const picture = scene.value;
    // A contour that has failed without the server is asked for again.
    void returns.value;
    if (shown === undefined || picture === undefined) return;
    if (version !== undefined && version !== shown.version) lastSection.value = undefined;
    version = shown.version;
    contour.value = undefined;
    picture.setContour(undefined);
    if (plane === undefined) {
      picture.setSection(undefined);
      return;
    }
    lastSection.value = plane;
    const normal = unitOf(plane.normal);
    const { center, size } = frameOf(shown);
    const middle = normal.reduce((sum, part, axis) => sum + part * center[axis]!, 0);
    picture.setSection({ normal, offset: (plane.offset - middle) / size });
    const asking = new AbortController();
    const timer = setTimeout(() => void ask(plane, asking.signal), REST_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  });
}

async function ask(plane: SectionPlane, signal: AbortSignal): Promise<void> {
  try {
    const found = await postSection(plane, signal);
    if (signal.aborted || mesh.value === undefined) return;
    const { center, size } = frameOf(mesh.value);
    batch(() => {
      contour.value = found;
      problem.value = undefined;
    });
    scene.value?.setContour(segmentsOf(found, center, size));
  } catch (error) {
    if (!signal.aborted && error instanceof ApiError) problem.value = error;
  }
}

/** Returns the segments of a contour in the scene, two points each. */
function segmentsOf(
  { points, counts, closed }: NonNullable<typeof contour.value>,
  center: readonly [x: number, y: number, z: number],
  size: number,
): Float32Array {
  const segments = counts.reduce((sum, count, line) => sum + count - 1 + closed[line]!, 0);
  const placed = new Float32Array(6 * segments);
  let to = 0;
  const put = (point: number) => {
    for (let axis = 0; axis < 3; axis++) placed[to++] = (points[3 * point + axis]! - center[axis]!) / size;
  };
  let first = 0;
  for (const [line, count] of counts.entries()) {
    for (let k = 1; k < count + closed[line]!; k++) {
      put(first + k - 1);
      put(first + (k % count));
    }
    first += count;
  }
  return placed;
}
