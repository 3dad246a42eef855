/**
 * Reads binary STL: an 80-byte header with any content, a 32-bit count, then 50 bytes a facet, all little-endian: normal (3
 * float32, unused), three corners (9 float32), attribute word (uint16).
 *
 * Sizes and counts are Numbers throughout: above 85,899,344 facets a file exceeds 4 GiB.
 */

import { FormatError, TRUNCATED } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { ByteWindow } from '../../io/input/byte-window.js';
import { CHUNK_BYTES } from '../../memory.js';
import type { MeshItem } from '../../mesh.js';
import { countOf, formatCount } from '../../wording.js';
import type { BinaryField, MeshReader, ReadOptions, ReadStart, SavedReader } from '../format.js';
import { isControl } from '../shared/text.js';
import { beginsWithFacets, isCountMissing, refuseOthers, sumAttributePayload } from './evidence.js';
import { FacetDecoder, type SavedDecoder } from './facet-decoder.js';
import {
  ATTRIBUTE_AT,
  CORNERS_AT,
  COUNT_AT,
  FACET_BYTES,
  HEADER_BYTES,
  readAnnouncedCount,
} from './layout.js';
import { SalvageLimit } from './salvage.js';

/** The maximum number of trailing bytes that count as an appendix rather than as damage. */
const TRAILING_BYTES_MAX = CHUNK_BYTES;

/** Opens binary STL. Throws FormatError if head and size show that the source is truncated, damaged, or not STL. */
export function openBinaryStl(source: ByteSource, options: ReadOptions): MeshReader {
  const { head, size } = source;
  refuseOthers(head, size);
  const announced = readAnnouncedCount(head);
  const facets = size === undefined ? undefined : judgeSize(size, announced, head, options);
  const reader = new FacetReader(source, announced, facets, options);
  return {
    encoding: 'binary',
    precision: 'float32',
    layout: 'soup',
    header: head.slice(0, COUNT_AT),
    expectedTriangles: facets,
    recordBytes: FACET_BYTES,
    findCorner: (_bytes, corner) => [CORNERS_AT + 12 * corner, CORNERS_AT + 12 * (corner + 1)],
    dissect: (_kind, bytes) => dissectFacet(bytes),
    items: (_parsers, start) => reader.items(start),
    save: () => reader.save(),
  };
}

/**
 * Returns how many facets to read from a source of `size` bytes: the announced count, or all if the count is missing or too
 * small. Warns or throws if count and size disagree; bytes after the announced facets are judged when they are read.
 */
function judgeSize(size: number, announced: number, head: Uint8Array, options: ReadOptions): number {
  const body = size - HEADER_BYTES;
  const extra = body - FACET_BYTES * announced;
  if (extra === 0) return announced;

  const whole = Math.floor(body / FACET_BYTES);
  const says = `the header announces ${countOf(announced, 'triangle')} (${countOf(size - extra, 'byte')})`;
  if (body % FACET_BYTES === 0 && (extra > 0 || isCountMissing(announced))) {
    const message = `${says}, the file holds ${formatCount(whole)} and ends with the last one; using the file size, not the count`;
    options.warn({ kind: 'stl-count', message });
    return whole;
  }
  if (extra > 0 && extra <= TRAILING_BYTES_MAX) return announced;
  const end = HEADER_BYTES + FACET_BYTES * whole;
  const problem =
    extra < 0
      ? `truncated: ${says}, the file holds ${formatCount(whole)}`
      : `damaged: ${says}, ${formatCount(extra)} bytes follow them; expected no bytes after them, or complete triangles of 50 bytes`;
  if (options.salvage) {
    if (extra > 0) return announced;
    const message = `${problem}; read ${countOf(whole, 'triangle')} and lost the last ${countOf(size - end, 'byte')}`;
    options.warn({ kind: 'salvaged', message });
    return whole;
  }
  throw new FormatError(problem, {
    place: { offset: extra < 0 ? end : size - extra },
    ...(extra < 0 ? TRUNCATED : { hint: nameExtra(head, announced, extra) }),
  });
}

