/**
 * Writes binary STL: a header of 80 bytes, the count, and 50 bytes for each facet. The attribute words of a binary STL are
 * kept, and the header of their source if it decides what they mean, unless several sources disagree about that.
 */
import { UsageError } from '../../../errors.js';
import type { CornerBatch, SoupSelection, Warning } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import { viewOf } from '../../shared/output.js';
import { writeRows } from '../../shared/rows.js';
import type { OutputChunk, SelectionFacts, SoupRowWriter } from '../../writer.js';
import { meaningOf } from '../color.js';
import { ATTRIBUTE_AT, CORNERS_AT, COUNT_AT, FACET_BYTES, HEADER_BYTES } from '../layout.js';
import { setNormal } from './normal.js';

/** The maximum count. */
const TRIANGLES_MAX = 2 ** 32 - 1;

/** The header, which is padded with blanks. */
const TITLE = 'binary STL written by offload';
/** A header that begins with this looks like text. */
const TEXT = 'solid';

/**
 * Formats the selection as binary STL, chunk by chunk. Coordinates that do not fit in 32 bits are rounded, with a warning
 * at the end; normals are computed from the rounded ones. Throws UsageError if a coordinate is too large for that, or if
 * there are more triangles than {@link TRIANGLES_MAX}.
 */
export function* formatBinaryStl(
  selection: SoupSelection,
  warn: (warning: Warning) => void,
): Generator<OutputChunk> {
  yield* writeRows(selection, new BinaryStlRows(selection, warn));
}

/** Binary STL facet by facet. Warns and throws UsageError as {@link formatBinaryStl} does. */
export class BinaryStlRows implements SoupRowWriter {
  readonly header: Uint8Array;
  readonly rowBytes = FACET_BYTES;
  readonly hasWords: boolean;
  /** Coordinates that were rounded. */
  readonly tally = { rounded: 0 };
  private readonly triangleCount: number;
  private readonly normal = new Float64Array(3);
  private readonly corners = new Float64Array(9);

  constructor(
    { triangleCount, attributeHeaders = [] }: SelectionFacts,
    private readonly warn: (warning: Warning) => void,
  ) {
    if (triangleCount > TRIANGLES_MAX) {
      throw new UsageError(
        `${formatCount(triangleCount)} triangles; expected at most ${formatCount(TRIANGLES_MAX)}, the limit of binary STL`,
        { hint: 'add `stl.ascii`, or select fewer triangles' },
      );
    }
    if (new Set(attributeHeaders.map(meaningOf)).size > 1) {
      const message =
        'attribute words keep their values, but the sources disagree about the colors they mean';
      warn({ kind: 'stl-colors-disagree', message });
    }
    this.triangleCount = triangleCount;
    this.hasWords = attributeHeaders.length > 0;
    const header = Buffer.alloc(HEADER_BYTES, ' ');
    const [first, ...others] = attributeHeaders;
    const meaning = first && meaningOf(first);
    if (first !== undefined && meaning !== 'VisCAM' && others.every((one) => meaningOf(one) === meaning)) {
      header.set(first.subarray(0, COUNT_AT));
      if (header.toString('latin1', 0, TEXT.length) === TEXT) header.fill(' ', 0, TEXT.length);
    } else {
      header.write(TITLE, 'latin1');
    }
    header.writeUInt32LE(triangleCount, COUNT_AT);
    this.header = header;
  }

  conclude(): void {
    const { rounded } = this.tally;
    if (rounded === 0) return;
    const share = `${formatCount(rounded)} of ${countOf(9 * this.triangleCount, 'coordinate')}`;
    this.warn({ kind: 'stl-rounded', message: `${share} are rounded to the 32 bits of binary STL` });
  }

  soup(
    { positions, attributes }: CornerBatch,
    from: number,
    to: number,
    target: Uint8Array,
    start: number,
  ): number {
    const { corners, normal } = this;
    const view = viewOf(target);
    let at = start;
    for (let k = from; k < to; k++) {
      for (let d = 0; d < 9; d++) {
        const value = positions[9 * k + d]!;
        const float = Math.fround(value);
        if (float !== value) this.round(value);
        corners[d] = float;
        view.setFloat32(at + CORNERS_AT + 4 * d, float, true);
      }
      setNormal(corners, 0, normal);
      for (let d = 0; d < 3; d++) view.setFloat32(at + 4 * d, normal[d]!, true);
      view.setUint16(at + ATTRIBUTE_AT, attributes?.[k] ?? 0, true);
      at += FACET_BYTES;
    }
    return at;
  }

  private round(value: number): void {
    this.tally.rounded++;
    if (Number.isFinite(Math.fround(value))) return;
    throw new UsageError(
      `a triangle has the coordinate ${value}; expected at most 3.4028235e38, the largest number in binary STL`,
      { hint: 'add `stl.ascii`' },
    );
  }
}
