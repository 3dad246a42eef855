/**
 * Finds which closed shells are inside which others.
 *
 * Only a shell whose box is in the box of another can be inside it; a tree of boxes finds these pairs. For each pair,
 * two vertices of the inner shell are tested by their winding numbers: how often a ray from the vertex leaves the outer
 * shell, less how often it enters. Each triangle of the outer shells is examined once, in any order.
 */
import { AXES, BoxTree } from '../geometry/box-tree.js';
import { crossRay, missesColumn, ON_TRIANGLE } from '../geometry/ray-crossing.js';
import type { ShellTable } from './shell-table.js';

/** The number of vertices tested for each shell. */
const TESTED = 2;

/** The location of a shell relative to another: its tested vertices may also contradict each other, or all be on it. */
export type ShellPlace = 'inside' | 'outside' | 'crossing' | 'touching';

export class ShellNesting {
  /** Bytes of a shell: start of its pairs, order in two trees with their nodes. */
  static readonly SHELL_BYTES = 4 + (1 + TESTED) * (8 + 24) + 1;
  /**
   * Bytes of a pair: its outer shell, three times while the list grows, two winding numbers, and whether the vertices
   * are on the outer shell.
   */
  static readonly PAIR_BYTES = 3 * 4 + TESTED * (4 + 1);

  /** 1 for each shell whose triangles must be examined. */
  readonly isOuter: Uint8Array;
  private readonly windings: Int32Array;
  private readonly isOn: Uint8Array;
  private readonly vertices: BoxTree;
  private readonly triangle = new Float64Array(9);
  private outer = 0;
  /** The extent of the current triangle along x and y. */
  private width = 0;
  private depth = 0;
  private readonly take = (item: number) => this.test(item);
  /** Otherwise slanted slivers would be tested against everything in their boxes. */
  private readonly misses = (lowX: number, lowY: number, highX: number, highY: number) =>
    (highX - lowX < this.width || highY - lowY < this.depth) &&
    missesColumn(this.triangle, lowX, lowY, highX, highY);

  private constructor(
    private readonly table: ShellTable,
    /** The start of each inner shell's pairs, and the end of the last one's. */
    private readonly starts: Int32Array,
    /** The outer shell of each pair, ascending for each inner shell. */
    private readonly outers: Int32Array,
  ) {
    this.isOuter = new Uint8Array(table.size);
    for (const shell of outers) this.isOuter[shell] = 1;
    this.windings = new Int32Array(TESTED * outers.length);
    this.isOn = new Uint8Array(TESTED * outers.length);
    const isInner = (item: number) => {
      const shell = Math.floor(item / TESTED);
      return starts[shell]! < starts[shell + 1]!;
    };
    this.vertices = new BoxTree(table.points, table.points, listNumbers(TESTED * table.size, isInner));
  }

  /** Finds the pairs; undefined if there are more than `pairsMax`. Shells without a side are in none. */
  static find(table: ShellTable, pairsMax: number): ShellNesting | undefined {
    const { size, lows, highs } = table;
    const sided = listNumbers(size, (shell) => Math.abs(table.sideOf(shell)) === 1);
    const tree = new BoxTree(lows, highs, sided.slice());
    const starts = new Int32Array(size + 1);
    let outers = new Int32Array(1024);
    let pairs = 0;
    let shell = 0;
    const take = (outer: number) => {
      if (outer === shell || pairs > pairsMax) return;
      if (pairs === outers.length) outers = grow(outers, Math.min(2 * pairs, pairsMax + 1));
      outers[pairs++] = outer;
    };
    for (const next of sided) {
      starts.fill(pairs, shell + 1, next + 1);
      shell = next;
      const at = AXES * shell;
      const begin = pairs;
      tree.visit(lows[at]!, lows[at + 1]!, lows[at + 2]!, highs[at]!, highs[at + 1]!, highs[at + 2]!, take);
      if (pairs > pairsMax) return undefined;
      outers.subarray(begin, pairs).sort();
    }
    starts.fill(pairs, shell + 1);
    return new ShellNesting(table, starts, outers.slice(0, pairs));
  }

  /** The number of pairs to test. */
  get pairs(): number {
    return this.outers.length;
  }

  /** Forgets all triangles. */
  clear(): void {
    this.windings.fill(0);
    this.isOn.fill(0);
  }

  /** Examines a triangle of an outer shell; `t` has the positions of its corners. */
  look(shell: number, t: Float64Array): void {
    this.outer = shell;
    this.triangle.set(t);
    const highX = Math.max(t[0]!, t[3]!, t[6]!);
    const highY = Math.max(t[1]!, t[4]!, t[7]!);
    const highZ = Math.max(t[2]!, t[5]!, t[8]!);
    const lowX = Math.min(t[0]!, t[3]!, t[6]!);
    const lowY = Math.min(t[1]!, t[4]!, t[7]!);
    // Everything that begins below the triangle, but within the box of its shell.
    const lowZ = this.table.lows[AXES * shell + 2]!;
    this.width = highX - lowX;
    this.depth = highY - lowY;
    this.vertices.visit(highX, highY, highZ, lowX, lowY, lowZ, this.take, this.misses);
  }

  /** Calls `use` with each outer shell whose box contains the shell's box, ascending, and where the shell is. */
  eachOuter(shell: number, use: (outer: number, place: ShellPlace) => void): void {
    for (let pair = this.starts[shell]!; pair < this.starts[shell + 1]!; pair++) {
      use(this.outers[pair]!, this.placeOf(pair));
    }
  }

  private placeOf(pair: number): ShellPlace {
    let inside = 0;
    let outside = 0;
    for (let k = TESTED * pair; k < TESTED * (pair + 1); k++) {
      if (this.isOn[k] === 1) continue;
      if (this.windings[k] === 0) outside++;
      else inside++;
    }
    if (inside > 0) return outside > 0 ? 'crossing' : 'inside';
    return outside > 0 ? 'outside' : 'touching';
  }

  /** Tests a vertex against the current triangle. */
  private test(item: number): void {
    const shell = Math.floor(item / TESTED);
    const pair = this.findPair(shell, this.outer);
    if (pair < 0) return;
    const crossing = crossRay(this.table.points, AXES * item, this.triangle);
    const at = TESTED * pair + (item % TESTED);
    if (crossing === ON_TRIANGLE) this.isOn[at] = 1;
    else this.windings[at]! += crossing;
  }

  private findPair(shell: number, outer: number): number {
    const { starts, outers } = this;
    let low = starts[shell]!;
    let high = starts[shell + 1]! - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = outers[middle]!;
      if (found === outer) return middle;
      if (found < outer) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

/** Lists the wanted numbers below `end`. */
function listNumbers(end: number, isWanted: (number: number) => boolean): Int32Array {
  const list = new Int32Array(end);
  let size = 0;
  for (let number = 0; number < end; number++) if (isWanted(number)) list[size++] = number;
  return list.slice(0, size);
}

function grow(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}
