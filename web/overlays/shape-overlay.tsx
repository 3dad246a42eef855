/** The shapes of the filter over the picture, with points to drag them by. The fields of the panel do the same by keyboard. */

import { Vector3 } from 'three';
import type { Shape } from '../../src/geometry/shapes.js';
import type { MeshAnswer } from '../../src/view/wire/messages.js';
import { rounderFor, setItem } from '../filter/filter-parts.js';
import { type Handle, handlesOf, outlineOf, type Point } from '../filter/shape-handles.js';
import { frameOf } from '../pose.js';
import type { MeshScene } from '../scene/mesh-scene.js';
import { filter, mesh, moved, scene } from '../state.js';

type Place = readonly [x: number, y: number];

export function ShapeOverlay() {
  void moved.value;
  const shapes = filter.value.shapes ?? [];
  const picture = scene.value;
  const shown = mesh.value;
  if (shapes.length === 0 || picture === undefined || shown === undefined || shown.bounds === null)
    return null;
  const { bounds } = shown;
  return (
    <svg class="shapes" aria-hidden="true">
      {shapes.map((shape, index) => (
        <g key={`${index} ${shape.kind}`}>
          {outlineOf(shape, bounds).flatMap((line, k) =>
            linesOnScreen(picture, shown, line).map((points, j) => (
              <polyline
                key={`${k} ${j}`}
                points={points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}
              />
            )),
          )}
          {handlesOf(shape, bounds).map((handle) => {
            const at = onScreen(picture, shown, handle.at);
            return (
              at !== undefined && (
                <circle
                  key={handle.key}
                  data-handle={handle.key}
                  cx={at[0]}
                  cy={at[1]}
                  r="6"
                  onPointerDown={(event) => drag(event, handle, picture, shown, index)}
                />
              )
            );
          })}
        </g>
      ))}
    </svg>
  );
}

/** Follows the pointer until it is released. Each move starts from the shape as it was at first. */
function drag(
  start: PointerEvent,
  handle: Handle,
  picture: MeshScene,
  shown: MeshAnswer,
  index: number,
): void {
  start.preventDefault();
  const move = (event: PointerEvent) => {
    const by = moveOf(handle, [event.clientX - start.clientX, event.clientY - start.clientY], picture, shown);
    filter.value = setItem(
      filter.value,
      'shapes',
      index,
      roundShape(handle.move(by), rounderFor(frameOf(shown).size)),
    );
  };
  const end = () => {
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', end);
    window.removeEventListener('pointercancel', end);
  };
  // The circle itself may be drawn anew meanwhile.
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', end);
  window.addEventListener('pointercancel', end);
}

/** Turns a move on the screen into one of the mesh: along the axis of the handle, or parallel to the screen. */
function moveOf({ at, axis }: Handle, [dx, dy]: Place, picture: MeshScene, shown: MeshAnswer): Point {
  const { camera } = picture.rig;
  const [, height] = picture.size;
  const { size } = frameOf(shown);
  const depth = -toCamera(picture, shown, at).z;
  const perPixel = ((2 * depth * Math.tan((camera.fov * Math.PI) / 360)) / height) * size;
  const right = new Vector3().setFromMatrixColumn(camera.matrixWorld, 0);
  const up = new Vector3().setFromMatrixColumn(camera.matrixWorld, 1);
  if (axis === undefined) {
    const by = right.multiplyScalar(dx * perPixel).add(up.multiplyScalar(-dy * perPixel));
    return [by.x, by.y, by.z];
  }
  const direction = new Vector3(...axis);
  const [x, y] = [direction.dot(right), -direction.dot(up)];
  // An axis towards the viewer has no direction on the screen.
  const length = (dx * x + dy * y) / Math.max(x * x + y * y, 0.05);
  const by = direction.multiplyScalar(length * perPixel);
  return [by.x, by.y, by.z];
}

function roundShape(shape: Shape, round: (value: number) => number): Shape {
  const each = ([x, y, z]: Point): [number, number, number] => [round(x), round(y), round(z)];
  if (shape.kind === 'box') return { ...shape, min: each(shape.min), max: each(shape.max) };
  if (shape.kind === 'sphere') return { ...shape, center: each(shape.center), radius: round(shape.radius) };
  return { ...shape, offset: round(shape.offset) };
}

function toCamera(picture: MeshScene, shown: MeshAnswer, point: Point): Vector3 {
  const { center, size } = frameOf(shown);
  const inScene = new Vector3(
    (point[0] - center[0]) / size,
    (point[1] - center[1]) / size,
    (point[2] - center[2]) / size,
  );
  return inScene.applyMatrix4(picture.rig.camera.matrixWorldInverse);
}

/** Where a point is on the screen, in pixels; undefined behind the camera. */
function onScreen(picture: MeshScene, shown: MeshAnswer, point: Point): Place | undefined {
  const inView = toCamera(picture, shown, point);
  if (inView.z > -1e-6) return undefined;
  const [width, height] = picture.size;
  const { x, y } = inView.applyMatrix4(picture.rig.camera.projectionMatrix);
  return [((x + 1) / 2) * width, ((1 - y) / 2) * height];
}

/** The parts of a line that are before the camera. */
function linesOnScreen(picture: MeshScene, shown: MeshAnswer, line: readonly Point[]): Place[][] {
  const parts: Place[][] = [[]];
  for (const point of line) {
    const at = onScreen(picture, shown, point);
    if (at === undefined) parts.push([]);
    else parts.at(-1)!.push(at);
  }
  return parts.filter((part) => part.length > 1);
}
