/** OpenSCAD: reads line by line, without comments. */
import {
  areCountsSplit,
  areFacesSpread,
  hasByteOrderMark,
  hasLoneCr,
  hasNormals,
  hasOddCount,
  hasOddIndices,
  hasVertexColors,
  isBinary,
  isEmpty,
  isLowerCase,
  isMeshlabOrder,
  isVertexBehindCounts,
  lacksEdgeCount,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const read = ruleMakers(false);

export const openscad: OffReader = {
  id: 'openscad',
  name: 'OpenSCAD',
  version: '04b71b46',
  source: 'openscad/openscad 04b71b46: src/io/import_off.cc',
  rules: [
    read.refuses('binary OFF', isBinary),
    read.refuses('a byte order mark', hasByteOrderMark),
    read.refuses('a keyword not in upper case', isLowerCase),
    read.refuses("keyword letters in MeshLab's order", isMeshlabOrder),
    read.refuses('vertices of fewer than three coordinates', ({ header }) => header.dimension < 3),
    read.refuses('a missing edge count', lacksEdgeCount),
    read.refuses('counts on several lines', areCountsSplit),
    read.refuses('counts not written in digits', hasOddCount),
    read.refuses('a mesh without vertices or faces', isEmpty),
    read.refuses('lines that end with only a carriage return', hasLoneCr),
    read.refuses('vertices on several lines', ({ vertices }) => vertices.spread),
    read.refuses('faces on several lines', areFacesSpread),
    read.refuses('vertex indices with a decimal point or an exponent', hasOddIndices),
    read.misreads('reads one vertex a line', ({ vertices }) => vertices.sharing),
    read.misreads('skips a vertex after the counts', isVertexBehindCounts),
    read.misreads(
      'takes face color components without a decimal point for bytes: nearly black',
      ({ faces }) => (faces.colors.scale === 1 ? faces.colors.anyPlain : false),
    ),
    read.misreads('multiplies face color components with a decimal point by 255', ({ faces }) =>
      faces.colors.scale === 255 ? faces.colors.anyPointed : false,
    ),
    read.drops('vertex colors', hasVertexColors),
    read.drops('normals', hasNormals),
  ],
};
