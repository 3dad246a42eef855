/** One of two meshes that are compared, as a stream of triangles with their positions. Types only. */
import type { Place } from '../../errors.js';
import type { Precision, Warning } from '../../mesh.js';
import type { ReadingSettings } from '../load/reading-options.js';

/** Told of each triangle: its number from 0, or its id, and its nine coordinates, which are only lent. */
export type TakeTriangle = (number: number, t: Float64Array) => void;

/** To be awaited after so many triangles more: it tells how far the work is, and throws where it is to end. */
export type OnStep = (triangles: number) => Promise<void>;

export interface Side {
  /** As the user gave it; `-` is standard input. */
  readonly name: string;
  /** What it is: `database`, or the id of its format. */
  readonly format: string;
  readonly precision: Precision;
  /** About how many triangles will come, where that is known. */
  readonly expectedTriangles: number | undefined;
  /** Whether it can be read more than once: what comes through a pipe cannot. */
  readonly isRepeatable: boolean;
  /** Hands all triangles over, in order. Throws FormatError, FileError, DatabaseError. */
  read(take: TakeTriangle, step: OnStep): Promise<void>;
  /** Where triangles stand in the file, by their numbers, which ascend; those of a database stand nowhere else. */
  locate(numbers: readonly number[]): Promise<ReadonlyMap<number, Place>>;
}

export interface SideOptions extends ReadingSettings {
  readonly onWarning: (warning: Warning) => void;
}

/** What a side is read with. */
export interface SideMemory {
  /** Memory of the whole process, in bytes. */
  readonly memoryBytes: number;
  /** Memory for positions, which both sides have in turn. */
  arenaOf(): ArrayBuffer;
}

/** A side of which is known what it is, and nothing has been read. */
export interface OpenedSide {
  /** Memory that is taken whenever it is read, for unpacking, in bytes. */
  readonly unpackingBytes: number;
  /** Makes it ready, which may take its time. */
  prepare(memory: SideMemory): Promise<Side>;
  /** Removes what is on the disk. To be called in any case. */
  close(): Promise<void>;
}
