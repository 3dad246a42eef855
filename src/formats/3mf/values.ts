/** Reads the values of attributes: coordinates, numbers of vertices and objects, and transforms. */
import { FormatError } from '../../errors.js';
import { parseNumber } from '../../io/number-text.js';
import { notANumber, showToken, skipBlanks, skipBlanksBack } from '../shared/text.js';
import { type Affine, IDENTITY } from './affine.js';
import type { XmlElement } from './xml-reader.js';
import type { XmlScanner } from './xml-scanner.js';

/** The largest number of a vertex or of an object, excluded. */
const INDEX_END = 2 ** 31;

/** Shows a value in a message. */
export function show(text: string): string {
  const bytes = Buffer.from(text);
  return showToken(bytes, 0, bytes.length);
}

/** Reads a finite number from bytes; `axis` is the byte that names it. Throws FormatError at the last tag. */
export function readCoordinate(
  bytes: Uint8Array,
  from: number,
  to: number,
  scanner: XmlScanner,
  axis: number,
): number {
  let value = parseNumber(bytes, from, to);
  if (Number.isFinite(value)) return value;
  const start = skipBlanks(bytes, from, to);
  const end = skipBlanksBack(bytes, start, to);
  value = parseNumber(bytes, start, end);
  if (Number.isFinite(value)) return value;
  throw notANumber(bytes, start, end, `${String.fromCharCode(axis)} of a vertex`, scanner.tagLine);
}

/** Reads a whole number below 2^31; NaN if it is none. */
export function readIndex(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9 || value >= INDEX_END) return readBlankIndex(bytes, from, to);
    value = 10 * value + digit;
  }
  return to > from && value < INDEX_END ? value : Number.NaN;
}

function readBlankIndex(bytes: Uint8Array, from: number, to: number): number {
  const [, digits] =
    /^\s*\+?(\d{1,10})\s*$/.exec(Buffer.from(bytes.subarray(from, to)).toString('latin1')) ?? [];
  return digits === undefined || Number(digits) >= INDEX_END ? Number.NaN : Number(digits);
}

/** Reads the number of an object. Throws FormatError at the last tag. */
export function readId(element: XmlElement, name: string, scanner: XmlScanner): number {
  const text = element.attribute(name);
  if (text === undefined) throw scanner.bad(`an element without ${name}; expected it`);
  const bytes = Buffer.from(text);
  const id = readIndex(bytes, 0, bytes.length);
  if (id > 0) return id;
  throw scanner.bad(`${name} is ${show(text)}; expected a whole number from 1`);
}

/** Reads a transform; the identity if there is none. Throws FormatError at the last tag. */
export function readTransform(element: XmlElement, scanner: XmlScanner): Affine {
  const text = element.attribute('transform');
  if (text === undefined) return IDENTITY;
  const words = text.trim().split(/\s+/);
  const numbers = words.map((word) => {
    const bytes = Buffer.from(word);
    return parseNumber(bytes, 0, bytes.length);
  });
  if (numbers.length === 12 && numbers.every((value) => Number.isFinite(value))) return numbers;
  throw new FormatError(`the transform ${show(text)}; expected 12 numbers`, {
    place: { line: scanner.tagLine },
  });
}
