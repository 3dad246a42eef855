/** The bytes of the source that hold a vertex or a triangle: one or more rows of an accessor. */
import type { Accessor, Rows } from '../accessor.js';
import type { Buffers, SourceRange } from '../buffers.js';

/** Rows of an accessor as places in the source. */
export interface RecordRows {
  /** The rows; undefined if they are not stored, being 0. */
  readonly rows: Rows | undefined;
  /** Bytes from one record to the next. */
  readonly stride: number;
  /** Whether a place is the bytes themselves. */
  isPlain(buffers: Buffers): boolean;
  /** Returns where `rows` rows from `row` on are, including what stands between them; undefined if not in the source. */
  place(buffers: Buffers, row: number, rows?: number): SourceRange | undefined;
}

/** Describes records of `size` rows each. */
export function recordsOf({ base, sparse }: Accessor, size: number): RecordRows {
  // The rows of an accessor without a base are those that sparse ones replace.
  const rows = base ?? sparse?.values;
  return {
    rows: base,
    stride: size * (base?.stride ?? 0),
    isPlain: (buffers) => base !== undefined && buffers.isChunk(base.buffer),
    place(buffers, row, count = size) {
      if (rows === undefined) return undefined;
      if (base === undefined) return buffers.placeOf(rows.buffer, rows.offset, rows.offset + rows.rowBytes);
      const from = rows.offset + row * rows.stride;
      return buffers.placeOf(rows.buffer, from, from + count * rows.stride);
    },
  };
}
