/** OFF files of any form for tests, made from plain arrays. */
import { type Corners, makeTube, toOff } from './meshes.js';

export interface OffMesh {
  readonly vertices: readonly (readonly number[])[];
  readonly faces: readonly (readonly number[])[];
  readonly normals?: readonly (readonly number[])[] | undefined;
  readonly colors?: readonly (readonly number[])[] | undefined;
  readonly textures?: readonly (readonly number[])[] | undefined;
  readonly faceColors?: readonly (readonly number[])[] | undefined;
}

/** Triangles as an indexed mesh. */
export function weld(triangles: Iterable<Corners>): OffMesh {
  const [, counts, ...lines] = toOff(triangles).trimEnd().split('\n');
  const vertexCount = Number(counts!.split(' ')[0]);
  const rows = lines.map((line) => line.split(' ').map(Number));
  return {
    vertices: rows.slice(0, vertexCount).map((row) => row.map(Math.fround)),
    faces: rows.slice(vertexCount).map((row) => row.slice(1)),
  };
}

/** The letters before OFF for what the mesh has. */
export function lettersOf({ textures, colors, normals }: OffMesh): string {
  return `${textures ? 'ST' : ''}${colors ? 'C' : ''}${normals ? 'N' : ''}`;
}

export interface BinaryOffOptions {
  readonly isLittleEndian?: boolean;
  /** Leave out the color counts of faces. */
  readonly isBare?: boolean;
  readonly keyword?: string;
}

/** A whole binary OFF file. */
export function toBinaryOff(mesh: OffMesh, options: BinaryOffOptions = {}): Buffer {
  const { vertices, faces, normals, colors, textures, faceColors } = mesh;
  const { isLittleEndian = false, isBare = false, keyword = `${lettersOf(mesh)}OFF` } = options;
  const bytes: Buffer[] = [Buffer.from(`${keyword} BINARY\n`)];
  const push = (values: readonly number[], isFloat: boolean) => {
    const part = Buffer.alloc(4 * values.length);
    const view = new DataView(part.buffer, part.byteOffset);
    values.forEach((value, k) => {
      if (isFloat) view.setFloat32(4 * k, value, isLittleEndian);
      else view.setInt32(4 * k, value, isLittleEndian);
    });
    bytes.push(part);
  };
  push([vertices.length, faces.length, 0], false);
  vertices.forEach((vertex, k) => {
    push([...vertex, ...(normals?.[k] ?? []), ...(colors?.[k] ?? []), ...(textures?.[k] ?? [])], true);
  });
  faces.forEach((face, k) => {
    const color = faceColors?.[k] ?? [];
    push([face.length, ...face, ...(isBare ? [] : [color.length])], false);
    if (!isBare) push(color, true);
  });
  return Buffer.concat(bytes);
}

/** A small mesh of triangles. */
export const grid = weld(makeTube(5, 6));
/** The same with all that OFF can say of it. */
export const attributed: OffMesh = {
  ...grid,
  normals: grid.vertices.map((_, k) => [0, k, -1]),
  colors: grid.vertices.map((_, k) => [k / 64, 0.5, 1, 0.25]),
  textures: grid.vertices.map((_, k) => [k / 64, 0.5]),
  faceColors: grid.faces.map((_, k) => [[], [7], [0.5, 0.25, 1], [0, 1, 0.5, 0.75]][k % 4]!),
};
