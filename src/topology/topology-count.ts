/**
 * Counts local features from the stars of vertices: edges of every kind, vertices where a surface touches itself,
 * duplicates. An edge is counted at the end with the smaller id.
 */

import type { IdSet } from '../collections/id-set.js';
import { appendPair, PAIR_WORDS } from '../collections/run-merge.js';
import type { SpillFile } from '../collections/spill-file.js';
import type { Stars } from './star-spool.js';

/** Degrees counted individually; the last entry of the histogram has all larger ones. */
const DEGREES = 64;
/** The most triangles of a vertex for which a closed fan is searched for: each step looks through all of them. */
const FAN_MAX = 16;
/** The longest list of codes sorted by insertion. */
const INSERTION_MAX = 32;

/** Receives edges, and the boundaries of open surfaces. */
export interface TopologySinks {
  /** Receives two triangles with a common edge, and whether they run along it in the same direction. */
  readonly onPair: (triangle: number, neighbor: number, isSame: boolean, isManifold: boolean) => void;
  /** Receives each triangle with a boundary edge; may already hold others. */
  readonly flaws?: IdSet | undefined;
  /** Receives pairs of consecutive boundary edges, as half-edge numbers: 3 x triangle + 0, 1 or 2. */
  readonly rimPairs?: SpillFile | undefined;
  readonly list?: FlawSink | undefined;
}

/** Receives flaws one by one, as they are counted. Triangles are some of those at the flaw. */
export interface FlawSink {
  /** A half-edge number: 3 x triangle + 0, 1 or 2. */
  onBoundaryEdge(halfEdge: number): void;
  onEdge(
    kind: 'nonManifoldEdge' | 'misorientedEdge',
    ends: readonly [number, number],
    triangles: readonly number[],
  ): void;
  onVertex(vertex: number, triangle: number): void;
  onDuplicate(triangle: number, other: number): void;
}

export class TopologyCount {
  /** Vertices of triangles with three distinct vertices. */
  vertices = 0;
  edges = 0;
  boundaryEdges = 0;
  /** Edges of more than two triangles. */
  nonManifoldEdges = 0;
  /** Edges along which two triangles run in the same direction. */
  misorientedEdges = 0;
  /** Vertices whose triangles are not all connected by edges that end there. */
  nonManifoldVertices = 0;
  /** Triangles with the same three vertices as an earlier one. */
  duplicates = 0;
  /** The number of vertices with 0, 1, 2 and so on edges, as far as triangles with three distinct vertices use them. */
  readonly degrees = new Float64Array(DEGREES + 1);

  // For the current star. Each corner has two codes: twice its number for the edge to the next vertex, and one more for
  // the edge from the previous one. Sorted by the vertex at the other end, they show the edges.
  private codes = new Int32Array(0);
  private keys = new Float64Array(0);
  private parents = new Int32Array(0);
  private lastRims = new Int32Array(0);
  /** For each corner of a closed fan, the next one. */
  private readonly followers = new Int32Array(FAN_MAX);
  private readonly words = new Int32Array(PAIR_WORDS);

  constructor(private readonly sinks: TopologySinks) {}

  take(stars: Stars): void {
    const { first, ends } = stars;
    for (let k = 0, from = stars.from; k < ends.length; k++) {
      const to = ends[k]!;
      if (to > from) this.takeStar(stars, first + k, from, to - from);
      from = to;
    }
  }

