/**
 * Scans XML for its tags, in place and without strings, as fast as numbers can be parsed: a part may have gigabytes.
 *
 * Works on what the window holds and never waits. Text, comments, processing instructions and CDATA are passed over, so no
 * entity is ever expanded; a document type is refused. The caller matches tags that end to those that begin. Own code,
 * because saxes and sax build strings and objects for each tag, and take five and twelve times as long.
 */
import { FormatError } from '../../errors.js';
import type { ByteWindow } from '../../io/input/byte-window.js';
import { CR, isBlank, LF, showToken } from '../shared/text.js';

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BANG = 0x21;
const QUESTION = 0x3f;

/** The most attributes of a tag. */
const ATTRIBUTES_MAX = 256;

/** 1 for each byte that ends the name of a tag or an attribute. */
const endsName = isBlank.map((blank, byte) =>
  blank === 1 || [GREATER, SLASH, EQUALS, LESS, QUOTE, APOSTROPHE].includes(byte) ? 1 : 0,
);

/** Markup that is passed over, by its begin, and what ends it. */
const PASSED = [
  { begin: '<!--', end: Buffer.from('-->'), name: 'comment' },
  { begin: '<![CDATA[', end: Buffer.from(']]>'), name: 'CDATA section' },
  { begin: '<?', end: Buffer.from('?>'), name: 'processing instruction' },
] as const;
const BEGIN_BYTES_MAX = 9;

/** Result of {@link XmlScanner.next}. For 'more', fill the window and call again. */
export type XmlStep = 'begin' | 'end' | 'over' | 'more';

/** Where a name and a value are in the window. */
interface Ranges {
  readonly nameFrom: Int32Array;
  readonly nameTo: Int32Array;
  readonly valueFrom: Int32Array;
  readonly valueTo: Int32Array;
}

export class XmlScanner implements Ranges {
  /** The name of the last tag: `[from, to)` of the window's bytes. */
  from = 0;
  to = 0;
  /** Whether the last tag that began also ends. */
  isEmpty = false;
  /** The attributes of the last tag that began. */
  attributes = 0;
  readonly nameFrom = new Int32Array(ATTRIBUTES_MAX);
  readonly nameTo = new Int32Array(ATTRIBUTES_MAX);
  readonly valueFrom = new Int32Array(ATTRIBUTES_MAX);
  readonly valueTo = new Int32Array(ATTRIBUTES_MAX);
  /** The line on which the last tag begins, from 1, and where it begins and ends, in bytes of the content. */
  tagLine = 1;
  tagOffset = 0;
  tagEnd = 0;
  /** The line of the first byte not yet scanned. */
  private line = 1;
  private passing: (typeof PASSED)[number] | undefined;

  constructor(private readonly window: ByteWindow) {}

  /** The place of the first byte not yet scanned. */
  get place(): { readonly line: number } {
    return { line: this.line };
  }

  /** Moves to the next tag. Throws FormatError if the text is not XML. */
  next(): XmlStep {
    const { window } = this;
    for (;;) {
      if (this.passing !== undefined && !this.passRest(this.passing)) return 'more';
      if (!this.passText()) return window.ended ? 'over' : 'more';
      const { bytes, start, end, ended } = window;
      const second = bytes[start + 1];
      if (second !== BANG && second !== QUESTION) {
        // Enough for the shortest tag.
        if (end - start < 3 && !ended) return 'more';
        return second === SLASH ? this.scanEnd() : this.scanBegin();
      }
      if (end - start < BEGIN_BYTES_MAX && !ended) return 'more';
      const text = Buffer.from(
        bytes.buffer,
        bytes.byteOffset + start,
        Math.min(end - start, BEGIN_BYTES_MAX),
      );
      this.passing = PASSED.find(({ begin }) => text.toString('latin1').startsWith(begin));
      if (this.passing === undefined) this.refuseMarkup(text.toString('latin1'));
      window.start += this.passing!.begin.length;
    }
  }

  /** Creates an error at the last tag. */
  bad(problem: string, hint?: string): FormatError {
    return new FormatError(problem, { place: { line: this.tagLine }, hint });
  }

  /** Moves to the next `<`; false if the window has none. */
  private passText(): boolean {
    const { window } = this;
    const { bytes, end } = window;
    let at = window.start;
    let { line } = this;
    while (at < end && bytes[at] !== LESS) {
      if (bytes[at] === LF) line++;
      else if (bytes[at] === CR) {
        if (at + 1 === end && !window.ended) break;
        if (bytes[at + 1] !== LF || at + 1 === end) line++;
      }
      at++;
    }
    this.line = line;
    window.start = at;
    return at < end && bytes[at] === LESS;
  }

