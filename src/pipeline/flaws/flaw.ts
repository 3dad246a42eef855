/** What a check lists of the flaws that it counts, for people who want to see them. */

import type { Bounds } from '../../mesh.js';

/** The kinds of flaws, in the order of lists. */
export const FLAW_KINDS = [
  'hole',
  'nonManifoldEdge',
  'nonManifoldVertex',
  'misorientedEdge',
  'degenerate',
  'duplicate',
  'smallShell',
] as const;
export type FlawKind = (typeof FLAW_KINDS)[number];

/** One flaw: where it is and how large. */
export interface Flaw {
  /**
   * The length of the rim of a hole and of an edge, the longest edge of a degenerate triangle, the area of a duplicate and
   * of a shell; 0 for a vertex.
   */
  readonly size: number;
  /** The edges of a hole, and the triangles of a shell; else 1. */
  readonly count: number;
  readonly bounds: Bounds;
  /** A direction from which it is seen, of length 1; undefined if there is none. */
  readonly normal: readonly [x: number, y: number, z: number] | undefined;
  /** The first ids of its triangles, and of its vertices. */
  readonly triangles: readonly number[];
  readonly vertices: readonly number[];
  /** Both ends of its edges, six coordinates each; the first edges if there are many. */
  readonly lines: readonly number[];
}

/** All flaws of a kind. */
export interface FlawGroup {
  readonly kind: FlawKind;
  /** The figure of the check; for small shells, those that were found. */
  readonly count: number;
  /** Some of them, the largest first. */
  readonly items: readonly Flaw[];
  /** Whether there may be more small shells than `count`, because the memory does not allow to count all. */
  readonly isPartial: boolean;
}

/** The most flaws of a kind that are listed. */
export const LISTED_MAX = 1000;
/** The most ids of a flaw. */
export const IDS_MAX = 3;
/** The most edges that are drawn, of one flaw and of all of a kind. */
export const LINES_MAX = 2000;
export const LINES_TOTAL_MAX = 20_000;
/** A shell with a smaller share of the triangles of the largest one is small. */
export const SMALL_SHARE = 0.01;
