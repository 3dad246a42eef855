/**
 * Points in a grid of equal cells, to find those in the cells that a triangle covers. A thin triangle covers few cells,
 * however long it is. Points may be removed during a search.
 */

/** The most that rounding may move a point or an edge, in cells. */
const MARGIN = 1e-6;

/** The corners of a triangle, counterclockwise, with b opposite the base. */
export interface Corners {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly cx: number;
  readonly cy: number;
}

/** A search for the point of a triangle that is farthest from its base. */
interface FarthestSearch {
  /** The largest distance found so far, times the base's length; and the part of it that may be rounding. */
  readonly most: number;
  readonly tolerance: number;
  /** Examines a point; returns false if it is never to be shown again. */
  look(point: number): boolean;
}

/** A grid of points, given by their indices in `x` and `y`. */
export class PointGrid {
  private readonly columns: number;
  private readonly rows: number;
  private readonly left: number;
  private readonly low: number;
  private readonly scaleX: number;
  private readonly scaleY: number;
  /** The first point of each cell, and the point after each point; -1 if there is none. */
  private readonly first: Int32Array;
  private readonly behind: Int32Array;
  /** The part of a row that the triangle covers. */
  private begin = 0;
  private end = 0;

  /** Creates an empty grid around the first `count` points of `x` and `y`, for up to `room` points. */
  constructor(
    private readonly x: Float64Array,
    private readonly y: Float64Array,
    count: number,
    room: number,
  ) {
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let k = 0; k < count; k++) {
      left = Math.min(left, x[k]!);
      right = Math.max(right, x[k]!);
      low = Math.min(low, y[k]!);
      high = Math.max(high, y[k]!);
    }
    // Cells are roughly square, and as many as points.
    const aspect = (right - left) / (high - low);
    const columns = aspect > 0 ? Math.round(Math.sqrt(count * aspect)) : 1;
    this.columns = Math.min(count, Math.max(1, columns));
    this.rows = Math.max(1, Math.floor(count / this.columns));
    this.left = left;
    this.low = low;
    this.scaleX = right > left ? this.columns / (right - left) : 0;
    this.scaleY = high > low ? this.rows / (high - low) : 0;
    this.first = new Int32Array(this.columns * this.rows).fill(-1);
    this.behind = new Int32Array(room).fill(-1);
  }

  /** Adds a point, which must not be in the grid yet. */
  add(point: number): void {
    const cell = this.rowOf(this.y[point]!) * this.columns + this.columnOf(this.x[point]!);
    this.behind[point] = this.first[cell]!;
    this.first[cell] = point;
  }

  /**
   * Shows the points in the cells that a triangle covers, roughly those farthest from the base a c first. Cells whose
   * points are no farther than the farthest one found by `search` are skipped. Points that it rejects are removed.
   */
  visit(triangle: Corners, search: FarthestSearch): void {
    const row = this.rowOf(triangle.by);
    const top = this.rowOf(Math.max(triangle.ay, triangle.by, triangle.cy), MARGIN);
    const bottom = this.rowOf(Math.min(triangle.ay, triangle.by, triangle.cy), -MARGIN);
    for (let k = row; k <= top; k++) this.visitRow(k, triangle, search);
    for (let k = row - 1; k >= bottom; k--) this.visitRow(k, triangle, search);
  }

  private visitRow(row: number, { ax, ay, bx, by, cx, cy }: Corners, search: FarthestSearch): void {
    const { scaleX, scaleY, left, low } = this;
    // Here, the border of a cell belongs to both sides, so that rounding loses no point.
    const from = scaleY === 0 ? low : low + (row - MARGIN) / scaleY;
    const to = scaleY === 0 ? low : low + (row + 1 + MARGIN) / scaleY;
    this.begin = Infinity;
    this.end = -Infinity;
    this.widen(ax, ay, bx, by, from, to);
    this.widen(bx, by, cx, cy, from, to);
    this.widen(cx, cy, ax, ay, from, to);
    if (this.end < this.begin) return;
    // Distance from the line a c, times its length: largest on one border of the row and of each cell.
    const [perX, perY] = [ay - cy, cx - ax];
    const base = perY >= 0 ? perY * (to - ay) : perY * (from - ay);
    const isRight = perX > 0;
    const first = this.columnOf(this.begin, -MARGIN);
    const last = this.columnOf(this.end, MARGIN);
    for (let k = 0; k <= last - first; k++) {
      const column = isRight ? last - k : first + k;
      const border = scaleX === 0 ? left : left + (column + (isRight ? 1 + MARGIN : -MARGIN)) / scaleX;
      const highest = base + perX * (border - ax);
      if (highest < search.most - search.tolerance) return;
      this.visitCell(row * this.columns + column, search);
    }
  }

  /** Extends the covered part of the row between y `from` and `to` by the edge a b. */
  private widen(ax: number, ay: number, bx: number, by: number, from: number, to: number): void {
    if (Math.max(ay, by) < from || Math.min(ay, by) > to) return;
    if (by === ay) {
      this.begin = Math.min(this.begin, ax, bx);
      this.end = Math.max(this.end, ax, bx);
      return;
    }
    const slope = (bx - ax) / (by - ay);
    this.widenTo(ay, from, to, ax, ay, bx, slope);
    this.widenTo(by, from, to, ax, ay, bx, slope);
  }

  /** Extends it to the point of the edge a b at height `y`, or at the nearest height within the row. */
  private widenTo(
    y: number,
    from: number,
    to: number,
    ax: number,
    ay: number,
    bx: number,
    slope: number,
  ): void {
    const height = Math.min(to, Math.max(from, y));
    const isEnd = height === y && y !== ay;
    const cut = isEnd ? bx : ax + (height - ay) * slope;
    const x = Math.min(Math.max(ax, bx), Math.max(Math.min(ax, bx), cut));
    if (x < this.begin) this.begin = x;
    if (x > this.end) this.end = x;
  }

  private visitCell(cell: number, search: FarthestSearch): void {
    const { first, behind } = this;
    let before = -1;
    for (let point = first[cell]!; point >= 0; ) {
      const next = behind[point]!;
      if (search.look(point)) before = point;
      else if (before < 0) first[cell] = next;
      else behind[before] = next;
      point = next;
    }
  }

  private columnOf(x: number, margin = 0): number {
    return clamp((x - this.left) * this.scaleX + margin, this.columns);
  }

  private rowOf(y: number, margin = 0): number {
    return clamp((y - this.low) * this.scaleY + margin, this.rows);
  }
}

function clamp(cell: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, Math.floor(cell)));
}