  /** Passes the rest of markup up to its end; false if the window does not hold the end. */
  private passRest({ end: last, name }: (typeof PASSED)[number]): boolean {
    const { window } = this;
    const { bytes, start, end, ended } = window;
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, end).indexOf(last, start);
    const to = found < 0 ? Math.max(start, end - last.length) : found + last.length;
    this.countLines(start, to);
    window.start = to;
    if (found >= 0) {
      this.passing = undefined;
      return true;
    }
    if (ended) throw this.cut(`within a ${name}`);
    return false;
  }

  private scanEnd(): XmlStep {
    const { window } = this;
    const { bytes, start, end, ended } = window;
    let at = start + 2;
    while (at < end && endsName[bytes[at]!] === 0) at++;
    const to = at;
    while (at < end && isBlank[bytes[at]!] === 1) at++;
    if (at === end) {
      if (ended) throw this.cut('within a tag');
      return 'more';
    }
    this.beginTag(start);
    if (bytes[at] !== GREATER || to === start + 2) throw this.refuseTag(start, at);
    this.from = start + 2;
    this.to = to;
    this.endTag(at + 1);
    return 'end';
  }

  private scanBegin(): XmlStep {
    const { window, nameFrom, nameTo, valueFrom, valueTo } = this;
    const { bytes, start, end, ended } = window;
    let at = start + 1;
    while (at < end && endsName[bytes[at]!] === 0) at++;
    const to = at;
    let count = 0;
    for (;;) {
      const blank = at;
      while (at < end && isBlank[bytes[at]!] === 1) at++;
      if (at >= end) break;
      const byte = bytes[at]!;
      if (byte === GREATER || byte === SLASH) {
        this.isEmpty = byte === SLASH;
        if (this.isEmpty && ++at >= end) break;
        this.beginTag(start);
        if (bytes[at] !== GREATER || to === start + 1) throw this.refuseTag(start, at);
        this.from = start + 1;
        this.to = to;
        this.attributes = count;
        this.endTag(at + 1);
        return 'begin';
      }
      const name = at;
      while (at < end && endsName[bytes[at]!] === 0) at++;
      const nameEnd = at;
      while (at < end && isBlank[bytes[at]!] === 1) at++;
      if (at >= end) break;
      const isNamed = nameEnd > name && blank < name && bytes[at] === EQUALS && count < ATTRIBUTES_MAX;
      if (!isNamed) {
        this.beginTag(start);
        throw this.refuseTag(start, at);
      }
      at++;
      while (at < end && isBlank[bytes[at]!] === 1) at++;
      if (at >= end) break;
      const quote = bytes[at]!;
      const isQuoted = quote === QUOTE || quote === APOSTROPHE;
      const value = at + 1;
      if (isQuoted) {
        at++;
        while (at < end && bytes[at] !== quote && bytes[at] !== LESS) at++;
        if (at >= end) break;
      }
      if (!isQuoted || bytes[at] !== quote) {
        this.beginTag(start);
        throw this.refuseTag(start, at);
      }
      nameFrom[count] = name;
      nameTo[count] = nameEnd;
      valueFrom[count] = value;
      valueTo[count] = at;
      count++;
      at++;
    }
    if (ended) throw this.cut('within a tag');
    return 'more';
  }

  private beginTag(start: number): void {
    this.tagLine = this.line;
    this.tagOffset = this.window.base + start;
  }

  private endTag(end: number): void {
    const { window } = this;
    this.countLines(window.start, end);
    this.tagEnd = window.base + end;
    window.start = end;
  }

  private countLines(from: number, to: number): void {
    const { bytes, end } = this.window;
    for (let at = from; at < to; at++) {
      if (bytes[at] === LF) this.line++;
      else if (bytes[at] === CR && (at + 1 === end || bytes[at + 1] !== LF)) this.line++;
    }
  }

  private refuseMarkup(text: string): never {
    this.beginTag(this.window.start);
    if (/^<!(DOCTYPE|ENTITY)/i.test(text)) {
      throw this.bad('a document type, which 3MF forbids; expected none', 'export the file again');
    }
    const bytes = Buffer.from(text);
    throw this.bad(`${showToken(bytes, 0, bytes.length)} is no XML; expected a tag`);
  }

  /** Creates the error for a tag that breaks the rules of XML at `at`. */
  private refuseTag(start: number, at: number): FormatError {
    const { bytes, end } = this.window;
    const shown = showToken(bytes, start, Math.min(end, at + 1));
    return this.bad(`${shown} is no XML; expected a tag with attributes in quotes`);
  }

  private cut(where: string): FormatError {
    return new FormatError(`the XML ends ${where}; expected its rest`, { place: this.place });
  }
}
