/**
 * Examines the text of an OFF: which words are on which lines, how numbers are written, where comments are. Bytes are
 * pushed as the reader of the format receives them; that reader decides what they mean and whether the file is complete.
 */

import type { TextHeader } from '../formats/off/header.js';
import {
  BLANK,
  CR,
  endsToken,
  findLineEnd,
  HASH,
  isBlank,
  isLineEnd,
  LF,
  TAB,
} from '../formats/shared/text.js';
import { parseNumber, ZERO } from '../io/number-text.js';
import type { ColorScales } from '../mesh.js';
import { startLineFacts } from './counting.js';
import { FaceSurface } from './face-surface.js';
import { type OffFacts, Tally } from './facts.js';
import { formOf } from './number-form.js';
import { PlainLine } from './plain-line.js';
import { VertexSurface } from './vertex-surface.js';

/** The facts gathered from the text of a file. */
type SurfaceFacts = Pick<OffFacts, 'text' | 'top' | 'vertices' | 'faces' | 'end'>;

/** The bytes kept of a word that a chunk boundary cuts; no number is longer. */
const WORD_BYTES = 4096;

/** Parts of a file, in order. */
const PART = { header: 0, top: 1, vertices: 2, faces: 3, end: 4 } as const;

export class Surface {
  private part: number = PART.header;
  private line = 1;
  /** Offsets in the source of the chunk, the line and the last CR. */
  private base = 0;
  private lineStart = 0;
  private crAt = -2;
  private wordsOnLine = 0;
  /** Spaces since the last word; a tab counts as two. */
  private gap = 0;
  private isComment = false;
  private isTabLed = false;
  /** The beginning of a word cut by the end of the last chunk, and its offset. */
  private readonly cut = new Uint8Array(WORD_BYTES);
  private cutBytes = 0;
  private cutOffset = 0;

  private lf = 0;
  private crlf = 0;
  private cr = 0;
  private longestLine = 0;
  private readonly wideGaps = new Tally();
  private readonly oddBlanks = new Tally();
  private readonly tabLed = new Tally();
  private readonly behindFaces = new Tally();
  private readonly lineTallies = Object.values(PART).map(startLineFacts);

  private readonly vertices: VertexSurface;
  private readonly faces: FaceSurface;
  private readonly plain = new PlainLine();

  /** `isLined`: each vertex has a line of its own. */
  constructor(
    private readonly header: TextHeader,
    private readonly isLined: boolean,
  ) {
    this.vertices = new VertexSurface(header, isLined);
    this.faces = new FaceSurface(header);
  }

  /** Takes the next bytes of the content. */
  push(piece: Uint8Array): void {
    let at = 0;
    if (this.cutBytes > 0) {
      while (at < piece.length && endsToken[piece[at]!] === 0) at++;
      this.keepCut(piece, 0, at);
      if (at < piece.length) this.endCutWord();
    }
    this.scan(piece, at);
    this.base += piece.length;
  }

  /** Ends the content; `scales` are the divisors of the colors. */
  finish(scales: ColorScales): SurfaceFacts {
    this.endCutWord();
    const endsWithLineEnd = this.base === this.lineStart;
    if (!endsWithLineEnd) this.endLine(this.base);
    const vertices = this.vertices.tallies;
    const faces = this.faces.tallies;
    vertices.colors.scale = scales.vertex;
    faces.colors.scale = scales.face;
    const [, top, inVertices, inFaces, end] = this.lineTallies;
    return {
      text: {
        lineEnds: { lf: this.lf, crlf: this.crlf, cr: this.cr - this.crlf },
        endsWithLineEnd,
        longestLine: this.longestLine,
        wideGaps: this.wideGaps,
        oddBlanks: this.oddBlanks,
        tabLed: this.tabLed,
        behindFaces: this.behindFaces,
      },
      top: top!,
      vertices: { ...vertices, layout: this.isLined ? 'lines' : 'free', ...inVertices! },
      faces: { ...faces, ...inFaces! },
      end: end!,
    };
  }

  private scan(bytes: Uint8Array, from: number): void {
    const end = bytes.length;
    let at = from;
    while (at < end) {
      if (this.base + at === this.lineStart) {
        at = this.passPlainLines(bytes, at, end);
        if (at === end) break;
      }
      const byte = bytes[at]!;
      if (this.isComment && !isLineEnd(byte)) {
        at = findLineEnd(bytes, at, end);
      } else if (isBlank[byte] === 0 && byte !== HASH) {
        const word = this.passWord(bytes, at, end);
        if (word === end) {
          this.cutOffset = this.base + at;
          this.keepCut(bytes, at, end);
        }
        at = word;
      } else {
        if (byte === LF) this.takeLineFeed(this.base + at);
        else if (byte === CR) this.takeCarriageReturn(this.base + at);
        else if (byte === HASH) this.beginComment(this.base + at);
        else if (byte === TAB) this.takeTab(this.base + at);
        else this.takeBlank(byte);
        at++;
      }
    }
  }

