/**
 * Encodes PNG images. Only the format's four chunks are made here; compression and checksums are those of Node.
 * https://www.w3.org/TR/png-3/
 */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Filter that stores each byte minus that of the pixel before. */
const SUB = 1;
const COLOR_TYPES = { 3: 2, 4: 6 } as const;

/**
 * Encodes an image of 8 bits a channel. `pixels` are rows from the top, each with red, green, blue, and with 4 channels also
 * alpha, which is not premultiplied.
 */
export function encodePng(pixels: Uint8Array, width: number, height: number, channels: 3 | 4): Uint8Array {
  const stride = channels * width;
  const rows = new Uint8Array((stride + 1) * height);
  for (let row = 0, from = 0, at = 0; row < height; row++) {
    rows[at++] = SUB;
    for (let k = 0; k < stride; k++)
      rows[at++] = pixels[from + k]! - (k < channels ? 0 : pixels[from + k - channels]!);
    from += stride;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, COLOR_TYPES[channels]], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(content.length + 12);
  bytes.writeUInt32BE(content.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + content.length)), 8 + content.length);
  return bytes;
}
