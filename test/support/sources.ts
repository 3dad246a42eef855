/** Reads a mesh from bytes in a test, whole or in pieces. */
import { detectFormat } from '../../src/formats/detect.js';
import type { Format } from '../../src/formats/format.js';
import { ByteSource } from '../../src/io/byte-source.js';
import { BATCH_TRIANGLES } from '../../src/mesh.js';

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
  /** Nine coordinates a triangle. */
  readonly triangles: number[][];
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
  const result: ReadResult = { triangles: [], parts: [], attributes: [], places: [], warnings: [] };
  const format = options.format ?? detectFormat(source).format;
  const reader = format.open(source, {
    batchTriangles,
    salvage,
    warn: ({ kind, message }) => result.warnings.push([kind, message]),
  });
  for await (const item of reader.items()) {
    if (item.kind === 'part') {
      result.parts.push([item.name, result.triangles.length]);
      continue;
    }
    result.places.push([result.triangles.length, item.offset, item.line]);
    for (let k = 0; k < item.count; k++) {
      result.triangles.push([...item.positions.subarray(9 * k, 9 * k + 9)]);
      result.attributes.push(item.attributes?.[k] ?? 0);
    }
  }
  return result;
}
