/** The pillow as files in every encoding, in chunks. Text has nine significant digits, so no float32 is lost. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Order, type Pillow, placeNumbered, placeNumbers, placeTriangle } from './generate.js';

/** Corners as coordinates, or as numbers of vertices that stand before the faces. */
export const SOUPS = ['stl', 'ascii', 'raw'] as const;
export const INDEXED = ['ply', 'ply-be', 'ply-color', 'ply-ascii', 'obj', 'off', 'glb'] as const;
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

/** Bytes of an element in the binary encodings. */
const SIZES: Readonly<Record<string, { readonly vertex: number; readonly face: number }>> = {
  ply: { vertex: 12, face: 13 },
  'ply-be': { vertex: 12, face: 13 },
  'ply-color': { vertex: 15, face: 13 },
  glb: { vertex: 12, face: 12 },
};

function* encodeIndexed(pillow: Pillow, encoding: Encoding, order: Order): Generator<Buffer> {
  const { vertices, triangles } = pillow;
  const position = new Float32Array(3);
  const corners = new Float64Array(3);
  const sizes = SIZES[encoding];
  const records = Buffer.alloc(15 * BATCH);
  yield encoding === 'glb' ? encodeGlbHeader(pillow) : Buffer.from(formatHeader(pillow, encoding), 'latin1');
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
        if (sizes) placeElement(element, values, records, sizes[element] * k, encoding, first + k);
        else text += formatElement(element, values, encoding);
      }
      yield sizes ? records.subarray(0, sizes[element] * count) : Buffer.from(text, 'latin1');
    }
  }
}

function formatHeader({ vertices, triangles }: Pillow, encoding: Encoding): string {
  if (encoding === 'obj') return 'o pillow\n';
  if (encoding === 'off') return `OFF\n${vertices} ${triangles} 0\n`;
  const binary = encoding === 'ply-be' ? 'binary_big_endian' : 'binary_little_endian';
  const format = encoding === 'ply-ascii' ? 'ascii' : binary;
  const colors =
    encoding === 'ply-color' ? 'property uchar red\nproperty uchar green\nproperty uchar blue\n' : '';
  return (
    `ply\nformat ${format} 1.0\nelement vertex ${vertices}\nproperty float x\nproperty float y\nproperty float z\n` +
    colors +
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

/** Writes element `number`; the colors of `ply-color` are three bytes of its number. */
function placeElement(
  element: 'vertex' | 'face',
  values: ArrayLike<number>,
  records: Buffer,
  at: number,
  encoding: Encoding,
  number: number,
): void {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  const isLittle = encoding !== 'ply-be';
  if (element === 'vertex') {
    for (let k = 0; k < 3; k++) view.setFloat32(at + 4 * k, values[k]!, isLittle);
    if (encoding === 'ply-color') {
      for (let k = 0; k < 3; k++) view.setUint8(at + 12 + k, number >> (8 * k));
    }
    return;
  }
  let corner = at;
  if (encoding !== 'glb') view.setUint8(corner++, 3);
  for (let k = 0; k < 3; k++) view.setInt32(corner + 4 * k, values[k]!, isLittle);
}

/** Header, JSON chunk and the header of the binary chunk, which holds all positions, then all corners. */
function encodeGlbHeader({ vertices, triangles }: Pillow): Buffer {
  const [positions, corners] = [12 * vertices, 12 * triangles];
  const json = JSON.stringify({
    asset: { version: '2.0' },
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: vertices, type: 'VEC3' },
      { bufferView: 1, componentType: 5125, count: 3 * triangles, type: 'SCALAR' },
    ],
    bufferViews: [
      { buffer: 0, byteLength: positions },
      { buffer: 0, byteOffset: positions, byteLength: corners },
    ],
    buffers: [{ byteLength: positions + corners }],
  });
  const text = Buffer.from(json.padEnd(4 * Math.ceil(json.length / 4)));
  const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  const size = 12 + 8 + text.length + 8 + positions + corners;
  return Buffer.concat([
    Buffer.from('glTF'),
    words(2, size, text.length),
    Buffer.from('JSON'),
    text,
    words(positions + corners),
    Buffer.from('BIN\0'),
  ]);
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
