/**
 * Sets of linked ids: ids linked directly or through others are in one set, whose label is its smallest id.
 *
 * If all ids fit in memory, this is a union-find. Otherwise ids are divided into ranges that fit. A sweep from the
 * highest range to the lowest keeps in each only what it needs from below, after Sibeyn's semi-external algorithms:
 *
 * 1. Links wait with the range of their larger id. Those inside the range unite in memory. Of those that lead below,
 *    a set keeps the smallest; each other one becomes a link between the two lower ids. Their number never grows.
 * 2. From the lowest range up, labels are known, and are sent to the sets above that wait for one.
 *
 * Everything is sequential. Disk: 16 bytes a link for each range it passes, 4 an id, and 12 a set for each range.
 */

import type { RowFile } from './row-lookup.js';
import { appendPair, PAIR_WORDS, readPairs } from './run-merge.js';
import { HIGH, type SpillFile, type SpillFiles, SpillReader } from './spill-file.js';

/** Bytes of an id in memory: its parent, and in a sweep also the id or label that its set waits for. */
const EXACT_BYTES = 4;
const SWEEP_BYTES = 12;
/** Buffer words for the files of all ranges together, and at most for one. */
const RANGES_WORDS = 2 ** 19;
const RANGE_WORDS_MAX = 2 ** 14;
/** Recent links remembered, so that one that soon repeats is not written again. */
const RECENT = 2 ** 14;
/** Ids or links processed between two yields. */
const TURN = 2 ** 20;

export class IdLinks {
  private readonly parents: Int32Array;
  private readonly sweep: Sweep | undefined;

  /** Ids range from 0 to `count` - 1. The arena is in use until the end. */
  constructor(
    private readonly count: number,
    arena: ArrayBuffer,
    private readonly files: SpillFiles,
  ) {
    const fits = fitsArena(count, arena.byteLength);
    this.parents = new Int32Array(arena, 0, fits ? count : 0);
    if (fits) for (let id = 0; id < count; id++) this.parents[id] = id;
    else this.sweep = new Sweep(count, arena, files);
  }

  /** Estimates the bytes of disk for `links` links between `count` ids, with an arena of `arenaBytes`. */
  static bytesOf(count: number, links: number, arenaBytes: number): number {
    const labels = (count > HIGH ? 8 : 4) * count;
    return fitsArena(count, arenaBytes) ? labels : labels + 4 * count + 4 * PAIR_WORDS * links;
  }

  /** Puts two ids into one set; in any order, any number of times. */
  link(u: number, v: number): void {
    if (this.sweep !== undefined) this.sweep.link(u, v);
    else if (this.parents[u] !== this.parents[v]) unite(this.parents, u, v);
  }

  /**
   * Finishes, and returns the number of sets, including each id without links. Occasionally yields the progress, from 0
   * to 1.
   */
  *countSets(): Generator<number, number> {
    const { file, width } = yield* this.finish();
    const reader = new SpillReader(file, RANGE_WORDS_MAX);
    let sets = 0;
    for (let id = 0; id < this.count; id++) {
      const low = reader.next() >>> 0;
      // The label of a set is its smallest id.
      if (low + (width === 2 ? HIGH * reader.next() : 0) === id) sets++;
    }
    file.remove();
    return sets;
  }

  /** Finishes, and returns the label of each id. Occasionally yields the progress, from 0 to 1. */
  *finish(): Generator<number, RowFile> {
    const width = this.count > HIGH ? 2 : 1;
    const file = this.files.create('labels', RANGE_WORDS_MAX);
    if (this.sweep !== undefined) {
      yield* this.sweep.finish(file, width);
    } else {
      const { parents, count } = this;
      for (let id = 0; id < count; id++) {
        parents[id] = parents[parents[id]!]!;
        if (id % TURN === 0) yield id / count;
      }
      file.append(parents, 0, count);
    }
    return { file, width, count: this.count };
  }
}

function fitsArena(count: number, arenaBytes: number): boolean {
  return EXACT_BYTES * count <= arenaBytes && count <= 2 ** 31;
}

/** Joins two sets; the smaller root stays a root, so a parent is never larger than its child. */
function unite(parents: Int32Array, u: number, v: number): void {
  const x = findRoot(parents, u);
  const y = findRoot(parents, v);
  if (x < y) parents[y] = x;
  else parents[x] = y;
}

function findRoot(parents: Int32Array, id: number): number {
  while (parents[id] !== id) {
    const up = parents[parents[id]!]!;
    parents[id] = up;
    id = up;
  }
  return id;
}

/** Links of more ids than fit in memory. */
class Sweep {
  private readonly rangeIds: number;
  private readonly ranges: number;
  private readonly bufferWords: number;
  private readonly parents: Int32Array;
  /** For each root: on the way down, the id below its range that its set is linked to; on the way up, its label. */
  private readonly below: Float64Array;
  /** Links by the range of their larger id. */
  private readonly links: SpillFile[];
  private readonly recentLow = new Float64Array(RECENT).fill(-1);
  private readonly recentHigh = new Float64Array(RECENT).fill(-1);
  private readonly words = new Int32Array(PAIR_WORDS);

