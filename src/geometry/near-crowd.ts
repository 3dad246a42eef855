/**
 * Links vertices that are near each other within a dense crowd, without comparing all pairs.
 *
 * A k-d tree has a box in each node. If the diagonal of a box is no longer than the distance, all its vertices are near
 * each other; if two boxes are farther apart, none of theirs are. The tree is searched for near pairs only if neither
 * holds and the two sides are not yet linked.
 *
 * Exact: rounding is monotone, so the difference of two coordinates never exceeds that of the sides of their boxes. Nor
 * does its square, nor the sum of squares.
 */

/** The most vertices of a leaf; all its pairs are compared. */
const LEAF_MAX = 16;
/** Numbers of a box: three minimum and three maximum coordinates. */
const BOX = 6;

/** The most bytes of a vertex: its place in the tree, and its share of the nodes; a leaf is at least half full. */
export const CROWD_BYTES = 4 + Math.ceil((2 * (8 * BOX + 4)) / (LEAF_MAX / 2));

export class NearCrowd {
  /** Vertices, as indices in `positions`, grouped by node. */
  private readonly order: Int32Array;
  private readonly boxes: Float64Array;
  /** The second child of each node, 0 for a leaf. The first child follows its parent directly. */
  private readonly second: Int32Array;
  private nodes = 0;

  /**
   * Handles up to `capacity` vertices at a time, in `capacity` x {@link CROWD_BYTES} bytes of the arena from `offset`
   * on, a multiple of 8. `parents`, a number for each vertex, is written to.
   */
  constructor(
    private readonly positions: Float64Array,
    private readonly parents: Int32Array,
    private readonly square: number,
    private readonly link: (one: number, other: number) => void,
    arena: ArrayBuffer,
    offset: number,
    capacity: number,
  ) {
    const nodes = Math.floor((capacity * (CROWD_BYTES - 4)) / (8 * BOX + 4));
    this.boxes = new Float64Array(arena, offset, BOX * nodes);
    this.second = new Int32Array(arena, offset + 8 * BOX * nodes, nodes);
    this.order = new Int32Array(arena, offset + (8 * BOX + 4) * nodes, capacity);
  }

  /** Links the near pairs among these vertices; returns the number of vertices. */
  linkNear(places: Iterable<number>): number {
    let count = 0;
    for (const place of places) {
      this.order[count++] = place;
      this.parents[place] = place;
    }
    this.nodes = 0;
    this.measure(0, 0, count);
    // Often all of them are in one place, if the distance has the wrong unit.
    if (this.largestSquare(0, 0) > this.square) this.build(0, count);
    this.linkWithin(0, 0, count);
    return count;
  }

  /** Builds the tree of `order[from, to)`; returns its root. */
  private build(from: number, to: number): number {
    const node = this.nodes++;
    const axis = this.measure(node, from, to);
    if (to - from <= LEAF_MAX) {
      this.second[node] = 0;
      return node;
    }
    const middle = (from + to) >> 1;
    this.divide(from, to, middle, axis);
    this.build(from, middle);
    this.second[node] = this.build(middle, to);
    return node;
  }

  /** Stores the box of a node; returns its longest axis. */
  private measure(node: number, from: number, to: number): number {
    const { positions, order, boxes } = this;
    let longest = 0;
    let length = -1;
    for (let axis = 0; axis < 3; axis++) {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (let k = from; k < to; k++) {
        const value = positions[3 * order[k]! + axis]!;
        if (value < min) min = value;
        if (value > max) max = value;
      }
      boxes[BOX * node + axis] = min;
      boxes[BOX * node + 3 + axis] = max;
      if (max - min <= length) continue;
      length = max - min;
      longest = axis;
    }
    return longest;
  }

  /** Partitions `order[from, to)` along an axis, with the smaller ones before `middle`, as quickselect does. */
  private divide(from: number, to: number, middle: number, axis: number): void {
    const { positions, order } = this;
    let low = from;
    let high = to - 1;
    while (low < high) {
      const pivot = positions[3 * order[(low + high) >> 1]! + axis]!;
      let i = low;
      let k = high;
      while (i <= k) {
        while (positions[3 * order[i]! + axis]! < pivot) i++;
        while (positions[3 * order[k]! + axis]! > pivot) k--;
        if (i > k) break;
        const swapped = order[i]!;
        order[i++] = order[k]!;
        order[k--] = swapped;
      }
      if (middle <= k) high = k;
      else if (middle >= i) low = i;
      else return;
    }
  }

