/**
 * The octree of a mesh, and which of its nodes to draw: those whose error is at most so many pixels on the screen. Nothing
 * here touches the graphics card.
 */

import type { NodeTable } from '../../src/view/wire/node-table.js';

/** A plane of the view, with a normal of length 1: points with `x nx + y ny + z nz + d < 0` are outside. */
export type Plane = readonly [nx: number, ny: number, nz: number, d: number];

/** What is looked at, in lattice steps. */
export interface Viewpoint {
  readonly eye: readonly [x: number, y: number, z: number];
  readonly planes: readonly Plane[];
  /** Pixels that a length of one takes at a distance of one. */
  readonly focalPixels: number;
  /** Nodes are refined until their error is at most this many pixels. */
  readonly errorPixels: number;
}

/** What {@link TileTree.select} decides. */
export interface TileChoice {
  /** Nodes to draw: they cover what is visible, each place once. */
  readonly drawn: number[];
  /** Nodes to load, with their errors in pixels: coarse ones have the largest. */
  readonly wanted: { readonly id: number; readonly pixels: number }[];
  /** Whether all that is drawn is as fine as asked. */
  readonly isSettled: boolean;
}

const NONE = -1;

export class TileTree {
  private readonly firstChild: Int32Array;
  private readonly nextSibling: Int32Array;

  constructor(readonly nodes: NodeTable) {
    const { count, parent } = nodes;
    this.firstChild = new Int32Array(count).fill(NONE);
    this.nextSibling = new Int32Array(count).fill(NONE);
    for (let id = count - 1; id > 0; id--) {
      const above = parent[id]!;
      this.nextSibling[id] = this.firstChild[above]!;
      this.firstChild[above] = id;
    }
  }

  isLeaf(id: number): boolean {
    return this.firstChild[id] === NONE;
  }

  /** Chooses nodes to draw among those that are loaded, and nodes to load. */
  select(view: Viewpoint, isLoaded: (id: number) => boolean): TileChoice {
    const { firstChild, nextSibling } = this;
    const drawn: number[] = [];
    const wanted: { id: number; pixels: number }[] = [];

    /** Draws what is loaded below a node, if that covers it. */
    const drawBelow = (id: number): boolean => {
      if (!this.isVisible(id, view)) return true;
      if (isLoaded(id)) {
        drawn.push(id);
        return true;
      }
      if (firstChild[id] === NONE) return false;
      const before = drawn.length;
      for (let child = firstChild[id]!; child !== NONE; child = nextSibling[child]!) {
        if (drawBelow(child)) continue;
        drawn.length = before;
        return false;
      }
      return true;
    };

    const visit = (id: number): boolean => {
      if (!this.isVisible(id, view)) return true;
      const pixels = this.errorPixels(id, view);
      const isFine = firstChild[id] === NONE || pixels <= view.errorPixels;
      const before = drawn.length;
      if (!isFine) {
        let isCovered = true;
        for (let child = firstChild[id]!; child !== NONE; child = nextSibling[child]!) {
          if (!visit(child)) isCovered = false;
        }
        if (isCovered) return true;
        drawn.length = before;
      }
      if (isLoaded(id)) {
        drawn.push(id);
        return true;
      }
      wanted.push({ id, pixels });
      return isFine && firstChild[id] !== NONE && drawBelow(id);
    };

    if (this.nodes.count > 0) visit(0);
    wanted.sort((a, b) => b.pixels - a.pixels);
    return { drawn, wanted, isSettled: wanted.length === 0 };
  }

  private isVisible(id: number, { planes }: Viewpoint): boolean {
    const { boxes, error } = this.nodes;
    const at = 6 * id;
    // The mean of a cell may be outside of the box, which is that of the triangles themselves.
    const margin = -error[id]!;
    for (const [nx, ny, nz, d] of planes) {
      // The corner furthest along the normal.
      const x = boxes[at + (nx > 0 ? 3 : 0)]!;
      const y = boxes[at + (ny > 0 ? 4 : 1)]!;
      const z = boxes[at + (nz > 0 ? 5 : 2)]!;
      if (nx * x + ny * y + nz * z + d < margin) return false;
    }
    return true;
  }

  private errorPixels(id: number, { eye, focalPixels }: Viewpoint): number {
    const { boxes, error } = this.nodes;
    let square = 0;
    for (let axis = 0; axis < 3; axis++) {
      const out = Math.max(boxes[6 * id + axis]! - eye[axis]!, 0, eye[axis]! - boxes[6 * id + 3 + axis]!);
      square += out * out;
    }
    return (error[id]! * focalPixels) / Math.max(Math.sqrt(square), Number.MIN_VALUE);
  }
}
