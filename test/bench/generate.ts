/**
 * Deterministic meshes of any size as files, triangle by triangle and in constant memory. For benchmarks: it is
 * not quick, and it shares no code with the program, so that neither hides the other's mistakes.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * `grid`: row after row along x, once around the surface for each. `gridz`: the same triangles, row after row
 * along z. `shuffled`: the same triangles, neighbours far apart.
 */
export const ORDERS = ['grid', 'gridz', 'shuffled'] as const;
export type Order = (typeof ORDERS)[number];

export const ENCODINGS = ['stl', 'ascii', 'raw'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * A pillow: two sheets of `columns` x `rows` quads over the xz plane, sewn together at the rim. A closed surface
 * of one piece; each quad is two triangles.
 */
export interface Pillow {
  readonly columns: number;
  readonly rows: number;
  readonly triangles: number;
  readonly vertices: number;
}

/** The pillow of `columns` x `rows` quads, at least 2 x 2: fewer have no vertex inside to keep the sheets apart. */
export function makePillow(columns: number, rows: number): Pillow {
  if (columns < 2 || rows < 2) throw new RangeError('a pillow has at least 2 x 2 quads');
  // (columns + 1)(rows + 1) vertices in one sheet, and what is not rim, (columns - 1)(rows - 1), in the other.
  return { columns, rows, triangles: 4 * columns * rows, vertices: 2 * columns * rows + 2 };
}

/** A pillow of about `triangles` triangles; exactly as many where a quarter of it has two factors near its root. */
export function sizePillow(triangles: number): Pillow {
  const quads = Math.max(4, Math.round(triangles / 4));
  const root = Math.floor(Math.sqrt(quads));
  let columns = root;
  while (quads % columns !== 0 && columns > root / 2) columns--;
  if (quads % columns !== 0) columns = root;
  return makePillow(columns, Math.round(quads / columns));
}

/** Mixes 32 bits so that neighbours in give strangers out: a multiplication folds high bits into low ones. */
function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return (bits ^ (bits >>> 15)) >>> 0;
}

/** A number in [-0.3, 0.3) that belongs to a lattice point and an axis; below half a step, so points stay apart. */
function jitter(column: number, row: number, side: number, axis: number): number {
  const seed =
    Math.imul(column, 0x9e3779b1) ^ Math.imul(row, 0x85ebca77) ^ Math.imul(3 * side + axis, 0xc2b2ae3d);
  return (mix(seed) / 2 ** 32) * 0.6 - 0.3;
}

const STEP = 0.1;

/** Writes the float32 position of a lattice point to `target[at..at + 2]`; the rim is the same on both sides. */
function placeVertex(
  { columns, rows }: Pillow,
  column: number,
  row: number,
  below: boolean,
  target: Float32Array,
  at: number,
): void {
  const isRim = column === 0 || row === 0 || column === columns || row === rows;
  const side = isRim ? 0 : below ? -1 : 1;
  const height = 5 + 2 * Math.sin(0.021 * column) * Math.cos(0.034 * row);
  target[at] = STEP * (column + jitter(column, row, side + 1, 0));
  target[at + 1] = side * height + STEP * jitter(column, row, side + 1, 1);
  target[at + 2] = STEP * (row + jitter(column, row, side + 1, 2));
}

/** Which corners of a quad, counted around it from its lower left, its two triangles have. */
const RISING = [0, 1, 2, 0, 2, 3] as const;
const FALLING = [1, 2, 3, 1, 3, 0] as const;

/** Writes the nine coordinates of triangle `index` of `order` to `target`, seen counterclockwise from outside. */
export function placeTriangle(pillow: Pillow, order: Order, index: number, target: Float32Array): void {
  const { columns, rows, triangles } = pillow;
  const position = order === 'shuffled' ? permute(index, triangles) : index;
  const half = position % 2;
  const quad = (position - half) / 2;
  // Once around: along the upper sheet and back along the lower one.
  const along = order === 'gridz' ? columns : rows;
  const step = quad % (2 * along);
  const slow = (quad - step) / (2 * along);
  const below = step >= along;
  const fast = below ? 2 * along - 1 - step : step;
  const column = order === 'gridz' ? fast : slow;
  const row = order === 'gridz' ? slow : fast;
  // Diagonals point to the middle: one across a corner of the rim would be an edge of four triangles.
  const corners = 2 * column < columns === 2 * row < rows ? RISING : FALLING;
  for (let k = 0; k < 3; k++) {
    const corner = corners[3 * half + (below ? k : 2 - k)]!;
    const right = corner === 1 || corner === 2 ? 1 : 0;
    placeVertex(pillow, column + right, row + (corner >> 1), below, target, 3 * k);
  }
}

const ROUNDS = 4;

/**
 * The place of `index` in a shuffle of 0 to `count` - 1, without a table: a Feistel network on two digits in
 * bases whose product is just above `count`; what falls behind the end goes through it again.
 */
export function permute(index: number, count: number): number {
  const base = Math.ceil(Math.sqrt(count));
  const otherBase = Math.ceil(count / base);
  let place = index;
  do {
    let low = place % base;
    let high = (place - low) / base;
    for (let round = 0; round < ROUNDS; round++) {
      low = (low + mix(high + Math.imul(round + 1, 0x7feb352d))) % base;
      high = (high + mix(low + Math.imul(round + 1, 0x846ca68b))) % otherBase;
    }
    place = high * base + low;
  } while (place >= count);
  return place;
}

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
export function* encode(pillow: Pillow, encoding: Encoding, order: Order): Generator<Buffer> {
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
