/**
 * Cuts large polygons into triangles, in a time that hardly depends on their shape.
 *
 * earcut searches for ears repeatedly, and takes n^3 steps if hardly any corner is one: 70 s for a spiral of 16,000
 * corners. Here each step gives a triangle or a division. A corner that is no ear has others in its triangle; the line
 * to the one farthest from its base divides the polygon (Meisters, "Polygons have ears", 1975). Corners in a triangle
 * are found in a grid of those that turn inward ({@link PointGrid}), so the time depends on the cells that the triangle
 * covers. A comb of 65,536 corners took 20 s if all corners were tested each time. Possible ears wait in a queue, so
 * none is searched for. Self-intersecting polygons give wrong results: the caller compares areas. Memory is some 60
 * bytes a corner.
 */
import { PointGrid } from './point-grid.js';

/**
 * Cuts the polygon with the corners x, y in `flat`, counterclockwise, into as many triangles as a fan has. Returns
 * three corner numbers for each. Yields every few milliseconds so that the caller can stop: 65,536 corners may take
 * seconds.
 */
export function splitPolygon(flat: Float64Array): Generator<void, number[]> {
  return new PolygonSplitter(flat).split();
}

/** Corners examined between two yields. */
const STEP = 256;

/** A turn of less than this share of its edges counts as rounding. */
const STRAIGHT = 1e-11;

