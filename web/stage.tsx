/** The canvas with the picture, and what is drawn over it. */

import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError, getMarks, getTile } from './api.js';
import { findAgain } from './filter/find-set.js';
import { AxesWidget } from './overlays/axes-widget.js';
import { EmptyResult } from './overlays/empty-result.js';
import { Notice } from './overlays/notice.js';
import { ScaleBar } from './overlays/scale-bar.js';
import { TriangleMark } from './overlays/triangle-mark.js';
import { toMesh } from './pose.js';
import { MeshScene } from './scene/mesh-scene.js';
import { camera, hasWebgl, hidesRest, look, mesh, moved, problem, scene, status } from './state.js';

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
        aria-label={`3D view of ${name}; arrow keys orbit, plus and minus zoom, question mark lists all keys`}
      >
        <canvas ref={canvas} />
      </div>
      <TriangleMark />
      <ScaleBar />
      <AxesWidget />
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
        if (mesh.value !== undefined) camera.value = toMesh(pose, mesh.value);
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
  const unlook = effect(() => picture.setLook(look.value));
  const unhide = effect(() => picture.hideRest(hidesRest.value));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const change = () => picture.takeTheme();
  dark.addEventListener('change', change);
  return () => {
    unlook();
    unhide();
    dark.removeEventListener('change', change);
    scene.value = undefined;
    picture.dispose();
  };
}
