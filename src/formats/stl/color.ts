/**
 * What the attribute words of binary STL mean as colours. There are two readings, and the 80 bytes before the count
 * tell which: Magics writes `COLOR=` there, everybody else who colours facets does as VisCAM and SolidView do.
 *
 * Five bits a component. VisCAM: bit 15 set means that the facet has a colour, bits 10 to 14 are red, 5 to 9 green, 0
 * to 4 blue. Magics: bit 15 clear means a colour of its own, bits 0 to 4 red, 5 to 9 green, 10 to 14 blue; set means
 * the object's colour, the four bytes behind `COLOR=`, red green blue alpha.
 */
import type { AttributeDecoder } from '../../mesh.js';

export interface StlColors {
  readonly dialect: 'VisCAM' | 'Magics';
  readonly decode: AttributeDecoder;
}

const MARK = 'COLOR=';
const FIVE_BITS = 31;

/** How to read the attribute words of a file with this header; VisCAM's way where there is none. */
export function readStlColors(header: Uint8Array): StlColors {
  const at = Buffer.from(header).toString('latin1').indexOf(MARK);
  const object = header.subarray(at + MARK.length, at + MARK.length + 4);
  return at >= 0 && object.length === 4
    ? { dialect: 'Magics', decode: decodeMagics(Array.from(object, (byte) => byte / 255)) }
    : { dialect: 'VisCAM', decode: decodeVisCam };
}

function decodeVisCam(word: number, target: Float64Array, at: number): void {
  if ((word & 0x8000) === 0) target[at] = Number.NaN;
  else setColor(target, at, word >> 10, word >> 5, word);
}

function decodeMagics(object: readonly number[]): AttributeDecoder {
  return (word, target, at) => {
    if ((word & 0x8000) === 0) setColor(target, at, word, word >> 5, word >> 10);
    else target.set(object, at);
  };
}

/** The lowest five bits of each count. */
function setColor(target: Float64Array, at: number, r: number, g: number, b: number): void {
  target[at] = (r & FIVE_BITS) / FIVE_BITS;
  target[at + 1] = (g & FIVE_BITS) / FIVE_BITS;
  target[at + 2] = (b & FIVE_BITS) / FIVE_BITS;
  target[at + 3] = 1;
}
