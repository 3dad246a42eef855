/**
 * The sets of triangles that pages show: each is the answer to a filter, kept as the set of its slots. The ones used least
 * recently go first.
 */

import { randomBytes } from 'node:crypto';
import { IdSet } from '../collections/id-set.js';
import { formatBytes } from '../wording.js';
import { Refusal } from './refusal.js';

/** The most sets: a few tabs with the last filters of each. */
const SETS_MAX = 16;

/** A set of slots that is kept. */
export interface KeptSet {
  readonly id: string;
  /** The mesh that has these slots. */
  readonly version: string;
  readonly slots: IdSet;
}

export class SetStore {
  private readonly sets = new Map<string, KeptSet>();

  /** The sets take at most this many bytes. */
  constructor(private readonly bytesMax: number) {}

  /** Throws Refusal if a set of this many slots can never be kept. */
  checkSize(slots: number): void {
    const bytes = IdSet.bytesOf(slots);
    if (bytes <= this.bytesMax) return;
    const problem = `the set of shown triangles takes ${formatBytes(bytes)}; expected at most ${formatBytes(this.bytesMax)}`;
    throw new Refusal(400, 'MEMORY_TOO_SMALL', problem, {
      hint: 'start `offload view` with a larger --memory',
    });
  }

  /** Keeps a sealed set, and forgets others to make room. Throws Refusal if it is too large. */
  keep(version: string, slots: IdSet): KeptSet {
    this.checkSize(slots.range);
    const set: KeptSet = { id: randomBytes(8).toString('hex'), version, slots };
    this.sets.set(set.id, set);
    for (const { id } of this.sets.values()) {
      if (this.sets.size <= SETS_MAX && this.bytes <= this.bytesMax) break;
      this.sets.delete(id);
    }
    return set;
  }

  /** Returns a set of this mesh. Throws Refusal if there is none: it was never there, or it made room for others. */
  get(id: string | null, version: string): KeptSet {
    const set = this.sets.get(id ?? '');
    if (set === undefined || set.version !== version) {
      throw new Refusal(404, 'SET_GONE', 'the set of shown triangles is gone', { hint: 'ask for it again' });
    }
    this.sets.delete(set.id);
    this.sets.set(set.id, set);
    return set;
  }

  /** Forgets all sets. */
  clear(): void {
    this.sets.clear();
  }

  private get bytes(): number {
    let sum = 0;
    for (const { slots } of this.sets.values()) sum += IdSet.bytesOf(slots.range);
    return sum;
  }
}
