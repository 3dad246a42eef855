/**
 * Finds triangles by place through the leaves of the tiles: along a ray, and around a point. Leaves round corners to the
 * lattice, so what they give are candidates: every triangle that matters, and a few others.
 */

import type { Bounds } from '../mesh.js';
import type { LatticeFrame } from './lattice.js';
import type { DecodedTile } from './tile-codec.js';
import type { TileReader } from './tile-reader.js';

type Point = readonly [x: number, y: number, z: number];

/** Triangles in one leaf that may be what is looked for. */
export interface LeafCandidates {
  /** No triangle of this leaf, or of one that comes later, is nearer to the origin of the ray, in units of the mesh. */
  readonly distance: number;
  /** Ids of triangles, and their slots. */
  readonly ids: readonly number[];
  readonly slots: readonly number[];
}

/** The most that a corner is away from its lattice point, in steps, and some for rounding. */
const CORNER_ERROR = Math.sqrt(3) / 2 + 0.02;
/** Boxes are widened by this, in steps, because numbers are rounded. */
const BOX_MARGIN = 1;

export class LeafSearch {
  /** The box around all triangles. */
  readonly bounds: Bounds;
  private readonly leaves: { readonly id: number; readonly first: number; readonly count: number }[] = [];
  /** The boxes of leaves in lattice steps: the smallest x, y and z, then the largest. */
  private readonly boxes: Float64Array;

  constructor(private readonly tiles: TileReader) {
    const { frame } = tiles;
    const boxes: number[] = [];
    const parents = new Set<number>();
    let bounds: Bounds = { min: [0, 0, 0], max: [0, 0, 0] };
    const nodes = [...tiles.listNodes()];
    for (const { id, parent, bounds: box } of nodes) {
      if (parent !== undefined) parents.add(parent);
      if (id === 0) bounds = box;
    }
    for (const {
      id,
      first,
      count,
      bounds: { min, max },
    } of nodes) {
      if (parents.has(id)) continue;
      this.leaves.push({ id, first, count });
      const low = toLattice(frame, min).map((value) => value - BOX_MARGIN);
      const high = toLattice(frame, max).map((value) => value + BOX_MARGIN);
      boxes.push(...low, ...high);
    }
    this.bounds = bounds;
    this.boxes = Float64Array.from(boxes);
  }

  /**
   * Yields candidates along a ray, leaf after leaf from its origin on. The direction has length 1. A leaf without
   * candidates is yielded, too.
   */
  *along(origin: Point, direction: Point): Generator<LeafCandidates> {
    const { frame } = this.tiles;
    const from = toLattice(frame, origin);
    if (!from.every(Number.isFinite)) return;
    const order: { readonly leaf: number; readonly distance: number }[] = [];
    for (let leaf = 0; leaf < this.leaves.length; leaf++) {
      const distance = enterBox(this.boxes, 6 * leaf, from, direction);
      if (distance !== undefined) order.push({ leaf, distance });
    }
    order.sort((a, b) => a.distance - b.distance);
    const { right, up } = axesAcross(direction);
    for (const { leaf, distance } of order) {
      const tile = this.tiles.mesh(this.leaves[leaf]!);
      yield { distance: distance * frame.step, ...this.collect(leaf, nearLine(tile, from, right, up)) };
    }
  }

  /** Returns all candidates for triangles with a corner at a position of the database. */
  at(position: Point): LeafCandidates {
    const from = toLattice(this.tiles.frame, position);
    const ids: number[] = [];
    const slots: number[] = [];
    for (let leaf = 0; leaf < this.leaves.length; leaf++) {
      if (!isInBox(this.boxes, 6 * leaf, from)) continue;
      const found = this.collect(leaf, nearPoint(this.tiles.mesh(this.leaves[leaf]!), from));
      ids.push(...found.ids);
      slots.push(...found.slots);
    }
    return { distance: 0, ids, slots };
  }

  /** Turns triangles of a leaf into their ids and slots. */
  private collect(
    leaf: number,
    triangles: readonly number[],
  ): { readonly ids: number[]; readonly slots: number[] } {
    if (triangles.length === 0) return { ids: [], slots: [] };
    const node = this.leaves[leaf]!;
    const all = this.tiles.ids(node) ?? new Float64Array(0);
    const kept = triangles.filter((k) => k < all.length);
    return { ids: kept.map((k) => all[k]!), slots: kept.map((k) => node.first + k) };
  }
}

/** Converts a position to lattice steps, without rounding. */
function toLattice({ origin, step }: LatticeFrame, position: Point): [number, number, number] {
  const along = (axis: number) => {
    const steps = (position[axis]! - origin[axis]!) / step;
    // The difference of the largest numbers overflows.
    return Number.isFinite(steps) ? steps : position[axis]! / step - origin[axis]! / step;
  };
  return [along(0), along(1), along(2)];
}

