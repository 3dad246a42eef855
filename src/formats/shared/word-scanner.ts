/**
 * The words of a text source and the lines they stand on, for formats whose words count and whose lines do not.
 *
 * Works on what the window holds and never waits: a reader that has not got all words of an item has the window
 * filled, goes back to the item's beginning and reads it again.
 */
import type { ByteWindow } from '../../io/input/byte-window.js';
import { CR, endsToken, findLineEnd, HASH, isBlank, isLineEnd, LF } from './text.js';

/** What words are found in: a window, or a source's head. */
export type ScannedBytes = Pick<ByteWindow, 'bytes' | 'start' | 'end' | 'ended' | 'base'>;

export class WordScanner {
  /** The word last found: `[from, to)` of the window's bytes. */
  from = 0;
  to = 0;
  /** The line of the word last found, or of the item's beginning, from 1. */
  line: number;
  /** The line on which the last item ended. */
  endLine: number;
  /** The line on which the next item, or what stands before it, begins. */
  itemLine: number;

  /** Scans from the window's first byte on, which stands on line `line`. # begins a comment that the line ends. */
  constructor(
    private readonly window: ScannedBytes,
    line = 1,
  ) {
    this.line = line;
    this.endLine = line;
    this.itemLine = line;
    this.to = window.start;
  }

  /** Finds the next word; false where the window holds no whole one (at the source's end: where there is none). */
  next(): boolean {
    const { bytes, end, ended } = this.window;
    let at = this.to;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === HASH) {
        const lineEnd = findLineEnd(bytes, at, end);
        if (lineEnd === end) break;
        at = lineEnd;
      } else if (isBlank[byte] === 0) {
        break;
      }
      if (bytes[at] === LF) this.line++;
      else if (bytes[at] === CR) {
        if (at + 1 === end && !ended) break;
        if (bytes[at + 1] !== LF || at + 1 === end) this.line++;
      }
    }
    this.from = at;
    if (at === end || endsToken[bytes[at]!] === 1) {
      this.to = at;
      return false;
    }
    while (at < end && endsToken[bytes[at]!] === 0) at++;
    this.to = at;
    return at < end || ended;
  }

  /** What follows the last word on its own line: a word, nothing, or what only more bytes can tell. */
  peekLine(): 'word' | 'end' | 'more' {
    const { bytes, end, ended } = this.window;
    let at = this.to;
    while (at < end && isBlank[bytes[at]!] === 1 && !isLineEnd(bytes[at]!)) at++;
    if (at === end) return ended ? 'end' : 'more';
    return isLineEnd(bytes[at]!) || bytes[at] === HASH ? 'end' : 'word';
  }

  /** Offset in the source of the word last found. */
  get offset(): number {
    return this.window.base + this.from;
  }

  /** Ends an item with the word last found: what comes next is a new one. */
  endItem(): void {
    this.window.start = this.to;
    this.itemLine = this.line;
    this.endLine = this.line;
  }

  /** Goes back to the item's first word, so that the window need not hold the blanks and comments before it. */
  passBlanks(): void {
    this.goBack();
    this.next();
    this.to = this.from;
    this.window.start = this.from;
    this.itemLine = this.line;
  }

  /** Begins with the item that stands where the window begins, on line `line`; the one before ended on `endLine`. */
  startAt(line: number, endLine = line): void {
    this.itemLine = line;
    this.endLine = endLine;
    this.goBack();
  }

  /** Offset in the source of the first byte behind the word last found. */
  get endOffset(): number {
    return this.window.base + this.to;
  }

  /** Reads the item again from its beginning. */
  goBack(): void {
    this.to = this.window.start;
    this.line = this.itemLine;
  }
}
