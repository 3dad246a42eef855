/**
 * Lists flaws while a mesh is checked, within bounded memory. Of edges, vertices and triangles, the first ones are kept as
 * ids. Of holes and small shells, the largest are chosen by their counts, and summed up in the last pass of the check.
 */

import { IdSet } from '../../collections/id-set.js';
import { LabelStream } from '../../collections/label-stream.js';
import type { RowFile } from '../../collections/row-lookup.js';
import { appendPair, PAIR_WORDS, readPairs } from '../../collections/run-merge.js';
import type { SpillFile, SpillFiles } from '../../collections/spill-file.js';
import type { MeshDatabase } from '../../database/mesh-database.js';
import { findTriangle, findVertex } from '../../database/source-places.js';
import type { FlawSink } from '../../topology/topology-count.js';
import type { MeshCheck } from '../shells/mesh-check.js';
import {
  type Flaw,
  type FlawGroup,
  type FlawKind,
  LINES_TOTAL_MAX,
  LISTED_MAX,
  SMALL_SHARE,
} from './flaw.js';
import { FlawSum } from './flaw-sums.js';
import { Largest } from './largest.js';

const FILE_WORDS = 2 ** 14;
/** Edges processed between two yields to the event loop. */
const TURN_EDGES = 2 ** 20;

/** A flaw as it is found. */
interface FoundFlaw {
  readonly triangles: readonly number[];
  readonly vertices: readonly number[];
}
type FoundKind = Exclude<FlawKind, 'hole' | 'smallShell'>;

export class FlawList implements FlawSink {
  private readonly found: Record<FoundKind, FoundFlaw[]> = {
    nonManifoldEdge: [],
    nonManifoldVertex: [],
    misorientedEdge: [],
    degenerate: [],
    duplicate: [],
  };
  private readonly rimFile: SpillFile;
  private readonly words = new Int32Array(PAIR_WORDS);
  /** Boundary edges, numbered as by {@link numberOf}; undefined until they are known, or if they do not fit. */
  private rims: IdSet | undefined;
  private flaws: IdSet | undefined;
  private loopLabels: RowFile | undefined;
  /** Chosen holes by label, and chosen shells by their first triangles. */
  private holes = new Map<number, FlawSum>();
  private shells = new Map<number, FlawSum>();
  /** The triangles of each shell, by its first one. */
  private shellCounts = new Uint32Array(0);
  private smallShells = 0;
  private hasAllShells = true;

  constructor(files: SpillFiles) {
    this.rimFile = files.create('rim-edges', FILE_WORDS);
  }

  onDegenerate(triangle: number): void {
    this.keep('degenerate', [triangle], []);
  }

  onBoundaryEdge(halfEdge: number): void {
    appendPair(this.rimFile, this.words, halfEdge, 0);
  }

  onEdge(
    kind: 'nonManifoldEdge' | 'misorientedEdge',
    ends: readonly [number, number],
    triangles: readonly number[],
  ): void {
    this.keep(kind, triangles, ends);
  }

  onVertex(vertex: number, triangle: number): void {
    this.keep('nonManifoldVertex', [triangle], [vertex]);
  }

  onDuplicate(triangle: number, other: number): void {
    this.keep('duplicate', triangle < other ? [triangle, other] : [other, triangle], []);
  }

  /** Counts the triangles of shells in an arena that is lent until {@link chooseShells}. */
  countShells(arena: ArrayBuffer, range: number): (triangle: number, first: number) => void {
    const counts = new Uint32Array(arena, 0, Math.min(range, Math.floor(arena.byteLength / 4))).fill(0);
    this.hasAllShells = counts.length === range;
    this.shellCounts = counts;
    return (_, first) => {
      if (first < counts.length) counts[first]!++;
    };
  }

  /** Chooses the largest of the small shells. */
  chooseShells(): void {
    const { shellCounts: counts } = this;
    let most = 0;
    for (const count of counts) most = Math.max(most, count);
    const largest = new Largest(LISTED_MAX);
    for (let first = 0; first < counts.length; first++) {
      const count = counts[first]!;
      if (count === 0 || count >= SMALL_SHARE * most) continue;
      this.smallShells++;
      largest.add(first, count);
    }
    for (const first of largest.ids()) this.shells.set(first, new FlawSum());
    this.shellCounts = new Uint32Array(0);
  }

