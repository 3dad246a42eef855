/** PyTorch3D: reads lines with NumPy; only plain OFF, with colors after positions. */
import {
  allColors,
  areBlanksBehindKeyword,
  areCountsGlued,
  areCountsSplit,
  areCountsUneven,
  areFacesSpread,
  areVerticesFree,
  either,
  hasByteOrderMark,
  hasLoneCr,
  hasOddCount,
  hasRest,
  isAnythingBefore,
  isBinary,
  isCommentBehindKeyword,
  isOutOfFloat32,
  isRounded,
  lacksEdgeCount,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const pytorch3d: OffReader = {
  id: 'pytorch3d',
  name: 'PyTorch3D',
  version: '0345f860',
  source: 'facebookresearch/pytorch3d 0345f860: pytorch3d/io/off_io.py',
  ran: 'its _load_off_stream alone, with NumPy 1.24',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('a byte order mark', hasByteOrderMark),
    run.refuses('a keyword other than OFF', ({ header }) => !/^(OFF)?$/i.test(header.keyword)),
    run.refuses('anything before the keyword', isAnythingBefore),
    run.refuses('counts glued to the keyword', areCountsGlued),
    run.refuses(
      'whitespace or a comment after the keyword',
      either(areBlanksBehindKeyword, isCommentBehindKeyword),
    ),
    run.refuses('a missing edge count', lacksEdgeCount),
    run.refuses('counts on several lines', areCountsSplit),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('counts separated by anything but one space', areCountsUneven),
    run.refuses('a mesh without vertices', ({ vertexCount }) => vertexCount === 0),
    run.refuses('lines that end with only a carriage return', hasLoneCr),
    run.refuses('vertices that share lines or take several', areVerticesFree),
    run.refuses(
      'vertices with varying numbers of values, or other than 3, 6 or 7',
      ({ vertices, vertexCount, binary }) =>
        binary === null &&
        vertexCount > 0 &&
        (vertices.columnsMin !== vertices.columnsMax || ![3, 6, 7].includes(vertices.columnsMin)),
    ),
    run.refuses('faces on several lines', areFacesSpread),
    run.refuses(
      'faces of different sizes, or of fewer than three corners',
      ({ faces }) => faces.cornersMin !== faces.cornersMax || faces.short.count > 0,
    ),
    run.refuses(
      'colors of only some faces, or of other than three or four numbers',
      ({ faces, faceCount }) =>
        faces.colors.one.count + faces.colors.other.count > 0 ||
        (faces.colors.count > 0 && faces.colors.count < faceCount) ||
        (faces.colors.three.count > 0 && faces.colors.four.count > 0),
    ),
    run.refuses('anything after the last face', hasRest),
    run.misreads(
      'takes colors up to 255 for ones up to 1, unless the first vertex has three decimal points on its line',
      ({ vertices }) =>
        vertices.colors.scale === 255 && vertices.firstLinePoints !== 3 ? allColors(vertices.colors) : false,
    ),
    read.misreads(
      'takes colors up to 1 for ones up to 255, since the first vertex has three decimal points on its line: nearly black',
      ({ vertices }) =>
        vertices.colors.scale === 1 && vertices.firstLinePoints === 3 ? allColors(vertices.colors) : false,
    ),
    run.misreads(
      'takes face colors for ones up to 255, since the first has no decimal point: nearly black',
      ({ faces }) =>
        faces.colors.scale === 1 && faces.firstLinePoints === 0 ? allColors(faces.colors) : false,
    ),
    read.misreads('takes face colors for ones up to 1, since the first has a decimal point', ({ faces }) =>
      faces.colors.scale === 255 && faces.firstLinePoints > 0 ? allColors(faces.colors) : false,
    ),
    read.misreads(
      'rounds vertex indices beyond 16,777,216',
      ({ vertexCount, encoding }) => encoding === 'text' && vertexCount > 2 ** 24 + 1,
    ),
    run.misreads('positions beyond float32 become infinite', isOutOfFloat32),
    run.rounds('positions to float32', isRounded),
  ],
};
