/**
 * A contour as bytes: a third of the JSON. Encoder and decoder need nothing but typed arrays, so that the page can run the
 * decoder.
 */

/** `POST /api/section`: the contour of the mesh on a plane, in the units of the mesh. */
export interface SectionAnswer {
  /** Three coordinates for each point, line after line. */
  readonly points: Float64Array;
  /** The number of points of each line, and 1 for each one that is a loop. */
  readonly counts: Uint32Array;
  readonly closed: Uint8Array;
  readonly length: number;
  /** What the loops enclose; undefined if that is not known, because of open lines or triangles oriented otherwise. */
  readonly area: number | undefined;
  /** The triangles that cross the plane; if it is not complete, there are more. */
  readonly triangles: number;
  readonly isComplete: boolean;
}

/** Eight-byte words of the head: mark, lines, points, length, area, triangles, whether complete. */
const HEAD_WORDS = 7;
const MARK = 0x6c6e_6573;

export function encodeSection(section: SectionAnswer): Uint8Array {
  const { points, counts, closed, length, area, triangles, isComplete } = section;
  const lines = counts.length;
  const bytes = new Uint8Array(8 * HEAD_WORDS + points.byteLength + 5 * lines);
  const head = [MARK, lines, points.length / 3, length, area ?? Number.NaN, triangles, isComplete ? 1 : 0];
  new Float64Array(bytes.buffer, 0, HEAD_WORDS).set(head);
  new Float64Array(bytes.buffer, 8 * HEAD_WORDS, points.length).set(points);
  const at = 8 * HEAD_WORDS + points.byteLength;
  new Uint32Array(bytes.buffer, at, lines).set(counts);
  bytes.set(closed, at + 4 * lines);
  return bytes;
}

/** Returns the contour in bytes. Throws RangeError if they are none. */
export function decodeSection(buffer: ArrayBuffer): SectionAnswer {
  const refuse = () => new RangeError(`${buffer.byteLength} bytes are no contour`);
  if (buffer.byteLength < 8 * HEAD_WORDS) throw refuse();
  const [mark, lines, pointCount, length, area, triangles, isComplete] = new Float64Array(
    buffer,
    0,
    HEAD_WORDS,
  ) as unknown as [number, number, number, number, number, number, number];
  if (mark !== MARK || buffer.byteLength !== 8 * HEAD_WORDS + 24 * pointCount + 5 * lines) throw refuse();
  const at = 8 * HEAD_WORDS + 24 * pointCount;
  return {
    points: new Float64Array(buffer, 8 * HEAD_WORDS, 3 * pointCount),
    counts: new Uint32Array(buffer, at, lines),
    closed: new Uint8Array(buffer, at + 4 * lines, lines),
    length,
    area: Number.isNaN(area) ? undefined : area,
    triangles,
    isComplete: isComplete === 1,
  };
}
