/** The canvas with the picture, and what is drawn over it. */

import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError, getMarks, getTile } from './api.js';
import { findAgain } from './filter/find-set.js';
import { pickAt } from './inspect.js';
import { AxesWidget } from './overlays/axes-widget.js';
import { EmptyResult } from './overlays/empty-result.js';
import { MeasureLabel } from './overlays/measure-label.js';
import { Notice } from './overlays/notice.js';
import { ScaleBar } from './overlays/scale-bar.js';
import { ShapeOverlay } from './overlays/shape-overlay.js';
import { toMesh } from './pose.js';
import { MeshScene } from './scene/mesh-scene.js';
import {
  camera,
  drawn,
  hasWebgl,
  hidesRest,
  isPictureLost,
  look,
  mesh,
  moved,
  problem,
  scene,
  status,
  up,
} from './state.js';

/** A pointer that moves further, in pixels, drags. */
const CLICK_PIXELS = 4;

export function Stage() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => start(canvas.current!), []);
  const name = mesh.value?.name ?? 'the mesh';
  return (
    <main class="stage">
      <div
        class="canvas"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the camera
        tabIndex={0}
        role="application"
        aria-label={`3D view of ${name}; arrow keys orbit, plus and minus zoom, Enter picks at the center, question mark lists all keys`}
      >
        <canvas ref={canvas} />
      </div>
      <ShapeOverlay />
      <ScaleBar />
      <AxesWidget />
      <MeasureLabel />
      <Notice />
      <EmptyResult />
    </main>
  );
}

/** Creates the picture; returns what ends it. */
function start(canvas: HTMLCanvasElement): (() => void) | undefined {
  let picture: MeshScene;
  try {
    picture = new MeshScene(canvas, {
      fetchTile: (id, signal) => getTile(id, mesh.value!.version, signal),
      fetchMarks: (id, set, signal) => getMarks(id, set, mesh.value!.version, signal),
      onStatus: (next) => {
        status.value = next;
        moved.value++;
      },
      onCamera: (pose) => {
        if (drawn.value !== undefined) camera.value = toMesh(pose, drawn.value);
      },
      onLoss: (isLost) => {
        isPictureLost.value = isLost;
      },
      onError: (error) => {
        // A server that is gone has a notice of its own.
        if (error instanceof TypeError) return;
        if (error instanceof ApiError && error.code === 'SET_GONE') {
          findAgain();
          return;
        }
        const message = error instanceof Error ? error.message : String(error);
        problem.value = { message, code: 'PICTURE' };
      },
    });
  } catch {
    hasWebgl.value = false;
    return undefined;
  }
  picture.takeTheme();
  scene.value = picture;
  const unlisten = listenToClicks(canvas);
  const unlook = effect(() => picture.setLook(look.value));
  const unhide = effect(() => picture.hideRest(hidesRest.value));
  const unturn = effect(() => picture.setUp(up.value));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const change = () => picture.takeTheme();
  dark.addEventListener('change', change);
  return () => {
    unlook();
    unhide();
    unlisten();
    unturn();
    dark.removeEventListener('change', change);
    scene.value = undefined;
    picture.dispose();
  };
}

/** Picks where the mouse or a finger was pressed and released without a move; returns what ends that. */
function listenToClicks(canvas: HTMLCanvasElement): () => void {
  let pressed: { readonly x: number; readonly y: number } | undefined;
  const press = ({ isPrimary, button, clientX: x, clientY: y }: PointerEvent) => {
    pressed = isPrimary && button === 0 ? { x, y } : undefined;
  };
  const release = ({ clientX: x, clientY: y, isPrimary }: PointerEvent) => {
    if (!isPrimary || pressed === undefined || Math.hypot(x - pressed.x, y - pressed.y) > CLICK_PIXELS)
      return;
    pressed = undefined;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    void pickAt((2 * (x - left)) / width - 1, 1 - (2 * (y - top)) / height);
  };
  canvas.addEventListener('pointerdown', press);
  canvas.addEventListener('pointerup', release);
  return () => {
    canvas.removeEventListener('pointerdown', press);
    canvas.removeEventListener('pointerup', release);
  };
}
