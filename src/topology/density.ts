/** The density of vertices seen along an axis: counts in the cells of a grid of fixed size. */
import type { Bounds, VertexBatch } from '../mesh.js';

/** Cells along the longest side of a mesh. */
const CELLS = 160;

/** The view along one axis. */
export interface DensityView {
  /** The axes that point right and up: 0, 1, 2 for x, y, z. */
  readonly right: number;
  readonly up: number;
  readonly columns: number;
  readonly rows: number;
  /** Vertices in each cell, row by row from the bottom. */
  readonly counts: Float64Array;
}

/** Seen from above, from the front and from the right, all at one scale. */
const AXES = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

export class DensityViews {
  readonly views: readonly DensityView[];
  private readonly cellsPerUnit: number;

  constructor(private readonly bounds: Bounds) {
    // Halves, since the full extent may overflow a float64.
    const halves = [0, 1, 2].map((axis) => bounds.max[axis]! / 2 - bounds.min[axis]! / 2);
    const cellsPerUnit = CELLS / 2 / Math.max(...halves);
    // If all vertices are at nearly one point, all are in the first cell.
    this.cellsPerUnit = Number.isFinite(cellsPerUnit) ? cellsPerUnit : 0;
    const cellsAlong = (axis: number) => Math.max(1, Math.ceil(2 * (halves[axis]! * this.cellsPerUnit)));
    this.views = AXES.map(([right, up]) => {
      const columns = cellsAlong(right);
      const rows = cellsAlong(up);
      return { right, up, columns, rows, counts: new Float64Array(columns * rows) };
    });
  }

  take({ count, positions }: VertexBatch): void {
    const { cellsPerUnit } = this;
    const { min } = this.bounds;
    for (const { right, up, columns, rows, counts } of this.views) {
      for (let k = 0; k < 3 * count; k += 3) {
        const column = Math.floor(positions[k + right]! * cellsPerUnit - min[right]! * cellsPerUnit);
        const row = Math.floor(positions[k + up]! * cellsPerUnit - min[up]! * cellsPerUnit);
        counts[Math.min(row, rows - 1) * columns + Math.min(column, columns - 1)]!++;
      }
    }
  }
}
