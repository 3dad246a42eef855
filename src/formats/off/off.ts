/**
 * The entry point of OFF: vertices that come once, and faces of any size that refer to them, as text or binary.
 *
 * Other OOGL files (LIST, VECT, `{ ... }`, appearances) are not supported, nor are 4OFF and more than three dimensions.
 */
import type { Format } from '../format.js';
import { readKeyword, sniffKeyword } from './header.js';
import { openAsciiOff } from './read/ascii.js';
import { openBinaryOff } from './read/binary.js';

export const off = {
  id: 'off',
  name: 'OFF, text or binary',
  extensions: ['off', 'coff', 'noff', 'cnoff', 'stoff', 'stcoff', 'stnoff', 'stcnoff'],

  sniff(head) {
    return sniffKeyword(head);
  },

  open(source, options) {
    const keyword = readKeyword(source, options.warn);
    const openOff = keyword.isBinary ? openBinaryOff : openAsciiOff;
    return openOff(source, keyword, options);
  },
} as const satisfies Format;
