/** A thread that parses pieces of text. */
import { PIECE_FORMATS } from '../../../formats/index.js';
import type { PlainPiece } from '../../../formats/pieces.js';
import type { Home, Work } from './protocol.js';

export interface ParseRequest {
  readonly format: string;
  /** Both in shared memory. */
  readonly bytes: Uint8Array;
  readonly target: Float64Array;
  /** Offset of the bytes in the source. */
  readonly base: number;
}

export type ParseReply = PlainPiece | undefined;

export function begin(_options: undefined, home: Home<ParseReply>): Work<ParseRequest> {
  return {
    handle({ format, bytes, target, base }) {
      const pieces = PIECE_FORMATS.find(({ id }) => id === format)!;
      home.send(pieces.parse(bytes, target, base));
    },
    close: () => undefined,
  };
}
