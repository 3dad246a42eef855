/**
 * Binary STL: 80 bytes of anything, a 32-bit count, then 50 bytes a facet, all little-endian: normal (3 float32,
 * not used), three corners (9 float32), attribute word (uint16).
 *
 * Sizes and counts are Numbers throughout: above 85,899,344 facets a file passes 4 GiB.
 */
import { FormatError, TRUNCATED } from '../../errors.js';
import type { ByteSource } from '../../io/byte-source.js';
import { ByteWindow } from '../../io/byte-window.js';
import { CHUNK_BYTES, type MeshItem } from '../../mesh.js';
import { countOf } from '../../wording.js';
import type { BinaryField, MeshReader, ReadOptions, ReadStart, SavedReader } from '../format.js';

/** Header and count. */
export const HEADER_BYTES = 84;
export const FACET_BYTES = 50;
const CORNERS_AT = 12;
const ATTRIBUTE_AT = 48;
const EXPONENT = 0x7f800000;

/** The most bytes behind the announced facets that are taken for an appendix, not for damage. */
const TRAILING_BYTES_MAX = CHUNK_BYTES;

/** The count in the header of a binary STL. */
export function readAnnouncedCount(head: Uint8Array): number {
  return new DataView(head.buffer, head.byteOffset, head.length).getUint32(80, true);
}

/** Throws FormatError at once where the size is known and shows that the source is truncated or damaged. */
export function openBinaryStl(source: ByteSource, options: ReadOptions): MeshReader {
  const announced = readAnnouncedCount(source.head);
  const facets = source.size === undefined ? undefined : judgeSize(source.size, announced, options);
  const reader = new FacetReader(source, announced, facets, options);
  return {
    encoding: 'binary',
    precision: 'float32',
    layout: 'soup',
    header: source.head.slice(0, 80),
    expectedTriangles: facets,
    recordBytes: FACET_BYTES,
    findCorner: (_bytes, corner) => [CORNERS_AT + 12 * corner, CORNERS_AT + 12 * (corner + 1)],
    dissect: (_kind, bytes) => dissectFacet(bytes),
    items: (_parsers, start) => reader.items(start),
    save: () => reader.save(),
  };
}

/**
 * How many facets to take from a source of `size` bytes: all announced, or all whole ones where the size shows
 * that the count is wrong. Warns or throws where the two do not agree.
 */
function judgeSize(size: number, announced: number, options: ReadOptions): number {
  const body = size - HEADER_BYTES;
  const extra = body - FACET_BYTES * announced;
  if (extra === 0) return announced;

  const whole = Math.floor(body / FACET_BYTES);
  const says = `the header announces ${countOf(announced, 'triangle')} (${countOf(size - extra, 'byte')})`;
  if (body % FACET_BYTES === 0) {
    const message = `${says}, the file holds ${show(whole)} and ends with the last one; its size is trusted, not the count`;
    options.warn({ kind: 'stl-count', message });
    return whole;
  }
  if (extra > 0 && extra <= TRAILING_BYTES_MAX && (announced > 0 || extra < FACET_BYTES)) {
    const message = `${countOf(extra, 'byte')} behind the last triangle (from byte ${size - extra}) ${extra === 1 ? 'is' : 'are'} not read`;
    options.warn({ kind: 'trailing-bytes', message });
    return announced;
  }
  const end = HEADER_BYTES + FACET_BYTES * whole;
  const problem =
    extra < 0
      ? `truncated: ${says}, the file holds ${show(whole)}`
      : `damaged: ${says}, ${show(extra)} bytes follow them; expected nothing there, or whole triangles of 50 bytes`;
  if (options.salvage) {
    const message = `${problem}; read ${countOf(whole, 'triangle')} and lost the last ${countOf(size - end, 'byte')}`;
    options.warn({ kind: 'salvaged', message });
    return whole;
  }
  throw new FormatError(problem, {
    place: { offset: extra < 0 ? end : size - extra },
    ...TRUNCATED,
  });
}

class FacetReader {
  private readonly window: ByteWindow;
  /** Facets handed out. */
  private done = 0;

  /** `total` facets are to come, where that is known. */
  constructor(
    private readonly source: ByteSource,
    private readonly announced: number,
    private total: number | undefined,
    private readonly options: ReadOptions,
  ) {
    this.window = new ByteWindow(source, TRAILING_BYTES_MAX + FACET_BYTES);
  }

