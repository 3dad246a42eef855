/** For tests of writers: meshes in memory, and what an OFF file says by the specification alone. */
import { expect } from 'vitest';
import type { WriteOptions } from '../../src/formats/writer.ts';
import type { PartChange, Precision, SoupSelection } from '../../src/mesh.ts';

export type Numbers = readonly number[];

/** A mesh in memory; undefined where a vertex or a triangle has nothing. */
export interface OffMesh {
  readonly precision: Precision;
  readonly positions: readonly Numbers[];
  readonly triangles: readonly Numbers[];
  readonly colors?: readonly (Numbers | undefined)[];
  readonly normals?: readonly (Numbers | undefined)[];
  readonly faceColors?: readonly (Numbers | undefined)[];
  readonly parts?: readonly PartChange[];
}

/** Values of `[from, to)` as the database hands them out; undefined where none has any. */
function pack(values: OffMesh['colors'], width: number, from: number, to: number): Float64Array | undefined {
  const part = values?.slice(from, to);
  if (part === undefined || part.every((value) => value === undefined)) return undefined;
  return Float64Array.from(part.flatMap((value) => value ?? Array<number>(width).fill(Number.NaN)));
}

/** The selection that a database would make of a mesh when these options were asked for. */
export function selectFrom(mesh: OffMesh, options: WriteOptions, batch = 4096): SoupSelection {
  const colors = options.colors ? mesh.colors : undefined;
  const faceColors = options.colors ? mesh.faceColors : undefined;
  const normals = options.normals ? mesh.normals : undefined;
  return {
    precision: mesh.precision,
    vertexCount: mesh.positions.length,
    triangleCount: mesh.triangles.length,
    hasVertexColors: colors !== undefined,
    hasVertexNormals: normals !== undefined,
    hasTriangleColors: faceColors !== undefined,
    attributeHeaders: undefined,
    hasParts: mesh.parts !== undefined,
    parts: () => mesh.parts ?? [],
    *vertices() {
      for (let from = 0; from < mesh.positions.length; from += batch) {
        const to = Math.min(from + batch, mesh.positions.length);
        yield {
          count: to - from,
          positions: Float64Array.from(mesh.positions.slice(from, to).flat()),
          colors: pack(colors, 4, from, to),
          normals: pack(normals, 3, from, to),
        };
      }
    },
    *triangles() {
      for (let from = 0; from < mesh.triangles.length; from += batch) {
        const to = Math.min(from + batch, mesh.triangles.length);
        const corners = Float64Array.from(mesh.triangles.slice(from, to).flat());
        yield { count: to - from, corners, colors: pack(faceColors, 4, from, to) };
      }
    },
    *soup() {
      for (let from = 0; from < mesh.triangles.length; from += batch) {
        const to = Math.min(from + batch, mesh.triangles.length);
        const corners = mesh.triangles.slice(from, to).flat();
        const positions = Float64Array.from(corners.flatMap((corner) => mesh.positions[corner]!));
        yield { count: to - from, positions, colors: pack(faceColors, 4, from, to) };
      }
    },
  };
}

/** What a file says, by the specification alone: numbers as they stand in it. */
export interface ParsedOff {
  readonly keyword: string;
  readonly isBinary: boolean;
  readonly positions: number[][];
  readonly normals: number[][];
  readonly colors: number[][];
  readonly faces: { corners: number[]; color: number[] }[];
}

/** Reads `[ST][C][N][4][n]OFF [BINARY]` as Geomview's manual describes it, for faces of any size. */
export function parseOff(file: Buffer): ParsedOff {
  const lineEnd = file.indexOf(0x0a);
  const header = /^((?:ST)?(C?)(N?)4?n?OFF)( BINARY)?$/.exec(file.toString('latin1', 0, lineEnd));
  if (header === null) throw new Error('no header');
  const [, keyword, hasColor, hasNormal, binary] = header;
  const widths = [3, hasNormal ? 3 : 0, hasColor ? 4 : 0];
  const vertices: number[][][] = [];
  const faces: ParsedOff['faces'] = [];
  if (binary) {
    let at = lineEnd + 1;
    const int = () => {
      at += 4;
      return file.readInt32BE(at - 4);
    };
    const float = () => {
      at += 4;
      return file.readFloatBE(at - 4);
    };
    const floats = (count: number) => Array.from({ length: count }, float);
    const [vertexCount, faceCount, edgeCount] = [int(), int(), int()];
    expect(edgeCount).toBe(0);
    for (let k = 0; k < vertexCount; k++) vertices.push(widths.map(floats));
    for (let k = 0; k < faceCount; k++) {
      const corners = Array.from({ length: int() }, int);
      faces.push({ corners, color: floats(int()) });
    }
    expect(at).toBe(file.length);
  } else {
    const lines = file
      .toString('latin1', lineEnd + 1)
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    const [vertexCount, faceCount, edgeCount] = lines.shift()!;
    expect(edgeCount).toBe(0);
    for (const line of lines.splice(0, vertexCount)) {
      vertices.push(widths.map((width) => line.splice(0, width)));
      expect(line).toEqual([]);
    }
    for (const [size, ...line] of lines.splice(0, faceCount)) {
      faces.push({ corners: line.slice(0, size), color: line.slice(size) });
    }
    // The text behind the last line end.
    expect(lines).toEqual([[0]]);
  }
  return {
    keyword: keyword!,
    isBinary: binary !== undefined,
    positions: vertices.map(([position]) => position!),
    normals: vertices.map(([, normal]) => normal!),
    colors: vertices.map(([, , color]) => color!),
    faces,
  };
}
