/**
 * Gathers the facts about an OFF file. The file is read once, by the reader of the format, which refuses invalid files as
 * usual. Each byte is examined on its way to that reader.
 */

import type { MeshReader } from '../formats/format.js';
import { type BinaryHeader, readBinaryHeader } from '../formats/off/binary-form.js';
import { type OffKeyword, readKeyword, readTextHeader } from '../formats/off/header.js';
import { openAsciiOff } from '../formats/off/read/ascii.js';
import { openBinaryOff } from '../formats/off/read/binary.js';
import { isLined } from '../formats/off/read/layout.js';
import { CR, LF } from '../formats/shared/text.js';
import type { ByteSource } from '../io/input/byte-source.js';
import { BATCH_TRIANGLES, CHUNK_BYTES } from '../memory.js';
import type { ColorScales, IndexedFaces, Warning } from '../mesh.js';
import { hasTwice, startFaces, startLineFacts, startText, startVertices } from './counting.js';
import type { BinaryFacts, OffFacts } from './facts.js';
import { describeHeader, describeKeyword } from './header-facts.js';
import { Surface } from './surface.js';

export interface FactsOptions {
  /** Called for every recoverable problem. */
  readonly warn: (warning: Warning) => void;
  /** Called after each batch, with the vertices and faces so far. */
  readonly onBatch?: (vertices: number, faces: number) => void;
}

/** Reads the complete source. Throws FormatError, without the source's name, if it is not OFF or is damaged. */
export async function gatherFacts(source: ByteSource, options: FactsOptions): Promise<OffFacts> {
  const keyword = readKeyword(source, options.warn);
  return keyword.isBinary ? gatherBinary(source, keyword, options) : gatherText(source, keyword, options);
}

async function gatherText(source: ByteSource, keyword: OffKeyword, options: FactsOptions): Promise<OffFacts> {
  const header = readTextHeader(source, keyword);
  const surface = new Surface(header, isLined(source.head, source.size === source.head.length, header));
  source.onRead = (content) => surface.push(content);
  const reader = openAsciiOff(source, keyword, readOptions(options));
  await readAll(reader, source, options);
  return {
    bytes: source.bytesRead,
    compression: source.compression ?? null,
    encoding: 'text',
    vertexCount: header.vertexCount,
    faceCount: header.faceCount,
    header: describeHeader(source, keyword, header),
    binary: null,
    ...surface.finish(reader.colorScales!()),
  };
}

async function gatherBinary(
  source: ByteSource,
  keyword: OffKeyword,
  options: FactsOptions,
): Promise<OffFacts> {
  const header = readBinaryHeader(source, keyword);
  const reader = openBinaryOff(source, keyword, readOptions(options));
  const faces = startFaces();
  await readAll(reader, source, options, (batch) => countFaces(batch, faces));
  const scales: ColorScales = reader.colorScales();
  faces.colors.scale = scales.face;
  const vertices = startVertices();
  vertices.count = header.vertexCount;
  vertices.colors.scale = scales.vertex;
  if (keyword.hasColors) vertices.colors.count = header.vertexCount;
  return {
    bytes: source.bytesRead,
    compression: source.compression ?? null,
    encoding: 'binary',
    vertexCount: header.vertexCount,
    faceCount: header.faceCount,
    header: {
      ...describeKeyword(source, keyword),
      dimension: header.dimension,
      behindKeyword: 'BINARY',
      betweenLines: 'nothing',
      hasEmptyBehindComment: false,
      countsLine: 0,
      hasEdgeCount: true,
      areCountsSplit: false,
      areCountsPlain: true,
      areCountsWide: false,
      behindCounts: 'nothing',
      hasOddCount: false,
    },
    binary: describeBinary(source, keyword, header, reader.isCounted()),
    text: startText(),
    top: startLineFacts(),
    vertices: { ...vertices, layout: 'free', ...startLineFacts() },
    faces: { ...faces, ...startLineFacts() },
    end: startLineFacts(),
  };
}

function readOptions({ warn }: FactsOptions) {
  return { batchTriangles: BATCH_TRIANGLES, salvage: false, warn };
}

/** Reads the source to its end. */
async function readAll(
  reader: MeshReader,
  source: ByteSource,
  { onBatch }: FactsOptions,
  take: (batch: IndexedFaces) => void = () => undefined,
): Promise<void> {
  let vertices = 0;
  let faces = 0;
  for await (const item of reader.items()) {
    if (item.kind === 'vertices') vertices += item.count;
    else if (item.kind === 'faces') {
      faces += item.count;
      take(item);
    }
    onBatch?.(vertices, faces);
  }
  await source.drain(new Uint8Array(CHUNK_BYTES));
}

/** Counts the corners of the faces of a binary file, without faces of fewer than three corners. */
function countFaces(
  { count, sizes, corners, colors }: IndexedFaces,
  faces: ReturnType<typeof startFaces>,
): void {
  for (let face = 0, at = 0; face < count; face++) {
    const size = sizes?.[face] ?? 3;
    faces.cornersMin = faces.count === 0 ? size : Math.min(faces.cornersMin, size);
    faces.cornersMax = Math.max(faces.cornersMax, size);
    if (size > 3) faces.overThree.count++;
    if (size > 4) faces.overFour.count++;
    if (size > 9) faces.overNine.count++;
    if (hasTwice(corners, size, at)) faces.degenerate.count++;
    if (colors !== undefined && !Number.isNaN(colors[4 * face]!)) faces.colors.count++;
    faces.count++;
    at += size;
  }
}

function describeBinary(
  { head }: ByteSource,
  { end }: OffKeyword,
  { isLittleEndian }: BinaryHeader,
  hasColorCounts: boolean,
): BinaryFacts {
  const isCrlf = head[end - 2] === CR && head[end - 1] === LF;
  return {
    byteOrder: isLittleEndian ? 'little' : 'big',
    hasColorCounts,
    lineEnd: isCrlf ? 'CRLF' : head[end - 1] === CR ? 'CR' : 'LF',
  };
}
