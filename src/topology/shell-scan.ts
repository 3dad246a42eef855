/** Goes through triangles with their positions and hands those of closed shells on, each with the number of its shell. */

import type { IdSet } from '../collections/id-set.js';
import { LabelStream } from '../collections/label-stream.js';
import type { RowFile } from '../collections/row-lookup.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import type { CornerPositions } from '../database/rows/corner-positions.js';
import type { TriangleBatch } from '../mesh.js';

/** The shells of a mesh, as {@link ShellFinder} leaves them. */
export interface FoundShells {
  /** The first triangle of its shell for each triangle. */
  readonly labels: RowFile;
  /** The first triangle of each shell that is closed, consistently wound and has no non-manifold edge; sealed. */
  readonly closed: IdSet;
  /** All shells. */
  readonly count: number;
}

/** What is done with triangles; shells are numbered in the order of their first triangles. */
export interface ShellSink {
  /** Takes each triangle. */
  readonly onTriangle?: ((t: Float64Array) => void) | undefined;
  /** Takes each triangle of a closed shell. */
  readonly onShell?: ((shell: number, triangle: number, t: Float64Array) => void) | undefined;
}

export class ShellScan {
  private readonly labels: LabelStream;
  private readonly corners = new Float64Array(9);

  constructor(
    private readonly positions: CornerPositions,
    private readonly shells: FoundShells,
    /** The triangles that are looked at, in ascending order of their ids; all unless given. */
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
      onTriangle?.(t);
      if (onShell === undefined) continue;
      const first = labels.read(id);
      if (closed.has(first)) onShell(closed.rank(first), id, t);
    }
  }
}
