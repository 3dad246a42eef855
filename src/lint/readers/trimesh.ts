/** trimesh: reads lines, without their comments. */
import {
  areCountsSplit,
  areFacesSpread,
  hasFaceColors,
  hasNormals,
  hasOddBlanks,
  hasOddCount,
  hasVertexColors,
  isBinary,
  isVertexBehindCounts,
  lacksKeyword,
  tellsDimension,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);

export const trimesh: OffReader = {
  id: 'trimesh',
  name: 'trimesh',
  version: '4',
  source: 'mikedh/trimesh, a 4.x version: trimesh/exchange/off.py',
  ran: 'its load_off alone',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('a missing keyword', lacksKeyword),
    run.refuses(
      'a keyword without OFF in upper case',
      ({ header }) => header.keyword !== '' && !header.keyword.endsWith('OFF'),
    ),
    run.refuses('a dimension of space', tellsDimension),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('a vertex after the counts', isVertexBehindCounts),
    run.refuses('vertex indices with a decimal point or an exponent', ({ faces }) => faces.oddIndices),
    run.refuses('form feeds or vertical tabs', hasOddBlanks),
    run.refuses('vertices on several lines', ({ vertices }) => vertices.spread),
    run.misreads('reads one vertex a line', ({ vertices }) => vertices.sharing),
    run.misreads('reads one face a line', areFacesSpread),
    run.drops('vertex colors', hasVertexColors),
    run.drops('face colors', hasFaceColors),
    run.drops('normals', hasNormals),
  ],
};
