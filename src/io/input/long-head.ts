/**
 * Headers in text that may be of any length: that of PLY, whose comments some programs fill with megabytes. Such a header
 * belongs to a source's head as a whole, so that formats are told and opened by it.
 */
import type { Pull } from '../pull.js';

/** The longest header, in bytes: what a memory budget has room for beside everything else. */
export const LONG_HEAD_BYTES_MAX = 2 ** 24;

/** How such a header begins, and the line that ends it. */
const BEGIN = /^\s*ply[ \t]*[\r\n]/i;
const END = /[\r\n][ \t]*end_header[ \t]*[\r\n]/i;
/** The line that ends a header may be cut where more bytes are asked for. */
const END_BYTES_MAX = 256;

/** The head with as much more of the source as its header takes, up to {@link LONG_HEAD_BYTES_MAX}. */
export async function lengthenHead(head: Uint8Array, pull: Pull): Promise<Uint8Array> {
  if (!BEGIN.test(textOf(head, 0, 64)) || END.test(textOf(head, 0, head.length))) return head;
  const pieces = [head];
  let length = head.length;
  let tail = head;
  while (length < LONG_HEAD_BYTES_MAX) {
    const piece = new Uint8Array(Math.min(head.length, LONG_HEAD_BYTES_MAX - length));
    const count = await pull(piece);
    if (count === 0) break;
    pieces.push(piece.subarray(0, count));
    length += count;
    const seam = Buffer.concat([tail.subarray(-END_BYTES_MAX), piece.subarray(0, count)]);
    if (END.test(textOf(seam, 0, seam.length))) break;
    tail = seam;
  }
  return Buffer.concat(pieces, length);
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(to, bytes.length) - from).toString(
    'latin1',
  );
}