  /**
   * Counts the loops of boundary edges and chooses the largest; `labels` are by number, and `flaws` is sealed. Yields the
   * progress, from 0 to 1.
   */
  *chooseLoops(
    flaws: IdSet,
    labels: RowFile,
    arena: ArrayBuffer,
    freeBytes: number,
  ): Generator<number, void> {
    const { rimFile } = this;
    if (IdSet.bytesOf(3 * flaws.size) > freeBytes) {
      rimFile.remove();
      labels.file.remove();
      return;
    }
    const rims = IdSet.create(3 * flaws.size);
    let done = 0;
    for (const [edge] of readPairs(rimFile, FILE_WORDS)) {
      rims.add(numberOf(flaws, edge));
      if (++done % TURN_EDGES === 0) yield 0;
    }
    rimFile.remove();
    rims.seal();
    const counts = new Uint32Array(arena, 0, Math.min(rims.size, Math.floor(arena.byteLength / 4))).fill(0);
    const stream = new LabelStream(labels);
    done = 0;
    for (const edge of rims.members()) {
      const rank = rims.rank(stream.read(edge));
      if (rank < counts.length) counts[rank]!++;
      if (++done % TURN_EDGES === 0) yield (0.7 * done) / rims.size;
    }
    // The label of a loop is its first edge, so its count is at the rank of that edge.
    const largest = new Largest(LISTED_MAX);
    let rank = 0;
    for (const edge of rims.members()) {
      if (rank === counts.length) break;
      if (counts[rank]! > 0) largest.add(edge, counts[rank]!);
      rank++;
      if (rank % TURN_EDGES === 0) yield 0.7 + (0.3 * rank) / rims.size;
    }
    for (const label of largest.ids()) this.holes.set(label, new FlawSum());
    this.rims = rims;
    this.flaws = flaws;
    this.loopLabels = labels;
  }

  /**
   * Begins the pass that sums up what was chosen. Returns what takes all triangles in id order; called again if the pass
   * starts over.
   */
  beginSums(shellLabels: RowFile): (t: Float64Array, triangle: number) => void {
    const { holes, shells, rims, flaws, loopLabels } = this;
    for (const sums of [holes, shells]) for (const id of sums.keys()) sums.set(id, new FlawSum());
    const shellStream = shells.size > 0 ? new LabelStream(shellLabels) : undefined;
    const loopStream = loopLabels && holes.size > 0 ? new LabelStream(loopLabels) : undefined;
    const budget = { left: LINES_TOTAL_MAX };
    return (t, triangle) => {
      if (shellStream !== undefined) shells.get(shellStream.read(triangle))?.addTriangle(triangle, t);
      if (loopStream === undefined || !flaws!.has(triangle)) return;
      const number = numberOf(flaws!, 3 * triangle);
      for (let k = 0; k < 3; k++) {
        if (rims!.has(number + k)) holes.get(loopStream.read(number + k))?.addEdge(triangle, t, k, budget);
      }
    };
  }

  /** Returns the groups, with the figures of the check. */
  finish(check: MeshCheck, db: MeshDatabase): FlawGroup[] {
    const described = (sums: ReadonlyMap<number, FlawSum>, measure: 'length' | 'area') =>
      [...sums.values()].map((sum) => sum.describe(measure));
    const of = (kind: FoundKind) => this.found[kind].flatMap((flaw) => describe(db, kind, flaw) ?? []);
    const group = (kind: FlawKind, count: number, items: Flaw[], isPartial = false): FlawGroup => ({
      kind,
      count,
      items: items.sort((a, b) => b.size - a.size || (a.triangles[0] ?? 0) - (b.triangles[0] ?? 0)),
      isPartial,
    });
    return [
      group('hole', check.boundaryLoops, described(this.holes, 'length')),
      group('nonManifoldEdge', check.nonManifoldEdges, of('nonManifoldEdge')),
      group('nonManifoldVertex', check.nonManifoldVertices, of('nonManifoldVertex')),
      group('misorientedEdge', check.misorientedEdges, of('misorientedEdge')),
      group('degenerate', check.degenerate, of('degenerate')),
      group('duplicate', check.duplicate, of('duplicate')),
      group('smallShell', this.smallShells, described(this.shells, 'area'), !this.hasAllShells),
    ];
  }

  private keep(kind: FoundKind, triangles: readonly number[], vertices: readonly number[]): void {
    const list = this.found[kind];
    if (list.length < LISTED_MAX) list.push({ triangles, vertices });
  }
}

/** Numbers the half-edges of triangles with a flaw densely. */
export function numberOf(flaws: IdSet, halfEdge: number): number {
  const triangle = Math.floor(halfEdge / 3);
  return 3 * flaws.rank(triangle) + halfEdge - 3 * triangle;
}

/** Reads the positions of a flaw; undefined if they are no longer there. */
function describe(db: MeshDatabase, kind: FoundKind, { triangles, vertices }: FoundFlaw): Flaw | undefined {
  const stored = db.ask((connection) => findTriangle(connection, triangles[0]!));
  if (stored?.positions === undefined) return undefined;
  const t = stored.positions.flat();
  const sum = new FlawSum();
  if (kind === 'degenerate' || kind === 'duplicate') {
    sum.addTriangle(triangles[0]!, t, true);
    return { ...sum.describe(kind === 'duplicate' ? 'area' : 'length', stored.vertices), triangles };
  }
  sum.addTriangle(triangles[0]!, t);
  const ends = vertices.flatMap((vertex) => db.ask((connection) => findVertex(connection, vertex)) ?? []);
  if (ends.length < 3 * vertices.length) return undefined;
  const min = [0, 1, 2].map((axis) => Math.min(...ends.filter((_, k) => k % 3 === axis)));
  const max = [0, 1, 2].map((axis) => Math.max(...ends.filter((_, k) => k % 3 === axis)));
  return {
    ...sum.describe('length', vertices),
    size: Math.hypot(...max.map((value, axis) => value - min[axis]!)),
    bounds: { min, max } as unknown as Flaw['bounds'],
    triangles,
    lines: vertices.length === 2 ? ends : [],
  };
}