class PolygonSplitter {
  private readonly triangles: number[] = [];
  /** Nodes of rings: each division adds two, and there are at most n - 3. */
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly corner: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** The ring of each node, -1 if it is no longer in one; and the number of nodes of each ring. */
  private readonly ring: Int32Array;
  private readonly sizes: number[];
  /** Nodes that may be ears, in order. */
  private readonly waiting: number[] = [];
  private readonly grid: PointGrid;
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
    this.ring = new Int32Array(room);
    this.sizes = [size];
    for (let k = 0; k < size; k++) {
      this.x[k] = flat[2 * k]!;
      this.y[k] = flat[2 * k + 1]!;
      this.corner[k] = k;
      this.next[k] = (k + 1) % size;
      this.previous[k] = (k + size - 1) % size;
    }
    this.grid = new PointGrid(this.x, this.y, size, room);
    // Every other corner first, so that the triangles are not a fan of slivers.
    for (let k = 0; k < size; k += 2) this.waiting.push(k);
    for (let k = 1; k < size; k += 2) this.waiting.push(k);
    for (let k = 0; k < size; k++) if (this.turnsRight(k)) this.grid.add(k);
  }

  *split(): Generator<void, number[]> {
    const { corner, next, previous, ring, sizes, triangles, waiting } = this;
    for (let k = 0; k < waiting.length; k++) {
      if (k % STEP === STEP - 1) yield;
      const apex = waiting[k]!;
      const part = ring[apex]!;
      if (part < 0 || sizes[part]! <= 3 || !this.turnsLeft(apex)) continue;
      const from = previous[apex]!;
      const to = next[apex]!;
      const farthest = this.findFarthest(from, apex, to);
      if (farthest >= 0) {
        const other = this.divide(apex, farthest);
        waiting.push(apex, farthest, other, next[other]!);
        continue;
      }
      triangles.push(corner[from]!, corner[apex]!, corner[to]!);
      this.link(from, to);
      ring[apex] = -1;
      sizes[part]!--;
      waiting.push(to, from);
    }
    this.fanRest();
    return triangles;
  }

  /**
   * Finds the node in the triangle of three consecutive nodes that is farthest from the line between the outer two; -1
   * if there is none. It suffices to examine nodes that turn right: a left turn within has others around it.
   */
  private findFarthest(from: number, apex: number, to: number): number {
    const { x, y, ring } = this;
    const [ax, ay, bx, by, cx, cy] = [x[from]!, y[from]!, x[apex]!, y[apex]!, x[to]!, y[to]!];
    const part = ring[apex]!;
    const heightOf = (px: number, py: number) => (cx - ax) * (py - ay) + (ay - cy) * (px - ax);
    // The apex lies to the right of its base, so heights as computed there are negative.
    const search = {
      most: Number.NEGATIVE_INFINITY,
      tolerance: 1e-9 * Math.abs(heightOf(bx, by)),
      farthest: -1,
      look: (node: number): boolean => {
        // Never again: a corner that does not turn right will never do so.
        if (ring[node]! < 0 || !this.turnsRight(node)) return false;
        if (ring[node] !== part || node === from || node === apex || node === to) return true;
        const [px, py] = [x[node]!, y[node]!];
        const height = -heightOf(px, py);
        if (height < 0 || height < search.most) return true;
        if (height === search.most && node > search.farthest) return true;
        if ((bx - ax) * (py - ay) - (px - ax) * (by - ay) < 0) return true;
        if ((cx - bx) * (py - by) - (px - bx) * (cy - by) < 0) return true;
        // Corners are duplicated at the bridges to holes.
        if ((px === ax && py === ay) || (px === bx && py === by) || (px === cx && py === cy)) return true;
        search.farthest = node;
        search.most = height;
        return true;
      },
    };
    // Seen from the other side of the base, so that the apex is on its left.
    this.grid.visit({ ax: cx, ay: cy, bx, by, cx: ax, cy: ay }, search);
    return search.farthest;
  }

  /** Divides a ring by a line between two nodes; `first` stays in one part, the returned node is in the other. */
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
    this.nameSmaller(first, other);
    for (const node of [other, otherSecond]) if (this.turnsRight(node)) this.grid.add(node);
    return other;
  }

  /** Gives the smaller of two rings, a node of each, a new number: a node is renumbered at most log n times. */
  private nameSmaller(first: number, second: number): void {
    const { next, ring, sizes } = this;
    let [a, b] = [next[first]!, next[second]!];
    let count = 1;
    for (; a !== first && b !== second; count++) {
      a = next[a]!;
      b = next[b]!;
    }
    const start = a === first ? first : second;
    const old = ring[first]!;
    const part = sizes.length;
    sizes.push(count);
    // The division has added two nodes.
    sizes[old] = sizes[old]! + 2 - count;
    let node = start;
    do {
      ring[node] = part;
      node = next[node]!;
    } while (node !== start);
  }

  private copy(node: number): number {
    const copy = this.nodes++;
    this.x[copy] = this.x[node]!;
    this.y[copy] = this.y[node]!;
    this.corner[copy] = this.corner[node]!;
    this.ring[copy] = this.ring[node]!;
    return copy;
  }

  private link(node: number, next: number): void {
    this.next[node] = next;
    this.previous[next] = node;
  }

  /** Fans the rest of each ring: three nodes, or more without area or with reversed winding. */
  private fanRest(): void {
    const { corner, next, nodes, ring, triangles } = this;
    for (let first = 0; first < nodes; first++) {
      if (ring[first]! < 0) continue;
      ring[first] = -1;
      let node = next[first]!;
      while (next[node] !== first) {
        const behind = next[node]!;
        triangles.push(corner[first]!, corner[node]!, corner[behind]!);
        ring[node] = -1;
        node = behind;
      }
      ring[node] = -1;
    }
  }

  /** Whether the ring turns left at a node. */
  private turnsLeft(node: number): boolean {
    return this.turnAt(node) > 0;
  }

  /**
   * Whether the ring turns right at a node, by more than rounding. A straight line into a triangle ends there at a node
   * that does.
   */
  private turnsRight(node: number): boolean {
    const { x, y } = this;
    const [a, c] = [this.previous[node]!, this.next[node]!];
    const lengths =
      (Math.abs(x[node]! - x[a]!) + Math.abs(y[node]! - y[a]!)) *
      (Math.abs(x[c]! - x[a]!) + Math.abs(y[c]! - y[a]!));
    return this.turnAt(node) < -STRAIGHT * lengths;
  }

  /** Returns twice the signed area of a node and its two neighbors, negative for a right turn. */
  private turnAt(node: number): number {
    const { x, y } = this;
    const [a, c] = [this.previous[node]!, this.next[node]!];
    return (x[node]! - x[a]!) * (y[c]! - y[a]!) - (x[c]! - x[a]!) * (y[node]! - y[a]!);
  }
}
