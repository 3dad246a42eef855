/**
 * Large polygons to triangles in a time that is bounded: n^2 steps for n corners, whatever their shape.
 *
 * earcut looks for ears again and again and takes n^3 steps where hardly any corner is one: 70 s for a spiral of 16,000
 * corners, and a polygon that goes round three corners 700 times 10 s. Here each look gives a triangle: a corner that
 * is no ear has others in its triangle, and the line to the one of these that is farthest from its base divides the
 * polygon (Meisters, "Polygons have ears", 1975). Polygons that cross themselves come out as nonsense: the caller
 * compares areas. Memory is some 40 bytes a corner.
 */

/**
 * Cuts the polygon with the corners x, y in `flat`, counterclockwise, into as many triangles as a fan has; returns three
 * numbers of corners for each.
 */
export function splitPolygon(flat: Float64Array): number[] {
  return new PolygonSplitter(flat).split();
}

class PolygonSplitter {
  private readonly triangles: number[] = [];
  /** Nodes of rings: each division has two more, n - 3 at the most. */
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly corner: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private nodes: number;

  constructor(flat: Float64Array) {
    const size = flat.length / 2;
    this.nodes = size;
    const room = 3 * size;
    this.x = new Float64Array(room);
    this.y = new Float64Array(room);
    this.corner = new Int32Array(room);
    this.next = new Int32Array(room);
    this.previous = new Int32Array(room);
    for (let k = 0; k < size; k++) {
      this.x[k] = flat[2 * k]!;
      this.y[k] = flat[2 * k + 1]!;
      this.corner[k] = k;
      this.next[k] = (k + 1) % size;
      this.previous[k] = (k + size - 1) % size;
    }
  }

  split(): number[] {
    const { corner, next, previous, triangles } = this;
    /** Rings that wait: a node of each, and how many it has. */
    const waiting: [node: number, size: number][] = [[0, this.nodes]];
    for (let ring = waiting.pop(); ring !== undefined; ring = waiting.pop()) {
      let [node, size] = ring;
      while (size > 3) {
        const apex = this.findConvex(node, size);
        // What is left has no area, or is turned round.
        if (apex < 0) break;
        const from = previous[apex]!;
        const to = next[apex]!;
        const { farthest, steps } = this.findFarthest(from, apex, to);
        if (farthest < 0) {
          triangles.push(corner[from]!, corner[apex]!, corner[to]!);
          next[from] = to;
          previous[to] = from;
          size--;
          // The corner behind it next, so that triangles are no fan of slivers.
          node = next[to]!;
        } else {
          waiting.push([this.divide(apex, farthest), size - steps + 1]);
          size = steps + 1;
          node = apex;
        }
      }
      this.fan(node, size);
    }
    return triangles;
  }

  /** The first node from `node` on that turns left; -1 where none does. */
  private findConvex(node: number, size: number): number {
    for (let k = 0; k < size; k++) {
      if (this.turn(this.previous[node]!, node, this.next[node]!) > 0) return node;
      node = this.next[node]!;
    }
    return -1;
  }

  /**
   * Of the nodes in the triangle of three that follow each other, the one farthest from the line between the outer two,
   * and how many steps from `apex` it is; -1 where there is none. One that turns left has others around it.
   */
  private findFarthest(from: number, apex: number, to: number): { farthest: number; steps: number } {
    const { x, y, next } = this;
    const [ax, ay, bx, by, cx, cy] = [x[from]!, y[from]!, x[apex]!, y[apex]!, x[to]!, y[to]!];
    const x0 = Math.min(ax, bx, cx);
    const x1 = Math.max(ax, bx, cx);
    const y0 = Math.min(ay, by, cy);
    const y1 = Math.max(ay, by, cy);
    let farthest = -1;
    let steps = 0;
    let most = Number.NEGATIVE_INFINITY;
    let step = 1;
    for (let node = next[to]!; node !== from; node = next[node]!) {
      step++;
      const px = x[node]!;
      if (px < x0 || px > x1) continue;
      const py = y[node]!;
      if (py < y0 || py > y1) continue;
      const height = (ax - cx) * (py - cy) - (px - cx) * (ay - cy);
      if (height < 0 || height <= most) continue;
      if ((bx - ax) * (py - ay) - (px - ax) * (by - ay) < 0) continue;
      if ((cx - bx) * (py - by) - (px - bx) * (cy - by) < 0) continue;
      // Where holes are sewn in, corners come twice.
      if ((px === ax && py === ay) || (px === bx && py === by) || (px === cx && py === cy)) continue;
      if (this.turn(this.previous[node]!, node, next[node]!) > 0) continue;
      farthest = node;
      steps = step;
      most = height;
    }
    return { farthest, steps };
  }

  /** Divides a ring by a line between two of its nodes; `first` stays in one part, and what is returned is in the other. */
  private divide(first: number, second: number): number {
    const { next, previous } = this;
    const other = this.copy(first);
    const otherSecond = this.copy(second);
    const before = previous[first]!;
    const behind = next[second]!;
    this.link(before, other);
    this.link(other, otherSecond);
    this.link(otherSecond, behind);
    this.link(second, first);
    return other;
  }

  private copy(node: number): number {
    const copy = this.nodes++;
    this.x[copy] = this.x[node]!;
    this.y[copy] = this.y[node]!;
    this.corner[copy] = this.corner[node]!;
    return copy;
  }

  private link(node: number, next: number): void {
    this.next[node] = next;
    this.previous[next] = node;
  }

  private fan(first: number, size: number): void {
    const { corner, next, triangles } = this;
    let node = next[first]!;
    for (let k = 2; k < size; k++) {
      const behind = next[node]!;
      triangles.push(corner[first]!, corner[node]!, corner[behind]!);
      node = behind;
    }
  }

  /** Twice the area of the triangle of three nodes, negative where it is turned round. */
  private turn(a: number, b: number, c: number): number {
    const { x, y } = this;
    return (x[b]! - x[a]!) * (y[c]! - y[a]!) - (x[c]! - x[a]!) * (y[b]! - y[a]!);
  }
}
