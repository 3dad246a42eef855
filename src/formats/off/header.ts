/**
 * Parses the beginning of an OFF file: its keyword, and the counts of a text file. Uses only the head of a source.
 *
 * `[ST][C][N][4][n]OFF [BINARY]`: the letters name what a vertex has besides its position, in the reverse order of the
 * data. Follows https://www.geomview.org/docs/html/OFF.html and Geomview's own reader, which accepts a file without the
 * keyword, and an S before OFF, which requests smooth shading.
 */

import { FormatError } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { parseNumber } from '../../io/number-text.js';
import type { Warning } from '../../mesh.js';
import { countOf, formatCount } from '../../wording.js';
import { isLineEnd, LF, showToken, skipByteOrderMark } from '../shared/text.js';
import { WordScanner } from '../shared/word-scanner.js';
import { refuseDimension } from './refusals.js';

/** The meaning of the keyword line. */
export interface OffKeyword {
  readonly isBinary: boolean;
  readonly hasTexture: boolean;
  readonly hasColors: boolean;
  readonly hasNormals: boolean;
  /** The color precedes the normal: MeshLab's order, marked by N before C in the keyword. */
  readonly colorsFirst: boolean;
  /** The keyword contains n: the dimension of space precedes the counts. */
  readonly tellsDimension: boolean;
  /** Where the keyword ends: offset and line. */
  readonly end: number;
  readonly line: number;
}

/** Keyword and counts of a text file. */
export interface TextHeader extends OffKeyword {
  /** Coordinates of a vertex: 3, or less in an nOFF file. */
  readonly dimension: number;
  readonly vertexCount: number;
  readonly faceCount: number;
  /** The lines of the vertex count and of the keyword. */
  readonly countsLine: number;
  readonly keywordLine: number;
}

const FORM = "'OFF', or a form of it such as 'COFF' or 'STCNOFF'";
const KEYWORD = /^[a-z4]*?off(?=\d|$)/i;
const LETTERS = /^(ST)?C?N?4?S?n?$/;
const MESHLAB_LETTERS = /^N?C?(ST)?$/;
/** The maximum length of a keyword, including counts attached to it. */
const WORD_BYTES = 64;

/** Returns why a head is OFF, as a clause, or undefined. A file without the keyword is recognized only by its name. */
export function sniffKeyword(head: Uint8Array): string | undefined {
  const scanner = scanHead(head, true);
  if (!scanner.next()) return undefined;
  const word = textOf(head, scanner);
  const keyword = KEYWORD.exec(word)?.[0];
  if (keyword === undefined || readLetters(keyword) === undefined) return undefined;
  // In upper case it is almost certainly OFF; `off` is an English word.
  scanner.to = scanner.from + keyword.length;
  if (!keyword.endsWith('OFF') && !(scanner.next() && /^\d+$/.test(textOf(head, scanner)))) return undefined;
  return `its first word is ${keyword}`;
}

/** Reads the keyword, if there is one. Throws FormatError if the source is not OFF, or an unsupported OFF. */
export function readKeyword(source: ByteSource, warn: (warning: Warning) => void): OffKeyword {
  const { head, size } = source;
  const scanner = scanHead(head, size === head.length);
  if (!scanner.next()) {
    if (size === 0) throw new FormatError('the file is empty; expected OFF', { place: { offset: 0 } });
    const problem = `no word in the first ${countOf(head.length, 'byte')}`;
    throw new FormatError(`${problem}; expected ${FORM}`, { place: { line: scanner.line } });
  }
  const { line } = scanner;
  const word = textOf(head, scanner);
  const keyword = KEYWORD.exec(word)?.[0];
  if (keyword === undefined) return readWithoutKeyword(head, scanner, word);
  const letters = readLetters(keyword);
  if (letters === undefined) {
    throw new FormatError(`unknown keyword ${showToken(head, scanner.from, scanner.to)}; expected ${FORM}`, {
      place: { line },
    });
  }
  if (letters.includes('4')) {
    throw new FormatError(`${keyword}: vertices in homogeneous coordinates; expected x y z`, {
      place: { line },
      hint: 'divide by the fourth coordinate first',
    });
  }
  const isAsGiven = keyword === `${letters}OFF`;
  if (!isAsGiven) {
    warn({ kind: 'off-keyword-case', message: `line ${line}: '${keyword}' is read as ${letters}OFF` });
  }
  if (!LETTERS.test(letters)) {
    const order = /NC/.test(letters) ? 'the color of a vertex precedes its normal' : 'the data is the same';
    const message = `line ${line}: ${keyword} has its letters in MeshLab's order; ${order}`;
    warn({ kind: 'off-meshlab-order', message });
  }
  scanner.to = scanner.from + keyword.length;
  const { isBinary, end } = readBinaryWord(head, scanner);
  return {
    isBinary,
    hasTexture: letters.includes('ST'),
    hasColors: letters.includes('C'),
    hasNormals: letters.includes('N'),
    colorsFirst: letters.includes('NC'),
    tellsDimension: letters.includes('n'),
    end,
    line,
  };
}

/** Whether the word `[from, to)` is an OFF keyword. */
export function isKeyword(bytes: Uint8Array, from: number, to: number): boolean {
  const word = Buffer.from(bytes.subarray(from, Math.min(to, from + WORD_BYTES))).toString('latin1');
  const keyword = KEYWORD.exec(word)?.[0];
  return keyword !== undefined && readLetters(keyword) !== undefined;
}

