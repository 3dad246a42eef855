/** Scans triangles with their positions, and passes on those of closed shells with their shell numbers. */

import type { IdSet } from '../collections/id-set.js';
import { LabelStream } from '../collections/label-stream.js';
import type { RowFile } from '../collections/row-lookup.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import type { CornerPositions } from '../database/rows/corner-positions.js';
import type { TriangleBatch } from '../mesh.js';

/** The shells of a mesh, as {@link ShellFinder} leaves them. */
export interface FoundShells {
  /** For each triangle, the first triangle of its shell. */
  readonly labels: RowFile;
  /** The first triangle of each shell that is closed, consistently wound and without non-manifold edges; sealed. */
  readonly closed: IdSet;
  /** The number of all shells. */
  readonly count: number;
}

/** Receives triangles; shells are numbered in the order of their first triangles. */
export interface ShellSink {
  /** Receives each triangle. */
  readonly onTriangle?: ((t: Float64Array, triangle: number) => void) | undefined;
  /** Receives each triangle of a closed shell. */
  readonly onShell?: ((shell: number, triangle: number, t: Float64Array) => void) | undefined;
}

export class ShellScan {
  private readonly labels: LabelStream;
  private readonly corners = new Float64Array(9);

  constructor(
    private readonly positions: CornerPositions,
    private readonly shells: FoundShells,
    /** The triangles to scan, in ascending id order (default: all). */
    private readonly asked: IdSet | undefined,
    private readonly sink: ShellSink,
  ) {
    this.labels = new LabelStream(shells.labels);
  }

  take({ count, ids, corners }: TriangleBatch & Rows): void {
    const { positions, asked, labels, corners: t } = this;
    const { onTriangle, onShell } = this.sink;
    const { closed } = this.shells;
    for (let k = 0; k < count; k++) {
      const id = ids[k]!;
      if (asked !== undefined && !asked.has(id)) continue;
      positions.copyNext(corners[3 * k]!, corners[3 * k + 1]!, corners[3 * k + 2]!, t);
      onTriangle?.(t, id);
      if (onShell === undefined) continue;
      const first = labels.read(id);
      if (closed.has(first)) onShell(closed.rank(first), id, t);
    }
  }
}