  private takeStar(stars: Stars, vertex: number, from: number, size: number): void {
    if (size >= 3 && size <= FAN_MAX && this.isClosedFan(stars, from, size)) {
      this.takeFan(stars, vertex, from, size);
      return;
    }
    this.reserve(size);
    const { codes, keys, parents } = this;
    const { nexts, previous } = stars;
    for (let k = 0; k < size; k++) {
      codes[2 * k] = 2 * k;
      keys[2 * k] = nexts[from + k]!;
      codes[2 * k + 1] = 2 * k + 1;
      keys[2 * k + 1] = previous[from + k]!;
      parents[k] = k;
    }
    sortCodes(codes, keys, 0, 2 * size);
    let degree = 0;
    let rims = 0;
    let fans = size;
    for (let low = 0, high = 0; low < 2 * size; low = high) {
      const other = keys[low]!;
      for (high = low + 1; high < 2 * size && keys[high] === other; high++) {
        fans -= this.unite(codes[low]! >> 1, codes[high]! >> 1);
      }
      degree++;
      if (vertex < other) this.takeEdge(stars, vertex, from, other, low, high);
      // Examined codes make room.
      if (high === low + 1) codes[rims++] = codes[low]!;
    }
    this.vertices++;
    this.degrees[Math.min(degree, DEGREES)]!++;
    if (fans > 1) {
      this.nonManifoldVertices++;
      this.sinks.list?.onVertex(vertex, triangleOf(stars, from, 0));
    }
    if (rims > 0) this.takeRims(stars, vertex, from, size, rims);
  }

  /**
   * Whether the triangles of a star follow each other around the vertex, all in one direction, as nearly everywhere: each
   * begins where another one ends. Following them visits all before it comes back only if no edge occurs twice.
   */
  private isClosedFan({ nexts, previous }: Stars, from: number, size: number): boolean {
    const { followers } = this;
    let corner = 0;
    for (let steps = 1; ; steps++) {
      const other = nexts[from + corner]!;
      let follower = 0;
      while (follower < size && previous[from + follower] !== other) follower++;
      if (follower === size) return false;
      followers[corner] = follower;
      if (follower === 0) return steps === size;
      if (steps === size) return false;
      corner = follower;
    }
  }

  /** Counts a closed fan of three or more triangles: it has neither rims nor duplicates. */
  private takeFan({ nexts, corners }: Stars, vertex: number, from: number, size: number): void {
    const { followers, sinks } = this;
    for (let k = 0; k < size; k++) {
      if (vertex > nexts[from + k]!) continue;
      this.edges++;
      const triangle = Math.floor(corners[from + k]! / 3);
      sinks.onPair(triangle, Math.floor(corners[from + followers[k]!]! / 3), false, true);
    }
    this.vertices++;
    this.degrees[size]!++;
  }

  /** Counts an edge from the current vertex to one with a larger id: codes `[low, high)`. */
  private takeEdge(
    stars: Stars,
    vertex: number,
    from: number,
    other: number,
    low: number,
    high: number,
  ): void {
    const { codes } = this;
    const { list } = this.sinks;
    this.edges++;
    if (high === low + 1) {
      this.boundaryEdges++;
      return;
    }
    const isManifold = high === low + 2;
    const one = codes[low]!;
    const triangle = triangleOf(stars, from, one);
    for (let k = low + 1; k < high; k++) {
      const code = codes[k]!;
      const isSame = ((one ^ code) & 1) === 0;
      const neighbor = triangleOf(stars, from, code);
      if (isManifold && isSame) {
        this.misorientedEdges++;
        list?.onEdge('misorientedEdge', [vertex, other], [triangle, neighbor]);
      }
      this.sinks.onPair(triangle, neighbor, isSame, isManifold);
    }
    if (!isManifold) {
      this.nonManifoldEdges++;
      list?.onEdge('nonManifoldEdge', [vertex, other], [triangle, triangleOf(stars, from, codes[low + 1]!)]);
    }
    this.countDuplicates(stars, from, other, low, high);
  }

  /** Counts triangles along an edge with the same third vertex, at the edge of their two smallest ids. */
  private countDuplicates(stars: Stars, from: number, other: number, low: number, high: number): void {
    const { codes, keys } = this;
    for (let k = low; k < high; k++) keys[k] = thirdVertex(stars, from, codes[k]!);
    if (high > low + 2) sortCodes(codes, keys, low, high);
    for (let k = low + 1; k < high; k++) {
      if (keys[k] !== keys[k - 1] || keys[k]! <= other) continue;
      this.duplicates++;
      const [one, next] = [triangleOf(stars, from, codes[k - 1]!), triangleOf(stars, from, codes[k]!)];
      this.sinks.list?.onDuplicate(one, next);
    }
  }

