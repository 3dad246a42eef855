/**
 * Writes a table as a Parquet file, row group by row group.
 *
 * hyparquet-writer writes the page headers and the footer. The values are encoded here: for them, it takes 110 ns for an
 * integer and several arrays for a value that may be NULL, more than all the rest of an export.
 */
import type { ColumnChunk, Encoding, PageHeader } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { compressBlock } from '../../io/compression/compress-block.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { ROW_GROUP_BYTES, ROW_GROUP_ROWS } from '../../memory.js';
import type { Column, PageValues } from './column.js';

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

/** Returns the most rows of a row group with this many columns: it stays within {@link ROW_GROUP_BYTES}. */
export function groupRows(columns: number): number {
  return Math.min(ROW_GROUP_ROWS, Math.floor(ROW_GROUP_BYTES / (8 * columns)));
}

/** Yields the file, column by column of each row group; `capacity` is the number of rows that the columns hold. */
export function* writeTable(
  columns: readonly Column[],
  capacity: number,
  compression: CompressionChoice,
  steps: Iterable<TableStep>,
): Generator<TableChunk> {
  const file = new TableWriter(columns, compression);
  let held = 0;
  let rows = 0;
  const writeGroup = function* (): Generator<TableChunk> {
    for (const bytes of file.writeGroup(held)) yield { bytes, rows };
    rows += held;
    held = 0;
  };
  for (const { count, fill } of steps) {
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, capacity - held);
      fill(k, k + some);
      k += some;
      held += some;
      if (held === capacity || columns.some(({ isFull }) => isFull)) yield* writeGroup();
    }
  }
  if (held > 0) yield* writeGroup();
  yield { bytes: file.finish(), rows };
}

class TableWriter {
  private readonly buffer = new ByteWriter();
  private readonly writer: ParquetWriter;
  private readonly codec: (typeof CODECS)[CompressionChoice];
  private readonly compress: (bytes: Uint8Array) => Uint8Array;

  constructor(
    private readonly columns: readonly Column[],
    compression: CompressionChoice,
  ) {
    this.codec = CODECS[compression];
    this.compress = compression === 'none' ? (bytes) => bytes : (bytes) => compressBlock(bytes, compression);
    const root = { name: 'root', num_children: columns.length };
    const schema = [root, ...columns.map(({ name, type }) => ({ name, ...type }))];
    this.writer = new ParquetWriter({ writer: this.buffer, schema, createdBy: 'offload' });
  }

  /** Yields a row group with the values of all columns, `count` each, column by column, and clears them. */
  *writeGroup(count: number): Generator<Uint8Array> {
    const { buffer, writer } = this;
    const start = buffer.offset;
    const columns: ColumnChunk[] = [];
    for (const column of this.columns) {
      columns.push(this.writeColumn(column, column.values(), count));
      column.clear();
      yield this.take();
    }
    const total_byte_size = columns.reduce(
      (sum, { meta_data }) => sum + meta_data!.total_uncompressed_size,
      0n,
    );
    const total_compressed_size = BigInt(buffer.offset - start);
    writer.row_groups.push({ columns, total_byte_size, num_rows: BigInt(count), total_compressed_size });
    writer.num_rows += BigInt(count);
  }

  /** Writes the footer; returns the last bytes. */
  finish(): Uint8Array {
    this.writer.finish();
    return this.take();
  }

  /** Writes a dictionary, if there is one, and `count` values as one page. */
  private writeColumn({ name, type }: Column, values: PageValues, count: number): ColumnChunk {
    const { bytes, nulls, bounds, dictionary } = values;
    const { buffer, codec } = this;
    const start = buffer.offset;
    let plainBytes = 0;
    if (dictionary !== undefined) {
      const dictionary_page_header = { num_values: dictionary.count, encoding: 'PLAIN' } as const;
      plainBytes += this.writePage({ type: 'DICTIONARY_PAGE', dictionary_page_header }, dictionary.bytes);
    }
    const encoding: Encoding = dictionary === undefined ? 'PLAIN' : 'RLE_DICTIONARY';
    const levels = { definition_level_encoding: 'RLE', repetition_level_encoding: 'RLE' } as const;
    const data_page_header = { num_values: count, encoding, ...levels };
    const dataStart = buffer.offset;
    plainBytes += this.writePage({ type: 'DATA_PAGE', data_page_header }, bytes);
    return {
      file_offset: BigInt(start),
      meta_data: {
        type: type.type,
        encodings: [...new Set<Encoding>(['PLAIN', 'RLE', encoding])],
        path_in_schema: [name],
        codec,
        num_values: BigInt(count),
        total_uncompressed_size: BigInt(plainBytes),
        total_compressed_size: BigInt(buffer.offset - start),
        data_page_offset: BigInt(dataStart),
        ...(dictionary && { dictionary_page_offset: BigInt(start) }),
        statistics: {
          ...(bounds && { min_value: bounds.min, max_value: bounds.max }),
          null_count: BigInt(nulls),
        },
      },
    };
  }

  /** Writes a page after its header; returns their size without compression. */
  private writePage(
    header: Omit<PageHeader, 'uncompressed_page_size' | 'compressed_page_size'>,
    bytes: Uint8Array,
  ): number {
    const { buffer } = this;
    const packed = this.compress(bytes);
    const start = buffer.offset;
    const sizes = { uncompressed_page_size: bytes.length, compressed_page_size: packed.length };
    writePageHeader(buffer, { ...header, ...sizes });
    const headerBytes = buffer.offset - start;
    buffer.appendBytes(packed);
    return headerBytes + bytes.length;
  }

  /** Returns the bytes since the last call, which the receiver owns. */
  private take(): Uint8Array {
    const bytes = new Uint8Array(this.buffer.getBuffer());
    this.buffer.index = 0;
    return bytes;
  }
}
