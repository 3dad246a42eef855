/** The pillow as files in every encoding, in chunks. Text has nine significant digits, so no float32 is lost. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Order, type Pillow, placeNumbered, placeNumbers, placeTriangle } from './generate.js';

/** Corners as coordinates, or as numbers of vertices that stand before the faces. */
export const SOUPS = ['stl', 'ascii', 'raw'] as const;
export const INDEXED = ['ply', 'ply-be', 'ply-ascii', 'obj', 'off'] as const;
export const ENCODINGS = [...SOUPS, ...INDEXED] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Writes the unit normal of the triangle in `corners` to `target`. */
function placeNormal(c: Float32Array, target: Float32Array): void {
  const [ux, uy, uz] = [c[3]! - c[0]!, c[4]! - c[1]!, c[5]! - c[2]!];
  const [vx, vy, vz] = [c[6]! - c[0]!, c[7]! - c[1]!, c[8]! - c[2]!];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
  target[0] = nx / length;
  target[1] = ny / length;
  target[2] = nz / length;
}

const BATCH = 8192;
const HEADER_SIZE = 84;
const RECORD_SIZE = 50;

/** Writes a pillow as a file, replacing what is there. Text has nine significant digits, so no float32 is lost. */
export function writePillow(path: string, pillow: Pillow, encoding: Encoding, order: Order): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk of encode(pillow, encoding, order)) writeWhole(file, chunk);
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file, in chunks that are valid until the next one is asked for. */
export function encode(pillow: Pillow, encoding: Encoding, order: Order): Generator<Buffer> {
  const isIndexed = (INDEXED as readonly string[]).includes(encoding);
  return (isIndexed ? encodeIndexed : encodeSoup)(pillow, encoding, order);
}

function* encodeSoup(pillow: Pillow, encoding: Encoding, order: Order): Generator<Buffer> {
  const { triangles } = pillow;
  const corners = new Float32Array(9);
  const normal = new Float32Array(3);
  const records = Buffer.alloc(RECORD_SIZE * BATCH);
  if (encoding === 'stl') yield encodeHeader(triangles);
  if (encoding === 'ascii') yield Buffer.from('solid pillow\n');
  for (let first = 0; first < triangles; first += BATCH) {
    const count = Math.min(BATCH, triangles - first);
    let text = '';
    for (let k = 0; k < count; k++) {
      placeTriangle(pillow, order, first + k, corners);
      if (encoding === 'raw') {
        text += formatRaw(corners);
        continue;
      }
      placeNormal(corners, normal);
      if (encoding === 'ascii') text += formatFacet(corners, normal);
      else placeRecord(corners, normal, records, RECORD_SIZE * k);
    }
    yield encoding === 'stl' ? records.subarray(0, RECORD_SIZE * count) : Buffer.from(text, 'latin1');
  }
  if (encoding === 'ascii') yield Buffer.from('endsolid pillow\n');
}

const SIZES = { vertex: 12, face: 13 } as const;

function* encodeIndexed(pillow: Pillow, encoding: Encoding, order: Order): Generator<Buffer> {
  const { vertices, triangles } = pillow;
  const position = new Float32Array(3);
  const corners = new Float64Array(3);
  const records = Buffer.alloc(SIZES.face * BATCH);
  const isBinary = encoding === 'ply' || encoding === 'ply-be';
  yield Buffer.from(formatHeader(pillow, encoding), 'latin1');
  for (const [element, total] of [
    ['vertex', vertices],
    ['face', triangles],
  ] as const) {
    for (let first = 0; first < total; first += BATCH) {
      const count = Math.min(BATCH, total - first);
      let text = '';
      for (let k = 0; k < count; k++) {
        if (element === 'vertex') placeNumbered(pillow, first + k, position);
        else placeNumbers(pillow, order, first + k, corners);
        const values = element === 'vertex' ? position : corners;
        if (isBinary) placeElement(element, values, records, SIZES[element] * k, encoding === 'ply-be');
        else text += formatElement(element, values, encoding);
      }
      yield isBinary ? records.subarray(0, SIZES[element] * count) : Buffer.from(text, 'latin1');
    }
  }
}

function formatHeader({ vertices, triangles }: Pillow, encoding: Encoding): string {
  if (encoding === 'obj') return 'o pillow\n';
  if (encoding === 'off') return `OFF\n${vertices} ${triangles} 0\n`;
  const format =
    { ply: 'binary_little_endian', 'ply-be': 'binary_big_endian' }[encoding as string] ?? 'ascii';
  return (
    `ply\nformat ${format} 1.0\nelement vertex ${vertices}\nproperty float x\nproperty float y\nproperty float z\n` +
    `element face ${triangles}\nproperty list uchar int vertex_indices\nend_header\n`
  );
}

function formatElement(element: 'vertex' | 'face', values: ArrayLike<number>, encoding: Encoding): string {
  if (element === 'vertex') {
    const text = `${values[0]!.toPrecision(9)} ${values[1]!.toPrecision(9)} ${values[2]!.toPrecision(9)}\n`;
    return encoding === 'obj' ? `v ${text}` : text;
  }
  const [a, b, c] = [values[0]!, values[1]!, values[2]!];
  return encoding === 'obj' ? `f ${a + 1} ${b + 1} ${c + 1}\n` : `3 ${a} ${b} ${c}\n`;
}

function placeElement(
  element: 'vertex' | 'face',
  values: ArrayLike<number>,
  records: Buffer,
  at: number,
  isBigEndian: boolean,
): void {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  if (element === 'vertex') {
    for (let k = 0; k < 3; k++) view.setFloat32(at + 4 * k, values[k]!, !isBigEndian);
    return;
  }
  view.setUint8(at, 3);
  for (let k = 0; k < 3; k++) view.setInt32(at + 1 + 4 * k, values[k]!, !isBigEndian);
}

function encodeHeader(triangles: number): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  header.write('a pillow for benchmarks', 'latin1');
  header.writeUInt32LE(triangles, HEADER_SIZE - 4);
  return header;
}

function placeRecord(corners: Float32Array, normal: Float32Array, records: Buffer, at: number): void {
  for (let k = 0; k < 3; k++) records.writeFloatLE(normal[k]!, at + 4 * k);
  for (let k = 0; k < 9; k++) records.writeFloatLE(corners[k]!, at + 12 + 4 * k);
}

/** A facet with exponents, as printf's %e gives them: what most programs write into ASCII STL. */
function formatFacet(corners: Float32Array, normal: Float32Array): string {
  const vector = (from: Float32Array, at: number) =>
    `${from[at]!.toExponential(8)} ${from[at + 1]!.toExponential(8)} ${from[at + 2]!.toExponential(8)}`;
  return (
    `facet normal ${vector(normal, 0)}\n  outer loop\n    vertex ${vector(corners, 0)}\n` +
    `    vertex ${vector(corners, 3)}\n    vertex ${vector(corners, 6)}\n  endloop\nendfacet\n`
  );
}

function formatRaw(corners: Float32Array): string {
  let line = corners[0]!.toPrecision(9);
  for (let k = 1; k < 9; k++) line += ` ${corners[k]!.toPrecision(9)}`;
  return `${line}\n`;
}

function writeWhole(file: number, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
}
