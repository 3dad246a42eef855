/** OpenMesh: reads words, but a header line, and the rest of the line after a position. */
import {
  allColors,
  areCountsBehind,
  either,
  hasByteOrderMark,
  hasColors,
  hasLoneCr,
  hasOddCount,
  hasOddIndices,
  hasUndeclaredColors,
  isAnythingBefore,
  isByte,
  isCommentBehindCounts,
  isCommentBetween,
  isLowerCase,
  isMeshlabOrder,
  isNotFinite,
  isOutOfFloat32,
  isRounded,
  isUnit,
  lacksKeyword,
  losesFirstPosition,
  NEVER,
  ownLineComments,
  sum,
  tellsDimension,
  where,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const openmesh: OffReader = {
  id: 'openmesh',
  name: 'OpenMesh',
  version: '9.0',
  source:
    'OpenMesh as of 2014, in the copy rkaravia/OpenMesh 5bdcf0b0: src/OpenMesh/Core/IO/reader/OFFReader.cc',
  ran: 'OpenMesh::IO::read_mesh of OpenMesh 9.0',
  rules: [
    run.refuses('a byte order mark', hasByteOrderMark),
    run.refuses('a missing keyword', lacksKeyword),
    run.refuses('a keyword not in upper case', isLowerCase),
    run.refuses("keyword letters in MeshLab's order", isMeshlabOrder),
    run.refuses('anything before the keyword', isAnythingBefore),
    run.refuses('a dimension of space', tellsDimension),
    run.refuses('lines that end with only a carriage return', hasLoneCr),
    run.misreads('big-endian numbers', ({ binary }) => binary?.byteOrder === 'big'),
    run.misreads(
      'takes the color counts of binary faces for faces',
      ({ binary }) => binary?.byteOrder === 'little' && binary.hasColorCounts,
    ),
    run.misreads('skips counts on the keyword line, and reads nothing', areCountsBehind),
    run.misreads('stops silently at a comment before the counts', isCommentBetween),
    run.misreads('stops silently at counts not written in digits', hasOddCount),
    run.misreads('stops silently at vertex indices with a decimal point or an exponent', hasOddIndices),
    run.misreads(
      'stops silently at a comment, unless it is after a position or a color',
      either(isCommentBehindCounts, ({ header, top, vertices, faces }) =>
        sum(
          ownLineComments(top),
          ownLineComments(vertices),
          ownLineComments(faces),
          header.hasColors ? NEVER : faces.trailingComments,
        ),
      ),
    ),
    run.misreads(
      'takes words of comments after a color for its components',
      where(hasColors, ({ vertices, faces }) => sum(vertices.trailingComments, faces.trailingComments)),
    ),
    run.misreads('skips what follows a position on its line', ({ vertices }) => vertices.sharing),
    run.misreads('stops silently at NaN or infinity', isNotFinite),
    run.misreads('stops silently at positions beyond float32', isOutOfFloat32),
    run.misreads('takes the first position for the edge count', losesFirstPosition),
    run.misreads(
      'takes face colors for the next face, because the keyword has no C',
      where(
        (facts) => !hasColors(facts),
        ({ faces }) => allColors(faces.colors),
      ),
    ),
    run.misreads(
      'takes colors whose red has no decimal point for bytes: nearly black',
      where(
        (facts) => hasColors(facts) && isUnit(facts),
        ({ vertices }) => vertices.colors.redPlain,
      ),
    ),
    run.misreads(
      'multiplies colors up to 255 whose red has a decimal point by 255: nearly black',
      where(
        (facts) => hasColors(facts) && isByte(facts),
        ({ vertices }) => vertices.colors.redPointed,
      ),
    ),
    read.misreads(
      'takes wide gaps between color components for more components',
      where(hasColors, ({ text }) => text.wideGaps),
    ),
    run.drops('vertex colors, because the keyword has no C', hasUndeclaredColors),
    run.drops('faces that repeat a vertex', ({ faces }) => faces.degenerate),
    run.rounds('positions to float32', isRounded),
  ],
};
