/** Reads Parquet in a test, with a reader that is not ours. */
import { readFileSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet';

const compressors = {
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
};

export type ParquetRow = Record<string, number | string | null>;

const toArrayBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** The rows of a file; integers as numbers. */
export async function readParquet(bytes: Uint8Array): Promise<ParquetRow[]> {
  const rows = await parquetReadObjects({ file: toArrayBuffer(bytes), compressors });
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
    ),
  );
}

/** The rows of a file by its name. */
export const readParquetFile = (path: string): Promise<ParquetRow[]> => readParquet(readFileSync(path));

/** The footer of a file. */
export function readFooter(bytes: Uint8Array): FileMetaData {
  return parquetMetadata(toArrayBuffer(bytes));
}
