/** The options of written PLY. */
import { finite, flag, type Rules } from '../../../options.js';

/** Selects what a PLY has besides positions and corners, and how its numbers are written. */
export interface PlyOptions {
  /** Write colors of vertices and triangles as bytes, if the mesh has any. */
  readonly colors?: boolean | undefined;
  /** Write normals of vertices, if the mesh has any. */
  readonly normals?: boolean | undefined;
  /** Write text instead of little-endian binary. */
  readonly ascii?: boolean | undefined;
  /** The maximum number of significant digits of positions and normals, 1 to 17 (default: exact); only with `ascii`. */
  readonly precision?: number | undefined;
  /** Give each triangle three vertices of its own. */
  readonly soup?: boolean | undefined;
}

/** The rules for {@link PlyOptions}. */
export const PLY_OPTIONS: Rules<PlyOptions> = {
  colors: flag,
  normals: flag,
  ascii: flag,
  precision: finite,
  soup: flag,
};
