/**
 * A tree of boxes that finds those that contain a given box, or intersect one, without testing all.
 *
 * It is built once, by halving along the axis with the widest spread of centers. The tree is implicit: node k has the
 * children 2k and 2k + 1, so only the boxes of the nodes and the order of the items are stored.
 */

/** The most items in a leaf. */
const LEAF_ITEMS = 8;
/** Axes of space. */
export const AXES = 3;

export class BoxTree {
  private readonly nodeLows: Float64Array;
  private readonly nodeHighs: Float64Array;
  /** Nodes still to visit, each with its range of items. */
  private readonly stack = new Int32Array(3 * 64);

  /** Returns the bytes of a tree of this many items, in addition to the items and their boxes. */
  static bytesOf(items: number): number {
    return 8 * 2 * AXES * nodesOf(items);
  }

  /**
   * Item k has the box from `lows[3 x k]` to `highs[3 x k]`, three values each; both may be the same array of points.
   * The tree reorders `items`.
   */
  constructor(
    private readonly lows: Float64Array,
    private readonly highs: Float64Array,
    private readonly items: Int32Array,
  ) {
    const nodes = nodesOf(items.length);
    this.nodeLows = new Float64Array(AXES * nodes).fill(Number.POSITIVE_INFINITY);
    this.nodeHighs = new Float64Array(AXES * nodes).fill(Number.NEGATIVE_INFINITY);
    this.build(1, 0, items.length);
  }

  /**
   * Visits each item whose box begins nowhere after `x0 y0 z0` and ends nowhere before `x1 y1 z1`. If these are the low
   * and the high corner of a box, the items' boxes contain it; in reverse order, they intersect it. `misses` gets the
   * low x and y of a node's box and the high ones; if it returns true, the node is skipped.
   */
  visit(
    x0: number,
    y0: number,
    z0: number,
    x1: number,
    y1: number,
    z1: number,
    take: (item: number) => void,
    misses?: (lowX: number, lowY: number, highX: number, highY: number) => boolean,
  ): void {
    const { stack, items, lows, highs, nodeLows, nodeHighs } = this;
    const fits = (low: Float64Array, high: Float64Array, at: number) =>
      low[at]! <= x0 &&
      high[at]! >= x1 &&
      low[at + 1]! <= y0 &&
      high[at + 1]! >= y1 &&
      low[at + 2]! <= z0 &&
      high[at + 2]! >= z1;
    let size = push(stack, 0, 1, 0, items.length);
    while (size > 0) {
      const node = stack[--size]!;
      const high = stack[--size]!;
      const low = stack[--size]!;
      const at = AXES * node;
      if (!fits(nodeLows, nodeHighs, at)) continue;
      if (misses?.(nodeLows[at]!, nodeLows[at + 1]!, nodeHighs[at]!, nodeHighs[at + 1]!)) continue;
      if (high - low <= LEAF_ITEMS) {
        for (let k = low; k < high; k++) if (fits(lows, highs, AXES * items[k]!)) take(items[k]!);
        continue;
      }
      const middle = (low + high) >> 1;
      size = push(stack, size, 2 * node + 1, middle, high);
      size = push(stack, size, 2 * node, low, middle);
    }
  }

  private build(node: number, low: number, high: number): void {
    const { items, lows, highs, nodeLows, nodeHighs } = this;
    const at = AXES * node;
    for (let k = low; k < high; k++) {
      const from = AXES * items[k]!;
      for (let d = 0; d < AXES; d++) {
        nodeLows[at + d] = Math.min(nodeLows[at + d]!, lows[from + d]!);
        nodeHighs[at + d] = Math.max(nodeHighs[at + d]!, highs[from + d]!);
      }
    }
    if (high - low <= LEAF_ITEMS) return;
    const axis = this.widestAxis(low, high);
    const middle = (low + high) >> 1;
    this.select(axis, low, high - 1, middle);
    this.build(2 * node, low, middle);
    this.build(2 * node + 1, middle, high);
  }

  /** Returns the axis with the widest spread of the centers of items `[low, high)`. */
  private widestAxis(low: number, high: number): number {
    let widest = 0;
    let spread = -1;
    for (let axis = 0; axis < AXES; axis++) {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (let k = low; k < high; k++) {
        const center = this.centerOf(this.items[k]!, axis);
        min = Math.min(min, center);
        max = Math.max(max, center);
      }
      if (max - min <= spread) continue;
      spread = max - min;
      widest = axis;
    }
    return widest;
  }

  /** Moves the right item to index `target`, with no smaller one after it (Hoare's quickselect). */
  private select(axis: number, low: number, high: number, target: number): void {
    const { items } = this;
    while (low < high) {
      const pivot = this.centerOf(items[(low + high) >> 1]!, axis);
      let i = low;
      let j = high;
      while (i <= j) {
        while (this.centerOf(items[i]!, axis) < pivot) i++;
        while (this.centerOf(items[j]!, axis) > pivot) j--;
        if (i > j) break;
        const item = items[i]!;
        items[i++] = items[j]!;
        items[j--] = item;
      }
      if (target <= j) high = j;
      else if (target >= i) low = i;
      else return;
    }
  }

  private centerOf(item: number, axis: number): number {
    return this.lows[AXES * item + axis]! / 2 + this.highs[AXES * item + axis]! / 2;
  }
}

function push(stack: Int32Array, size: number, node: number, low: number, high: number): number {
  stack[size] = low;
  stack[size + 1] = high;
  stack[size + 2] = node;
  return size + 3;
}

/** Returns the number of nodes of a tree; the first is not used. */
function nodesOf(items: number): number {
  let leaves = 1;
  while (leaves * LEAF_ITEMS < items) leaves *= 2;
  return 2 * leaves;
}
