/**
 * Finds all pairs of vertices within a distance and links them.
 *
 * Space is divided into cells at least twice as wide as the distance. A vertex goes to each cell that the ball around
 * it touches, usually only its own, so any two near vertices meet in one cell. Cells are distributed by hash to
 * partitions on disk, and each partition is processed alone in memory. Pairs with dx * dx + dy * dy + dz * dz <=
 * distance * distance are linked, or enough of them for the same sets. The result depends neither on the cells nor on
 * the order of the vertices.
 *
 * Disk: 36 bytes for each vertex and cell.
 */

import { makeHashKey, PositionHash } from '../collections/position-hash.js';
import { type SpillFile, type SpillFiles, SpillReader } from '../collections/spill-file.js';
import { UsageError } from '../errors.js';
import { CROWD_BYTES, NearCrowd } from './near-crowd.js';

const PARTITIONS = 64;
const PARTITION_WORDS = 8192;
/** Words of a vertex in a partition: hash, id in two, three coordinates in two each. */
const RECORD_WORDS = 9;
/** Bytes of a vertex in memory: id, coordinates, next in chain, two chain heads, crowd tree. */
const RECORD_BYTES = 8 + 24 + 4 + 8 + CROWD_BYTES;
/** The most divisions of a pass that does not fit before a single cell counts as too full. */
const DIVISIONS_MAX = 64;
/** The most vertices whose pairs are all compared directly. */
const PAIRWISE_MAX = 24;
/** Vertices processed between two yields. */
const TURN = 2 ** 16;
/** The ball is wider than the distance by this factor, to cover rounding. */
const MARGIN = 1 + 1e-9;
/** The squares of smaller numbers are 0. */
const SMALLEST = 1e-161;

/** Throws UsageError unless the distance is valid for merging vertices. */
export function checkMergeDistance(distance: number): void {
  if (distance > 0 && Number.isFinite(distance)) return;
  throw new UsageError(`a weld distance of ${distance}; expected a number greater than 0`);
}

export class NearVertices {
  private readonly square: number;
  private readonly reach: number;
  private readonly cell: number;
  private readonly partitions: SpillFile[] = [];
  private readonly words = new Int32Array(RECORD_WORDS);
  private readonly floats = new Float64Array(3);
  private readonly floatWords = new Int32Array(this.floats.buffer);
  private readonly hash = new PositionHash(6, makeHashKey());
  private readonly capacity: number;
  private readonly ids: Float64Array;
  private readonly positions: Float64Array;
  private readonly next: Int32Array;
  private readonly heads: Int32Array;
  private readonly crowd: NearCrowd;
  /** The number of records in each partition. */
  private readonly counts = new Float64Array(PARTITIONS);

  /** `spacing`, the rough distance between neighboring vertices, affects the size of cells, not the result. */
  constructor(
    private readonly distance: number,
    spacing: number,
    private readonly link: (u: number, v: number) => void,
    arena: ArrayBuffer,
    files: SpillFiles,
  ) {
    this.square = distance * distance;
    this.reach = Math.max(distance * MARGIN, SMALLEST);
    this.cell = Math.max(2 * this.reach, spacing);
    for (let k = 0; k < PARTITIONS; k++) this.partitions.push(files.create('near', PARTITION_WORDS));
    // Even, so that all arrays begin at multiples of 8.
    const capacity = 2 * Math.floor(arena.byteLength / RECORD_BYTES / 2);
    // A power of two of heads, between one and two for each vertex.
    const heads = 2 ** Math.floor(Math.log2(2 * capacity));
    this.capacity = capacity;
    this.ids = new Float64Array(arena, 0, capacity);
    this.positions = new Float64Array(arena, 8 * capacity, 3 * capacity);
    this.next = new Int32Array(arena, 32 * capacity, capacity);
    this.heads = new Int32Array(arena, 36 * capacity, heads);
    const linkAt = (one: number, other: number) => this.linkAt(one, other);
    const { positions, next, square } = this;
    this.crowd = new NearCrowd(positions, next, square, linkAt, arena, 44 * capacity, capacity);
  }

  /** Returns the least bytes of disk for this many vertices: each is in one cell, a few are in more. */
  static bytesOf(vertices: number): number {
    return 4 * RECORD_WORDS * vertices;
  }

  /** Adds vertices: ids, and three coordinates each. */
  add(ids: Float64Array, positions: Float64Array, count: number): void {
    const { cell, reach } = this;
    for (let k = 0; k < count; k++) {
      const x = positions[3 * k]!;
      const y = positions[3 * k + 1]!;
      const z = positions[3 * k + 2]!;
      const maxX = Math.floor((x + reach) / cell);
      const maxY = Math.floor((y + reach) / cell);
      const maxZ = Math.floor((z + reach) / cell);
      const minY = Math.floor((y - reach) / cell);
      const minZ = Math.floor((z - reach) / cell);
      for (let i = Math.floor((x - reach) / cell); i <= maxX; i = after(i)) {
        for (let j = minY; j <= maxY; j = after(j)) {
          for (let l = minZ; l <= maxZ; l = after(l)) this.append(this.hashCell(i, j, l), ids[k]!, x, y, z);
        }
      }
    }
  }

