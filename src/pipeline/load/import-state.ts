/** The state of an import between two items of its source: plain data from which another run resumes. */

import type { SavedSpills } from '../../collections/spill-file.js';
import { MeshLoad, type SavedMeshLoad, type SourceRecord } from '../../database/build/mesh-load.js';
import type { SavedReader } from '../../formats/format.js';
import type { CompressionId } from '../../io/compression/compression.js';
import type { Warning } from '../../mesh.js';
import type { SavedWelding, Welding } from '../../weld/welding.js';

/** The state while the source is read: the position and the results so far. */
interface ReadingState {
  readonly phase: 'reading';
  /** Size of the welder's tables, which must not shrink: ids are looked up as far back as the tables reached. */
  readonly weldBytes: number;
  /** Bytes of the file read so far. */
  readonly bytesRead: number;
  readonly reader: SavedReader;
  readonly triangles: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  readonly welding: SavedWelding;
  readonly rows: SavedMeshLoad;
}

/** The state when all rows are stored and the properties of the source are known. */
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

/** Fills a resumed welder with the vertices in the database; calls `onBatch` before each batch. */
export async function remember(
  { rows, welding: saved }: ReadingState,
  database: string,
  welding: Welding,
  bytesPerValue: 4 | 8,
  onBatch: () => Promise<void>,
): Promise<void> {
  // An inexact welder finds its vertices on disk.
  if (!saved.isExact) return;
  for (const { count, positions } of MeshLoad.vertices(database, rows)) {
    await onBatch();
    const own = positions.subarray(0, 3 * count);
    await welding.remember(bytesPerValue === 4 ? Float32Array.from(own) : own.slice(), count);
  }
}