  /** Links the near pairs within a node of `order[from, to)`. */
  private linkWithin(node: number, from: number, to: number): void {
    const { order } = this;
    if (this.largestSquare(node, node) <= this.square) {
      for (let k = from + 1; k < to; k++) this.unite(order[from]!, order[k]!);
      return;
    }
    const second = this.second[node]!;
    if (second === 0) {
      for (let k = from + 1; k < to; k++) {
        for (let other = from; other < k; other++) this.compare(order[k]!, order[other]!);
      }
      return;
    }
    const middle = (from + to) >> 1;
    this.linkWithin(node + 1, from, middle);
    this.linkWithin(second, middle, to);
    this.linkBetween(node + 1, from, middle, second, middle, to);
  }

  /** Links the near pairs between two nodes. */
  private linkBetween(
    one: number,
    from: number,
    to: number,
    other: number,
    otherFrom: number,
    otherTo: number,
  ): void {
    const { order, square } = this;
    if (this.smallestSquare(one, other) > square) return;
    if (this.largestSquare(one, other) <= square) {
      for (let k = from; k < to; k++) this.unite(order[otherFrom]!, order[k]!);
      for (let k = otherFrom + 1; k < otherTo; k++) this.unite(order[from]!, order[k]!);
      return;
    }
    // Each side is linked within itself and with the other: nothing more to find.
    const areSets = this.largestSquare(one, one) <= square && this.largestSquare(other, other) <= square;
    if (areSets && this.rootOf(order[from]!) === this.rootOf(order[otherFrom]!)) return;
    const second = this.second[one]!;
    const otherSecond = this.second[other]!;
    if (second === 0 && otherSecond === 0) {
      for (let k = from; k < to; k++) {
        for (let m = otherFrom; m < otherTo; m++) {
          if (this.compare(order[k]!, order[m]!) && areSets) return;
        }
      }
    } else if (otherSecond === 0 || (second !== 0 && to - from >= otherTo - otherFrom)) {
      const middle = (from + to) >> 1;
      this.linkBetween(one + 1, from, middle, other, otherFrom, otherTo);
      this.linkBetween(second, middle, to, other, otherFrom, otherTo);
    } else {
      const middle = (otherFrom + otherTo) >> 1;
      this.linkBetween(one, from, to, other + 1, otherFrom, middle);
      this.linkBetween(one, from, to, otherSecond, middle, otherTo);
    }
  }

  /** Returns the square of the largest possible distance between the boxes of two nodes. */
  private largestSquare(one: number, other: number): number {
    const { boxes } = this;
    let sum = 0;
    for (let axis = 0; axis < 3; axis++) {
      const forward = boxes[BOX * other + 3 + axis]! - boxes[BOX * one + axis]!;
      const backward = boxes[BOX * one + 3 + axis]! - boxes[BOX * other + axis]!;
      const length = Math.max(forward, backward);
      sum += length * length;
    }
    return sum;
  }

  /** Returns the square of the smallest possible distance between the boxes of two nodes. */
  private smallestSquare(one: number, other: number): number {
    const { boxes } = this;
    let sum = 0;
    for (let axis = 0; axis < 3; axis++) {
      const forward = boxes[BOX * other + axis]! - boxes[BOX * one + 3 + axis]!;
      const backward = boxes[BOX * one + axis]! - boxes[BOX * other + 3 + axis]!;
      const length = Math.max(0, forward, backward);
      sum += length * length;
    }
    return sum;
  }

  /** Links two vertices if they are near; returns whether they are. */
  private compare(one: number, other: number): boolean {
    const { positions } = this;
    const dx = positions[3 * one]! - positions[3 * other]!;
    const dy = positions[3 * one + 1]! - positions[3 * other + 1]!;
    const dz = positions[3 * one + 2]! - positions[3 * other + 2]!;
    if (dx * dx + dy * dy + dz * dz > this.square) return false;
    this.unite(one, other);
    return true;
  }

  private unite(one: number, other: number): void {
    const [x, y] = [this.rootOf(one), this.rootOf(other)];
    if (x === y) return;
    this.parents[x] = y;
    this.link(one, other);
  }

  private rootOf(place: number): number {
    const { parents } = this;
    while (parents[place] !== place) {
      const up = parents[parents[place]!]!;
      parents[place] = up;
      place = up;
    }
    return place;
  }
}