/** Returns a hint on what the bytes after the announced facets may be; undefined if unknown. */
function nameExtra(head: Uint8Array, announced: number, extra: number): string | undefined {
  return sumAttributePayload(head, announced) === extra
    ? `save it without attributes; each facet seems to be followed by as many bytes as its attribute word announces`
    : undefined;
}

class FacetReader {
  private readonly window: ByteWindow;
  private readonly decoder: FacetDecoder;
  /** The limit of recovery in a source that may be misaligned. */
  private readonly limit: SalvageLimit | undefined;
  /** Facets yielded so far. */
  private done = 0;

  /** Expects `total` facets, if known. */
  constructor(
    private readonly source: ByteSource,
    private readonly announced: number,
    private total: number | undefined,
    private readonly options: ReadOptions,
  ) {
    const { head, size } = source;
    const itemBytes = TRAILING_BYTES_MAX + FACET_BYTES;
    const windowBytes = ByteWindow.bytesFor(size, itemBytes);
    this.decoder = new FacetDecoder(options.batchTriangles, announced, windowBytes);
    this.window = new ByteWindow(source, itemBytes, CHUNK_BYTES, this.decoder.window);
    const isExact = size === HEADER_BYTES + FACET_BYTES * announced;
    this.limit = options.salvage && !isExact ? new SalvageLimit(head, announced) : undefined;
  }

  /**
   * Yields all facets. If their number is not known in advance, facets beyond the announced ones are yielded only once too
   * many follow for an appendix, or once the end has been reached.
   */
  async *items(start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    const { window, announced, options, decoder } = this;
    const place = () => ({ offset: window.offset });
    const isPart = start !== undefined && !('memory' in start);
    if (start === undefined) {
      while (window.end < HEADER_BYTES) await window.fill(place);
      window.start = HEADER_BYTES;
    } else {
      await window.jump(start.offset);
      if ('memory' in start) this.restore(start.memory as SavedFacets);
      else this.done = start.record;
    }

    const { positions, attributes } = decoder;
    while (this.total === undefined || this.done < this.total) {
      const { total, done } = this;
      const pending = window.end - window.start;
      const isMore = total === undefined && done >= announced && pending > TRAILING_BYTES_MAX;
      const allowed = isMore ? Number.POSITIVE_INFINITY : (total ?? announced) - done;
      const wanted = Math.min(allowed, options.batchTriangles, Math.floor(TRAILING_BYTES_MAX / FACET_BYTES));
      // Salvage looks one facet ahead.
      const ahead = this.limit === undefined || window.ended ? 0 : 1;
      const count = Math.min(wanted, Math.floor(pending / FACET_BYTES) - ahead);
      // Batches are full, so that they do not depend on read sizes.
      if (count > 0 && (count === wanted || window.ended)) {
        if (isMore && done === announced) this.refuseSecond(pending);
        const offset = window.offset;
        const inStep = this.limit?.countInStep(window.bytes, window.start, window.end, count) ?? count;
        if (inStep > 0) {
          const anyWord = decoder.decode(window.start, inStep, done, offset);
          const places = [
            { item: 0, offset, end: offset + FACET_BYTES, line: 0, record: done, vertices: 0 },
          ] as const;
          window.start += FACET_BYTES * inStep;
          this.done += inStep;
          const words = anyWord ? attributes : undefined;
          yield { kind: 'soup', count: inStep, positions, attributes: words, places };
        }
        if (inStep < count) return await this.endSalvage();
      } else {
        await window.fill(place);
        const isShort = total === undefined || window.end - window.start < FACET_BYTES;
        if (window.ended && isShort) this.total = this.judgeEnd();
      }
    }
    // When reading a part, what follows does not matter.
    if (isPart) return;
    decoder.judge(window.offset);
    if (this.done >= announced || isCountMissing(announced)) await this.judgeTail();
  }

  save(): SavedReader {
    const { window, done, total, decoder } = this;
    const memory: SavedFacets = { done, total, decoder: decoder.save() };
    return { offset: window.offset, memory };
  }

  private restore({ done, total, decoder }: SavedFacets): void {
    this.done = done;
    this.total = total;
    this.decoder.restore(decoder);
  }

