/** What a word of a text OFF looks like as a number. */
import { LETTER_E, PLUS, POINT, parseNumber } from '../io/number-text.js';
import { FORM } from './color-tally.js';

/** The {@link FORM}s of a word. */
export function formOf(bytes: Uint8Array, from: number, to: number): number {
  let form: number = bytes[from] === PLUS ? FORM.plus : 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === POINT) form |= FORM.point;
    else if ((byte | 0x20) === LETTER_E) form |= FORM.exponent;
  }
  // Reading the source refuses what is no number where that matters.
  return Number.isFinite(parseNumber(bytes, from, to)) ? form : FORM.notFinite;
}
