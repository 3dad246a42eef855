/** Online 3D Viewer: reads line by line and ignores the keyword. */
import {
  areCountsBehind,
  areCountsSplit,
  areFacesSpread,
  areVerticesFree,
  either,
  hasLoneCr,
  isBinary,
  isEmpty,
  isVertexBehindCounts,
  sum,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const online3dViewer: OffReader = {
  id: 'online-3d-viewer',
  name: 'Online 3D Viewer',
  version: '0.18.0',
  source: 'online-3d-viewer 0.18.0 (kovacsv/Online3DViewer): source/engine/import/importeroff.js',
  ran: 'its ImporterOff, under Node',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('counts on the keyword line', areCountsBehind),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('vertices of fewer than three coordinates', ({ header }) => header.dimension < 3),
    run.refuses('lines that end with only a carriage return', hasLoneCr),
    run.refuses('a mesh without faces', isEmpty),
    run.misreads('reads one vertex a line', areVerticesFree),
    run.misreads('skips a vertex after the counts', isVertexBehindCounts),
    run.misreads('skips faces on several lines', areFacesSpread),
    run.misreads('takes normals for colors', ({ header }) => header.hasNormals && !header.isMeshlabOrder),
    run.misreads(
      'takes color components without a decimal point for bytes: nearly black',
      either(
        ({ vertices }) => (vertices.colors.scale === 1 ? vertices.colors.anyPlain : false),
        ({ faces }) => (faces.colors.scale === 1 ? faces.colors.anyPlain : false),
      ),
    ),
    run.misreads(
      'multiplies color components with a decimal point by 255',
      either(
        ({ vertices }) => (vertices.colors.scale === 255 ? vertices.colors.anyPointed : false),
        ({ faces }) => (faces.colors.scale === 255 ? faces.colors.anyPointed : false),
      ),
    ),
    run.drops(
      'vertex colors, if some vertices have none',
      ({ vertices, vertexCount }) => vertices.colors.count > 0 && vertices.colors.count < vertexCount,
    ),
    run.drops('alpha', ({ vertices, faces }) => sum(vertices.colors.translucent, faces.colors.translucent)),
    read.drops(
      'face colors, if vertices have colors',
      ({ vertices, faces }) => vertices.colors.count > 0 && faces.colors.count > 0,
    ),
  ],
};
