/** OpenMesh: words, but a header line, and behind a position what is left of its line. */
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
    run.refuses('a keyword not in capitals', isLowerCase),
    run.refuses("letters of the keyword in MeshLab's order", isMeshlabOrder),
    run.refuses('anything before the keyword', isAnythingBefore),
    run.refuses('a dimension of space', tellsDimension),
    run.refuses('lines that end with a carriage return alone', hasLoneCr),
    run.misreads('big-endian numbers', ({ binary }) => binary?.byteOrder === 'big'),
    run.misreads(
      'takes the color counts of binary faces for faces',
      ({ binary }) => binary?.byteOrder === 'little' && binary.hasColorCounts,
    ),
    run.misreads('passes over counts on the line of the keyword, and reads nothing', areCountsBehind),
    run.misreads('ends without a word at a comment before the counts', isCommentBetween),
    run.misreads('ends without a word at counts not written in digits', hasOddCount),
    run.misreads('ends without a word at numbers of vertices with a point or an exponent', hasOddIndices),
    run.misreads(
      'ends without a word at a comment, unless it is behind a position or a color',
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
      'takes words of comments behind a color for numbers of it',
      where(hasColors, ({ vertices, faces }) => sum(vertices.trailingComments, faces.trailingComments)),
    ),
    run.misreads('passes over what follows a position on its line', ({ vertices }) => vertices.sharing),
    run.misreads('ends without a word at NaN or infinity', isNotFinite),
    run.misreads('ends without a word at positions beyond float32', isOutOfFloat32),
    run.misreads('takes the first position for the edge count', losesFirstPosition),
    run.misreads(
      'takes colors of faces for the next face, for lack of a C in the keyword',
      where(
        (facts) => !hasColors(facts),
        ({ faces }) => allColors(faces.colors),
      ),
    ),
    run.misreads(
      'takes colors whose red has no point for bytes: nearly black',
      where(
        (facts) => hasColors(facts) && isUnit(facts),
        ({ vertices }) => vertices.colors.redPlain,
      ),
    ),
    run.misreads(
      'multiplies colors up to 255 whose red has a point by 255: nearly black',
      where(
        (facts) => hasColors(facts) && isByte(facts),
        ({ vertices }) => vertices.colors.redPointed,
      ),
    ),
    read.misreads(
      'takes wide gaps between the numbers of a color for more numbers',
      where(hasColors, ({ text }) => text.wideGaps),
    ),
    run.drops('colors of vertices, for lack of a C in the keyword', hasUndeclaredColors),
    run.drops('faces that have a vertex twice', ({ faces }) => faces.degenerate),
    run.rounds('positions to float32', isRounded),
  ],
};