  constructor(
    private readonly count: number,
    arena: ArrayBuffer,
    private readonly files: SpillFiles,
  ) {
    this.rangeIds = Math.min(2 ** 30, Math.floor(arena.byteLength / SWEEP_BYTES));
    if (this.rangeIds === 0) throw new RangeError(`${arena.byteLength} bytes do not hold an id`);
    this.ranges = Math.ceil(count / this.rangeIds);
    this.bufferWords = Math.max(64, Math.min(RANGE_WORDS_MAX, Math.floor(RANGES_WORDS / this.ranges)));
    this.below = new Float64Array(arena, 0, this.rangeIds);
    this.parents = new Int32Array(arena, 8 * this.rangeIds, this.rangeIds);
    this.links = this.createFiles('links');
  }

  link(u: number, v: number): void {
    if (u === v) return;
    const low = Math.min(u, v);
    const high = Math.max(u, v);
    const slot = (low ^ Math.imul(high, 31)) & (RECENT - 1);
    if (this.recentLow[slot] === low && this.recentHigh[slot] === high) return;
    this.recentLow[slot] = low;
    this.recentHigh[slot] = high;
    appendPair(this.links[this.rangeOf(high)]!, this.words, high, low);
  }

  *finish(labels: SpillFile, width: number): Generator<number> {
    const roots = this.createFiles('roots');
    const questions = this.createFiles('questions');
    for (let range = this.ranges - 1; range >= 0; range--) {
      yield (0.7 * (this.ranges - range)) / this.ranges;
      this.goDown(range, roots[range]!, questions);
    }
    const answers = this.createFiles('answers');
    for (let range = 0; range < this.ranges; range++) {
      yield 0.7 + (0.3 * range) / this.ranges;
      this.goUp(range, roots[range]!, questions[range]!, answers, labels, width);
    }
  }

  /** Unites the links inside a range, and records what its sets need from lower ranges. */
  private goDown(range: number, roots: SpillFile, questions: readonly SpillFile[]): void {
    const { parents, below } = this;
    const { base, size } = this.idsOf(range);
    for (let id = 0; id < size; id++) parents[id] = id;
    below.fill(-1, 0, size);
    for (const [high, low] of readPairs(this.links[range]!, this.bufferWords)) {
      if (low >= base) unite(parents, high - base, low - base);
    }
    for (const [high, low] of readPairs(this.links[range]!, this.bufferWords)) {
      if (low >= base) continue;
      const root = findRoot(parents, high - base);
      const known = below[root]!;
      if (known >= 0) this.link(known, low);
      if (known < 0 || low < known) below[root] = low;
    }
    this.links[range]!.remove();
    for (let id = 0; id < size; id++) {
      const root = parents[parents[id]!]!;
      parents[id] = root;
      if (root !== id || below[id]! < 0) continue;
      const asked = this.rangeOf(below[id]!);
      this.words[0] = below[id]! - asked * this.rangeIds;
      this.words[1] = range;
      this.words[2] = id;
      questions[asked]!.append(this.words, 0, 3);
    }
    roots.append(parents, 0, size);
  }

  /** Writes the labels of a range, and sends them to the sets above that wait for them. */
  private goUp(
    range: number,
    roots: SpillFile,
    questions: SpillFile,
    answers: readonly SpillFile[],
    labels: SpillFile,
    width: number,
  ): void {
    const { parents, below: labelOf, words } = this;
    const { base, size } = this.idsOf(range);
    roots.read(parents.subarray(0, size), 0);
    for (let id = 0; id < size; id++) labelOf[id] = base + id;
    const answered = new SpillReader(answers[range]!, this.bufferWords);
    while (!answered.done) {
      const root = answered.next();
      const low = answered.next() >>> 0;
      labelOf[root] = low + HIGH * answered.next();
    }
    for (let id = 0; id < size; id++) {
      const label = labelOf[parents[id]!]!;
      words[0] = label;
      words[1] = Math.floor(label / HIGH);
      labels.append(words, 0, width);
    }
    const asked = new SpillReader(questions, this.bufferWords);
    while (!asked.done) {
      const label = labelOf[parents[asked.next()]!]!;
      const asking = asked.next();
      words[0] = asked.next();
      words[1] = label;
      words[2] = Math.floor(label / HIGH);
      answers[asking]!.append(words, 0, 3);
    }
    for (const file of [roots, questions, answers[range]!]) file.remove();
  }

  private rangeOf(id: number): number {
    return Math.floor(id / this.rangeIds);
  }

  private idsOf(range: number): { readonly base: number; readonly size: number } {
    const base = range * this.rangeIds;
    return { base, size: Math.min(this.rangeIds, this.count - base) };
  }

  private createFiles(name: string): SpillFile[] {
    return Array.from({ length: this.ranges }, () => this.files.create(name, this.bufferWords));
  }
}
