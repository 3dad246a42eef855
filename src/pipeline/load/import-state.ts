/** Where an import stands between two items of its source: plain data, with which another run goes on. */

import type { SavedSpills } from '../../collections/spill-file.js';
import { MeshLoad, type SavedMeshLoad, type SourceRecord } from '../../database/build/mesh-load.js';
import type { SavedReader } from '../../formats/format.js';
import type { CompressionId } from '../../io/compression/compression.js';
import type { Warning } from '../../mesh.js';
import type { SavedWelding, Welding } from '../../weld/welding.js';

/** Where reading goes on, and what there is until then. */
interface ReadingState {
  readonly phase: 'reading';
  /** Tables of the welder are not to become smaller: ids are looked up as far back as they reached. */
  readonly weldBytes: number;
  /** Bytes of the file that have been read. */
  readonly bytesRead: number;
  readonly reader: SavedReader;
  readonly triangles: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  readonly welding: SavedWelding;
  readonly rows: SavedMeshLoad;
}

/** All rows are there, and what the source was like is known. */
interface LoadedState {
  readonly phase: 'loaded';
  readonly bytesRead: number;
  readonly rows: SavedMeshLoad;
  readonly source: SavedRecord;
  readonly compression: CompressionId | undefined;
  readonly contentBytes: number;
  readonly fitMemory: boolean;
}

export type ImportState = ReadingState | LoadedState;

/** A {@link SourceRecord} as plain data. */
type SavedRecord = Omit<SourceRecord, 'modified' | 'header'> & {
  readonly modified: string | undefined;
  /** In base64. */
  readonly header: string | undefined;
};

export function saveRecord({ modified, header, ...record }: SourceRecord): SavedRecord {
  return {
    ...record,
    modified: modified?.toISOString(),
    header: header && Buffer.from(header).toString('base64'),
  };
}

export function loadRecord({ modified, header, ...record }: SavedRecord): SourceRecord {
  return {
    ...record,
    modified: modified === undefined ? undefined : new Date(modified),
    header: header === undefined ? undefined : Buffer.from(header, 'base64'),
  };
}

/** The spill files that a state needs. */
export function spillsOf(state: ImportState | undefined): SavedSpills {
  return state?.phase === 'reading' ? state.welding.files : {};
}

/** Tells a welder that goes on of the vertices in the database, after each batch of which `onBatch` is called. */
export async function remember(
  { rows, welding: saved }: ReadingState,
  database: string,
  welding: Welding,
  bytesPerValue: 4 | 8,
  onBatch: () => Promise<void>,
): Promise<void> {
  // What waits on disk is found there.
  if (!saved.isExact) return;
  for (const { count, positions } of MeshLoad.vertices(database, rows)) {
    await onBatch();
    const own = positions.subarray(0, 3 * count);
    await welding.remember(bytesPerValue === 4 ? Float32Array.from(own) : own.slice(), count);
  }
}