  /**
   * Yields all facets; where it is not known beforehand how many there are, what lies beyond the announced ones is handed
   * on only when so much follows that it cannot be an appendix, or when the end has been seen.
   */
  async *items(start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    const { source, window, announced, options } = this;
    const place = () => ({ offset: window.offset });
    if (start === undefined) {
      while (window.end < HEADER_BYTES) await window.fill(place);
      window.start = HEADER_BYTES;
    } else {
      await window.jump(start.offset);
      if ('memory' in start) Object.assign(this, start.memory);
      else this.done = start.record;
    }

    const positions = new Float32Array(9 * options.batchTriangles);
    const attributes = new Uint16Array(options.batchTriangles);
    while (this.total === undefined || this.done < this.total) {
      const { total, done } = this;
      const pending = window.end - window.start;
      const isMore = total === undefined && done >= announced && pending > TRAILING_BYTES_MAX;
      const allowed = isMore ? Number.POSITIVE_INFINITY : (total ?? announced) - done;
      const wanted = Math.min(allowed, options.batchTriangles, Math.floor(TRAILING_BYTES_MAX / FACET_BYTES));
      const count = Math.min(wanted, Math.floor(pending / FACET_BYTES));
      // Batches are full, so that they do not depend on how the bytes come.
      if (count > 0 && (count === wanted || window.ended)) {
        const offset = window.offset;
        const anyWord = decodeFacets(window.bytes, window.start, count, positions, attributes, offset);
        const places = [
          { item: 0, offset, end: offset + FACET_BYTES, line: 0, record: done, vertices: 0 },
        ] as const;
        window.start += FACET_BYTES * count;
        this.done += count;
        yield { kind: 'soup', count, positions, attributes: anyWord ? attributes : undefined, places };
      } else {
        await window.fill(place);
        if (window.ended) this.total = judgeEnd(source, window, total, announced, options);
      }
    }
  }

  save(): SavedReader {
    const { window, done, total } = this;
    return { offset: window.offset, memory: { done, total } };
  }
}

/** What {@link judgeSize} says once the end is reached; a source that has shrunk since it was opened is refused. */
function judgeEnd(
  source: ByteSource,
  window: ByteWindow,
  total: number | undefined,
  announced: number,
  options: ReadOptions,
): number {
  const size = window.base + window.end;
  if (total === undefined) return judgeSize(size, announced, options);
  throw new FormatError(
    `the file ends here now; expected ${show(source.size ?? 0)} bytes, its size when it was opened`,
    { place: { offset: size }, hint: 'something else is writing to it' },
  );
}

function show(count: number): string {
  return count.toLocaleString('en-US');
}

/** Decodes `count` facets from `start` on; returns whether any attribute word is not 0. */
function decodeFacets(
  bytes: Uint8Array,
  start: number,
  count: number,
  positions: Float32Array,
  attributes: Uint16Array,
  offset: number,
): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const bits = new Int32Array(positions.buffer);
  let any = 0;
  for (let facet = 0, at = start, k = 0; facet < count; facet++, at += FACET_BYTES) {
    let strange = false;
    for (let from = at + CORNERS_AT, end = at + ATTRIBUTE_AT; from < end; from += 4) {
      const value = view.getInt32(from, true);
      // All exponent bits set: NaN or an infinity.
      if ((value & EXPONENT) === EXPONENT) strange = true;
      bits[k++] = value;
    }
    if (strange) refuseFacet(view, at, offset + (at - start));
    const word = view.getUint16(at + ATTRIBUTE_AT, true);
    any |= word;
    attributes[facet] = word;
  }
  return any !== 0;
}

/** What the bytes of a facet are. */
function dissectFacet(bytes: Uint8Array): BinaryField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const vectors = ['normal', 'a', 'b', 'c'].map((name, k) => ({
    name,
    from: 12 * k,
    to: 12 * (k + 1),
    values: [0, 4, 8].map((at) => view.getFloat32(12 * k + at, true)),
  }));
  const word = view.getUint16(ATTRIBUTE_AT, true);
  return [...vectors, { name: 'attribute', from: ATTRIBUTE_AT, to: FACET_BYTES, values: [word] }];
}

function refuseFacet(view: DataView, at: number, offset: number): never {
  let from = CORNERS_AT;
  while (Number.isFinite(view.getFloat32(at + from, true))) from += 4;
  const found = view.getFloat32(at + from, true);
  const axis = 'xyz'[((from - CORNERS_AT) / 4) % 3];
  throw new FormatError(`${axis} of a vertex is ${found}; expected a finite number`, {
    place: { offset: offset + from },
  });
}
