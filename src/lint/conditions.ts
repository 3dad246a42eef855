/** Conditions shared by several readers. */
import type { ColorFacts, LineFacts, OffFacts, Sighting } from './facts.js';
import type { Condition } from './reader.js';

/** The maximum count and vertex index in most readers. */
const INT32_MAX = 2 ** 31 - 1;

/** Adds up sightings; the line is that of the earliest. */
export function sum(...sightings: readonly Sighting[]): Sighting {
  const lines = sightings.flatMap(({ line }) => (line === null ? [] : [line]));
  return {
    count: sightings.reduce((total, { count }) => total + count, 0),
    line: lines.length === 0 ? null : Math.min(...lines),
  };
}

/** Combines conditions: the first that applies. */
export const either =
  (...conditions: readonly Condition[]): Condition =>
  (facts) =>
    conditions
      .map((when) => when(facts))
      .find((seen) => seen === true || (seen !== false && seen.count > 0)) ?? false;

/** Returns a sighting, but only if the file fulfills a condition. */
export const where =
  (isAsked: (facts: OffFacts) => boolean, when: (facts: OffFacts) => Sighting): Condition =>
  (facts) =>
    isAsked(facts) ? when(facts) : false;

/** A sighting that never occurs. */
export const NEVER: Sighting = { count: 0, line: null };

export const isBinary: Condition = ({ binary }) => binary !== null;
export const isLittleEndian: Condition = ({ binary }) => binary?.byteOrder === 'little';
export const lacksColorCounts: Condition = ({ binary }) => binary?.hasColorCounts === false;
export const hasByteOrderMark: Condition = ({ header }) => header.hasByteOrderMark;
export const lacksKeyword: Condition = ({ header }) => header.keyword === '';
/** Whether the keyword is `off`, or any form not in upper case. */
export const isLowerCase: Condition = ({ header }) => !/^([A-Z4]*n?OFF)?$/.test(header.keyword);
export const isMeshlabOrder: Condition = ({ header }) => header.isMeshlabOrder;
export const tellsDimension: Condition = ({ header }) => header.tellsDimension;
export const hasTexture = ({ header }: OffFacts): boolean => header.hasTexture;
export const hasNormals = ({ header }: OffFacts): boolean => header.hasNormals;
export const hasColors = ({ header }: OffFacts): boolean => header.hasColors;

export const isCommentBefore: Condition = ({ header }) => header.beforeKeyword === 'comment';
export const isAnythingBefore: Condition = ({ header }) => header.beforeKeyword !== 'nothing';
export const areCountsBehind: Condition = ({ header }) => ['counts', 'glued'].includes(header.behindKeyword);
export const areCountsGlued: Condition = ({ header }) => header.behindKeyword === 'glued';
export const isCommentBehindKeyword: Condition = ({ header }) => header.behindKeyword === 'comment';
export const areBlanksBehindKeyword: Condition = ({ header }) => header.behindKeyword === 'blanks';
export const isCommentBetween: Condition = ({ header }) => header.betweenLines === 'comment';
export const isAnythingBetween: Condition = ({ header }) => header.betweenLines !== 'nothing';
export const areCountsSplit: Condition = ({ header }) => header.areCountsSplit;
export const areCountsUneven: Condition = ({ header }) =>
  !header.areCountsPlain || header.behindCounts !== 'nothing';
export const isVertexBehindCounts: Condition = ({ header }) => header.behindCounts === 'words';
export const isCommentBehindCounts: Condition = ({ header }) => header.behindCounts === 'comment';
export const lacksEdgeCount: Condition = ({ header }) => !header.hasEdgeCount;
/** Whether the edge count is missing and a program would read the first position as an integer instead. */
export const losesFirstPosition: Condition = ({ header, vertices, vertexCount }) =>
  !header.hasEdgeCount && vertexCount > 0 && !vertices.beginsWithZero;
export const hasOddCount: Condition = ({ header }) => header.hasOddCount;
export const exceedsInt32: Condition = ({ vertexCount, faceCount }) =>
  Math.max(vertexCount, faceCount) > INT32_MAX;
export const isEmpty: Condition = ({ vertexCount, faceCount }) => vertexCount === 0 || faceCount === 0;