/** Returns the letters before OFF as the specification or MeshLab writes them, or undefined. */
function readLetters(keyword: string): string | undefined {
  const isOrder = (text: string) => LETTERS.test(text) || MESHLAB_LETTERS.test(text);
  const letters = keyword.slice(0, -3);
  // A lower-case keyword does not distinguish N from n: N is common, n rare.
  return [keyword.endsWith('OFF') ? letters : '-', letters.toUpperCase()].find(isOrder);
}

/** Reads the beginning of a file that starts with its counts; `word` is the first. */
function readWithoutKeyword(head: Uint8Array, scanner: WordScanner, word: string): OffKeyword {
  const { from, to, line } = scanner;
  let words = 1;
  let isWhole = /^\d+$/.test(word);
  while (isWhole && scanner.peekLine() === 'word' && scanner.next()) {
    words++;
    isWhole = /^-?\d+$/.test(textOf(head, scanner));
  }
  if (!isWhole || words > 3) {
    throw new FormatError(`no OFF keyword, found ${showToken(head, from, to)}; expected ${FORM}`, {
      place: { line },
    });
  }
  return {
    isBinary: false,
    hasTexture: false,
    hasColors: false,
    hasNormals: false,
    colorsFirst: false,
    tellsDimension: false,
    end: from,
    line,
  };
}

/** Checks for BINARY on the keyword line. The data begins right after the end of that line. */
function readBinaryWord(head: Uint8Array, scanner: WordScanner): { isBinary: boolean; end: number } {
  const { to: end, line } = scanner;
  if (scanner.peekLine() !== 'word') return { isBinary: false, end };
  scanner.next();
  if (textOf(head, scanner) !== 'BINARY') return { isBinary: false, end };
  let at = scanner.to;
  while (at < head.length && !isLineEnd(head[at]!)) at++;
  if (at === head.length) {
    throw new FormatError('truncated: the file ends after BINARY; expected a line end and the data', {
      place: { line },
      code: 'FORMAT_TRUNCATED',
      hint: 'copy the file again; it may be incomplete',
    });
  }
  return { isBinary: true, end: at + (head[at] !== LF && head[at + 1] === LF ? 2 : 1) };
}

/** Reads the counts after the keyword of a text file. */
export function readTextHeader(source: ByteSource, keyword: OffKeyword): TextHeader {
  const { head, size } = source;
  const isWhole = size === head.length;
  const scanner = new WordScanner(viewHead(head, keyword.end, isWhole), keyword.line);
  const dimension = keyword.tellsDimension ? readCount(head, scanner, isWhole, 'dimension of space') : 3;
  if (dimension < 1 || dimension > 3) {
    throw refuseDimension(dimension, { line: scanner.line });
  }
  const vertexCount = readCount(head, scanner, isWhole, 'number of vertices');
  const countsLine = scanner.line;
  const faceCount = readCount(head, scanner, isWhole, 'number of faces');
  if (hasEdgeCount(scanner, countsLine)) readNumber(head, scanner, isWhole, 'number of edges');
  const { to: end, line } = scanner;
  return { ...keyword, dimension, vertexCount, faceCount, countsLine, keywordLine: keyword.line, end, line };
}

/**
 * Whether the next word is the edge count: it is on the line of the face count or, if each count has a line of its own,
 * alone on the next line.
 */
function hasEdgeCount(scanner: WordScanner, countsLine: number): boolean {
  if (scanner.peekLine() === 'word') return true;
  if (scanner.line === countsLine) return false;
  const { to, line } = scanner;
  const isAlone = scanner.next() && scanner.peekLine() === 'end';
  scanner.to = to;
  scanner.line = line;
  return isAlone;
}

function readNumber(head: Uint8Array, scanner: WordScanner, isWhole: boolean, what: string): number {
  if (!scanner.next()) {
    const problem = isWhole ? 'truncated: the file ends' : `the first ${formatCount(head.length)} bytes end`;
    throw new FormatError(`${problem} before the ${what}; expected it after the keyword`, {
      place: { line: scanner.line },
    });
  }
  const value = parseNumber(head, scanner.from, scanner.to);
  if (Number.isNaN(value)) throw refuseCount(head, scanner, what);
  return value;
}

function readCount(head: Uint8Array, scanner: WordScanner, isWhole: boolean, what: string): number {
  const value = readNumber(head, scanner, isWhole, what);
  if (!Number.isSafeInteger(value) || value < 0) throw refuseCount(head, scanner, what);
  return value;
}

function refuseCount(head: Uint8Array, { from, to, line }: WordScanner, what: string): FormatError {
  const found = showToken(head, from, to);
  return new FormatError(`${found} is not a valid ${what}; expected a whole number`, { place: { line } });
}

function scanHead(head: Uint8Array, isWhole: boolean): WordScanner {
  return new WordScanner(viewHead(head, skipByteOrderMark(head), isWhole));
}

/** Wraps the head from `start` on for a scanner. */
export function viewHead(head: Uint8Array, start: number, isWhole: boolean) {
  return { bytes: head, start, end: head.length, ended: isWhole, base: 0 };
}

function textOf(head: Uint8Array, { from, to }: WordScanner): string {
  return Buffer.from(head.subarray(from, Math.min(to, from + WORD_BYTES))).toString('latin1');
}
