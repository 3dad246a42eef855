/** The camera in the units of the mesh, so that a URL shows the same place of the mesh anywhere. */

import type { MeshAnswer } from '../src/view/wire/messages.js';
import type { Point, Pose } from './scene/camera-rig.js';

/** The box of the scene: its center and its longest side are 0 and 1 there. */
export function frameOf({ bounds }: Pick<MeshAnswer, 'bounds'>): {
  readonly center: Point;
  readonly size: number;
} {
  if (bounds === null) return { center: [0, 0, 0], size: 1 };
  const { min, max } = bounds;
  const size = Math.max(...[0, 1, 2].map((axis) => max[axis]! - min[axis]!)) || 1;
  return { center: eachAxis((axis) => min[axis]! / 2 + max[axis]! / 2), size };
}

/** Converts a camera of the scene to the units of the mesh. */
export function toMesh(pose: Pose, mesh: Pick<MeshAnswer, 'bounds'>): Pose {
  return { position: pointToMesh(pose.position, mesh), target: pointToMesh(pose.target, mesh) };
}

/** Converts a camera in the units of the mesh to the scene. */
export function toScene(pose: Pose, mesh: Pick<MeshAnswer, 'bounds'>): Pose {
  return { position: pointToScene(pose.position, mesh), target: pointToScene(pose.target, mesh) };
}

/** Converts a point in the units of the mesh to the scene. */
export function pointToScene(point: Point, mesh: Pick<MeshAnswer, 'bounds'>): Point {
  const { center, size } = frameOf(mesh);
  return eachAxis((axis) => (point[axis]! - center[axis]!) / size);
}

/** Converts a point of the scene to the units of the mesh. */
export function pointToMesh(point: Point, mesh: Pick<MeshAnswer, 'bounds'>): Point {
  const { center, size } = frameOf(mesh);
  return eachAxis((axis) => point[axis]! * size + center[axis]!);
}

function eachAxis(along: (axis: number) => number): [number, number, number] {
  return [along(0), along(1), along(2)];
}
