/**
 * Detects the variant of a binary OFF. Geomview's manual defines big-endian numbers, and a color count after the corners of
 * each face; the pmp library omits the counts, and wrote little-endian before 2024.
 *
 * The evidence is the size, the first coordinates and the first faces. If in doubt, the manual applies.
 */

import { FormatError } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { FACE_CORNERS_MAX } from '../../memory.js';
import type { OffKeyword } from './header.js';
import { refuseDimension } from './refusals.js';

/** The values between the keyword line and the first vertex. */
export interface BinaryHeader {
  readonly isLittleEndian: boolean;
  readonly dimension: number;
  readonly vertexCount: number;
  readonly faceCount: number;
  /** Number of float32 values of a vertex. */
  readonly stride: number;
  /** Offset of the first vertex. */
  readonly end: number;
  /** The minimum size in bytes of a source with these counts. */
  readonly sizeMin: number;
}

/** Whether a face may have this many color values: none, an index into a color map, RGB, or RGBA. */
export function isColorCount(count: number): boolean {
  return count === 0 || count === 1 || count === 3 || count === 4;
}

const COORDINATES_SAMPLED = 768;
/** Nonzero coordinates and colors outside this range are unlikely; integers or swapped bytes look like this. */
const SENSIBLE_MIN = 1e-15;
const SENSIBLE_MAX = 1e15;

/** Reads counts and byte order from the head. Throws FormatError if the head ends before them. */
export function readBinaryHeader(source: ByteSource, keyword: OffKeyword): BinaryHeader {
  const { head, size } = source;
  const big = readHeaderAs(false, head, keyword);
  const little = readHeaderAs(true, head, keyword);
  const fits = (header: BinaryHeader) => size === undefined || header.sizeMin <= size;
  const [bigScore, littleScore] = [scoreCoordinates(head, big), scoreCoordinates(head, little)];
  const isLittle =
    littleScore > bigScore
      ? fits(little) || !fits(big)
      : littleScore === bigScore && fits(little) && !fits(big);
  const header = isLittle ? little : big;
  if (header.dimension < 1 || header.dimension > 3) {
    throw refuseDimension(header.dimension, { offset: keyword.end });
  }
  return header;
}

function readHeaderAs(isLittleEndian: boolean, head: Uint8Array, keyword: OffKeyword): BinaryHeader {
  const { hasTexture, hasColors, hasNormals, tellsDimension } = keyword;
  const end = keyword.end + (tellsDimension ? 16 : 12);
  if (head.length < end) {
    throw new FormatError('truncated: the file ends in its counts; expected vertices, faces and edges', {
      place: { offset: head.length },
      code: 'FORMAT_TRUNCATED',
      hint: 'copy the file again; it may be incomplete',
    });
  }
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const dimension = tellsDimension ? view.getUint32(keyword.end, isLittleEndian) : 3;
  const vertexCount = view.getUint32(end - 12, isLittleEndian);
  const faceCount = view.getUint32(end - 8, isLittleEndian);
  const stride = dimension + (hasNormals ? 3 : 0) + (hasColors ? 4 : 0) + (hasTexture ? 2 : 0);
  const sizeMin = end + 4 * (stride * vertexCount + faceCount);
  return { isLittleEndian, dimension, vertexCount, faceCount, stride, end, sizeMin };
}

/** Returns the share of the first coordinates that is sensible; 0 if there are none. */
function scoreCoordinates(head: Uint8Array, header: BinaryHeader): number {
  const { end, stride, vertexCount, isLittleEndian } = header;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const present = Math.floor((head.length - end) / 4);
  const count = Math.min(COORDINATES_SAMPLED, stride * vertexCount, present);
  let sensible = 0;
  for (let k = 0; k < count; k++) if (isSensible(view.getFloat32(end + 4 * k, isLittleEndian))) sensible++;
  return count === 0 ? 0 : sensible / count;
}

function isSensible(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= SENSIBLE_MIN && size <= SENSIBLE_MAX);
}

/**
 * Whether color counts follow the corners of the faces in `bytes[start, end)`. These are the first faces of the source; if
 * `isAll`, they are all.
 */
export function hasColorCounts(
  bytes: Uint8Array,
  start: number,
  end: number,
  isAll: boolean,
  header: BinaryHeader,
): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const counted = walkFaces(view, start, true, header);
  const bare = walkFaces(view, start, false, header);
  const isExact = (walk: Walk) => isAll && walk.faces === header.faceCount && walk.at === end;
  if (isExact(counted) !== isExact(bare)) return isExact(counted);
  if (counted.isBroken !== bare.isBroken) return bare.isBroken;
  // In a damaged source, at most one face makes sense if read the wrong way.
  return !counted.isBroken || counted.faces + 1 >= bare.faces;
}

/** The progress of an interpretation; `isBroken` if a number is impossible, not if the bytes end. */
interface Walk {
  readonly faces: number;
  readonly at: number;
  readonly isBroken: boolean;
}

function walkFaces(view: DataView, start: number, isCounted: boolean, header: BinaryHeader): Walk {
  const { faceCount, vertexCount, isLittleEndian } = header;
  const end = view.byteLength;
  // Writers without counts write no smaller faces, and a 0 is most often a color count.
  const sizeMin = isCounted ? 0 : 3;
  let at = start;
  let faces = 0;
  const stop = (isBroken: boolean): Walk => ({ faces, at, isBroken });
  for (; faces < faceCount; faces++) {
    let next = at + 4;
    if (next > end) return stop(false);
    const size = view.getInt32(at, isLittleEndian);
    if (size < sizeMin || size > FACE_CORNERS_MAX) return stop(true);
    for (let k = 0; k < size; k++, next += 4) {
      if (next + 4 > end) return stop(false);
      if (view.getUint32(next, isLittleEndian) >= vertexCount) return stop(true);
    }
    if (isCounted) {
      if (next + 4 > end) return stop(false);
      const colors = view.getInt32(next, isLittleEndian);
      next += 4;
      if (!isColorCount(colors)) return stop(true);
      for (let k = 0; k < colors; k++, next += 4) {
        if (next + 4 > end) return stop(false);
        const value = view.getFloat32(next, isLittleEndian);
        if (Number.isFinite(value) && !isSensible(value)) return stop(true);
      }
    }
    at = next;
  }
  return stop(false);
}
