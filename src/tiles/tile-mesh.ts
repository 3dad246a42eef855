/**
 * The mesh of a tile: vertices in Morton order, and the triangles of each, of which it is the first corner.
 *
 * In a leaf, vertices are corners of stored triangles, and each of its slots is a triangle: slot `first + k` is triangle k.
 * Above the leaves, a vertex represents a cell of a grid. It stands for the slots of all stored triangles whose first
 * corner is in the cell, which are consecutive. Its triangles are those of the children that reach three cells, each once.
 * A vertex without triangles is the first corner of none, or a part of the surface that is smaller than its cell.
 */

import { KeyOrder } from '../collections/sort/key-order.js';
import { BATCH_TRIANGLES } from '../memory.js';
import type { CellTable } from './cell-table.js';
import { highMask, lowMask } from './morton.js';

/** Cells whose representatives are rounded to a sixteenth of their size. */
const FRACTION_BITS = 4;

/** A mesh of lattice points. */
export interface TileMesh {
  /** Whether each slot is a triangle, in the same order. */
  readonly isLeaf: boolean;
  /** The size of its cells, 2^shift lattice steps: 0 in a leaf. */
  readonly shift: number;
  /** Morton keys of the vertices, two words each, ascending. */
  readonly keys: Int32Array;
  /** The number of slots of each vertex. */
  readonly slots: Float64Array;
  /** The number of triangles of each vertex. */
  readonly owned: Uint32Array;
  /** The second and third corner of each triangle, in the order of the first. */
  readonly corners: Uint32Array;
}

/** Words of a stored triangle: the keys of its corners, then its id; bits above 30 of the words of b and c belong to it. */
export const RECORD_WORDS = 7;
const KEY_WORD = 2 ** 30 - 1;

/** Returns the lattice steps, as a power of two, to which representatives of cells are rounded. */
export function roundingOf(shift: number): number {
  return Math.max(0, shift - FRACTION_BITS);
}

/** Builds meshes. The arrays that it works in are reused; those of a mesh are its own. */
export class TileMesher {
  private readonly order = new KeyOrder(3 * BATCH_TRIANGLES);
  /** A hash table of vertices by key: their numbers, from 1. */
  private readonly table = new Int32Array(2 ** 17);
  private keys = new Int32Array(2 * 3 * BATCH_TRIANGLES);
  private newKeys = new Int32Array(0);
  private slots = new Float64Array(0);
  private indices = new Uint32Array(3 * BATCH_TRIANGLES);
  private map = new Uint32Array(3 * BATCH_TRIANGLES);
  private starts = new Uint32Array(0);
  private next = new Uint32Array(0);
  private pairs = new Float64Array(0);
  private corners = new Uint32Array(0);

  /** Makes room for `vertices`. */
  private reserve(vertices: number): void {
    if (this.slots.length > vertices) return;
    const room = Math.ceil(1.25 * vertices) + 1;
    this.newKeys = new Int32Array(2 * room);
    this.slots = new Float64Array(room);
    this.starts = new Uint32Array(room);
    this.next = new Uint32Array(room);
    if (this.keys.length < 2 * room) this.keys = new Int32Array(2 * room);
    if (this.map.length < room) this.map = new Uint32Array(room);
  }

  /** The mesh of a leaf: `count` records from `from` on, in the order of their first corners. */
  leaf(records: Int32Array, from: number, count: number): TileMesh {
    const { keys, indices } = this;
    this.table.fill(0);
    let vertices = 0;
    for (let k = 0; k < count; k++) {
      const at = RECORD_WORDS * (from + k);
      for (let corner = 0; corner < 3; corner++) {
        const high = records[at + 2 * corner]! & KEY_WORD;
        const low = records[at + 2 * corner + 1]! & KEY_WORD;
        const number = this.number(high, low, vertices);
        if (number === vertices) {
          keys[2 * number] = high;
          keys[2 * number + 1] = low;
          vertices++;
        }
        indices[3 * k + corner] = number;
      }
    }
    const sorted = this.order.sort(keys, vertices, 2);
    const own = new Int32Array(2 * vertices);
    const rank = this.map;
    for (let k = 0; k < vertices; k++) {
      const vertex = sorted[k]!;
      rank[vertex] = k;
      own[2 * k] = keys[2 * vertex]!;
      own[2 * k + 1] = keys[2 * vertex + 1]!;
    }
    const owned = new Uint32Array(vertices);
    const corners = new Uint32Array(2 * count);
    for (let k = 0; k < count; k++) {
      owned[rank[indices[3 * k]!]!]!++;
      corners[2 * k] = rank[indices[3 * k + 1]!]!;
      corners[2 * k + 1] = rank[indices[3 * k + 2]!]!;
    }
    return { isLeaf: true, shift: 0, keys: own, slots: new Float64Array(owned), owned, corners };
  }

  /** Returns the number of a vertex, which is `next` if it is new. */
  private number(high: number, low: number, next: number): number {
    const { table, keys } = this;
    const mask = table.length - 1;
    let slot = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (let held = table[slot]!; held !== 0; held = table[slot]!) {
      if (keys[2 * held - 2] === high && keys[2 * held - 1] === low) return held - 1;
      slot = (slot + 1) & mask;
    }
    table[slot] = next + 1;
    return next;
  }

