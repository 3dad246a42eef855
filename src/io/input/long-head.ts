/**
 * Text headers of any length, as in PLY, whose comments some programs fill with megabytes. A source's head includes
 * such a header completely, so that formats can be detected and opened from it.
 */
import type { Pull } from '../pull.js';

/** Bytes at the beginning of a source that format detection sees. */
export const HEAD_BYTES = 65_536;

/** The longest header, in bytes: it must fit a memory budget together with everything else. */
export const LONG_HEAD_BYTES_MAX = 2 ** 24;

/** The start of such a header, and the line that ends it. */
const BEGIN = /^\s*ply[ \t]*[\r\n]/i;
const END = /[\r\n][ \t]*end_header[ \t]*[\r\n]/i;
/** The end line may be cut at the boundary between two reads. */
const END_BYTES_MAX = 256;

/** Extends the head to the end of its header, up to {@link LONG_HEAD_BYTES_MAX}. */
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