  /** Reads plain lines from the start of a line on, as many as there are; returns where they end. */
  private passPlainLines(bytes: Uint8Array, from: number, end: number): number {
    const { plain, vertices, faces } = this;
    let at = from;
    if (this.part === PART.faces) {
      while (faces.takesPlainLines) {
        const next = plain.passTriangle(bytes, at, end);
        if (next === at) break;
        faces.takePlain(plain, this.line);
        this.passLine(next - at);
        at = next;
      }
    } else if (this.part === PART.vertices) {
      while (vertices.takesPlainLines) {
        const next = plain.passPosition(bytes, at, end);
        if (next === at) break;
        vertices.takePlain(plain, this.line);
        this.passLine(next - at);
        at = next;
      }
    }
    this.lineStart = this.base + at;
    return at;
  }

  /** Counts a line of this many bytes, including LF. */
  private passLine(bytes: number): void {
    this.lf++;
    this.line++;
    if (bytes > this.longestLine + 1) this.longestLine = bytes - 1;
    const facts = this.lineTallies[this.part]!;
    if (bytes > facts.longestLine + 1) facts.longestLine = bytes - 1;
  }

  /** Takes the word that begins at `at` and returns where it ends; `end` if the chunk ends first. */
  private passWord(bytes: Uint8Array, at: number, end: number): number {
    let word = at;
    if (this.part === PART.faces) {
      // Most words of most files consist only of digits.
      let value = 0;
      for (; word < end; word++) {
        const digit = bytes[word]! - ZERO;
        if (digit < 0 || digit > 9) break;
        value = 10 * value + digit;
      }
      if (word > at && word < end && endsToken[bytes[word]!] === 1) {
        this.countWord();
        this.faces.take(value, 0, this.line);
        return word;
      }
    }
    while (word < end && endsToken[bytes[word]!] === 0) word++;
    if (word < end) this.takeWord(bytes, at, word, this.base + at);
    return word;
  }

  private keepCut(bytes: Uint8Array, from: number, to: number): void {
    const room = WORD_BYTES - this.cutBytes;
    this.cut.set(bytes.subarray(from, Math.min(to, from + room)), this.cutBytes);
    this.cutBytes += Math.min(to - from, room);
  }

  private endCutWord(): void {
    const length = this.cutBytes;
    this.cutBytes = 0;
    if (length > 0) this.takeWord(this.cut, 0, length, this.cutOffset);
  }

  private takeLineFeed(offset: number): void {
    if (this.crAt === offset - 1) {
      this.crlf++;
      this.lineStart = offset + 1;
    } else {
      this.lf++;
      this.endLine(offset);
    }
  }

  private takeCarriageReturn(offset: number): void {
    this.cr++;
    this.crAt = offset;
    this.endLine(offset);
  }

  private takeBlank(byte: number): void {
    this.gap++;
    if (byte !== BLANK) this.oddBlanks.see(this.line);
  }

  private takeTab(offset: number): void {
    this.gap += 2;
    if (offset === this.lineStart) this.isTabLed = true;
  }

  private beginComment(offset: number): void {
    this.isComment = true;
    if (this.part === PART.header) return;
    const { comments, indentedComments, trailingComments } = this.lineTallies[this.part]!;
    if (this.wordsOnLine > 0) trailingComments.see(this.line);
    else (offset === this.lineStart ? comments : indentedComments).see(this.line);
  }

  /** Ends the line before the byte at `offset`. */
  private endLine(offset: number): void {
    const length = offset - this.lineStart;
    if (length > this.longestLine) this.longestLine = length;
    if (this.part !== PART.header) {
      const facts = this.lineTallies[this.part]!;
      if (this.wordsOnLine > 0 && length > facts.longestLine) facts.longestLine = length;
      if (this.wordsOnLine === 0 && !this.isComment) {
        (length === 0 ? facts.emptyLines : facts.blankLines).see(this.line);
      }
      if (this.part === PART.vertices) this.vertices.endLine(this.line);
      else if (this.part === PART.faces) this.faces.endLine();
      this.goOn();
    } else if (offset >= this.header.end) {
      this.part = PART.top;
    }
    if (this.isTabLed && this.wordsOnLine > 0) this.tabLed.see(this.line);
    this.line++;
    this.lineStart = offset + 1;
    this.wordsOnLine = 0;
    this.gap = 0;
    this.isComment = false;
    this.isTabLed = false;
  }

  private takeWord(bytes: Uint8Array, from: number, to: number, offset: number): void {
    if (this.part <= PART.top && offset >= this.header.end) {
      this.part = PART.vertices;
      this.goOn();
    }
    const isFirst = this.wordsOnLine === 0;
    this.countWord();
    if (this.part === PART.vertices) this.vertices.take(bytes, from, to, this.line, isFirst);
    else if (this.part === PART.faces)
      this.faces.take(parseNumber(bytes, from, to), formOf(bytes, from, to), this.line);
    else if (this.part === PART.end) this.behindFaces.see(this.line);
    if (!this.isLined) this.goOn();
  }

  /** Moves to the next part if the current one is complete. */
  private goOn(): void {
    if (this.part === PART.vertices && this.vertices.isDone) this.part = PART.faces;
    if (this.part === PART.faces && this.faces.isDone) this.part = PART.end;
  }

  private countWord(): void {
    if (this.gap > 1 && this.wordsOnLine > 0) this.wideGaps.see(this.line);
    this.gap = 0;
    this.wordsOnLine++;
  }
}
