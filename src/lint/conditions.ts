/** Conditions that several readers ask about. */
import type { ColorFacts, LineFacts, OffFacts, Sighting } from './facts.js';
import type { Condition } from './reader.js';

/** Counts and numbers of vertices in most readers. */
const INT32_MAX = 2 ** 31 - 1;

/** All of these together. */
export function sum(...sightings: readonly Sighting[]): Sighting {
  const lines = sightings.flatMap(({ line }) => (line === null ? [] : [line]));
  return {
    count: sightings.reduce((total, { count }) => total + count, 0),
    line: lines.length === 0 ? null : Math.min(...lines),
  };
}

/** Either of these. */
export const either =
  (...conditions: readonly Condition[]): Condition =>
  (facts) =>
    conditions
      .map((when) => when(facts))
      .find((seen) => seen === true || (seen !== false && seen.count > 0)) ?? false;

/** A sighting, where the file fulfils a condition. */
export const where =
  (isAsked: (facts: OffFacts) => boolean, when: (facts: OffFacts) => Sighting): Condition =>
  (facts) =>
    isAsked(facts) ? when(facts) : false;

/** Never seen. */
export const NEVER: Sighting = { count: 0, line: null };

export const isBinary: Condition = ({ binary }) => binary !== null;
export const isLittleEndian: Condition = ({ binary }) => binary?.byteOrder === 'little';
export const lacksColorCounts: Condition = ({ binary }) => binary?.hasColorCounts === false;
export const hasByteOrderMark: Condition = ({ header }) => header.hasByteOrderMark;
export const lacksKeyword: Condition = ({ header }) => header.keyword === '';
/** `off`, or any of its forms not in capitals. */
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
/** The same where it matters to a program that then reads the first position as an integer. */
export const losesFirstPosition: Condition = ({ header, vertices, vertexCount }) =>
  !header.hasEdgeCount && vertexCount > 0 && !vertices.beginsWithZero;
export const hasOddCount: Condition = ({ header }) => header.hasOddCount;
export const exceedsInt32: Condition = ({ vertexCount, faceCount }) =>
  Math.max(vertexCount, faceCount) > INT32_MAX;
export const isEmpty: Condition = ({ vertexCount, faceCount }) => vertexCount === 0 || faceCount === 0;

export const hasCrlf: Condition = ({ text }) => text.lineEnds.crlf > 0;
export const hasLoneCr: Condition = ({ text }) => text.lineEnds.cr > 0;
/** Lines that do not fit a buffer of so many bytes, line end and all. */
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
/** Lines of blanks alone, or of comments behind blanks. */
export const hasIndentedNothing: Condition = ({ top, vertices, faces }) =>
  sum(
    ...[top, vertices, faces].flatMap(({ indentedComments, blankLines }) => [indentedComments, blankLines]),
  );
/** Lines without words, empty or not, before the last face. */
export const hasBlankLines: Condition = ({ top, vertices, faces }) =>
  sum(...[top, vertices, faces].flatMap(({ emptyLines, blankLines }) => [emptyLines, blankLines]));
/** Words or comments behind the last face. */
export const hasRest: Condition = ({ text, end }) => sum(text.behindFaces, allComments(end));

/** A vertex on more than one line, or a line with more than one vertex. */
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

/** All colours of vertices or faces, of whatever form. */
export const allColors = ({ one, three, four, other, count }: ColorFacts): Sighting => {
  const { line } = sum(one, three, four, other);
  return { count, line };
};
export const hasVertexColors: Condition = ({ vertices }) => allColors(vertices.colors);
export const hasFaceColors: Condition = ({ faces }) => allColors(faces.colors);
/** Whether colours of vertices are meant up to 1, or up to 255. */
export const isUnit = ({ vertices }: OffFacts): boolean => vertices.colors.scale === 1;
export const isByte = ({ vertices }: OffFacts): boolean => vertices.colors.scale === 255;
/** Numbers behind the positions of vertices whose keyword has no C. */
export const hasUndeclaredColors: Condition = (facts) =>
  facts.header.hasColors ? false : allColors(facts.vertices.colors);
/** Vertices without a colour in a text file whose keyword has a C. */
export const lacksVertexColors: Condition = ({ header, binary, vertexCount, vertices }) =>
  header.hasColors && binary === null && vertices.colors.count < vertexCount;
/** Colours of vertices of three numbers or four, where the keyword has a C. */
export const declaredColors = ({ header, vertices }: OffFacts): Sighting =>
  header.hasColors ? sum(vertices.colors.three, vertices.colors.four) : NEVER;
/** Colours of vertices that are not four numbers each, where the keyword has a C. */
export const lacksFourth: Condition = (facts) =>
  facts.header.hasColors && facts.binary === null
    ? sum(facts.vertices.colors.one, facts.vertices.colors.three, facts.vertices.colors.other)
    : false;
/** Vertex colours of a keyword with a C that have an alpha other than opaque. */
export const hasTranslucentVertices: Condition = where(
  hasColors,
  ({ vertices }) => vertices.colors.translucent,
);
