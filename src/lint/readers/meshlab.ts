/** MeshLab, through vcglib: reads line by line, except positions, which are words. */
import {
  areCountsGlued,
  areCountsSplit,
  declaredColors,
  either,
  exceedsInt32,
  hasLoneCr,
  hasOddBlanks,
  hasUndeclaredColors,
  haveShortFaces,
  isBinary,
  isByte,
  isCommentBehindKeyword,
  isLowerCase,
  isOutOfFloat32,
  isRounded,
  isUnit,
  isVertexBehindCounts,
  lacksEdgeCount,
  lacksKeyword,
  sum,
  tellsDimension,
  where,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const meshlab: OffReader = {
  id: 'meshlab',
  name: 'MeshLab',
  version: '2020.09',
  source: 'cnr-isti-vclab/vcglib 07a36582: wrap/io_trimesh/import_off.h',
  ran: 'meshlabserver of MeshLab 2020.09',
  note: 'In the examined source, faces of more than four corners seem to refer to wrong vertices; 2020.09 reads them correctly.',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('a missing keyword', lacksKeyword),
    run.refuses('a keyword not in upper case', isLowerCase),
    run.refuses('counts glued to the keyword', areCountsGlued),
    run.refuses('a comment after the keyword', isCommentBehindKeyword),
    run.refuses('a dimension of space', tellsDimension),
    run.refuses('a missing edge count', lacksEdgeCount),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('lines that end with only a carriage return', hasLoneCr),
    run.refuses('whitespace-only lines among the vertices', ({ vertices }) => vertices.blankLines),
    run.refuses('a face of fewer than three corners; the newer source, of fewer than two', haveShortFaces),
    run.refuses('indented comments among the faces', ({ faces }) => faces.indentedComments),
    run.refuses('numbers after positions, which it takes for the next position', hasUndeclaredColors),
    run.refuses('comments after colors of three numbers or four', (facts) =>
      declaredColors(facts).count > 0 ? facts.vertices.trailingComments : false,
    ),
    read.refuses('counts over 2,147,483,647', exceedsInt32),
    run.misreads('skips what follows the counts on their line', isVertexBehindCounts),
    run.misreads('takes words of comments for positions', ({ header, vertices }) =>
      header.hasColors
        ? vertices.indentedComments
        : sum(vertices.indentedComments, vertices.trailingComments),
    ),
    run.misreads('reads a face again at a whitespace-only line', ({ faces }) => faces.blankLines),
    run.misreads('takes the color for the normal', ({ header }) => header.keyword.includes('NC')),
    run.misreads('takes form feeds and vertical tabs for parts of numbers', hasOddBlanks),
    run.misreads(
      'takes colors whose red has no decimal point for bytes: nearly black',
      either(
        where(isUnit, ({ vertices }) => vertices.colors.redPlain),
        ({ faces }) => (faces.colors.scale === 1 ? faces.colors.redPlain : false),
      ),
    ),
    run.misreads(
      'multiplies colors up to 255 whose red has a decimal point by 255: nearly black',
      either(
        where(isByte, ({ vertices }) => vertices.colors.redPointed),
        ({ faces }) => (faces.colors.scale === 255 ? faces.colors.redPointed : false),
      ),
    ),
    run.misreads('positions beyond float32 become infinite', isOutOfFloat32),
    run.rounds('positions to float32', isRounded),
  ],
};