  /** Clusters the vertices of a mesh in cells of 2^shift lattice steps, which are not smaller than its own. */
  coarsen(mesh: TileMesh, shift: number, cells: CellTable): TileMesh {
    if (shift === mesh.shift && !mesh.isLeaf) return mesh;
    const { keys, slots } = mesh;
    const vertices = slots.length;
    const inHigh = highMask(shift);
    const inLow = lowMask(shift);
    const roundHigh = highMask(roundingOf(shift));
    const roundLow = lowMask(roundingOf(shift));
    this.reserve(vertices);
    const { map, newKeys, slots: newSlots } = this;
    newSlots.fill(0, 0, vertices);
    let count = 0;
    let high = -1;
    let low = -1;
    for (let k = 0; k < vertices; k++) {
      const keyHigh = keys[2 * k]!;
      const keyLow = keys[2 * k + 1]!;
      if ((keyHigh & inHigh) !== high || (keyLow & inLow) !== low) {
        high = keyHigh & inHigh;
        low = keyLow & inLow;
        const isShared = cells.find(shift, keyHigh, keyLow);
        newKeys[2 * count] = (isShared ? cells.high : keyHigh) & roundHigh;
        newKeys[2 * count + 1] = (isShared ? cells.low : keyLow) & roundLow;
        count++;
      }
      map[k] = count - 1;
      newSlots[count - 1]! += slots[k]!;
    }
    const { owned, corners } = this.gather(count, [mesh], [map]);
    return {
      isLeaf: false,
      shift,
      keys: newKeys.slice(0, 2 * count),
      slots: newSlots.slice(0, count),
      owned,
      corners,
    };
  }

  /** Combines meshes with cells of the same size. */
  merge(meshes: readonly TileMesh[]): TileMesh {
    if (meshes.length === 1) return meshes[0]!;
    const total = meshes.reduce((sum, { slots }) => sum + slots.length, 0);
    this.reserve(total);
    const { keys, map: rank, newKeys } = this;
    let filled = 0;
    for (const mesh of meshes) {
      keys.set(mesh.keys, 2 * filled);
      filled += mesh.slots.length;
    }
    const sorted = this.order.sort(keys, total, 2);
    let count = 0;
    for (let k = 0; k < total; k++) {
      const vertex = sorted[k]!;
      const high = keys[2 * vertex]!;
      const low = keys[2 * vertex + 1]!;
      if (count === 0 || newKeys[2 * count - 2] !== high || newKeys[2 * count - 1] !== low) {
        newKeys[2 * count] = high;
        newKeys[2 * count + 1] = low;
        count++;
      }
      rank[vertex] = count - 1;
    }
    const slots = new Float64Array(count);
    const maps: Uint32Array[] = [];
    let first = 0;
    for (const mesh of meshes) {
      const map = rank.subarray(first, first + mesh.slots.length);
      for (let k = 0; k < map.length; k++) slots[map[k]!]! += mesh.slots[k]!;
      maps.push(map);
      first += mesh.slots.length;
    }
    const { owned, corners } = this.gather(count, meshes, maps);
    const { isLeaf, shift } = meshes[0]!;
    return { isLeaf, shift, keys: newKeys.slice(0, 2 * count), slots, owned, corners };
  }

  /** Collects triangles whose vertices are mapped to `vertices` others: those with three, each once. */
  private gather(
    vertices: number,
    meshes: readonly TileMesh[],
    maps: readonly Uint32Array[],
  ): Pick<TileMesh, 'owned' | 'corners'> {
    const { starts, next } = this;
    starts.fill(0, 0, vertices + 1);
    eachTriangle(meshes, maps, (a) => starts[a + 1]!++);
    for (let a = 0; a < vertices; a++) starts[a + 1]! += starts[a]!;
    const total = starts[vertices]!;
    if (this.pairs.length < total) this.pairs = new Float64Array(Math.ceil(1.25 * total));
    if (this.corners.length < 2 * total) this.corners = new Uint32Array(Math.ceil(2.5 * total));
    const { pairs, corners } = this;
    next.set(starts.subarray(0, vertices));
    eachTriangle(meshes, maps, (a, b, c) => {
      pairs[next[a]!++] = b * vertices + c;
    });
    const owned = new Uint32Array(vertices);
    let filled = 0;
    for (let a = 0; a < vertices; a++) {
      const from = starts[a]!;
      const to = starts[a + 1]!;
      sortFew(pairs, from, to);
      const before = filled;
      for (let k = from; k < to; k++) {
        const pair = pairs[k]!;
        if (k > from && pair === pairs[k - 1]) continue;
        const b = Math.floor(pair / vertices);
        corners[filled++] = b;
        corners[filled++] = pair - b * vertices;
      }
      owned[a] = (filled - before) / 2;
    }
    return { owned, corners: corners.slice(0, filled) };
  }
}

/** Visits the mapped triangles that have three corners. */
function eachTriangle(
  meshes: readonly TileMesh[],
  maps: readonly Uint32Array[],
  visit: (a: number, b: number, c: number) => void,
): void {
  for (let part = 0; part < meshes.length; part++) {
    const { owned, corners } = meshes[part]!;
    const map = maps[part]!;
    for (let vertex = 0, at = 0; vertex < owned.length; vertex++) {
      const a = map[vertex]!;
      for (const end = at + 2 * owned[vertex]!; at < end; at += 2) {
        const b = map[corners[at]!]!;
        const c = map[corners[at + 1]!]!;
        if (a !== b && b !== c && c !== a) visit(a, b, c);
      }
    }
  }
}

/** Sorts a range that is short for most vertices. */
function sortFew(values: Float64Array, from: number, to: number): void {
  if (to - from > 24) {
    values.subarray(from, to).sort();
    return;
  }
  for (let k = from + 1; k < to; k++) {
    const value = values[k]!;
    let at = k;
    while (at > from && values[at - 1]! > value) {
      values[at] = values[at - 1]!;
      at--;
    }
    values[at] = value;
  }
}
