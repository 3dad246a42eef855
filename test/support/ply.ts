/** Writes PLY files for tests, of any elements and properties. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Corners } from './meshes.js';

/** A prime. */
const STRIDE = 86_028_121;

export type Encoding = 'ascii' | 'binary_little_endian' | 'binary_big_endian';
export const ENCODINGS: readonly Encoding[] = ['ascii', 'binary_little_endian', 'binary_big_endian'];

const WRITERS = {
  char: [1, 'setInt8'],
  uchar: [1, 'setUint8'],
  short: [2, 'setInt16'],
  ushort: [2, 'setUint16'],
  int: [4, 'setInt32'],
  uint: [4, 'setUint32'],
  float: [4, 'setFloat32'],
  double: [8, 'setFloat64'],
} as const;
export type TypeName = keyof typeof WRITERS;
export const TYPE_NAMES = Object.keys(WRITERS) as TypeName[];

export interface Property {
  readonly name: string;
  readonly type: TypeName;
  /** Of a list. */
  readonly countType?: TypeName | undefined;
}

export interface Element {
  readonly name: string;
  readonly properties: readonly Property[];
  /** A value for each property of each record: a number, or those of a list. */
  readonly rows: readonly (readonly (number | readonly number[])[])[];
}

/** A whole PLY file; `end` ends the lines of its header and of ASCII data. */
export function toPly(encoding: Encoding, elements: readonly Element[], end = '\n'): Buffer {
  const lines = ['ply', `format ${encoding} 1.0`, 'comment made for a test'];
  for (const { name, properties, rows } of elements) {
    lines.push(`element ${name} ${rows.length}`);
    for (const { name: property, type, countType } of properties) {
      lines.push(`property ${countType === undefined ? type : `list ${countType} ${type}`} ${property}`);
    }
  }
  lines.push('end_header', '');
  const pieces: Buffer[] = [Buffer.from(lines.join(end))];
  for (const { properties, rows } of elements) {
    for (const row of rows) {
      const words = row.flatMap((value) => (typeof value === 'number' ? [value] : [value.length, ...value]));
      if (encoding === 'ascii') {
        pieces.push(Buffer.from(words.join(' ') + end));
        continue;
      }
      for (const [k, value] of row.entries()) {
        const { type, countType } = properties[k]!;
        const values = typeof value === 'number' ? [value] : value;
        if (countType !== undefined) pieces.push(encode([values.length], countType, encoding));
        pieces.push(encode(values, type, encoding));
      }
    }
  }
  return Buffer.concat(pieces);
}

function encode(values: readonly number[], type: TypeName, encoding: Encoding): Buffer {
  const [size, method] = WRITERS[type];
  const bytes = Buffer.alloc(size * values.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const [k, value] of values.entries())
    view[method](k * size, value, encoding === 'binary_little_endian');
  return bytes;
}

/** Vertices and faces of a mesh as PLY declares them by default. */
export function toElements(
  vertices: readonly (readonly number[])[],
  faces: readonly (readonly number[])[],
  type: TypeName = 'float',
): Element[] {
  return [
    { name: 'vertex', properties: ['x', 'y', 'z'].map((name) => ({ name, type })), rows: vertices },
    {
      name: 'face',
      properties: [{ name: 'vertex_indices', type: 'int', countType: 'uchar' }],
      rows: faces.map((face) => [face]),
    },
  ];
}

/** Triangles as vertices, each position once, and faces. */
export function toIndexed(triangles: Iterable<Corners>): { vertices: number[][]; faces: number[][] } {
  const numbers = new Map<string, number>();
  const vertices: number[][] = [];
  const faces: number[][] = [];
  for (const corners of triangles) {
    const face = [0, 3, 6].map((first) => {
      const position = corners.slice(first, first + 3);
      const key = position.join(' ');
      const known = numbers.get(key) ?? vertices.length;
      if (known === vertices.length) vertices.push(position);
      numbers.set(key, known);
      return known;
    });
    faces.push(face);
  }
  return { vertices, faces };
}

/**
 * Writes triangles as a binary PLY file piece by piece: three vertices for each of the `count` triangles, and faces
 * in an order that has nothing to do with theirs.
 */
export function writeScatteredPly(path: string, triangles: Iterable<Corners>, count: number): void {
  const vertexCount = 3 * count;
  const [vertices, faces] = toElements([], []);
  const header = toPly('binary_little_endian', [vertices!, faces!])
    .toString()
    .replace('element vertex 0', `element vertex ${vertexCount}`)
    .replace('element face 0', `element face ${count}`);
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(36 * 10_000);
  let at = piece.write(header);
  const makeRoom = (bytes: number) => {
    if (at + bytes <= piece.length) return;
    writeSync(file, piece, 0, at);
    at = 0;
  };
  for (const corners of triangles) {
    makeRoom(36);
    for (const value of corners) at = piece.writeFloatLE(value, at);
  }
  for (let k = 0; k < count; k++) {
    makeRoom(13);
    // The stride is a prime, so each triangle comes once.
    const first = 3 * ((k * STRIDE) % count);
    at = piece.writeUInt8(3, at);
    for (let c = 0; c < 3; c++) at = piece.writeInt32LE(first + c, at);
  }
  makeRoom(piece.length);
  closeSync(file);
}
