/** libigl: reads vertices line by line, faces word by word, comments before the first vertex. */
import {
  areCountsGlued,
  areCountsSplit,
  areFacesMixed,
  areVerticesFree,
  declaredColors,
  either,
  exceedsInt32,
  hasByteOrderMark,
  hasColors,
  hasFaceColors,
  hasLoneCr,
  hasOddCount,
  hasOddIndices,
  hasTranslucentVertices,
  hasUndeclaredColors,
  isBinary,
  isCommentBefore,
  isUnit,
  isVertexBehindCounts,
  lacksKeyword,
  lacksVertexColors,
  sum,
  where,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const libigl: OffReader = {
  id: 'libigl',
  name: 'libigl',
  version: '094cdd69',
  source: 'libigl/libigl 094cdd69: include/igl/readOFF.cpp',
  ran: 'its readOFF, compiled separately',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('a byte order mark', hasByteOrderMark),
    run.refuses('a missing keyword', lacksKeyword),
    run.refuses(
      'a keyword other than OFF, COFF and NOFF',
      ({ header }) => !/^([CN]?OFF)?$/.test(header.keyword),
    ),
    run.refuses('a comment before the keyword', isCommentBefore),
    run.refuses(
      'an empty line after a comment before the counts',
      ({ header }) => header.hasEmptyBehindComment,
    ),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('vertex indices with a decimal point or an exponent', hasOddIndices),
    run.refuses('lines that end with only a carriage return', hasLoneCr),
    run.refuses('vertices that share lines or take several', areVerticesFree),
    run.refuses('a vertex after the counts', isVertexBehindCounts),
    run.refuses('faces of different sizes', areFacesMixed),
    run.refuses(
      'a vertex on a line of a thousand bytes, unless padded with whitespace',
      ({ vertices }) => vertices.longestLine >= 1000,
    ),
    read.refuses('counts over 2,147,483,647', exceedsInt32),
    run.misreads('skips counts that are glued to the keyword', areCountsGlued),
    run.misreads('divides colors by 255: nearly black', where(isUnit, declaredColors)),
    run.misreads(
      'vertices without a color of three numbers get another',
      either(
        lacksVertexColors,
        where(hasColors, ({ vertices }) => sum(vertices.colors.one, vertices.colors.other)),
      ),
    ),
    run.drops('vertex colors, because the keyword has no C', hasUndeclaredColors),
    run.drops('face colors', hasFaceColors),
    run.drops('alpha', hasTranslucentVertices),
  ],
};
