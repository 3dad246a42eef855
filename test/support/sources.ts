/** Reads a mesh from bytes in a test, whole or in pieces. */

import { FormatError } from '../../src/errors.js';
import { detectFormat } from '../../src/formats/detect.js';
import type { Format } from '../../src/formats/format.js';
import { ByteSource } from '../../src/io/input/byte-source.js';
import { BATCH_TRIANGLES } from '../../src/memory.js';
import type { ColorScales } from '../../src/mesh.js';

export interface ReadCase {
  /** Bytes in a piece; all in one unless given. */
  readonly piece?: number;
  /** Leave the size unknown, as it is on standard input. */
  readonly isStream?: boolean;
  readonly batchTriangles?: number;
  readonly salvage?: boolean;
  readonly format?: Format;
  readonly name?: string;
}

export interface ReadResult {
  /** Nine coordinates a triangle; polygons of indexed sources are fanned. */
  readonly triangles: number[][];
  /** Of indexed sources: coordinates, colors and normals of each vertex, NaN where there is none. */
  readonly vertices: number[][];
  readonly vertexColors: number[][];
  readonly vertexNormals: number[][];
  /** Of indexed sources: corners and color of each face. */
  readonly faces: number[][];
  readonly faceColors: number[][];
  readonly colorScales: ColorScales | undefined;
  /** Name and first triangle of each part. */
  readonly parts: [name: string, first: number][];
  readonly attributes: number[];
  /** Triangle, offset and line of each batch. */
  readonly places: [triangle: number, offset: number, line: number][];
  /** Kind and message of each warning. */
  readonly warnings: [kind: string, message: string][];
}

export function openBytes(
  content: Buffer | string,
  { piece, isStream, name }: ReadCase = {},
): Promise<ByteSource> {
  const bytes = Buffer.from(content);
  const width = piece ?? Math.max(1, bytes.length);
  const pieces = Array.from({ length: Math.ceil(bytes.length / width) }, (_, k) =>
    bytes.subarray(k * width, (k + 1) * width),
  );
  return ByteSource.of(name ?? 'test', pieces, isStream ? undefined : bytes.length);
}

export async function readMesh(content: Buffer | string, options: ReadCase = {}): Promise<ReadResult> {
  const { batchTriangles = BATCH_TRIANGLES, salvage = false } = options;
  const source = await openBytes(content, options);
  const format = options.format ?? detectFormat(source).format;
  const triangles: number[][] = [];
  const vertices: number[][] = [];
  const vertexColors: number[][] = [];
  const vertexNormals: number[][] = [];
  const faces: number[][] = [];
  const faceColors: number[][] = [];
  const parts: ReadResult['parts'] = [];
  const attributes: number[] = [];
  const places: ReadResult['places'] = [];
  const warnings: ReadResult['warnings'] = [];
  const reader = await format.open(source, {
    batchTriangles,
    salvage,
    warn: ({ kind, message }) => warnings.push([kind, message]),
  });
  let total = 0;
  for await (const item of reader.items()) {
    if (item.kind === 'part') {
      parts.push([item.name, total]);
    } else if (item.kind === 'soup') {
      places.push([total, item.places[0]!.offset, item.places[0]!.line]);
      total += item.count;
      triangles.push(...rowsOf(item.positions, item.count, 9));
      for (let k = 0; k < item.count; k++) attributes.push(item.attributes?.[k] ?? 0);
    } else if (item.kind === 'vertices') {
      vertices.push(...rowsOf(item.positions, item.count, 3));
      vertexColors.push(...rowsOf(item.colors, item.count, 4));
      vertexNormals.push(...rowsOf(item.normals, item.count, 3));
    } else {
      places.push([total, item.places[0]!.offset, item.places[0]!.line]);
      for (let k = 0, at = 0; k < item.count; k++) {
        const size = item.sizes?.[k] ?? 3;
        faces.push([...item.corners.subarray(at, at + size)]);
        at += size;
        total += size - 2;
      }
      faceColors.push(...rowsOf(item.colors, item.count, 4));
    }
  }
  for (const face of faces) {
    for (let k = 2; k < face.length; k++) {
      triangles.push([face[0]!, face[k - 1]!, face[k]!].flatMap((corner) => vertices[corner]!));
    }
  }
  return {
    triangles,
    vertices,
    vertexColors,
    vertexNormals,
    faces,
    faceColors,
    colorScales: reader.colorScales?.(),
    parts,
    attributes,
    places,
    warnings,
  };
}

function rowsOf(values: Float32Array | Float64Array | undefined, count: number, width: number): number[][] {
  return Array.from({ length: count }, (_, k) =>
    values === undefined ? Array(width).fill(Number.NaN) : [...values.subarray(width * k, width * (k + 1))],
  );
}

/** The FormatError by which content is refused. */
export async function refuseMesh(content: Buffer | string, options: ReadCase = {}): Promise<FormatError> {
  const error = await readMesh(content, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FormatError)) throw new Error(`expected a FormatError, got ${error}`);
  return error;
}
