/** Deterministic meshes of any size, and their files. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** Three corners of three coordinates, in file order. */
export type Corners = readonly number[];

/**
 * A closed wavy tube of `rings` x `sides` quads with two lids: 2 x rings x sides + 2 x sides triangles over
 * (rings + 1) x sides + 2 vertices, all of them float32 values. Triangles come ring by ring, as a scanner's do.
 */
export function* makeTube(rings: number, sides: number): Generator<Corners> {
  const point = (ring: number, side: number): Corners => {
    const angle = (2 * Math.PI * (side % sides)) / sides;
    const radius = 10 + Math.sin(ring * 0.37) + 0.3 * Math.cos(3 * angle);
    return [radius * Math.cos(angle), radius * Math.sin(angle), 0.1 * ring - 3].map(Math.fround);
  };
  const low = [0, 0, -3].map(Math.fround);
  const high = [0, 0, 0.1 * rings - 3].map(Math.fround);
  for (let side = 0; side < sides; side++) yield [...low, ...point(0, side + 1), ...point(0, side)];
  for (let ring = 0; ring < rings; ring++) {
    for (let side = 0; side < sides; side++) {
      const a = point(ring, side);
      const b = point(ring, side + 1);
      const c = point(ring + 1, side + 1);
      const d = point(ring + 1, side);
      yield [...a, ...b, ...c];
      yield [...a, ...c, ...d];
    }
  }
  for (let side = 0; side < sides; side++) yield [...high, ...point(rings, side), ...point(rings, side + 1)];
}

/** The counts of {@link makeTube}. */
export function countTube(rings: number, sides: number): { triangles: number; vertices: number } {
  return { triangles: 2 * rings * sides + 2 * sides, vertices: (rings + 1) * sides + 2 };
}

/** The same triangles in an order that a linear congruential generator gives; all in memory. */
export function shuffle(triangles: Iterable<Corners>, seed = 1): Corners[] {
  const list = [...triangles];
  let state = seed;
  for (let k = list.length - 1; k > 0; k--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (k + 1);
    [list[k], list[other]] = [list[other]!, list[k]!];
  }
  return list;
}

export interface BinaryStlOptions {
  /** Count in the header, where it is not to be the true one. */
  readonly count?: number;
  /** Text at the beginning of the header. */
  readonly header?: string;
  /** Attribute word of triangle `k`. */
  readonly attribute?: (k: number) => number;
}

/** Triangles as a whole binary STL file. */
export function toBinaryStl(triangles: Iterable<Corners>, options: BinaryStlOptions = {}): Buffer {
  const list = [...triangles];
  const file = Buffer.alloc(84 + 50 * list.length);
  file.write(options.header ?? 'made for a test', 0, 'latin1');
  file.writeUInt32LE(options.count ?? list.length, 80);
  for (const [k, corners] of list.entries()) {
    const at = 84 + 50 * k;
    corners.forEach((value, d) => {
      file.writeFloatLE(value, at + 12 + 4 * d);
    });
    file.writeUInt16LE(options.attribute?.(k) ?? 0, at + 48);
  }
  return file;
}

/** Writes triangles as a binary STL file piece by piece; `count` is how many there are. */
export function writeBinaryStl(path: string, triangles: Iterable<Corners>, count: number): void {
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(50 * 10_000);
  const header = toBinaryStl([], { count });
  let at = header.copy(piece);
  for (const corners of triangles) {
    if (at + 50 > piece.length) {
      writeSync(file, piece, 0, at);
      at = 0;
    }
    piece.fill(0, at, at + 50);
    for (let d = 0; d < 9; d++) piece.writeFloatLE(corners[d]!, at + 12 + 4 * d);
    at += 50;
  }
  writeSync(file, piece, 0, at);
  closeSync(file);
}

/**
 * A tube without lids as a binary STL, a ring at a time, for what is too large to be written down: 2 x rings x sides
 * triangles over (rings + 1) x sides vertices.
 */
export function* streamOpenTube(rings: number, sides: number): Generator<Buffer> {
  yield toBinaryStl([], { count: 2 * rings * sides });
  const ringOf = (ring: number) => {
    const points = new Float32Array(3 * (sides + 1));
    for (let side = 0; side <= sides; side++) {
      const angle = (2 * Math.PI * (side % sides)) / sides;
      const radius = 10 + Math.sin(ring * 0.37) + 0.3 * Math.cos(3 * angle);
      points.set([radius * Math.cos(angle), radius * Math.sin(angle), 0.1 * ring - 3], 3 * side);
    }
    return points;
  };
  let low = ringOf(0);
  for (let ring = 0; ring < rings; ring++) {
    const high = ringOf(ring + 1);
    const bytes = Buffer.alloc(100 * sides);
    let at = 0;
    const put = (points: Float32Array, side: number) => {
      for (let d = 0; d < 3; d++) at = bytes.writeFloatLE(points[3 * side + d]!, at);
    };
    for (let side = 0; side < sides; side++) {
      at += 12;
      put(low, side);
      put(low, side + 1);
      put(high, side + 1);
      at += 2 + 12;
      put(low, side);
      put(high, side + 1);
      put(high, side);
      at += 2;
    }
    yield bytes;
    low = high;
  }
}

/** Triangles as an ASCII STL file of one solid, numbers with nine digits. */
export function toAsciiStl(triangles: Iterable<Corners>, name = 'tube'): string {
  const lines = [`solid ${name}`];
  for (const corners of triangles) {
    lines.push('facet normal 0 0 0', ' outer loop');
    for (let c = 0; c < 9; c += 3)
      lines.push(
        `  vertex ${corners
          .slice(c, c + 3)
          .map(toText)
          .join(' ')}`,
      );
    lines.push(' endloop', 'endfacet');
  }
  lines.push(`endsolid ${name}`, '');
  return lines.join('\n');
}

/** Triangles as raw lines of nine numbers. */
export function toRaw(triangles: Iterable<Corners>): string {
  return [...triangles].map((corners) => `${corners.map(toText).join(' ')}\n`).join('');
}

function toText(value: number): string {
  return value.toPrecision(9);
}

/** A plain welder and OFF writer in memory, to hold the program against. `wide` writes float64 text. */
export function toOff(triangles: Iterable<Corners>, wide = false): string {
  const ids = new Map<string, number>();
  const vertices: string[] = [];
  const faces: string[] = [];
  for (const corners of triangles) {
    const face: number[] = [];
    for (let c = 0; c < 9; c += 3) {
      const position = corners.slice(c, c + 3).map((value) => value + 0);
      const key = position.join(' ');
      let id = ids.get(key);
      if (id === undefined) {
        id = ids.size;
        ids.set(key, id);
        vertices.push(position.map((value) => (wide ? String(value) : shortestFloat32(value))).join(' '));
      }
      face.push(id);
    }
    faces.push(`3 ${face.join(' ')}`);
  }
  return `${['OFF', `${vertices.length} ${faces.length} 0`, ...vertices, ...faces].join('\n')}\n`;
}

/** The shortest text by trying: fewer digits first. */
function shortestFloat32(value: number): string {
  if (Number.isInteger(value)) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text)).replace('e+', 'e');
  }
  return String(Number(value.toPrecision(9))).replace('e+', 'e');
}