  /**
   * Applies {@link judgeSize} at the end of a source of unknown size; throws if a source has shrunk since it was opened.
   */
  private judgeEnd(): number {
    const { source, window, total, announced, options } = this;
    const size = window.base + window.end;
    if (total === undefined) {
      refuseOthers(source.head, size);
      return judgeSize(size, announced, source.head, options);
    }
    throw new FormatError(
      `the file ends here now; expected ${formatCount(source.size ?? 0)} bytes, its size when it was opened`,
      { place: { offset: size }, hint: 'wait until no other program writes to the file' },
    );
  }

  /** Throws or warns if bytes follow the last facet. */
  private async judgeTail(): Promise<void> {
    const { window, source, announced, options } = this;
    const place = () => ({ offset: window.offset });
    while (!window.ended && window.end - window.start <= TRAILING_BYTES_MAX) await window.fill(place);
    const extra = window.end - window.start;
    if (extra === 0) return;
    this.refuseSecond(source.size === undefined ? extra : source.size - window.offset);
    const offset = window.offset;
    const isAppendix = this.isHarmlessTail && (announced === 0 || this.decoder.endsInStep);
    if (isAppendix && (window.ended || options.salvage)) {
      const message = `${countOf(extra, 'byte')} after the last triangle (from byte ${offset}) ${extra === 1 ? 'is' : 'are'} ignored`;
      options.warn({ kind: 'trailing-bytes', message });
      return;
    }
    throw new FormatError(
      `damaged: ${countOf(extra, 'byte')} left over after the last of ${countOf(announced, 'announced triangle')}, which is misaligned; ` +
        'expected no trailing bytes, or aligned triangles',
      {
        place: { offset },
        hint: nameExtra(source.head, announced, extra) ?? 'copy the file again; bytes may have been inserted',
      },
    );
  }

  private refuse(found: string, offset: number): FormatError {
    return new FormatError(
      `damaged: the bytes from here on are misaligned, and the file holds ${found}; expected facets`,
      {
        place: { offset },
        hint: 'copy the file again; bytes may be missing or inserted',
      },
    );
  }

  /** Whether only NUL bytes or text follow; numbers would be the end of a facet. */
  private get isHarmlessTail(): boolean {
    const { window } = this;
    const tail = window.bytes.subarray(window.start, window.end);
    return tail.every((byte) => byte === 0) || !tail.some(isControl);
  }

  /** Throws if the `extra` bytes that follow are a second STL. */
  private refuseSecond(extra: number): void {
    const { window, source } = this;
    const { bytes, start, end } = window;
    if (end - start < HEADER_BYTES) return;
    const rest = bytes.subarray(start, end);
    const count = readAnnouncedCount(rest);
    const size = HEADER_BYTES + FACET_BYTES * count;
    const isExact = count > 0 && size === extra;
    const isLonger = size <= extra || source.size === undefined;
    if (!isExact && !(count > 0 && isLonger && beginsWithFacets(rest))) return;
    throw new FormatError(
      `a second STL of ${countOf(count, 'triangle')} follows the first; expected the end of the file`,
      {
        place: { offset: window.offset },
        hint: 'split the file there and convert both parts',
      },
    );
  }

  /** Warns that facets from here on are misaligned, or throws if the source is not truncated. */
  private async endSalvage(): Promise<void> {
    const { window, options, done, announced } = this;
    const { offset } = window;
    if (done === 0) throw this.refuse('no aligned facet', offset);
    while (!window.ended) {
      window.start = window.end;
      await window.fill(() => ({ offset }));
    }
    const isTruncated = window.base + window.end < HEADER_BYTES + FACET_BYTES * announced;
    if (!isTruncated && !isCountMissing(announced)) throw this.refuse('more than announced', offset);
    const message = `byte ${offset}: the bytes from here on are not triangles of this mesh; the ${formatCount(done)} before them were read`;
    options.warn({ kind: 'salvaged', message });
  }
}

/** The state of a reader between two batches, as plain data. */
interface SavedFacets {
  readonly done: number;
  readonly total: number | undefined;
  readonly decoder: SavedDecoder;
}

/** Names the bytes of a facet. */
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
