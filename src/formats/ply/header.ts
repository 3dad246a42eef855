/**
 * Parses the header of a PLY file: the encoding, and the elements with their declared properties, without interpreting
 * them.
 *
 * Keywords and types are accepted in any case. An unknown keyword is refused, since a misspelled property would shift all
 * data after it.
 */

import { FormatError } from '../../errors.js';
import { HEAD_BYTES, LONG_HEAD_BYTES_MAX } from '../../io/input/long-head.js';
import { escapeControls, formatCount } from '../../wording.js';
import type { ReadOptions } from '../format.js';
import { CR, findLineEnd, LF, skipBlanks, skipByteOrderMark } from '../shared/text.js';
import { findScalar, SCALAR_NAMES, type Scalar } from './scalars.js';

export interface PlyProperty {
  readonly name: string;
  /** Type of the value, or of each value of a list. */
  readonly type: Scalar;
  /** Type of a list's count; undefined for a single value. */
  readonly countType: Scalar | undefined;
  readonly line: number;
}

export interface PlyElement {
  readonly name: string;
  /** Announced records: any whole number up to 2^53. */
  readonly count: number;
  readonly properties: readonly PlyProperty[];
  readonly line: number;
}

export interface PlyHeader {
  readonly encoding: 'ascii' | 'binary';
  /** Byte order of binary data. */
  readonly isLittle: boolean;
  readonly elements: readonly PlyElement[];
  /** The line of `end_header`, from 1. */
  readonly endLine: number;
  /** Offset of the first data byte. */
  readonly bodyOffset: number;
}

const FORMATS = ['ascii', 'binary_little_endian', 'binary_big_endian'];
const KEYWORDS = "'format', 'element', 'property', 'comment', 'obj_info' or 'end_header'";

/** The lines of the header except comments, with their numbers, the number of lines, and where the data begins. */
interface HeaderText {
  readonly lines: readonly (readonly [text: string, line: number])[];
  readonly endLine: number;
  readonly bodyOffset: number;
}

/** Lines without meaning for the data; there may be megabytes of them. */
const COMMENT = /^(comment|obj_info)(\s|$)/i;
/** The maximum length of a meaningful line; a longer one is refused by its first words. */
const LINE_MAX = 8192;

/** Whether a source begins with the word `ply` on its own line, after optional whitespace and byte order mark. */
export function beginsWithPly(head: Uint8Array): boolean {
  const start = skipBlanks(head, skipByteOrderMark(head), head.length);
  const text = Buffer.from(head.subarray(start, start + 64)).toString('latin1');
  return /^ply[ \t]*([\r\n]|$)/i.test(text);
}

/**
 * Parses the header from the first bytes of a source. Throws FormatError with the line, or with the byte if the header has
 * no end.
 */
export function parseHeader(head: Uint8Array, options: ReadOptions): PlyHeader {
  if (!beginsWithPly(head)) {
    throw new FormatError("the first line is not 'ply'; expected a PLY header", { place: { offset: 0 } });
  }
  const { lines, endLine, bodyOffset } = splitHeader(head);
  const parser = new HeaderParser(options);
  for (const [text, line] of lines) parser.parseLine(text, line);
  return { ...parser.finish(endLine), endLine, bodyOffset };
}

/** Splits the header into lines, up to `end_header`. */
function splitHeader(head: Uint8Array): HeaderText {
  const { length } = head;
  const start = skipByteOrderMark(head);
  const lines: [text: string, line: number][] = [];
  let line = 0;
  let hasLineFeed = false;
  for (let at = start; at < length; ) {
    const lineEnd = findLineEnd(head, at, length);
    const text = Buffer.from(head.subarray(at, Math.min(lineEnd, at + LINE_MAX)))
      .toString('utf8')
      .trim();
    const isPair = head[lineEnd] === CR && head[lineEnd + 1] === LF;
    line++;
    if (!COMMENT.test(text)) lines.push([text, line]);
    if (text.toLowerCase() === 'end_header' && (lineEnd < length || length !== HEAD_BYTES)) {
      // If all lines end with CR alone, an LF after the last one is the first byte of the data.
      const width = isPair && hasLineFeed ? 2 : 1;
      return { lines, endLine: line, bodyOffset: Math.min(length, lineEnd + width) };
    }
    if (isPair || head[lineEnd] === LF) hasLineFeed = true;
    at = lineEnd + (isPair ? 2 : 1);
  }
  const problem =
    length < LONG_HEAD_BYTES_MAX
      ? 'truncated: the file ends in its header'
      : `a header of more than ${formatCount(LONG_HEAD_BYTES_MAX)} bytes`;
  throw new FormatError(`${problem}, without a line 'end_header'; expected one`, {
    place: { offset: length },
  });
}

