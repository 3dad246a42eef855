/**
 * Headers of any length: those of PLY, whose comments some programs fill with megabytes, and the JSON of binary glTF. A source's head includes
 * such a header completely, so that formats can be detected and opened from it.
 */
import { type Pull, pullUpTo } from '../pull.js';

/** The longest header, in bytes: it must fit a memory budget together with everything else. */
export const LONG_HEAD_BYTES_MAX = 2 ** 24;

/** The start of such a header, and the line that ends it. */
const BEGIN = /^\s*ply[ \t]*[\r\n]/i;
const END = /[\r\n][ \t]*end_header[ \t]*[\r\n]/i;
/** The end line may be cut at the boundary between two reads. */
const END_BYTES_MAX = 256;
/** Where the JSON of binary glTF begins; the number of its bytes is at 12. */
const GLB_JSON_OFFSET = 20;

/** Extends the head to the end of its header, up to {@link LONG_HEAD_BYTES_MAX}. */
export async function lengthenHead(head: Uint8Array, pull: Pull): Promise<Uint8Array> {
  if (textOf(head, 0, 4) === 'glTF' && head.length >= GLB_JSON_OFFSET) {
    const end = GLB_JSON_OFFSET + new DataView(head.buffer, head.byteOffset).getUint32(12, true);
    if (end <= head.length || end > LONG_HEAD_BYTES_MAX) return head;
    return Buffer.concat([head, await pullUpTo(end - head.length, pull)]);
  }
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
