/** Determines how a word of a text OFF is written as a number. */
import { LETTER_E, PLUS, POINT, parseNumber } from '../io/number-text.js';
import { FORM } from './color-tally.js';

/** Returns the {@link FORM} flags of a word. */
export function formOf(bytes: Uint8Array, from: number, to: number): number {
  let form: number = bytes[from] === PLUS ? FORM.plus : 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === POINT) form |= FORM.point;
    else if ((byte | 0x20) === LETTER_E) form |= FORM.exponent;
  }
  // Reading the source refuses words that are not numbers where that matters.
  return Number.isFinite(parseNumber(bytes, from, to)) ? form : FORM.notFinite;
}
