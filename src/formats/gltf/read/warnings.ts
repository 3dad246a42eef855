/** Warns of what a scene has beyond the triangles that are read. */
import type { Warning } from '../../../mesh.js';
import { countOf } from '../../../wording.js';
import type { GltfDocument } from '../document.js';
import type { MeshPlan } from '../mesh-plan.js';
import type { MeshInstance } from '../scene.js';

/** Warns of the skipped primitives of an instance, and of properties that would change or repeat its triangles. */
export function warnOfMesh(
  { mesh, node }: MeshInstance,
  { skipped }: MeshPlan,
  document: GltfDocument,
  warn: (warning: Warning) => void,
): void {
  const what = `meshes[${mesh}]`;
  const { notTriangles, noPositions, leftOver } = skipped;
  const primitives = (count: number) => countOf(count, 'primitive');
  if (notTriangles > 0) {
    const message = `${what}: ${primitives(notTriangles)} of points or lines ${isAre(notTriangles)} skipped`;
    warn({ kind: 'gltf-not-triangles', message });
  }
  if (noPositions > 0) {
    warn({
      kind: 'gltf-no-positions',
      message: `${what}: ${primitives(noPositions)} without positions ${isAre(noPositions)} skipped`,
    });
  }
  if (leftOver > 0) {
    const message = `${what}: corners left over in ${primitives(leftOver)} are ignored; expected three a triangle`;
    warn({ kind: 'gltf-left-over', message });
  }
  if (node.skin !== undefined) {
    warn({ kind: 'gltf-skin', message: `${what}: is read without its skin, at the place of its node` });
  }
  const weights = document.list(node.weights ?? document.mesh(mesh).weights, 'weights');
  if (weights.some((weight) => weight !== 0)) {
    warn({ kind: 'gltf-morph', message: `${what}: is read without its morph targets` });
  }
  const extensions =
    node.extensions === undefined ? {} : document.object<object>(node.extensions, 'extensions');
  if ('EXT_mesh_gpu_instancing' in extensions) {
    const message = `${what}: is read once; instances by EXT_mesh_gpu_instancing are ignored`;
    warn({ kind: 'gltf-instancing', message });
  }
}

const isAre = (count: number): string => (count === 1 ? 'is' : 'are');
