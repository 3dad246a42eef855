import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ENCODINGS, type Encoding, encode, INDEXED } from './encode.js';
import { makePillow, ORDERS, placeTriangle } from './generate.js';

function digest(chunks: Iterable<Buffer>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

function readAll(chunks: Iterable<Buffer>): Buffer {
  const copies: Buffer[] = [];
  for (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

/** Positions and corners of an indexed file. */
function parse(encoding: Encoding, file: Buffer): { positions: number[]; corners: number[] } {
  const isGlb = encoding === 'glb';
  if (isGlb || encoding === 'ply' || encoding === 'ply-be' || encoding === 'ply-color') {
    const at = isGlb ? file.indexOf('BIN\0') + 4 : file.indexOf('end_header\n') + 11;
    const head = file.subarray(0, at).toString('latin1');
    const count = Number(/(?:element vertex |"componentType":5126,"count":)(\d+)/.exec(head)![1]);
    const [vertexSize, faceSize] = [encoding === 'ply-color' ? 15 : 12, isGlb ? 12 : 13];
    const little = encoding !== 'ply-be';
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    const faces = at + vertexSize * count;
    const positions = Array.from({ length: 3 * count }, (_, k) =>
      view.getFloat32(at + vertexSize * Math.floor(k / 3) + 4 * (k % 3), little),
    );
    const corners = Array.from({ length: (file.length - faces) / faceSize }, (_, k) =>
      [0, 4, 8].map((d) => view.getInt32(faces + faceSize * k + faceSize - 12 + d, little)),
    );
    return { positions, corners: corners.flat() };
  }
  const lines = file.toString().trim().split('\n');
  const header = encoding === 'off' ? 2 : encoding === 'obj' ? 1 : lines.indexOf('end_header') + 1;
  const isFace = (line: string) => /^(f|3) /.test(line);
  const rows = lines.slice(header);
  const begin = encoding === 'obj' ? 1 : 0;
  return {
    positions: rows
      .filter((line) => !isFace(line))
      .flatMap((line) => line.replace('v ', '').split(' ').map(Number)),
    corners: rows.filter(isFace).flatMap((line) =>
      line
        .split(' ')
        .slice(1)
        .map((text) => Number(text) - begin),
    ),
  };
}

describe('the files', () => {
  const pillow = makePillow(70, 60);

  it.each(ENCODINGS)('%s has the same bytes each time, and different ones in another order', (encoding) => {
    const digests = ORDERS.map((order) => digest(encode(pillow, encoding, order)));
    expect(ORDERS.map((order) => digest(encode(pillow, encoding, order)))).toEqual(digests);
    expect(new Set(digests).size).toBe(ORDERS.length);
  });

  it('hold the same positions in each encoding', () => {
    const positions = new Float32Array(9 * pillow.triangles);
    for (let k = 0; k < pillow.triangles; k++) {
      placeTriangle(pillow, 'shuffled', k, positions.subarray(9 * k, 9 * k + 9));
    }
    // Compared as bytes: a difference between long arrays takes minutes to print.
    const agrees = (others: Iterable<number>) =>
      Buffer.from(Float32Array.from(others).buffer).equals(Buffer.from(positions.buffer));
    const numbers = (text: string) => text.trim().split(/\s+/).map(Number);

    const stl = readAll(encode(pillow, 'stl', 'shuffled'));
    expect(stl.readUInt32LE(80)).toBe(pillow.triangles);
    expect(stl.length).toBe(84 + 50 * pillow.triangles);
    expect(agrees(positions.map((_, k) => stl.readFloatLE(96 + 50 * Math.floor(k / 9) + 4 * (k % 9))))).toBe(
      true,
    );

    expect(agrees(numbers(readAll(encode(pillow, 'raw', 'shuffled')).toString()))).toBe(true);

    for (const encoding of INDEXED) {
      const { positions: listed, corners } = parse(encoding, readAll(encode(pillow, encoding, 'shuffled')));
      expect(listed.length).toBe(3 * pillow.vertices);
      expect(agrees(corners.flatMap((corner) => listed.slice(3 * corner, 3 * corner + 3)))).toBe(true);
    }

    const ascii = readAll(encode(pillow, 'ascii', 'shuffled')).toString();
    const vertices = [...ascii.matchAll(/vertex (.*)\n/g)].map(([, text]) => text);
    expect(agrees(numbers(vertices.join(' ')))).toBe(true);
  });
});