/** Returns the distance at which a ray enters a box, 0 from inside; undefined if it misses it. */
function enterBox(boxes: Float64Array, at: number, from: Point, direction: Point): number | undefined {
  let near = 0;
  let far = Number.POSITIVE_INFINITY;
  for (let axis = 0; axis < 3; axis++) {
    const low = boxes[at + axis]! - from[axis]!;
    const high = boxes[at + 3 + axis]! - from[axis]!;
    const along = direction[axis]!;
    if (along === 0) {
      if (low > 0 || high < 0) return undefined;
      continue;
    }
    near = Math.max(near, Math.min(low / along, high / along));
    far = Math.min(far, Math.max(low / along, high / along));
  }
  return near <= far ? near : undefined;
}

function isInBox(boxes: Float64Array, at: number, point: Point): boolean {
  return [0, 1, 2].every(
    (axis) => boxes[at + axis]! <= point[axis]! && point[axis]! <= boxes[at + 3 + axis]!,
  );
}

/** Returns two directions of length 1 across a direction of length 1, and across each other. */
function axesAcross([x, y, z]: Point): { readonly right: Point; readonly up: Point } {
  // The axis that differs most from the direction.
  const [ax, ay, az] = Math.abs(x) < 0.6 ? [1, 0, 0] : Math.abs(y) < 0.6 ? [0, 1, 0] : [0, 0, 1];
  const [u, v, w] = [y * az! - z * ay!, z * ax! - x * az!, x * ay! - y * ax!];
  const length = Math.hypot(u, v, w);
  const right: Point = [u / length, v / length, w / length];
  const up: Point = [y * right[2] - z * right[1], z * right[0] - x * right[2], x * right[1] - y * right[0]];
  return { right, up };
}

/** Lists the triangles of a tile that a line may meet: seen along the line, its point is at most the error away. */
function nearLine(tile: DecodedTile, from: Point, right: Point, up: Point): number[] {
  const { positions, indices, origin, scale } = tile;
  const count = positions.length / 3;
  const us = new Float64Array(count);
  const vs = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const x = origin[0] + scale * positions[3 * k]! - from[0];
    const y = origin[1] + scale * positions[3 * k + 1]! - from[1];
    const z = origin[2] + scale * positions[3 * k + 2]! - from[2];
    us[k] = x * right[0] + y * right[1] + z * right[2];
    vs[k] = x * up[0] + y * up[1] + z * up[2];
  }
  const found: number[] = [];
  for (let k = 0; k < indices.length; k += 3) {
    const a = indices[k]!;
    const b = indices[k + 1]!;
    const c = indices[k + 2]!;
    const [ua, ub, uc] = [us[a]!, us[b]!, us[c]!];
    if (Math.min(ua, ub, uc) > CORNER_ERROR || Math.max(ua, ub, uc) < -CORNER_ERROR) continue;
    const [va, vb, vc] = [vs[a]!, vs[b]!, vs[c]!];
    if (Math.min(va, vb, vc) > CORNER_ERROR || Math.max(va, vb, vc) < -CORNER_ERROR) continue;
    if (isNearZero(ua, va, ub, vb, uc, vc)) found.push(k / 3);
  }
  return found;
}

/** Whether the point 0 0 is in a triangle of the plane, or at most the error away from it. */
function isNearZero(ua: number, va: number, ub: number, vb: number, uc: number, vc: number): boolean {
  const ab = ua * vb - va * ub;
  const bc = ub * vc - vb * uc;
  const ca = uc * va - vc * ua;
  if ((ab >= 0 && bc >= 0 && ca >= 0) || (ab <= 0 && bc <= 0 && ca <= 0)) return true;
  return isEdgeNear(ua, va, ub, vb) || isEdgeNear(ub, vb, uc, vc) || isEdgeNear(uc, vc, ua, va);
}

function isEdgeNear(ua: number, va: number, ub: number, vb: number): boolean {
  const u = ub - ua;
  const v = vb - va;
  const square = u * u + v * v;
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, -(ua * u + va * v) / square));
  return Math.hypot(ua + share * u, va + share * v) <= CORNER_ERROR;
}

/** Lists the triangles of a tile with a corner whose lattice point is that of a position. */
function nearPoint(tile: DecodedTile, from: Point): number[] {
  const { positions, indices, origin, scale } = tile;
  const isNear = new Uint8Array(positions.length / 3);
  for (let k = 0; k < isNear.length; k++) {
    isNear[k] = [0, 1, 2].every(
      (axis) => Math.abs(origin[axis]! + scale * positions[3 * k + axis]! - from[axis]!) <= BOX_MARGIN,
    )
      ? 1
      : 0;
  }
  const found: number[] = [];
  for (let k = 0; k < indices.length; k += 3) {
    if (isNear[indices[k]!] === 1 || isNear[indices[k + 1]!] === 1 || isNear[indices[k + 2]!] === 1)
      found.push(k / 3);
  }
  return found;
}
