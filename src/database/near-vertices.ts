/**
 * Finds the vertices that are no further apart than a distance, across all borders, and links them.
 *
 * Space is divided into cells that are at least twice the distance wide. A vertex goes to each cell that the ball
 * around it touches, mostly its own alone, so that any two near ones meet in one cell. Cells are dealt out by hash to
 * partitions on disk, and each of those is dealt with alone, in memory. What is linked are all pairs with
 * dx * dx + dy * dy + dz * dz <= distance * distance, or enough of them that the same ones are linked in the end: which
 * does not depend on the cells, or on the order of the vertices.
 *
 * Disk: 36 bytes a vertex, and again for each further cell.
 */
import { UsageError } from '../errors.js';
import { type SpillFile, type SpillFiles, SpillReader } from '../io/spill-file.js';
import { makeHashKey, PositionHash } from './position-hash.js';

const PARTITIONS = 64;
const PARTITION_WORDS = 8192;
/** Words of a vertex in a partition: hash, id in two, three coordinates in two each. */
const RECORD_WORDS = 9;
/** Bytes of a vertex in memory: id, coordinates, the next in its chain, two heads of chains. */
const RECORD_BYTES = 8 + 24 + 4 + 8;
/** How often passes that do not fit are divided, before one cell alone is too full. */
const DIVISIONS_MAX = 64;
/** Up to so many vertices are compared with each other, all of them. */
const PAIRWISE_MAX = 24;
/** Vertices dealt with between two yields. */
const TURN = 2 ** 16;
/** The ball is this much wider than the distance, for what rounding may take away. */
const MARGIN = 1 + 1e-9;
/** Squares of less are 0. */
const SMALLEST = 1e-161;

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
  /** Records by partition. */
  private readonly counts = new Float64Array(PARTITIONS);

  /** `spacing` is about how far apart the vertices stand: it decides the size of cells, not the result. */
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
    const capacity = Math.floor(arena.byteLength / RECORD_BYTES);
    // A power of two of heads, for as many vertices or half as many again.
    const heads = 2 ** Math.floor(Math.log2(2 * capacity));
    this.capacity = capacity;
    this.ids = new Float64Array(arena, 0, capacity);
    this.positions = new Float64Array(arena, 8 * capacity, 3 * capacity);
    this.next = new Int32Array(arena, 32 * capacity, capacity);
    this.heads = new Int32Array(arena, 36 * capacity, heads);
  }

  /** Bytes of disk that so many vertices take at the least: each is in one cell, and a few in more. */
  static bytesOf(vertices: number): number {
    return 4 * RECORD_WORDS * vertices;
  }

  /** Takes vertices: their ids, and three coordinates each. */
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

  /** Links what is near. Yields now and then how much is done, from 0 to 1. */
  *finish(): Generator<number> {
    for (const [index, file] of this.partitions.entries()) {
      let passes = 1;
      while (this.counts[index]! / passes > 0.8 * this.capacity) passes *= 2;
      // Cells are not equally full: a pass that does not fit is divided, and what was linked is linked again.
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
    // Adding 0 makes 0 of -0.
    floats[0] = i + 0;
    floats[1] = j + 0;
    floats[2] = k + 0;
    return this.hash.hashOne(this.floatWords, 0);
  }

  private tooMany(): UsageError {
    return new UsageError(
      `a weld distance of ${this.distance} brings more vertices together than fit the memory; expected a smaller one`,
      { hint: 'or more memory with --memory' },
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

  /** Links what is near in one of the passes over a partition; false where that does not fit the memory. */
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
      // The low bits tell passes apart, those in the middle chains.
      const chain = (Math.imul(hash, 0x9e3779b1) >>> 0) & mask;
      next[count] = heads[chain]!;
      heads[chain] = count++;
    }
    let done = 0;
    for (let chain = 0; chain <= mask; chain++) {
      const first = heads[chain]!;
      if (first < 0 || next[first]! < 0) continue;
      const members: number[] = [];
      for (let k = first; k >= 0; k = next[k]!) members.push(k);
      this.linkNear(members);
      done += members.length;
      if (done < TURN) continue;
      done = 0;
      yield (partition + (pass + chain / heads.length) / passes) / PARTITIONS;
    }
    yield (partition + (pass + 1) / passes) / PARTITIONS;
    return true;
  }

  /** Links those of the vertices at these places that are near each other. */
  private linkNear(members: readonly number[]): void {
    if (members.length <= PAIRWISE_MAX) {
      this.comparePairs(members);
      return;
    }
    const { axis, min, max, diagonal } = this.measure(members);
    if (diagonal <= this.square) {
      for (const member of members) this.linkAt(members[0]!, member);
    } else if (max - min <= 2 * this.reach) {
      this.linkCrowd(members);
    } else {
      // Halves, with the strip on the border in both: near ones on its two sides meet there.
      const middle = min + (max - min) / 2;
      const at = (member: number) => this.positions[3 * member + axis]!;
      this.linkNear(members.filter((member) => at(member) <= middle));
      this.linkNear(members.filter((member) => at(member) >= middle - this.reach));
    }
  }

  /** Many vertices hardly further apart than the distance: those in one small box are near each other anyway. */
  private linkCrowd(members: readonly number[]): void {
    const boxes = new Map<string, number[]>();
    for (const member of members) {
      const key = [0, 1, 2]
        .map((axis) => Math.floor((2 * this.positions[3 * member + axis]!) / this.distance))
        .join();
      const box = boxes.get(key);
      if (box === undefined) boxes.set(key, [member]);
      else box.push(member);
    }
    const lists = [...boxes.values()];
    for (const [index, list] of lists.entries()) {
      this.comparePairs(list, true);
      for (const other of lists.slice(0, index)) this.linkOnce(list, other);
    }
  }

  /** Links two lists, each of vertices that are linked already, where any two of them are near. */
  private linkOnce(list: readonly number[], others: readonly number[]): void {
    for (const member of list) {
      for (const other of others) {
        if (!this.areNear(member, other)) continue;
        this.linkAt(member, other);
        return;
      }
    }
  }

  /** Compares all pairs; where they are known to be near mostly, each with the one before is enough. */
  private comparePairs(members: readonly number[], areClose = false): void {
    if (areClose && members.every((member) => this.areNear(members[0]!, member))) {
      for (const member of members) this.linkAt(members[0]!, member);
      return;
    }
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
    if (one !== other) this.link(this.ids[one]!, this.ids[other]!);
  }

  /** The longest side of the box around vertices, and the square of its diagonal. */
  private measure(members: readonly number[]): { axis: number; min: number; max: number; diagonal: number } {
    let longest = { axis: 0, min: 0, max: -1 };
    let diagonal = 0;
    for (let axis = 0; axis < 3; axis++) {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (const member of members) {
        const value = this.positions[3 * member + axis]!;
        if (value < min) min = value;
        if (value > max) max = value;
      }
      diagonal += (max - min) * (max - min);
      if (max - min > longest.max - longest.min) longest = { axis, min, max };
    }
    return { ...longest, diagonal };
  }
}

/** The cell after this one: where cells are beyond 2^53, the next number that there is. */
function after(cell: number): number {
  return cell + 1 > cell ? cell + 1 : Number.POSITIVE_INFINITY;
}