class HeaderParser {
  private format: string | undefined;
  private readonly elements: { name: string; count: number; properties: PlyProperty[]; line: number }[] = [];
  /** The first line that is neither the magic word nor a comment. */
  private firstLine: number | undefined;
  private hasMagic = false;

  constructor(private readonly options: ReadOptions) {}

  parseLine(text: string, line: number): void {
    const words = text.split(/[\s\0]+/).filter((word) => word !== '');
    const keyword = words[0]?.toLowerCase();
    if (keyword === undefined) return;
    if (!this.hasMagic) {
      this.hasMagic = true;
      return;
    }
    if (keyword === 'comment' || keyword === 'obj_info' || keyword === 'end_header') return;
    this.firstLine ??= line;
    if (keyword === 'format') this.readFormat(words, line);
    else if (keyword === 'element') this.readElement(words, line);
    else if (keyword === 'property') this.readProperty(words, line);
    else throw new FormatError(`${show(words[0])}; expected ${KEYWORDS}`, { place: { line } });
  }

  finish(endLine: number): Pick<PlyHeader, 'encoding' | 'isLittle' | 'elements'> {
    const { format, elements } = this;
    if (format === undefined) {
      const line = this.firstLine ?? endLine;
      throw new FormatError(`no format in the header; expected 'format' and one of ${FORMATS.join(', ')}`, {
        place: { line },
      });
    }
    const encoding = format === 'ascii' ? 'ascii' : 'binary';
    return { encoding, isLittle: format === 'binary_little_endian', elements };
  }

  private readFormat(words: readonly string[], line: number): void {
    const format = words[1]?.toLowerCase();
    if (this.format !== undefined) {
      throw new FormatError("a second 'format'; expected one", { place: { line } });
    }
    if (format === undefined || !FORMATS.includes(format)) {
      throw new FormatError(`unknown format ${show(words[1])}; expected one of ${FORMATS.join(', ')}`, {
        place: { line },
      });
    }
    this.format = format;
    if (words[2] !== '1.0') {
      const message = `line ${line}: version ${show(words[2])} is read as 1.0, the only version`;
      this.options.warn({ kind: 'ply-version', message });
    }
  }

  private readElement(words: readonly string[], line: number): void {
    const [, name, digits] = words;
    if (name === undefined) throw new FormatError('an element without a name', { place: { line } });
    const count = digits !== undefined && /^\+?\d+$/.test(digits) ? Number(digits) : Number.NaN;
    if (!Number.isSafeInteger(count)) {
      throw new FormatError(
        `element ${show(name)} has the count ${show(digits)}; expected a whole number from 0 to 2^53`,
        { place: { line } },
      );
    }
    this.elements.push({ name, count, properties: [], line });
    this.warnOfExtraWords(words, 3, line);
  }

  private readProperty(words: readonly string[], line: number): void {
    const element = this.elements.at(-1);
    if (element === undefined) {
      throw new FormatError('a property before the first element; expected an element first', {
        place: { line },
      });
    }
    const isList = words[1]?.toLowerCase() === 'list';
    const types = words.slice(isList ? 2 : 1, isList ? 4 : 2);
    const name = words[isList ? 4 : 2];
    if (name === undefined) {
      const form = isList ? "'property list', two types and a name" : "'property', a type and a name";
      throw new FormatError(`'${words.map(escapeControls).join(' ')}'; expected ${form}`, {
        place: { line },
      });
    }
    const scalars = types.map((word) => {
      const scalar = findScalar(word);
      if (scalar !== undefined) return scalar;
      throw new FormatError(
        `unknown property type ${show(word)} in element ${show(element.name)}; expected one of ${SCALAR_NAMES.join(', ')}`,
        { place: { line } },
      );
    });
    const countType = isList ? scalars[0] : undefined;
    element.properties.push({ name, type: scalars.at(-1)!, countType, line });
    this.warnOfExtraWords(words, isList ? 5 : 3, line);
  }

  private warnOfExtraWords(words: readonly string[], expected: number, line: number): void {
    if (words.length <= expected) return;
    const message = `line ${line}: ${show(words[expected])} at the end of a header line is skipped`;
    this.options.warn({ kind: 'ply-extra-words', message });
  }
}

/** Formats a word of the header for a message. */
function show(word: string | undefined): string {
  if (word === undefined) return 'nothing';
  const text = escapeControls(word);
  return text.length > 40 ? `'${text.slice(0, 40)}…'` : `'${text}'`;
}
