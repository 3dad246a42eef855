/**
 * Writes a table as a Parquet file, row group by row group. hyparquet-writer encodes the values, and knows the rest of the
 * format.
 */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { compressBlock } from '../../io/compression/compress-block.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { ROW_GROUP_BYTES, ROW_GROUP_ROWS } from '../../memory.js';
import type { Column } from './column.js';

/** Rows to write. */
export interface TableStep {
  readonly count: number;
  /** Adds rows `[from, to)` to all columns. */
  readonly fill: (from: number, to: number) => void;
}

/** A piece of the file. */
export interface TableChunk {
  /** Bytes to append; the receiver owns them. */
  readonly bytes: Uint8Array;
  /** The number of rows in this and all previous chunks. */
  readonly rows: number;
}

const CODECS = { zstd: 'ZSTD', gzip: 'GZIP', none: 'UNCOMPRESSED' } as const;
const COMPRESSORS = {
  ZSTD: (bytes: Uint8Array) => compressBlock(bytes, 'zstd'),
  GZIP: (bytes: Uint8Array) => compressBlock(bytes, 'gzip'),
};

/** Returns the most rows of a row group with this many columns: it stays within {@link ROW_GROUP_BYTES}. */
export function groupRows(columns: number): number {
  return Math.min(ROW_GROUP_ROWS, Math.floor(ROW_GROUP_BYTES / (8 * columns)));
}

/** Yields the file, row group by row group; `capacity` is the number of rows that the columns hold. */
export function* writeTable(
  columns: readonly Column[],
  capacity: number,
  compression: CompressionChoice,
  steps: Iterable<TableStep>,
): Generator<TableChunk> {
  const buffer = new ByteWriter();
  const schema = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }) => ({ name, ...type })),
  ];
  const writer = new ParquetWriter({
    writer: buffer,
    schema,
    codec: CODECS[compression],
    compressors: COMPRESSORS,
    createdBy: 'offload',
  });
  const take = (): Uint8Array => {
    const bytes = new Uint8Array(buffer.getBuffer());
    buffer.index = 0;
    return bytes;
  };
  let held = 0;
  let rows = 0;
  const writeGroup = (): TableChunk => {
    const columnData = columns.map((column) => ({ name: column.name, ...column.source() }));
    // Each column is one page.
    writer.write({ columnData, rowGroupSize: held, pageSize: 0 });
    for (const column of columns) column.clear();
    rows += held;
    held = 0;
    return { bytes: take(), rows };
  };
  for (const { count, fill } of steps) {
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, capacity - held);
      fill(k, k + some);
      k += some;
      held += some;
      if (held === capacity || columns.some(({ isFull }) => isFull)) yield writeGroup();
    }
  }
  if (held > 0) yield writeGroup();
  writer.finish();
  yield { bytes: take(), rows };
}
