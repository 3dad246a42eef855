/**
 * Writes a table as a Parquet file, row group by row group.
 *
 * hyparquet-writer knows the format: its page headers, lists with NULL, dictionaries and the footer. It takes 110 ns for
 * an integer, though, three times as long as all the rest of an export: columns without NULL are encoded here.
 */
import type { ColumnChunk } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writeColumn } from 'hyparquet-writer/src/column.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { compressBlock } from '../../io/compression/compress-block.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { ROW_GROUP_BYTES, ROW_GROUP_ROWS } from '../../memory.js';
import type { Column, ListedValues, PlainValues } from './column.js';

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

/** Yields the file, row group by row group; `capacity` is the number of rows that the columns hold. */
export function* writeTable(
  columns: readonly Column[],
  capacity: number,
  compression: CompressionChoice,
  steps: Iterable<TableStep>,
): Generator<TableChunk> {
  const file = new TableWriter(columns, compression);
  let held = 0;
  let rows = 0;
  const writeGroup = (): TableChunk => {
    rows += held;
    const bytes = file.writeGroup(held);
    held = 0;
    return { bytes, rows };
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

  /** Writes the values of all columns, `count` each, as a row group, and clears them; returns the bytes to append. */
  writeGroup(count: number): Uint8Array {
    const { buffer, writer } = this;
    const start = buffer.offset;
    const columns = this.columns.map((column) => {
      const values = column.values();
      const chunk =
        values.kind === 'plain' ? this.writePlain(column, values, count) : this.writeListed(column, values);
      column.clear();
      return chunk;
    });
    const total_byte_size = columns.reduce((sum, { meta_data }) => sum + meta_data!.total_uncompressed_size, 0n);
    const total_compressed_size = BigInt(buffer.offset - start);
    writer.row_groups.push({ columns, total_byte_size, num_rows: BigInt(count), total_compressed_size });
    writer.num_rows += BigInt(count);
    return this.take();
  }

  /** Writes the footer; returns the last bytes. */
  finish(): Uint8Array {
    this.writer.finish();
    return this.take();
  }

  /** Writes values without NULL as one page. */
  private writePlain({ name, type }: Column, { bytes, min, max }: PlainValues, count: number): ColumnChunk {
    const { buffer, codec } = this;
    const start = buffer.offset;
    const packed = this.compress(bytes);
    writePageHeader(buffer, {
      type: 'DATA_PAGE',
      uncompressed_page_size: bytes.length,
      compressed_page_size: packed.length,
      data_page_header: {
        num_values: count,
        encoding: 'PLAIN',
        definition_level_encoding: 'RLE',
        repetition_level_encoding: 'RLE',
      },
    });
    const headerBytes = buffer.offset - start;
    buffer.appendBytes(packed);
    return {
      file_offset: BigInt(start),
      meta_data: {
        type: type.type,
        encodings: ['PLAIN'],
        path_in_schema: [name],
        codec,
        num_values: BigInt(count),
        total_uncompressed_size: BigInt(headerBytes + bytes.length),
        total_compressed_size: BigInt(headerBytes + packed.length),
        data_page_offset: BigInt(start),
        statistics: { min_value: min, max_value: max, null_count: 0n },
      },
    };
  }

  /** Lets the library encode values that may be NULL. */
  private writeListed({ name, type }: Column, { values, encoding }: ListedValues): ColumnChunk {
    const element = { name, ...type };
    const { chunk } = writeColumn({
      writer: this.buffer,
      column: {
        columnName: name,
        element,
        schemaPath: [{ name: 'root' }, element],
        codec: this.codec,
        compressors: { [this.codec]: this.compress },
        stats: true,
        pageSize: 0,
        columnIndex: false,
        offsetIndex: false,
        encoding,
      },
      pageData: {
        values: values as (number | string | null)[],
        definitionLevels: values.map((value) => (value === null ? 0 : 1)),
        repetitionLevels: [],
        maxDefinitionLevel: 1,
      },
    });
    return chunk;
  }

  /** Returns the bytes since the last call, which the receiver owns. */
  private take(): Uint8Array {
    const bytes = new Uint8Array(this.buffer.getBuffer());
    this.buffer.index = 0;
    return bytes;
  }
}
