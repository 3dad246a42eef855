/** The options for reading a source, and their defaults. */
import type { DiskSpace } from '../../io/disk.js';
import { LOAD_DEFAULTS } from '../../memory.js';
import type { MeshItem } from '../../mesh.js';
import { flag, integer, internal, listener, type Rules, text } from '../../options.js';
import { RUN_OPTIONS, type RunOptions } from '../run/progress.js';

export interface ReadingOptions extends RunOptions {
  /** Format of the source (default: detected). */
  readonly from?: string | undefined;
  /** Recover the complete triangles of a truncated source. */
  readonly salvage?: boolean | undefined;
  /** Leave out inputs that cannot be read; each is read twice, first to find out. */
  readonly skipBad?: boolean | undefined;
  /** Largest accepted source in bytes, after decompression (default: no limit). */
  readonly maxBytes?: number | undefined;
  /**
   * The most triangles in a batch; for tests.
   * @internal
   */
  readonly batchTriangles?: number | undefined;
  /**
   * Bytes of the welder's tables (default: its share of the memory); for tests.
   * @internal
   */
  readonly weldBytes?: number | undefined;
  /**
   * Replaces the query for the free space of a folder; for tests.
   * @internal
   */
  readonly spaceOf?: ((folder: string) => DiskSpace) | undefined;
  /**
   * Receives each item when it is read; for the view.
   * @internal
   */
  readonly onItem?: ((item: MeshItem) => void) | undefined;
}

/** The rules for {@link ReadingOptions}. */
export const READING_OPTIONS: Rules<ReadingOptions> = {
  ...RUN_OPTIONS,
  from: text,
  salvage: flag,
  skipBad: flag,
  maxBytes: integer(),
  batchTriangles: internal(integer(1)),
  weldBytes: internal(integer()),
  spaceOf: internal(listener),
  onItem: internal(listener),
};

/** Options whose defaults have been filled in. */
export interface ReadingSettings extends ReadingOptions {
  readonly memoryBytes: number;
  readonly batchTriangles: number;
  readonly salvage: boolean;
}

/** Fills in the defaults, once for each source, before it is opened. */
export function settleReading<T extends ReadingOptions>(options: T): T & ReadingSettings {
  return {
    ...options,
    memoryBytes: options.memoryBytes ?? LOAD_DEFAULTS.memoryBytes,
    batchTriangles: options.batchTriangles ?? LOAD_DEFAULTS.batchTriangles,
    salvage: options.salvage ?? LOAD_DEFAULTS.salvage,
  };
}
