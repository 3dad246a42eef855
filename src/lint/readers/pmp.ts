/** pmp-library: reads line by line through buffers of a thousand bytes. */
import {
  areCountsSplit,
  areFacesSpread,
  areVerticesFree,
  either,
  exceedsLine,
  hasByteOrderMark,
  hasColors,
  hasEmptyFace,
  hasFaceColors,
  hasIndentedNothing,
  hasLoneCr,
  hasOddCount,
  hasOddIndices,
  hasTexture,
  hasTranslucentVertices,
  hasUndeclaredColors,
  isAnythingBefore,
  isByte,
  isEmpty,
  isLowerCase,
  isMeshlabOrder,
  isOutOfFloat32,
  isRounded,
  isVertexBehindCounts,
  lacksEdgeCount,
  lacksKeyword,
  lacksVertexColors,
  sum,
  tellsDimension,
  where,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const pmp: OffReader = {
  id: 'pmp',
  name: 'pmp-library',
  version: '244459a4',
  source: 'pmp-library/pmp-library 244459a4: src/pmp/io/read_off.cpp',
  ran: 'the text part of its read_off, compiled separately',
  rules: [
    run.refuses('a byte order mark', hasByteOrderMark),
    run.refuses('a missing keyword', lacksKeyword),
    run.refuses('a keyword not in upper case', isLowerCase),
    run.refuses("keyword letters in MeshLab's order", isMeshlabOrder),
    run.refuses('anything before the keyword', isAnythingBefore),
    run.refuses('a dimension of space', tellsDimension),
    run.refuses(
      'a keyword line that ends with a carriage return',
      ({ header, text }) => header.behindKeyword === 'nothing' && text.lineEnds.crlf > 0,
    ),
    run.refuses('a missing edge count', lacksEdgeCount),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('a mesh without vertices or faces', isEmpty),
    run.refuses('a face without corners', hasEmptyFace),
    read.refuses('binary vertex colors', ({ binary, header }) => binary !== null && header.hasColors),
    run.misreads('lines that end with only a carriage return', hasLoneCr),
    read.misreads(
      'takes the color counts of binary faces for faces',
      ({ binary }) => binary?.hasColorCounts ?? false,
    ),
    run.misreads('skips a vertex after the counts', isVertexBehindCounts),
    run.misreads('reads one vertex a line', areVerticesFree),
    run.misreads('reads one face a line', areFacesSpread),
    run.misreads(
      'takes indented comments and whitespace-only lines for vertices or faces',
      hasIndentedNothing,
    ),
    run.misreads('splits lines of a thousand bytes', exceedsLine(999)),
    run.misreads('vertex indices with a decimal point or an exponent', hasOddIndices),
    run.misreads(
      'divides a color by 255 only if a component exceeds 1: dark colors become bright',
      where(
        (facts) => hasColors(facts) && isByte(facts),
        ({ vertices }) => vertices.colors.dim,
      ),
    ),
    run.misreads(
      'vertices without a color of three numbers have none',
      either(
        lacksVertexColors,
        where(hasColors, ({ vertices }) => sum(vertices.colors.one, vertices.colors.other)),
      ),
    ),
    read.misreads(
      'takes alpha for a texture coordinate',
      where(
        (facts) => hasColors(facts) && hasTexture(facts),
        ({ vertices }) => vertices.colors.four,
      ),
    ),
    run.misreads('positions beyond float32 become infinite', isOutOfFloat32),
    run.drops('vertex colors, because the keyword has no C', hasUndeclaredColors),
    run.drops('face colors', hasFaceColors),
    run.drops('alpha', hasTranslucentVertices),
    run.rounds('positions to float32', isRounded),
  ],
};
