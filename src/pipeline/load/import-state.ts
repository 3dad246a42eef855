/** The state of an import between two items of an input: plain data from which another run resumes. */

import type { SavedSpills } from '../../collections/spill-file.js';
import type { SavedMeshLoad } from '../../database/build/mesh-load.js';
import type { SourceRecord } from '../../database/build/source-record.js';
import type { SavedReader } from '../../formats/format.js';
import type { VertexBatch, Warning } from '../../mesh.js';
import type { SourceScales } from '../../weld/color-scales.js';
import type { IndexedRecord } from '../../weld/sinks.js';
import type { SavedWelding, Welding } from '../../weld/welding.js';

export type CountedWarning = Warning & { readonly count: number };

/** The state while the inputs are read: the position and the results so far. */
export interface ReadingState {
  readonly phase: 'reading';
  /** Size of the welder's tables, which must not shrink: ids are looked up as far back as the tables reached. */
  readonly weldBytes: number;
  /** Bytes of all files read so far. */
  readonly bytesRead: number;
  /** The index of the current input, and where its reader is. */
  readonly input: number;
  readonly reader: SavedReader;
  readonly triangles: number;
  /** The warnings of all inputs, and of the current one. */
  readonly warnings: readonly CountedWarning[];
  readonly inputWarnings: readonly CountedWarning[];
  /** The inputs before the current one. */
  readonly sources: readonly SourceRecord[];
  readonly scales: readonly SourceScales[];
  readonly contentBytes: number;
  /** What has been read of the current input. */
  readonly current: {
    readonly firstTriangle: number;
    readonly firstVertex: number;
    readonly vertices: number;
    readonly faces: number;
  };
  readonly welding: SavedWelding;
  readonly rows: SavedMeshLoad;
}

/** The state when all rows are stored and the properties of all sources are known. */
interface LoadedState {
  readonly phase: 'loaded';
  readonly bytesRead: number;
  readonly rows: SavedMeshLoad;
  readonly sources: readonly SourceRecord[];
  readonly indexed: IndexedRecord | undefined;
  readonly warnings: readonly CountedWarning[];
  readonly contentBytes: number;
  readonly fitMemory: boolean;
}

export type ImportState = ReadingState | LoadedState;

/** The spill files that a state needs. */
export function spillsOf(state: ImportState | undefined): SavedSpills {
  return state?.phase === 'reading' ? state.welding.files : {};
}

/** Fills a welder with vertices that are stored; calls `onBatch` before each batch. */
export async function remember(
  vertices: Iterable<VertexBatch>,
  welding: Welding,
  bytesPerValue: 4 | 8,
  onBatch: () => Promise<void>,
): Promise<void> {
  for (const { count, positions } of vertices) {
    await onBatch();
    const own = positions.subarray(0, 3 * count);
    await welding.remember(bytesPerValue === 4 ? Float32Array.from(own) : own.slice(), count);
  }
}
