/**
 * Describes what an OFF file looks like beyond its meaning: everything that programs read differently. Gathered once for
 * all readers; see readers.ts for how each one reacts.
 */
import type { CompressionId } from '../io/compression/compression.js';

/** The number of times that something was seen, and the first line. */
export interface Sighting {
  readonly count: number;
  /** From 1; null if it was not seen, or in a binary file. */
  readonly line: number | null;
}

/** A {@link Sighting} while it is counted. */
export class Tally implements Sighting {
  count = 0;
  line: number | null = null;

  see(line: number): void {
    this.count++;
    this.line ??= line;
  }
}

/** The content of a place that may be empty. */
export type Filling = 'nothing' | 'blanks' | 'comment';

/** Facts about keyword and counts. */
export interface HeaderFacts {
  /** As written in the file; empty if there is none. */
  readonly keyword: string;
  readonly hasTexture: boolean;
  readonly hasColors: boolean;
  readonly hasNormals: boolean;
  /** The letters are in MeshLab's order. */
  readonly isMeshlabOrder: boolean;
  /** An n in the keyword announces a dimension of space. */
  readonly tellsDimension: boolean;
  readonly dimension: number;
  readonly hasByteOrderMark: boolean;
  readonly beforeKeyword: Filling;
  /** The content after the keyword on its line; `glued` means counts without a space between. */
  readonly behindKeyword: Filling | 'counts' | 'glued' | 'BINARY';
  /** Complete lines between the keyword line and the counts line. */
  readonly betweenLines: Filling;
  /** An empty line follows a comment there. */
  readonly hasEmptyBehindComment: boolean;
  /** The line of the vertex count. */
  readonly countsLine: number;
  readonly hasEdgeCount: boolean;
  /** Counts are on more than one line. */
  readonly areCountsSplit: boolean;
  /** Counts are separated by one space, with nothing after and, except one space after a keyword, nothing before them. */
  readonly areCountsPlain: boolean;
  /** A tab or several spaces separate counts. */
  readonly areCountsWide: boolean;
  readonly behindCounts: Filling | 'words';
  /** A count is not written only in digits. */
  readonly hasOddCount: boolean;
}

/** Lines in a part of the file that contain more than its numbers. */
export interface LineFacts {
  /** Comments that begin in the first column. */
  readonly comments: Sighting;
  /** Comments after leading whitespace. */
  readonly indentedComments: Sighting;
  /** Comments after numbers. */
  readonly trailingComments: Sighting;
  readonly emptyLines: Sighting;
  /** Lines of only whitespace. */
  readonly blankLines: Sighting;
  /** Bytes of the longest line with numbers. */
  readonly longestLine: number;
}

/** Facts about all lines, including the header. */
export interface TextFacts {
  /** The number of each kind. */
  readonly lineEnds: { readonly lf: number; readonly crlf: number; readonly cr: number };
  /** The last line has a line end. */
  readonly endsWithLineEnd: boolean;
  /** Bytes of the longest line, without its line end. */
  readonly longestLine: number;
  /** Words separated by several spaces or by tabs. */
  readonly wideGaps: Sighting;
  /** Form feeds and vertical tabs. */
  readonly oddBlanks: Sighting;
  /** Lines of numbers that begin with a tab. */
  readonly tabLed: Sighting;
  /** Words after the last face. */
  readonly behindFaces: Sighting;
}

/**
 * Facts about colors of vertices or faces. A number is pointed if it has a decimal point; black is excluded where noted.
 */
export interface ColorFacts {
  /** Vertices or faces with numbers in the place of a color. */
  readonly count: number;
  /** Those with one number, an index into a color map. */
  readonly one: Sighting;
  readonly three: Sighting;
  readonly four: Sighting;
  /** Those with two numbers, or with more than four. */
  readonly other: Sighting;
  /** The divisor that maps them to 0 to 1. */
  readonly scale: number;
  /** Colors whose red is pointed, or is not; without black. */
  readonly redPointed: Sighting;
  readonly redPlain: Sighting;
  /** Colors with a red, green or blue above 0 that is pointed, or is not. */
  readonly anyPointed: Sighting;
  readonly anyPlain: Sighting;
  /** Colors whose red, green and blue are whole numbers, pointed or not; without black. */
  readonly whole: Sighting;
  /** All other colors; without black. */
  readonly fractions: Sighting;
  /** Colors with no red, green or blue above 1; without black. */
  readonly dim: Sighting;
  /** Colors with a fourth number that is neither 1 nor 255. */
  readonly translucent: Sighting;
}

interface VertexFacts {
  readonly count: number;
  /** Whether each vertex has a line of its own, or their numbers form a stream. */
  readonly layout: 'lines' | 'free';
  /** Lines with more than one vertex, and vertices on more than one line, if they form a stream. */
  readonly sharing: Sighting;
  readonly spread: Sighting;
  /** Numbers on the line of a vertex. */
  readonly columnsMin: number;
  readonly columnsMax: number;
  /** The first position begins with 0 and a decimal point: read as an integer, only the 0 is lost. */
  readonly beginsWithZero: boolean;
  /** Decimal points on the line of the first vertex. */
  readonly firstLinePoints: number;
  /** Positions with a plus sign, or an exponent. */
  readonly plusSigns: Sighting;
  readonly exponents: Sighting;
  /** Positions whose float32, written with as many digits, differs. */
  readonly rounded: Sighting;
  /** Positions beyond the range of float32. */
  readonly outOfFloat32: Sighting;
  /** NaN or infinity in a normal, a color or a texture coordinate. */
  readonly notFinite: Sighting;
  readonly colors: ColorFacts;
}

interface FaceFacts {
  /** In a binary file, without faces of fewer than three corners. */
  readonly count: number;
  /** The minimum and maximum corners of a face. */
  readonly cornersMin: number;
  readonly cornersMax: number;
  /** Faces of fewer than three corners, and of more than three, four and nine. */
  readonly short: Sighting;
  readonly overThree: Sighting;
  readonly overFour: Sighting;
  readonly overNine: Sighting;
  /** Faces that repeat a vertex. */
  readonly degenerate: Sighting;
  /** Faces on more than one line. */
  readonly spread: Sighting;
  /** Vertex indices with a decimal point or an exponent, and with only a plus sign. */
  readonly oddIndices: Sighting;
  readonly plusSigns: Sighting;
  readonly firstLinePoints: number;
  readonly colors: ColorFacts;
}

/** The variant of a binary file. */
export interface BinaryFacts {
  readonly byteOrder: 'big' | 'little';
  /** Whether each face ends with a color count, as Geomview's manual defines it. */
  readonly hasColorCounts: boolean;
  /** The line end of the keyword line. */
  readonly lineEnd: 'LF' | 'CRLF' | 'CR';
}

/** All facts about a file. In a binary file, facts about words and lines are empty. */
export interface OffFacts {
  /** Size of the content in bytes. */
  readonly bytes: number;
  readonly compression: CompressionId | null;
  readonly encoding: 'text' | 'binary';
  readonly vertexCount: number;
  readonly faceCount: number;
  readonly header: HeaderFacts;
  readonly text: TextFacts;
  readonly binary: BinaryFacts | null;
  /** Lines between the counts and the first vertex. */
  readonly top: LineFacts;
  readonly vertices: VertexFacts & LineFacts;
  readonly faces: FaceFacts & LineFacts;
  /** Lines after the last face. */
  readonly end: LineFacts;
}
