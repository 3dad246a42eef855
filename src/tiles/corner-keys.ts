/** The Morton keys of triangle corners. They are kept for a while, because a vertex is a corner of several triangles. */

import { RowCache, type RowSource } from '../collections/row-cache.js';
import { CachedPositions, type CornerPositions } from '../database/rows/corner-positions.js';
import type { Lattice } from './lattice.js';

export interface CornerKeys {
  /** Copies the keys of the next triangle, whose corners are these vertices, to six words. */
  copyNext(a: number, b: number, c: number, target: Int32Array, to: number): void;
}

/** Returns the keys of positions: from a cache of `bytes` if the positions are in one, too. */
export function cornerKeys(lattice: Lattice, positions: CornerPositions, bytes: number): CornerKeys {
  if (positions instanceof CachedPositions) return new CachedKeys(lattice, positions.cache, bytes);
  return new SequentialKeys(lattice, positions);
}

class CachedKeys implements CornerKeys {
  private readonly cache: RowCache;

  constructor(lattice: Lattice, positions: RowCache, bytes: number) {
    this.cache = new RowCache(new KeyRows(lattice, positions), bytes);
  }

  copyNext(a: number, b: number, c: number, target: Int32Array, to: number): void {
    this.copy(a, target, to);
    this.copy(b, target, to + 2);
    this.copy(c, target, to + 4);
  }

  private copy(vertex: number, target: Int32Array, to: number): void {
    const from = this.cache.locate(vertex);
    const { values } = this.cache;
    target[to] = values[from]!;
    target[to + 1] = values[from + 1]!;
  }
}

/** The keys of vertices as rows, from rows of positions. */
class KeyRows implements RowSource {
  readonly width = 2;
  readonly count: number;

  constructor(
    private readonly lattice: Lattice,
    private readonly positions: RowCache,
  ) {
    this.count = positions.count;
  }

  load(first: number, count: number, target: Float64Array): void {
    // Blocks of both caches have the same rows, so one is next to the other.
    const from = this.positions.locate(first);
    this.lattice.copyKeys(this.positions.values, from, count, target);
  }
}

class SequentialKeys implements CornerKeys {
  private readonly corner = new Float64Array(9);
  private readonly keys = new Float64Array(6);

  constructor(
    private readonly lattice: Lattice,
    private readonly positions: CornerPositions,
  ) {}

  copyNext(a: number, b: number, c: number, target: Int32Array, to: number): void {
    this.positions.copyNext(a, b, c, this.corner);
    this.lattice.copyKeys(this.corner, 0, 3, this.keys);
    for (let word = 0; word < 6; word++) target[to + word] = this.keys[word]!;
  }
}
