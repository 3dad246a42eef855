/** meshio: reads a header line, then words, without comments; only triangles. */
import {
  areCountsSplit,
  hasByteOrderMark,
  hasComments,
  hasFaceColors,
  hasLoneCr,
  hasOddCount,
  hasOddIndices,
  hasUndeclaredColors,
  isBinary,
  lacksEdgeCount,
  sum,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);

export const meshio: OffReader = {
  id: 'meshio',
  name: 'meshio',
  version: '5.0.0',
  source: 'meshio 5.0.0 (nschloe/meshio): src/meshio/off/_off.py',
  ran: 'meshio.read of meshio 5.0.0',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('a byte order mark', hasByteOrderMark),
    run.refuses('a keyword other than OFF', ({ header }) => header.keyword !== 'OFF'),
    run.refuses(
      'a comment or an empty line before the keyword',
      ({ header }) =>
        header.beforeKeyword === 'comment' || (header.beforeKeyword === 'blanks' && header.countsLine > 2),
    ),
    run.refuses(
      'anything but whitespace after the keyword',
      ({ header }) => !['nothing', 'blanks'].includes(header.behindKeyword),
    ),
    run.refuses('a missing edge count', lacksEdgeCount),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('counts separated by a tab or several spaces', ({ header }) => header.areCountsWide),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses(
      'anything after the counts',
      ({ header }) => header.behindCounts === 'comment' || header.behindCounts === 'words',
    ),
    run.refuses('lines that end with only a carriage return', hasLoneCr),
    run.refuses('comments', hasComments),
    run.refuses('numbers after positions', hasUndeclaredColors),
    run.refuses('face colors', hasFaceColors),
    run.refuses('faces other than triangles', ({ faces }) => sum(faces.short, faces.overThree)),
    run.refuses('vertex indices with a decimal point or an exponent', hasOddIndices),
  ],
};
