/**
 * What an OFF file looks like, beyond what it means: all that programs read differently. Gathered once, for all of
 * them; see readers for what each makes of it.
 */
import type { CompressionId } from '../io/compression/compression.js';

/** How often something was seen, and on which line first. */
export interface Sighting {
  readonly count: number;
  /** From 1; null where it was not seen, or in a binary file. */
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

/** What stands where nothing need stand. */
export type Filling = 'nothing' | 'blanks' | 'comment';

/** Keyword and counts. */
export interface HeaderFacts {
  /** As the file writes it; empty where there is none. */
  readonly keyword: string;
  readonly hasTexture: boolean;
  readonly hasColors: boolean;
  readonly hasNormals: boolean;
  /** The letters stand in MeshLab's order. */
  readonly isMeshlabOrder: boolean;
  /** The dimension of space is told, by an n in the keyword. */
  readonly tellsDimension: boolean;
  readonly dimension: number;
  readonly hasByteOrderMark: boolean;
  readonly beforeKeyword: Filling;
  /** What follows the keyword on its line; `glued` are counts without a blank between. */
  readonly behindKeyword: Filling | 'counts' | 'glued' | 'BINARY';
  /** Whole lines between the keyword's line and that of the counts. */
  readonly betweenLines: Filling;
  /** There is an empty line behind a comment there. */
  readonly hasEmptyBehindComment: boolean;
  /** The line of the vertex count. */
  readonly countsLine: number;
  readonly hasEdgeCount: boolean;
  /** Each count but the first may stand on a new line. */
  readonly areCountsSplit: boolean;
  /** Counts with one blank between, none behind, and none before but one behind a keyword. */
  readonly areCountsPlain: boolean;
  /** A tab or several blanks between counts. */
  readonly areCountsWide: boolean;
  readonly behindCounts: Filling | 'words';
  /** A count is not written in digits alone. */
  readonly hasOddCount: boolean;
}

/** Lines of a part of the file that hold something else than its numbers. */
export interface LineFacts {
  /** Comments from the first column on. */
  readonly comments: Sighting;
  /** Comments behind blanks alone. */
  readonly indentedComments: Sighting;
  /** Comments behind numbers. */
  readonly trailingComments: Sighting;
  readonly emptyLines: Sighting;
  /** Lines of blanks alone. */
  readonly blankLines: Sighting;
  /** Bytes of the longest line that has numbers. */
  readonly longestLine: number;
}

/** Lines as such, header and all. */
export interface TextFacts {
  /** How many of each kind there are. */
  readonly lineEnds: { readonly lf: number; readonly crlf: number; readonly cr: number };
  /** The last line has a line end. */
  readonly endsWithLineEnd: boolean;
  /** Bytes of the longest line of all, without its line end. */
  readonly longestLine: number;
  /** Words with several blanks between, or with tabs. */
  readonly wideGaps: Sighting;
  /** Form feeds and vertical tabs. */
  readonly oddBlanks: Sighting;
  /** Lines of numbers that begin with a tab. */
  readonly tabLed: Sighting;
  /** Words behind the last face. */
  readonly behindFaces: Sighting;
}

/** Colours of vertices or faces. A number counts as pointed where it holds a point; black is left out where it says so. */
export interface ColorFacts {
  /** Vertices or faces with numbers where a colour may stand. */
  readonly count: number;
  /** Of these, with one number: the one of a colour in a map. */
  readonly one: Sighting;
  readonly three: Sighting;
  readonly four: Sighting;
  /** With two numbers, or with more than four. */
  readonly other: Sighting;
  /** What they are divided by to lie between 0 and 1. */
  readonly scale: number;
  /** Whose red is pointed, or is not; black left out. */
  readonly redPointed: Sighting;
  readonly redPlain: Sighting;
  /** With a red, green or blue above 0 that is pointed, or is not. */
  readonly anyPointed: Sighting;
  readonly anyPlain: Sighting;
  /** Whose red, green and blue are whole numbers, pointed or not; black left out. */
  readonly whole: Sighting;
  /** The others. */
  readonly fractions: Sighting;
  /** With no red, green or blue above 1; black left out. */
  readonly dim: Sighting;
  /** With a fourth number that is neither 1 nor 255. */
  readonly translucent: Sighting;
}

interface VertexFacts {
  readonly count: number;
  /** Whether each stands on a line of its own, or their numbers are one stream. */
  readonly layout: 'lines' | 'free';
  /** Lines with more than one vertex, and vertices on more than one line, where they are a stream. */
  readonly sharing: Sighting;
  readonly spread: Sighting;
  /** Numbers on the line of a vertex. */
  readonly columnsMin: number;
  readonly columnsMax: number;
  /** The first position begins with a 0 and a point: read as an integer, no more than the 0 is lost. */
  readonly beginsWithZero: boolean;
  /** Points on the line of the first vertex. */
  readonly firstLinePoints: number;
  /** Positions with a plus sign, or an exponent. */
  readonly plusSigns: Sighting;
  readonly exponents: Sighting;
  /** Positions of which a float32, written with as many digits, is another number. */
  readonly rounded: Sighting;
  /** Positions beyond the range of a float32. */
  readonly outOfFloat32: Sighting;
  /** NaN or infinity in a normal, a colour, a texture coordinate. */
  readonly notFinite: Sighting;
  readonly colors: ColorFacts;
}

interface FaceFacts {
  /** Of a binary file, without those of fewer than three corners. */
  readonly count: number;
  /** Corners of a face. */
  readonly cornersMin: number;
  readonly cornersMax: number;
  /** Faces of fewer than three corners, of four, more than three, four and nine. */
  readonly short: Sighting;
  readonly overThree: Sighting;
  readonly overFour: Sighting;
  readonly overNine: Sighting;
  /** Faces that have a vertex twice. */
  readonly degenerate: Sighting;
  /** Faces on more than one line. */
  readonly spread: Sighting;
  /** Numbers of vertices with a point or an exponent, and with a plus sign alone. */
  readonly oddIndices: Sighting;
  readonly plusSigns: Sighting;
  readonly firstLinePoints: number;
  readonly colors: ColorFacts;
}

/** The variant of a binary file. */
export interface BinaryFacts {
  readonly byteOrder: 'big' | 'little';
  /** Whether each face ends with a colour count, as Geomview's manual has it. */
  readonly hasColorCounts: boolean;
  /** What ends the line of the keyword. */
  readonly lineEnd: 'LF' | 'CRLF' | 'CR';
}

/** All that is known of a file. Of a binary one, what speaks of words and lines was not seen. */
export interface OffFacts {
  /** Bytes of the content. */
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
  /** Lines behind the last face. */
  readonly end: LineFacts;
}
