/**
 * Thins out the triangles that meet a filter's conditions: drops collapsed ones and duplicates, then those not in the
 * sample, then those beyond the limit. Each step examines only what the previous one has left.
 */

import type { IdSet } from '../collections/id-set.js';
import { makeHashKey } from '../collections/position-hash.js';
import type { RowCache } from '../collections/row-cache.js';
import { type SpillFiles, SpillReader, STREAM_WORDS } from '../collections/spill-file.js';
import type { MeshRows } from '../database/rows/selection.js';
import { ID_WORDS, VertexWelder } from '../weld/vertex-welder.js';
import { WeldMemory } from '../weld/weld-memory.js';
import type { Sample } from './triangle-filter.js';

/** Triangles whose keys are collected at a time. */
const BATCH_KEYS = 16_384;

/** Keys are only compared, so no rows are needed. */
const NOWHERE = { addVertices: () => undefined, addTriangles: () => undefined };

/** Visits a remaining triangle with its corners as exported, and whether it was degenerate before the weld. */
type Visit = (id: number, a: number, b: number, c: number, wasDegenerate: boolean) => void;

export class Thinning {
  constructor(
    private readonly rows: MeshRows,
    /** The triangles; the methods here remove some. */
    private readonly triangles: IdSet,
    /** The vertex that replaces each vertex (default: itself). */
    private readonly labels: RowCache | undefined,
  ) {}

  /**
   * Drops triangles with two corners at one vertex: those degenerate before the weld, or those made so by it. Returns
   * their number. Yields after each batch.
   */
  *dropDegenerate(when: 'before' | 'after'): Generator<void, number> {
    let dropped = 0;
    yield* this.visit((id, a, b, c, wasDegenerate) => {
      if (wasDegenerate !== (when === 'before') || !isDegenerate(a, b, c)) return;
      this.triangles.delete(id);
      dropped++;
    });
    return dropped;
  }

  /** Drops triangles with the same three vertices, in any order, as an earlier one; returns their number. Uses about
   * `bytes` of memory. */
  *dropDuplicates(bytes: number, files: SpillFiles): Generator<void, number> {
    // Three sorted ids are welded like a position: a repeated one gets the number of the first.
    const welder = new VertexWelder(
      NOWHERE,
      new WeldMemory(bytes, 6, makeHashKey()),
      { bytesPerValue: 8, expectedVertices: this.triangles.size },
      files,
    );
    const keys = new Float64Array(3 * BATCH_KEYS);
    let filled = 0;
    yield* this.visit((_id, a, b, c) => {
      const low = Math.min(a, b, c);
      const high = Math.max(a, b, c);
      keys[3 * filled] = low;
      keys[3 * filled + 1] = a + b + c - low - high;
      keys[3 * filled + 2] = high;
      if (++filled < BATCH_KEYS) return;
      welder.add(keys, filled);
      filled = 0;
    });
    if (filled > 0) welder.add(keys, filled);
    const finishing = welder.finish();
    let step = finishing.next();
    for (; !step.done; step = finishing.next()) yield;
    const { ids } = step.value;
    if (ids === undefined) return 0;
    const reader = new SpillReader(ids.file, STREAM_WORDS, 0, ID_WORDS * ids.count);
    let distinct = 0;
    let dropped = 0;
    for (const id of this.triangles.members()) {
      const low = reader.next() >>> 0;
      if (low + 2 ** 32 * reader.next() === distinct) {
        distinct++;
        continue;
      }
      this.triangles.delete(id);
      dropped++;
    }
    return dropped;
  }

  /** Keeps each triangle with the given probability, decided by its id and the seed. */
  sample({ share, seed }: Sample): void {
    const limit = share * 2 ** 32;
    for (const id of this.triangles.members()) if (hash(id, seed) >= limit) this.triangles.delete(id);
  }

  /** Counts the vertices that another one replaces. */
  countMerged(vertices: IdSet): number {
    if (this.labels === undefined) return 0;
    let merged = 0;
    for (const id of vertices.members()) if (this.labels.values[this.labels.locate(id)] !== id) merged++;
    return merged;
  }

  /** Adds the vertices of the remaining triangles to a set. */
  *markVertices(vertices: IdSet): Generator<void> {
    yield* this.visit((_id, a, b, c) => {
      vertices.add(a);
      vertices.add(b);
      vertices.add(c);
    });
  }

  private *visit(visit: Visit): Generator<void> {
    const { triangles, labels } = this;
    const labelOf = (vertex: number) =>
      labels === undefined ? vertex : labels.values[labels.locate(vertex)]!;
    for (const { count, ids, corners } of this.rows.cornersOf(triangles)) {
      for (let k = 0; k < count; k++) {
        const id = ids[k]!;
        if (!triangles.has(id)) continue;
        const a = corners[3 * k]!;
        const b = corners[3 * k + 1]!;
        const c = corners[3 * k + 2]!;
        visit(id, labelOf(a), labelOf(b), labelOf(c), isDegenerate(a, b, c));
      }
      yield;
    }
  }
}

function isDegenerate(a: number, b: number, c: number): boolean {
  return a === b || b === c || c === a;
}

/** Returns 32 bits that look random, by the mixing steps of MurmurHash3's finalizer (Appleby). */
function hash(id: number, seed: number): number {
  let bits = Math.imul(id | 0, 0x9e3779b1) ^ Math.imul(Math.floor(id / 2 ** 32) + seed, 0x85ebca77);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
