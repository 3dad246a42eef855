/** How a source is read: what a caller may choose, and the defaults. */
import type { DiskSpace } from '../../io/disk.js';
import { LOAD_DEFAULTS } from '../../memory.js';
import { flag, integer, internal, listener, type Rules, text } from '../../options.js';
import { RUN_OPTIONS, type RunOptions } from '../run/progress.js';

export interface ReadingOptions extends RunOptions {
  /** Format of the source, where it is not to be found out. */
  readonly from?: string | undefined;
  /** Take what is whole of a truncated source. */
  readonly salvage?: boolean | undefined;
  /** The most bytes that the source may have, unpacked; no limit but the disk's unless given. */
  readonly maxBytes?: number | undefined;
  /**
   * The most triangles handled at a time; for tests.
   * @internal
   */
  readonly batchTriangles?: number | undefined;
  /**
   * Bytes of the welder's tables instead of its share of the memory; for tests.
   * @internal
   */
  readonly weldBytes?: number | undefined;
  /**
   * How much room there is in a folder, where the system is not to be asked; for tests.
   * @internal
   */
  readonly spaceOf?: ((folder: string) => DiskSpace) | undefined;
}

/** The rules for {@link ReadingOptions}. */
export const READING_OPTIONS: Rules<ReadingOptions> = {
  ...RUN_OPTIONS,
  from: text,
  salvage: flag,
  maxBytes: integer(),
  batchTriangles: internal(integer(1)),
  weldBytes: internal(integer()),
  spaceOf: internal(listener),
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
