/**
 * A tree over boxes that finds those around a box, or those that meet one, without looking at the others.
 *
 * Built once by halving along the axis on which the centers spread most. The tree is implicit: node k has the children
 * 2k and 2k + 1, so nothing but the boxes of the nodes and the order of the items is stored.
 */

/** Items in a leaf at most. */
const LEAF_ITEMS = 8;
/** Axes of space. */
export const AXES = 3;

export class BoxTree {
  private readonly nodeLows: Float64Array;
  private readonly nodeHighs: Float64Array;
  /** Nodes still to be looked at, with the range of items of each. */
  private readonly stack = new Int32Array(3 * 64);

  /** Bytes of a tree of so many items, beside the items and their boxes. */
  static bytesOf(items: number): number {
    return 8 * 2 * AXES * nodesOf(items);
  }

  /**
   * Item k has the box from `lows[3 x k]` to `highs[3 x k]`, three values each; both may be one array of points. The
   * tree puts `items` into an order of its own.
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
   * and the high corner of a box, the items' boxes contain it; the other way round, they meet it. Items in a part of
   * space that `misses` tells of are left out: it is given the low x and y of a box and the high ones.
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

  /** The axis on which the centers of items `[low, high)` spread most. */
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

  /** Puts the item that belongs at `target` there, none after it before it (Hoare's quickselect). */
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

/** How many nodes a tree has room for; the first is not used. */
function nodesOf(items: number): number {
  let leaves = 1;
  while (leaves * LEAF_ITEMS < items) leaves *= 2;
  return 2 * leaves;
}
