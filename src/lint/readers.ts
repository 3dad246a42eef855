/** The OFF readers whose behavior is known. To add one, add a file beside these, and its rules to docs/off-readers.md. */
import type { OffReader } from './reader.js';
import { assimp } from './readers/assimp.js';
import { cgal } from './readers/cgal.js';
import { geogram } from './readers/geogram.js';
import { geomview } from './readers/geomview.js';
import { libigl } from './readers/libigl.js';
import { meshio } from './readers/meshio.js';
import { meshlab } from './readers/meshlab.js';
import { online3dViewer } from './readers/online-3d-viewer.js';
import { open3d } from './readers/open3d.js';
import { openmesh } from './readers/openmesh.js';
import { openscad } from './readers/openscad.js';
import { pmp } from './readers/pmp.js';
import { pytorchGeometric } from './readers/pytorch-geometric.js';
import { pytorch3d } from './readers/pytorch3d.js';
import { trimesh } from './readers/trimesh.js';

/** Programs first, then libraries. */
export const OFF_READERS: readonly OffReader[] = [
  geomview,
  meshlab,
  openscad,
  online3dViewer,
  cgal,
  openmesh,
  libigl,
  open3d,
  assimp,
  trimesh,
  pmp,
  geogram,
  meshio,
  pytorch3d,
  pytorchGeometric,
];
