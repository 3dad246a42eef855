/** trimesh: lines, without their comments. */
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
  source: 'mikedh/trimesh, a version of its fourth major one: trimesh/exchange/off.py',
  ran: 'its load_off, by itself',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('a missing keyword', lacksKeyword),
    run.refuses(
      'a keyword without OFF in capitals',
      ({ header }) => header.keyword !== '' && !header.keyword.endsWith('OFF'),
    ),
    run.refuses('a dimension of space', tellsDimension),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('a vertex behind the counts', isVertexBehindCounts),
    run.refuses('numbers of vertices with a point or an exponent', ({ faces }) => faces.oddIndices),
    run.refuses('form feeds or vertical tabs', hasOddBlanks),
    run.refuses('vertices on several lines', ({ vertices }) => vertices.spread),
    run.misreads('reads one vertex a line', ({ vertices }) => vertices.sharing),
    run.misreads('reads one face a line', areFacesSpread),
    run.drops('colors of vertices', hasVertexColors),
    run.drops('colors of faces', hasFaceColors),
    run.drops('normals', hasNormals),
  ],
};
