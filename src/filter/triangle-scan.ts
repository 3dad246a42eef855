/** Finds the triangles that meet the conditions evaluated here, and their vertices or the box around them. */

import type { IdSet } from '../collections/id-set.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import type { CornerPositions } from '../database/rows/corner-positions.js';
import { compileShape } from '../geometry/shape-tests.js';
import type { Shape } from '../geometry/shapes.js';
import type { TriangleBatch } from '../mesh.js';
import { compileExpression, type Expression, type TriangleTest } from './expression/expression.js';

/** Conditions that a triangle must all meet. Plain data, to pass to threads. */
export interface ScanPlan {
  readonly expressions: readonly Expression[];
  readonly shapes: readonly Shape[];
  /** Whether to find the box around the triangles instead of their vertices, if positions are looked up anyway. */
  readonly findsBounds?: boolean | undefined;
}

/** The sets that a scan reads and fills. */
export interface ScanSets {
  /** The triangles to scan (default: all). */
  readonly candidates: IdSet | undefined;
  readonly triangles: IdSet;
  readonly vertices: IdSet;
}

export class TriangleScan {
  /** The least and the greatest x, y and z of what was found, infinite for nothing; undefined if not to be found. */
  readonly bounds: Float64Array | undefined;
  private readonly tests: readonly TriangleTest[];
  private readonly needsPositions: boolean;
  private readonly corners = new Float64Array(9);

  constructor(
    plan: ScanPlan,
    private readonly sets: ScanSets,
    private readonly positions: CornerPositions,
  ) {
    const expressions = plan.expressions.map(compileExpression);
    const shapes = plan.shapes.map(compileShape);
    this.tests = [
      ...expressions.map(({ test }) => test),
      ...shapes.map(
        (test): TriangleTest =>
          (_id, _a, _b, _c, t) =>
            test(t),
      ),
    ];
    this.needsPositions = shapes.length > 0 || expressions.some(({ needsPositions }) => needsPositions);
    if (plan.findsBounds && this.needsPositions) this.bounds = emptyBounds();
  }

  /** Scans the next triangles, whose corners are vertex ids. */
  take({ count, ids, corners }: TriangleBatch & Rows): void {
    const { bounds } = this;
    const { candidates, triangles, vertices } = this.sets;
    // Bits of neighbors are set together: one by one, threads would keep each other waiting.
    let word = -1;
    let bits = 0;
    for (let k = 0; k < count; k++) {
      const id = ids[k]!;
      if (candidates !== undefined && !candidates.has(id)) continue;
      const a = corners[3 * k]!;
      const b = corners[3 * k + 1]!;
      const c = corners[3 * k + 2]!;
      if (!this.fulfils(id, a, b, c)) continue;
      const own = Math.floor(id / 32);
      if (own !== word) {
        triangles.addWord(word, bits);
        word = own;
        bits = 0;
      }
      bits |= 1 << (id & 31);
      if (bounds !== undefined) {
        extend(bounds, this.corners, 0, 9);
        continue;
      }
      vertices.add(a);
      vertices.add(b);
      vertices.add(c);
    }
    triangles.addWord(word, bits);
  }

  private fulfils(id: number, a: number, b: number, c: number): boolean {
    const { tests, corners } = this;
    if (tests.length === 0) return true;
    if (this.needsPositions) this.positions.copyNext(a, b, c, corners);
    for (const test of tests) if (!test(id, a, b, c, corners)) return false;
    return true;
  }
}

/** The bounds of nothing: the least and the greatest x, y and z. */
export function emptyBounds(): Float64Array {
  return Float64Array.of(Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity);
}

/** Extends bounds by the positions whose coordinates begin at `from` and end before `to`. */
export function extend(bounds: Float64Array, positions: Float64Array, from: number, to: number): void {
  for (let k = from; k < to; k += 3) {
    for (let axis = 0; axis < 3; axis++) {
      const value = positions[k + axis]!;
      if (value < bounds[axis]!) bounds[axis] = value;
      if (value > bounds[3 + axis]!) bounds[3 + axis] = value;
    }
  }
}
