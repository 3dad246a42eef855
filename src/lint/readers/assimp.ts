/** Open Asset Import Library: reads counts as words, vertices and faces line by line. */
import {
  areFacesSpread,
  declaredColors,
  exceedsLine,
  hasFaceColors,
  hasNormals,
  hasOddBlanks,
  hasOddCount,
  hasUndeclaredColors,
  isBinary,
  isByte,
  isEmpty,
  isLowerCase,
  isMeshlabOrder,
  isOutOfFloat32,
  isRounded,
  lacksFourth,
  lacksVertexColors,
  losesFirstPosition,
  sum,
  where,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const assimp: OffReader = {
  id: 'assimp',
  name: 'assimp',
  version: '5.2.5',
  source: 'assimp/assimp 03b78ed1: code/AssetLib/OFF/OFFLoader.cpp',
  ran: 'Assimp::Importer of assimp 5.2.5',
  rules: [
    run.refuses('binary OFF', isBinary),
    run.refuses('a keyword not in upper case', isLowerCase),
    run.refuses("keyword letters in MeshLab's order", isMeshlabOrder),
    run.refuses('a mesh without vertices or faces', isEmpty),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('comments and whitespace-only lines among the vertices', ({ vertices }) =>
      sum(vertices.comments, vertices.indentedComments, vertices.blankLines),
    ),
    run.refuses('form feeds or vertical tabs', hasOddBlanks),
    run.refuses('vertices on several lines', ({ vertices }) => vertices.spread),
    run.refuses('vertex colors of other than four numbers', (facts) =>
      hasNormals(facts) ? false : lacksFourth(facts),
    ),
    run.refuses('vertices without a color if the keyword has a C', (facts) =>
      hasNormals(facts) ? false : lacksVertexColors(facts),
    ),
    run.misreads(
      'takes a 4 at the beginning of the counts for a letter of the keyword',
      ({ header, vertexCount }) => header.keyword === '' && String(vertexCount).startsWith('4'),
    ),
    run.misreads('takes the beginning of the first position for the edge count', losesFirstPosition),
    run.misreads('reads one vertex a line', ({ vertices }) => vertices.sharing),
    run.misreads(
      'takes the z of a normal for the first number of the color',
      ({ header }) => header.hasNormals && header.hasColors,
    ),
    read.misreads(
      'takes the z of a normal for the first texture coordinate',
      ({ header }) => header.hasNormals && header.hasTexture && !header.hasColors,
    ),
    run.misreads('never divides colors by 255: all appear at full brightness', where(isByte, declaredColors)),
    run.misreads('takes comments and whitespace-only lines for faces, and loses as many', ({ faces }) =>
      sum(faces.comments, faces.indentedComments, faces.blankLines),
    ),
    run.misreads('reads one face a line', areFacesSpread),
    run.misreads(
      'takes vertex indices with a decimal point, an exponent or a plus sign for others',
      ({ faces }) => sum(faces.oddIndices, faces.plusSigns),
    ),
    run.misreads('splits lines of 4,096 bytes', exceedsLine(4096)),
    run.misreads('positions beyond float32 become infinite', isOutOfFloat32),
    run.drops('faces of more than nine corners', ({ faces }) => faces.overNine),
    run.drops('vertex colors, because the keyword has no C', hasUndeclaredColors),
    run.drops('face colors', hasFaceColors),
    run.rounds('positions to float32', isRounded),
  ],
};
