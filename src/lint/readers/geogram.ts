/** geogram: reads line by line, three numbers a vertex, faces up to the end of the file. */
import {
  areCountsGlued,
  areCountsSplit,
  areFacesSpread,
  areVerticesFree,
  either,
  hasByteOrderMark,
  hasFaceColors,
  hasLoneCr,
  hasOddIndices,
  hasUndeclaredColors,
  isBinary,
  isCommentBefore,
  isCommentBetween,
  lacksEdgeCount,
  ownLineComments,
  sum,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const read = ruleMakers(false);

export const geogram: OffReader = {
  id: 'geogram',
  name: 'geogram',
  version: '5adf8c1e',
  source:
    'BrunoLevy/geogram: src/lib/geogram/mesh/mesh_io.cpp; 5adf8c1e: src/lib/geogram/basic/line_stream.cpp',
  rules: [
    read.refuses('binary OFF', isBinary),
    read.refuses('a byte order mark', hasByteOrderMark),
    read.refuses('a keyword other than OFF', ({ header }) => header.keyword !== 'OFF'),
    read.refuses('counts glued to the keyword', areCountsGlued),
    read.refuses('a comment before the counts', either(isCommentBefore, isCommentBetween)),
    read.refuses('a missing edge count', lacksEdgeCount),
    read.refuses('counts on several lines', areCountsSplit),
    read.refuses(
      'anything after the counts',
      ({ header }) => header.behindCounts === 'comment' || header.behindCounts === 'words',
    ),
    read.refuses('lines that end with only a carriage return', hasLoneCr),
    read.refuses('numbers after positions', hasUndeclaredColors),
    read.refuses('comments after positions', ({ vertices }) => vertices.trailingComments),
    read.refuses('indented comments', ({ top, vertices }) =>
      sum(top.indentedComments, vertices.indentedComments),
    ),
    read.refuses('comments among the faces or after them', ({ faces, end }) =>
      sum(ownLineComments(faces), ownLineComments(end)),
    ),
    read.refuses('vertices that share lines or take several', areVerticesFree),
    read.refuses('faces on several lines', areFacesSpread),
    read.refuses('vertex indices with a decimal point or an exponent', hasOddIndices),
    read.misreads(
      'takes the first vertex for the counts, if these are on the keyword line',
      ({ header }) => header.behindKeyword === 'counts',
    ),
    read.misreads('skips lines that begin with a tab', ({ text }) => text.tabLed),
    read.misreads('takes lines after the last face for faces', ({ text }) => text.behindFaces),
    read.drops('face colors', hasFaceColors),
  ],
};
