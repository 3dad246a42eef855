/** The interface of one of two meshes to compare: a stream of triangles with their positions. Types only. */
import type { Precision, Warning } from '../../mesh.js';
import type { ReadingSettings } from '../load/reading-options.js';
import type { FilePlace } from './find-place.js';

/** Some triangles in order; the arrays are lent until the promise of {@link TakeTriangles} resolves. */
export interface SideBatch {
  readonly count: number;
  /** The number from 0, or the id, of each triangle. */
  readonly ids: Float64Array;
  /** Nine coordinates a triangle. */
  readonly positions: Float32Array | Float64Array;
}

/** Awaited with each batch of triangles. */
export type TakeTriangles = (batch: SideBatch) => Promise<void>;

/** Await it after each batch of `triangles`; it reports progress, and throws if the run is aborted. */
export type OnStep = (triangles: number) => Promise<void>;

export interface Side {
  readonly precision: Precision;
  /** The approximate number of triangles, if known. */
  readonly expectedTriangles: number | undefined;
  /** Whether it can be read more than once, unlike a pipe. */
  readonly isRepeatable: boolean;
  /** Passes all triangles to `take`, in order. Throws FormatError, FileError, DatabaseError. */
  read(take: TakeTriangles, step: OnStep): Promise<void>;
  /** Locates triangles in the files by their ascending numbers; empty for a database. */
  locate(numbers: readonly number[]): Promise<ReadonlyMap<number, FilePlace>>;
}

export interface SideOptions extends ReadingSettings {
  readonly onWarning: (warning: Warning) => void;
}

/** The memory for reading a side. */
export interface SideMemory {
  /** Memory of the process, in bytes. */
  readonly memoryBytes: number;
  /** Returns the arena for positions, which both sides share in turn. */
  arenaOf(): ArrayBuffer;
}

/** A side whose format is known but whose content has not been read. */
export interface OpenedSide {
  /** As the user gave them; `-` is standard input. */
  readonly names: readonly string[];
  /** `database`, the id of their format, or `mixed`. */
  readonly format: string;
  /** Memory taken for decompression whenever it is read, in bytes. */
  readonly unpackingBytes: number;
  /** Prepares it for reading, which may take a while. */
  prepare(memory: SideMemory): Promise<Side>;
  /** Removes temporary files. Call it in any case. */
  close(): Promise<void>;
}
