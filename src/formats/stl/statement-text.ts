/** Finds parts of statements of ASCII STL: the vertex of a corner, and the end of a solid's name. */
import { findLineEnd, findTokenEnd, HASH, isWord, skipBlanks } from '../shared/text.js';
import { VERTEX } from './keywords.js';

/** A line shorter than `facet normal 0 0 0 outer loop` contains no facet. */
const FACET_TEXT_BYTES = 24;

/** Bytes after `solid` searched for a facet on the same line. */
const ONE_LINE_BYTES = 8192;

/** Finds the vertex statement of a corner in the bytes of a facet. */
export function findCorner(bytes: Uint8Array, corner: number): readonly [from: number, to: number] {
  let left = corner;
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    from = bytes[at] === HASH ? findLineEnd(bytes, at, bytes.length) : skipBlanks(bytes, at, bytes.length);
    at = findTokenEnd(bytes, from, bytes.length);
    if (!isWord(VERTEX, bytes, from, at) || left-- > 0) continue;
    for (let axis = 0; axis < 3; axis++)
      at = findTokenEnd(bytes, skipBlanks(bytes, at, bytes.length), bytes.length);
    return [from, at];
  }
  return [0, bytes.length];
}

/**
 * Finds the end of the name after `solid` or `endsolid`: the end of the line, or the word `next` in a file on a single
 * line. Returns -1 if more bytes are needed.
 */
export function findNameEnd(
  bytes: Uint8Array,
  from: number,
  end: number,
  ended: boolean,
  next: string,
): number {
  const lineEnd = findLineEnd(bytes, from, end);
  const isOpen = lineEnd === end && !ended;
  if (!isOpen && lineEnd - from < FACET_TEXT_BYTES) return lineEnd;
  if (isOpen && lineEnd - from < ONE_LINE_BYTES) return -1;
  const text = Buffer.from(bytes.subarray(from, Math.min(lineEnd, from + ONE_LINE_BYTES))).toString('latin1');
  if (/\bouter\s+loop\b/i.test(text)) {
    const match = new RegExp(`(^|\\s)${next}\\s`, 'i').exec(text);
    if (match !== null) return from + match.index;
  }
  return isOpen ? -1 : lineEnd;
}
