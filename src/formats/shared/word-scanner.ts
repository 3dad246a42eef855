/**
 * Finds the words of a text source and their lines, for formats in which line ends do not matter.
 *
 * Works on what the window holds and never waits. A reader that lacks words of an item fills the window, goes back to the
 * start of the item and reads it again.
 */
import type { ByteWindow } from '../../io/input/byte-window.js';
import { CR, endsToken, findLineEnd, HASH, isBlank, isLineEnd, LF } from './text.js';

/** The bytes that are scanned: a window or the head of a source. */
export type ScannedBytes = Pick<ByteWindow, 'bytes' | 'start' | 'end' | 'ended' | 'base'>;

export class WordScanner {
  /** The word last found: `[from, to)` of the window's bytes. */
  from = 0;
  to = 0;
  /** The line of the word last found, or of the start of the item, from 1. */
  line: number;
  /** The line on which the last item ended. */
  endLine: number;
  /** The line on which the next item, or what precedes it, begins. */
  itemLine: number;

  /** Scans from the first byte of the window, which is on line `line`. # begins a comment that ends with the line. */
  constructor(
    private readonly window: ScannedBytes,
    line = 1,
  ) {
    this.line = line;
    this.endLine = line;
    this.itemLine = line;
    this.to = window.start;
  }

  /** Finds the next word; false if the window holds no complete word, or none is left in the source. */
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

  /** Returns what follows the last word on its line: a word, nothing, or unknown until more bytes come. */
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

  /** Ends an item with the word last found; the next word begins a new item. */
  endItem(): void {
    this.window.start = this.to;
    this.itemLine = this.line;
    this.endLine = this.line;
  }

  /** Ends an item that ends at `to` on line `line`, and was found otherwise. */
  endItemAt(to: number, line: number): void {
    this.to = to;
    this.line = line;
    this.endItem();
  }

  /** Moves the start of the item to its first word, so that the window need not hold preceding whitespace and comments. */
  passBlanks(): void {
    this.goBack();
    this.next();
    this.to = this.from;
    this.window.start = this.from;
    this.itemLine = this.line;
  }

  /** Starts with the item at the start of the window, on line `line`; the previous one ended on `endLine`. */
  startAt(line: number, endLine = line): void {
    this.itemLine = line;
    this.endLine = endLine;
    this.goBack();
  }

  /** Offset in the source of the first byte after the word last found. */
  get endOffset(): number {
    return this.window.base + this.to;
  }

  /** Reads the item again from its beginning. */
  goBack(): void {
    this.to = this.window.start;
    this.line = this.itemLine;
  }
}