  /** Records boundary edges, the first `count` codes; within each fan of triangles they are consecutive. */
  private takeRims(stars: Stars, vertex: number, from: number, size: number, count: number): void {
    const { codes, lastRims } = this;
    const { flaws, rimPairs, list } = this.sinks;
    if (flaws === undefined) return;
    lastRims.fill(-1, 0, size);
    for (let k = 0; k < count; k++) {
      const code = codes[k]!;
      const fan = this.fanOf(code >> 1);
      const edge = halfEdge(stars, from, code);
      const last = lastRims[fan]!;
      if (last >= 0 && rimPairs !== undefined)
        appendPair(rimPairs, this.words, edge, halfEdge(stars, from, last));
      lastRims[fan] = code;
      const { nexts, previous } = stars;
      const other = (code & 1) === 0 ? nexts[from + (code >> 1)]! : previous[from + (code >> 1)]!;
      if (vertex > other) continue;
      flaws.add(Math.floor(edge / 3));
      list?.onBoundaryEdge(edge);
    }
  }

  /** Joins the fans of two corners; returns 1 if they were separate. */
  private unite(a: number, b: number): number {
    const x = this.fanOf(a);
    const y = this.fanOf(b);
    if (x === y) return 0;
    this.parents[Math.max(x, y)] = Math.min(x, y);
    return 1;
  }

  private fanOf(corner: number): number {
    const { parents } = this;
    while (parents[corner] !== corner) {
      parents[corner] = parents[parents[corner]!]!;
      corner = parents[corner]!;
    }
    return corner;
  }

  private reserve(size: number): void {
    if (size <= this.parents.length) return;
    this.codes = new Int32Array(2 * size);
    this.keys = new Float64Array(2 * size);
    this.parents = new Int32Array(size);
    this.lastRims = new Int32Array(size);
  }
}

/** Returns the triangle with this code. */
function triangleOf({ corners }: Stars, from: number, code: number): number {
  return Math.floor(corners[from + (code >> 1)]! / 3);
}

/** Returns the vertex of a triangle that is not on the edge with this code. */
function thirdVertex({ nexts, previous }: Stars, from: number, code: number): number {
  return (code & 1) === 0 ? previous[from + (code >> 1)]! : nexts[from + (code >> 1)]!;
}

/** Returns the half-edge number of this code: that of the corner where it begins. */
function halfEdge({ corners }: Stars, from: number, code: number): number {
  const corner = corners[from + (code >> 1)]!;
  if ((code & 1) === 0) return corner;
  return corner % 3 === 0 ? corner + 2 : corner - 1;
}

/** Sorts codes `[from, to)` by their keys in place: short lists by insertion, long ones by heapsort. */
function sortCodes(codes: Int32Array, keys: Float64Array, from: number, to: number): void {
  if (to - from > INSERTION_MAX) {
    heapSort(codes, keys, from, to);
    return;
  }
  for (let k = from + 1; k < to; k++) {
    const key = keys[k]!;
    const code = codes[k]!;
    let at = k;
    for (; at > from && keys[at - 1]! > key; at--) {
      keys[at] = keys[at - 1]!;
      codes[at] = codes[at - 1]!;
    }
    keys[at] = key;
    codes[at] = code;
  }
}

function heapSort(codes: Int32Array, keys: Float64Array, from: number, to: number): void {
  const size = to - from;
  for (let at = (size >> 1) - 1; at >= 0; at--) sink(codes, keys, from, at, size);
  for (let left = size - 1; left > 0; left--) {
    swap(codes, keys, from, from + left);
    sink(codes, keys, from, 0, left);
  }
}

function sink(codes: Int32Array, keys: Float64Array, from: number, at: number, size: number): void {
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) return;
    if (child + 1 < size && keys[from + child + 1]! > keys[from + child]!) child++;
    if (keys[from + child]! <= keys[from + at]!) return;
    swap(codes, keys, from + at, from + child);
    at = child;
  }
}

function swap(codes: Int32Array, keys: Float64Array, a: number, b: number): void {
  const key = keys[a]!;
  keys[a] = keys[b]!;
  keys[b] = key;
  const code = codes[a]!;
  codes[a] = codes[b]!;
  codes[b] = code;
}
