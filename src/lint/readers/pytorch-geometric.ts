/** PyTorch Geometric, made for ModelNet: reads bare lines of numbers. */
import {
  areBlanksBehindKeyword,
  areCountsSplit,
  areFacesSpread,
  areVerticesFree,
  either,
  hasBlankLines,
  hasByteOrderMark,
  hasComments,
  hasFaceColors,
  hasOddCount,
  hasOddIndices,
  hasUndeclaredColors,
  isAnythingBefore,
  isAnythingBetween,
  isBinary,
  isCommentBehindKeyword,
  isOutOfFloat32,
  isRounded,
  isVertexBehindCounts,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);

export const pytorchGeometric: OffReader = {
  id: 'pytorch-geometric',
  name: 'PyTorch Geometric',
  version: '38ce9e2f',
  source: 'pyg-team/pytorch_geometric 38ce9e2f: torch_geometric/io/off.py',
  ran: 'its parse_off alone, with NumPy in place of tensors',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('a byte order mark', hasByteOrderMark),
    run.refuses('a keyword other than OFF', ({ header }) => header.keyword !== 'OFF'),
    run.refuses('anything before the keyword', isAnythingBefore),
    run.refuses(
      'whitespace or a comment after the keyword',
      either(areBlanksBehindKeyword, isCommentBehindKeyword),
    ),
    run.refuses('lines between the keyword and the counts', isAnythingBetween),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('comments', hasComments),
    run.refuses('empty lines', hasBlankLines),
    run.refuses('vertices that share lines or take several', areVerticesFree),
    run.refuses('a vertex after the counts', isVertexBehindCounts),
    run.refuses(
      'vertices with varying numbers of values',
      ({ vertices, binary }) => binary === null && vertices.columnsMin !== vertices.columnsMax,
    ),
    run.refuses('faces on several lines', areFacesSpread),
    run.refuses('vertex indices with a decimal point or an exponent', hasOddIndices),
    run.refuses('face colors with decimal points', ({ faces }) => faces.colors.anyPointed),
    run.refuses(
      'colors of only some faces',
      ({ faces, faceCount }) => faces.colors.count > 0 && faces.colors.count < faceCount,
    ),
    run.misreads('takes numbers after positions for more coordinates', hasUndeclaredColors),
    run.misreads('takes face colors for more corners', hasFaceColors),
    run.misreads(
      'loses a last line without a line end',
      ({ text, binary }) => binary === null && !text.endsWithLineEnd && text.behindFaces.count === 0,
    ),
    run.misreads('positions beyond float32 become infinite', isOutOfFloat32),
    run.drops('faces of more than four corners', ({ faces }) => faces.overFour),
    run.rounds('positions to float32', isRounded),
  ],
};
