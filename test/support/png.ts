/** Decodes the PNG images that offload writes, by the specification. */
import { crc32, inflateSync } from 'node:zlib';
import { expect } from 'vitest';

export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** Decodes an image of 8 bits a channel without interlacing, and checks each chunk. */
export function decodePng(file: Buffer): Image {
  expect(file.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)));
    chunks.set(type, file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR')!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = { 2: 3, 6: 4 }[header[9]!]!;
  expect([...header.subarray(8)]).toEqual([8, header[9], 0, 0, 0]);
  const rows = inflateSync(chunks.get('IDAT')!);
  const stride = channels * width + 1;
  expect(rows.length).toBe(stride * height);
  const pixels = new Uint8Array(channels * width * height);
  for (let row = 0, at = 0; row < height; row++) {
    expect(rows[row * stride]).toBe(1);
    for (let k = 1; k < stride; k++, at++) {
      pixels[at] = rows[row * stride + k]! + (k > channels ? pixels[at - channels]! : 0);
    }
  }
  return { width, height, channels, pixels };
}
