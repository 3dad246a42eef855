/**
 * Reads runs of plain facets, as nearly all ASCII STL has them: seven lines with the keywords and three numbers for the
 * normal and for each corner. Any other facet is left to the parser, which alone decides what a file means.
 */
import { MINUS, PLUS, POINT, ZERO } from '../../io/number-text.js';
import type { ParsedBytes } from '../pieces.js';
import type { PlaceNotes } from '../shared/place-notes.js';
import {
  MISSES_MAX,
  NOT_PLAIN,
  passBlanks,
  passGap,
  passLineEnd,
  passWord,
  readNumber,
} from '../shared/plain-text.js';
import { endsToken, isLineEnd } from '../shared/text.js';
import { ENDFACET, ENDLOOP, FACET, LOOP, NORMAL, OUTER, VERTEX } from './keywords.js';

/** Lines of a plain facet. */
export const PLAIN_LINES = 7;
const LETTER_N = 0x6e;
const LETTER_I = 0x69;

/** 1 for each byte that a number of a normal may begin with, and no keyword: digits, signs, a point, `nan`, `inf`. */
const beginsNormal = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isDigit = byte >= ZERO && byte <= ZERO + 9;
  const isLetter = (byte | 0x20) === LETTER_N || (byte | 0x20) === LETTER_I;
  return isDigit || isLetter || byte === MINUS || byte === PLUS || byte === POINT ? 1 : 0;
});

export class PlainFacets {
  private misses = 0;
  /** The place and the line of the facet read last. */
  offset = 0;
  line = 0;

  constructor(
    private readonly positions: Float64Array,
    private readonly places: PlaceNotes,
  ) {}

  /**
   * Reads facets from the start of the window on, which is on `line`, after `count` of the batch and `total` in all; at most
   * `most`. The window then begins after the last word of the last one. Returns their number.
   */
  read(window: ParsedBytes, line: number, count: number, total: number, most: number): number {
    if (this.misses === MISSES_MAX) return 0;
    const { bytes, base, end } = window;
    const { positions, places } = this;
    let at = window.start;
    let found = 0;
    while (found < most) {
      const to = readFacet(bytes, at, end, positions, 9 * (count + found));
      if (to < 0) break;
      this.offset = base + at;
      this.line = line;
      if (places.isDue(base + at)) {
        const item = count + found;
        places.add({ item, offset: base + at, end: base + to, line, record: total + found, vertices: 0 });
      }
      window.start = to;
      found++;
      // Like CR at the end of the bytes, LF may not be there yet.
      at = passGap(bytes, passLineEnd(bytes, passGap(bytes, to, end), end), end);
      if (at < 0) break;
      line += PLAIN_LINES;
    }
    this.misses = found === 0 ? this.misses + 1 : 0;
    return found;
  }
}

/** Reads the facet at `start` into `positions[index]` and up; returns where its last word ends. */
function readFacet(
  bytes: Uint8Array,
  start: number,
  end: number,
  positions: Float64Array,
  index: number,
): number {
  let at = passBlanks(bytes, passWord(FACET, bytes, start, end), end);
  at = passWord(NORMAL, bytes, at, end);
  for (let axis = 0; axis < 3; axis++) at = passNormal(bytes, passBlanks(bytes, at, end), end);
  at = passBlanks(bytes, passWord(OUTER, bytes, passEnd(bytes, at, end), end), end);
  at = passWord(LOOP, bytes, at, end);
  for (let slot = index; slot < index + 9; slot += 3) {
    at = passWord(VERTEX, bytes, passEnd(bytes, at, end), end);
    at = readNumber(bytes, passBlanks(bytes, at, end), end, positions, slot);
    at = readNumber(bytes, passBlanks(bytes, at, end), end, positions, slot + 1);
    at = readNumber(bytes, passBlanks(bytes, at, end), end, positions, slot + 2);
  }
  at = passWord(ENDLOOP, bytes, passEnd(bytes, at, end), end);
  at = passWord(ENDFACET, bytes, passEnd(bytes, at, end), end);
  // The word may continue, or be the last one of the bytes.
  return at >= 0 && at < end && (isLineEnd(bytes[at]!) || passGap(bytes, at, end) > at) ? at : NOT_PLAIN;
}

/** Moves past a line end and the blanks around it. */
function passEnd(bytes: Uint8Array, at: number, end: number): number {
  return passGap(bytes, passLineEnd(bytes, passGap(bytes, at, end), end), end);
}

/** Moves past a number of a normal, whatever its value. */
function passNormal(bytes: Uint8Array, at: number, end: number): number {
  if (at < 0 || at >= end || beginsNormal[bytes[at]!] === 0) return NOT_PLAIN;
  while (at < end && endsToken[bytes[at]!] === 0) at++;
  return at;
}
