/**
 * Decodes the attribute words of binary STL as colors. There are two conventions, told apart by the 80-byte header: Magics
 * writes `COLOR=` there; all other programs that color facets follow VisCAM and SolidView.
 *
 * Each component has five bits. VisCAM: if bit 15 is set, the facet has a color; bits 10 to 14 are red, 5 to 9 green, 0 to
 * 4 blue. Magics: if bit 15 is clear, the facet has its own color, bits 0 to 4 red, 5 to 9 green, 10 to 14 blue; otherwise
 * it has the object's color, the four bytes after `COLOR=`, red green blue alpha.
 */
import type { AttributeDecoder } from '../../mesh.js';

/** How the words of a source are decoded. */
export interface StlColors {
  readonly dialect: 'VisCAM' | 'Magics';
  /** Writes the color of a facet with this attribute word: r g b a from 0 to 1, r NaN if it has none. */
  readonly decode: (word: number, target: Float64Array, at: number) => void;
}

const MARK = 'COLOR=';
const FIVE_BITS = 31;

/** Chooses how to decode the attribute words of a file with this header (default: VisCAM). */
export function readStlColors(header: Uint8Array): StlColors {
  const at = Buffer.from(header).toString('latin1').indexOf(MARK);
  const object = header.subarray(at + MARK.length, at + MARK.length + 4);
  return at >= 0 && object.length === 4
    ? { dialect: 'Magics', decode: decodeMagics(Array.from(object, (byte) => byte / 255)) }
    : { dialect: 'VisCAM', decode: decodeVisCam };
}

/** Returns a key that is equal for headers after which the same words mean the same colors. */
export function meaningOf(header: Uint8Array): string {
  const { dialect, decode } = readStlColors(header);
  if (dialect === 'VisCAM') return dialect;
  const object = new Float64Array(4);
  decode(0x8000, object, 0);
  return `${dialect} ${object}`;
}

function decodeVisCam(word: number, target: Float64Array, at: number): void {
  if ((word & 0x8000) === 0) target[at] = Number.NaN;
  else setColor(target, at, word >> 10, word >> 5, word);
}

function decodeMagics(object: readonly number[]): StlColors['decode'] {
  return (word, target, at) => {
    if ((word & 0x8000) === 0) setColor(target, at, word, word >> 5, word >> 10);
    else target.set(object, at);
  };
}

/** Stores a color; only the lowest five bits of each component count. */
function setColor(target: Float64Array, at: number, r: number, g: number, b: number): void {
  target[at] = (r & FIVE_BITS) / FIVE_BITS;
  target[at + 1] = (g & FIVE_BITS) / FIVE_BITS;
  target[at + 2] = (b & FIVE_BITS) / FIVE_BITS;
  target[at + 3] = 1;
}

/** What the attribute words of a mesh mean. */
export interface AttributeColors {
  /** The dialects of the sources that have words, each once. */
  readonly dialects: readonly StlColors['dialect'][];
  readonly decode: AttributeDecoder;
}

/** The triangles of a source, and its header. */
export interface WordRun {
  readonly first: number;
  readonly last: number;
  readonly header: Uint8Array;
}

/** Reads the headers of the sources with attribute words. Triangles of other sources have no color. */
export function decodeSources(runs: readonly WordRun[]): AttributeColors {
  const sources = runs
    .map(({ first, last, header }) => ({ first, last, colors: readStlColors(header) }))
    .sort((a, b) => a.first - b.first);
  /** The source of the last triangle; neighbors are mostly in the same one. */
  let at = 0;
  const isIn = (triangle: number) => triangle >= sources[at]!.first && triangle <= sources[at]!.last;
  const decode: AttributeDecoder = (word, target, to, triangle) => {
    if (sources.length > 0 && !isIn(triangle)) at = findLast(sources, triangle);
    if (sources.length > 0 && isIn(triangle)) sources[at]!.colors.decode(word, target, to);
    else target[to] = Number.NaN;
  };
  return { dialects: [...new Set(sources.map(({ colors }) => colors.dialect))], decode };
}

/** The index of the last source that begins at or before a triangle; 0 if none does. */
function findLast(sources: readonly { readonly first: number }[], triangle: number): number {
  let [low, high] = [0, sources.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sources[middle]!.first <= triangle) low = middle;
    else high = middle - 1;
  }
  return low;
}
