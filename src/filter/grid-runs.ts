/** Assigns each triangle to the grid cell that contains its centroid. */

import type { Rows } from '../database/pages/leaf-decoder.js';
import type { CornerPositions } from '../database/rows/corner-positions.js';
import type { Bounds, TriangleBatch } from '../mesh.js';
import type { GroupRun } from './groups.js';

/** Divides triangles, in id order, into runs of consecutive ids in one cell. */
export class GridRuns {
  private readonly corners = new Float64Array(9);
  private key = -1;
  private first = -1;
  private last = -1;
  private runs: GroupRun[] = [];

  /** Cells have equal sides along each axis of the box; a cell's key counts z first, then y, then x. */
  constructor(
    private readonly cells: readonly [number, number, number],
    private readonly bounds: Bounds,
    private readonly positions: CornerPositions,
    /** Receives the runs of each batch. */
    private readonly onRuns: (runs: readonly GroupRun[]) => void,
  ) {}

  take({ count, ids, corners }: TriangleBatch & Rows): void {
    for (let k = 0; k < count; k++) {
      this.positions.copyNext(corners[3 * k]!, corners[3 * k + 1]!, corners[3 * k + 2]!, this.corners);
      const key = this.findCell();
      if (key !== this.key || ids[k] !== this.last + 1) {
        this.endRun();
        this.key = key;
        this.first = ids[k]!;
      }
      this.last = ids[k]!;
    }
    this.onRuns(this.runs);
    this.runs = [];
  }

  /** Ends the last run. */
  finish(): void {
    this.endRun();
    this.onRuns(this.runs);
  }

  private endRun(): void {
    if (this.first >= 0) this.runs.push([this.key, this.first, this.last]);
  }

  private findCell(): number {
    const { cells, bounds, corners } = this;
    let cell = 0;
    for (let axis = 0; axis < 3; axis++) {
      const count = cells[axis]!;
      const [min, size] = [bounds.min[axis]!, bounds.max[axis]! - bounds.min[axis]!];
      const centroid = (corners[axis]! + corners[axis + 3]! + corners[axis + 6]!) / 3;
      const place = size === 0 ? 0 : Math.floor(((centroid - min) / size) * count);
      cell = cell * count + Math.max(0, Math.min(count - 1, place));
    }
    return cell;
  }
}
