/** The canvas with the picture, and what is drawn over it. */

import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { getTile } from './api.js';
import { AxesWidget } from './overlays/axes-widget.js';
import { Notice } from './overlays/notice.js';
import { ScaleBar } from './overlays/scale-bar.js';
import { toMesh } from './pose.js';
import { MeshScene } from './scene/mesh-scene.js';
import { camera, hasWebgl, look, mesh, moved, problem, scene, status, up } from './state.js';

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
      <ScaleBar />
      <AxesWidget />
      <Notice />
    </main>
  );
}

/** Creates the picture; returns what ends it. */
function start(canvas: HTMLCanvasElement): (() => void) | undefined {
  let picture: MeshScene;
  try {
    picture = new MeshScene(canvas, {
      fetchTile: (id, signal) => getTile(id, mesh.value!.version, signal),
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
  const unturn = effect(() => picture.setUp(up.value));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const change = () => picture.takeTheme();
  dark.addEventListener('change', change);
  return () => {
    unlook();
    unturn();
    dark.removeEventListener('change', change);
    scene.value = undefined;
    picture.dispose();
  };
}
