/** Online 3D Viewer: line by line; the keyword says nothing to it. */
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
    run.refuses('counts on the line of the keyword', areCountsBehind),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('vertices of fewer than three coordinates', ({ header }) => header.dimension < 3),
    run.refuses('lines that end with a carriage return alone', hasLoneCr),
    run.refuses('a mesh without faces', isEmpty),
    run.misreads('reads one vertex a line', areVerticesFree),
    run.misreads('passes over a vertex behind the counts', isVertexBehindCounts),
    run.misreads('passes over faces on several lines', areFacesSpread),
    run.misreads('takes normals for colors', ({ header }) => header.hasNormals && !header.isMeshlabOrder),
    run.misreads(
      'takes numbers of colors without a point for bytes: nearly black',
      either(
        ({ vertices }) => (vertices.colors.scale === 1 ? vertices.colors.anyPlain : false),
        ({ faces }) => (faces.colors.scale === 1 ? faces.colors.anyPlain : false),
      ),
    ),
    run.misreads(
      'multiplies numbers of colors with a point by 255',
      either(
        ({ vertices }) => (vertices.colors.scale === 255 ? vertices.colors.anyPointed : false),
        ({ faces }) => (faces.colors.scale === 255 ? faces.colors.anyPointed : false),
      ),
    ),
    run.drops(
      'colors of vertices, where some have none',
      ({ vertices, vertexCount }) => vertices.colors.count > 0 && vertices.colors.count < vertexCount,
    ),
    run.drops('alpha', ({ vertices, faces }) => sum(vertices.colors.translucent, faces.colors.translucent)),
    read.drops(
      'colors of faces, where vertices have some',
      ({ vertices, faces }) => vertices.colors.count > 0 && faces.colors.count > 0,
    ),
  ],
};
