/** The options of written Parquet. */
import { flag, listOf, type Rules, text } from '../../options.js';

/** Selects the tables of a Parquet output, and their columns besides ids, positions and corners. */
export interface ParquetOptions {
  /** Write the columns red, green, blue and alpha of vertices and triangles, if the mesh has colors. */
  readonly colors?: boolean | undefined;
  /** Write the columns nx, ny and nz of vertices, if the mesh has normals. */
  readonly normals?: boolean | undefined;
  /** Write one file of triangles with the positions of their corners, instead of a folder with two tables. */
  readonly soup?: boolean | undefined;
  /**
   * More columns of triangles: `part`, `material`, `source`, and measures such as `area`, `normal_z` or `aspect`. They measure the
   * written triangle, after welding and transforms.
   */
  readonly columns?: readonly string[] | undefined;
}

/** What the pages of a file are compressed with unless another compression is requested. */
export const COMPRESSION_DEFAULT = 'zstd';

/** Measured on 10 M triangles of a closed surface: the size with each compression, as a share of the numbers. */
export const PACKED_SHARES = { none: 1, gzip: 0.3, zstd: 0.2 } as const;

/** The rules for {@link ParquetOptions}. */
export const PARQUET_OPTIONS: Rules<ParquetOptions> = {
  colors: flag,
  normals: flag,
  soup: flag,
  columns: listOf(text, 'names of columns'),
};

/** The columns of triangles that name their part or source; all others are measures. */
export const NAME_COLUMNS: readonly string[] = ['part', 'material', 'source'];