export const hasCrlf: Condition = ({ text }) => text.lineEnds.crlf > 0;
export const hasLoneCr: Condition = ({ text }) => text.lineEnds.cr > 0;
/** Creates the condition that a line does not fit a buffer of this many bytes, including the line end. */
export const exceedsLine =
  (bytes: number): Condition =>
  ({ text }) =>
    text.longestLine >= bytes;

const allComments = ({ comments, indentedComments, trailingComments }: LineFacts) =>
  sum(comments, indentedComments, trailingComments);
export const ownLineComments = ({ comments, indentedComments }: LineFacts) => sum(comments, indentedComments);

/** Comments between the counts and the end of the last face. */
export const hasComments: Condition = ({ top, vertices, faces }) =>
  sum(allComments(top), allComments(vertices), allComments(faces));
/** Whitespace-only lines, and comments after leading whitespace. */
export const hasIndentedNothing: Condition = ({ top, vertices, faces }) =>
  sum(
    ...[top, vertices, faces].flatMap(({ indentedComments, blankLines }) => [indentedComments, blankLines]),
  );
/** Lines without words, empty or not, before the last face. */
export const hasBlankLines: Condition = ({ top, vertices, faces }) =>
  sum(...[top, vertices, faces].flatMap(({ emptyLines, blankLines }) => [emptyLines, blankLines]));
/** Words or comments after the last face. */
export const hasRest: Condition = ({ text, end }) => sum(text.behindFaces, allComments(end));

/** Vertices on more than one line, and lines with more than one vertex. */
export const areVerticesFree: Condition = ({ vertices }) => sum(vertices.sharing, vertices.spread);
export const areFacesSpread: Condition = ({ faces }) => faces.spread;
export const haveShortFaces: Condition = ({ faces }) => faces.short;
export const hasEmptyFace: Condition = ({ faces }) => faces.short.count > 0 && faces.cornersMin === 0;
export const areFacesMixed: Condition = ({ faces }) => faces.cornersMin !== faces.cornersMax;
export const hasOddIndices: Condition = ({ faces }) => faces.oddIndices;
export const hasOddBlanks: Condition = ({ text }) => text.oddBlanks;
export const isRounded: Condition = ({ vertices }) => vertices.rounded;
export const isOutOfFloat32: Condition = ({ vertices }) => vertices.outOfFloat32;
export const isNotFinite: Condition = ({ vertices }) => vertices.notFinite;

/** All colors of vertices or faces, in any form. */
export const allColors = ({ one, three, four, other, count }: ColorFacts): Sighting => {
  const { line } = sum(one, three, four, other);
  return { count, line };
};
export const hasVertexColors: Condition = ({ vertices }) => allColors(vertices.colors);
export const hasFaceColors: Condition = ({ faces }) => allColors(faces.colors);
/** Whether vertex colors are in the range to 1, or to 255. */
export const isUnit = ({ vertices }: OffFacts): boolean => vertices.colors.scale === 1;
export const isByte = ({ vertices }: OffFacts): boolean => vertices.colors.scale === 255;
/** Numbers after vertex positions although the keyword has no C. */
export const hasUndeclaredColors: Condition = (facts) =>
  facts.header.hasColors ? false : allColors(facts.vertices.colors);
/** Vertices without a color in a text file although the keyword has a C. */
export const lacksVertexColors: Condition = ({ header, binary, vertexCount, vertices }) =>
  header.hasColors && binary === null && vertices.colors.count < vertexCount;
/** Vertex colors of three or four numbers, if the keyword has a C. */
export const declaredColors = ({ header, vertices }: OffFacts): Sighting =>
  header.hasColors ? sum(vertices.colors.three, vertices.colors.four) : NEVER;
/** Vertex colors without exactly four numbers, if the keyword has a C. */
export const lacksFourth: Condition = (facts) =>
  facts.header.hasColors && facts.binary === null
    ? sum(facts.vertices.colors.one, facts.vertices.colors.three, facts.vertices.colors.other)
    : false;
/** Vertex colors with an alpha other than opaque, if the keyword has a C. */
export const hasTranslucentVertices: Condition = where(
  hasColors,
  ({ vertices }) => vertices.colors.translucent,
);