  /** Links near vertices. Occasionally yields the progress, from 0 to 1. */
  *finish(): Generator<number> {
    for (const [index, file] of this.partitions.entries()) {
      let passes = 1;
      while (this.counts[index]! / passes > 0.8 * this.capacity) passes *= 2;
      // Cells are not equally full: a pass that does not fit is divided, and its links are repeated.
      const most = passes * DIVISIONS_MAX;
      for (let pass = 0; pass < passes; pass++) {
        if (yield* this.findPairs(file, passes, pass, index)) continue;
        if (passes === most) throw this.tooMany();
        passes *= 2;
        pass = -1;
      }
      file.remove();
    }
  }

  private hashCell(i: number, j: number, k: number): number {
    const { floats } = this;
    // Adding 0 turns -0 into 0.
    floats[0] = i + 0;
    floats[1] = j + 0;
    floats[2] = k + 0;
    return this.hash.hashOne(this.floatWords, 0);
  }

  private tooMany(): UsageError {
    return new UsageError(
      `a weld distance of ${this.distance} joins more vertices than fit in memory; expected a smaller one`,
      { code: 'MEMORY_TOO_SMALL', hint: 'choose a smaller distance, or raise `memoryBytes`' },
    );
  }

  private append(hash: number, id: number, x: number, y: number, z: number): void {
    const { words, floats, floatWords } = this;
    const partition = hash >>> 26;
    floats[0] = x;
    floats[1] = y;
    floats[2] = z;
    words[0] = hash;
    words[1] = id;
    words[2] = Math.floor(id / 2 ** 32);
    for (let k = 0; k < 6; k++) words[3 + k] = floatWords[k]!;
    this.partitions[partition]!.append(words, 0, RECORD_WORDS);
    this.counts[partition]!++;
  }

  /** Links near vertices in one pass over a partition; returns false if it does not fit in memory. */
  private *findPairs(
    file: SpillFile,
    passes: number,
    pass: number,
    partition: number,
  ): Generator<number, boolean> {
    const { next, ids, positions, floats, floatWords } = this;
    const records = this.counts[partition]! / passes;
    const heads = this.heads.subarray(
      0,
      Math.min(this.heads.length, 2 ** Math.ceil(Math.log2(2 * records + 2))),
    );
    const mask = heads.length - 1;
    heads.fill(-1);
    const reader = new SpillReader(file, PARTITION_WORDS);
    let count = 0;
    while (!reader.done) {
      const hash = reader.next();
      const isWanted = passes === 1 || (hash & (passes - 1)) === pass;
      if (isWanted && count === this.capacity) return false;
      const low = reader.next() >>> 0;
      const id = low + 2 ** 32 * reader.next();
      for (let k = 0; k < 6; k++) floatWords[k] = reader.next();
      if (!isWanted) continue;
      ids[count] = id;
      for (let k = 0; k < 3; k++) positions[3 * count + k] = floats[k]!;
      // The low bits distinguish passes, the middle ones chains.
      const chain = (Math.imul(hash, 0x9e3779b1) >>> 0) & mask;
      next[count] = heads[chain]!;
      heads[chain] = count++;
    }
    let done = 0;
    for (let chain = 0; chain <= mask; chain++) {
      const first = heads[chain]!;
      if (first < 0 || next[first]! < 0) continue;
      const members: number[] = [];
      for (let k = first; k >= 0 && members.length <= PAIRWISE_MAX; k = next[k]!) members.push(k);
      if (members.length <= PAIRWISE_MAX) {
        this.comparePairs(members);
        done += members.length;
      } else done += this.crowd.linkNear(this.chain(first));
      if (done < TURN) continue;
      done = 0;
      yield (partition + (pass + chain / heads.length) / passes) / PARTITIONS;
    }
    yield (partition + (pass + 1) / passes) / PARTITIONS;
    return true;
  }

  /** Yields the places of a chain. A place may be changed once it has been yielded. */
  private *chain(first: number): Generator<number> {
    for (let place = first; place >= 0; ) {
      const next = this.next[place]!;
      yield place;
      place = next;
    }
  }

  /** Compares all pairs of these vertices. */
  private comparePairs(members: readonly number[]): void {
    for (let k = 1; k < members.length; k++) {
      for (let other = 0; other < k; other++) {
        if (this.areNear(members[k]!, members[other]!)) this.linkAt(members[k]!, members[other]!);
      }
    }
  }

  private areNear(one: number, other: number): boolean {
    const { positions } = this;
    const dx = positions[3 * one]! - positions[3 * other]!;
    const dy = positions[3 * one + 1]! - positions[3 * other + 1]!;
    const dz = positions[3 * one + 2]! - positions[3 * other + 2]!;
    return dx * dx + dy * dy + dz * dz <= this.square;
  }

  private linkAt(one: number, other: number): void {
    this.link(this.ids[one]!, this.ids[other]!);
  }
}

/** Returns the next cell; beyond 2^53, the next representable number. */
function after(cell: number): number {
  return cell + 1 > cell ? cell + 1 : Number.POSITIVE_INFINITY;
}
