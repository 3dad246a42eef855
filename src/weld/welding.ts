/**
 * The receiver of all batches, with one interface for soup and indexed sources: it connects formats' batches to the
 * welders.
 */

import type { SavedSpills } from '../collections/spill-file.js';
import type { IndexedFaces, IndexedVertices, SoupBatch } from '../mesh.js';
import type { SourceScales } from './color-scales.js';
import { IndexedWelder, type SavedIndexedWelder } from './indexed-welder.js';
import type { Positions } from './positions.js';
import type { IndexedRecord, KnownRowKind, MeshSink } from './sinks.js';
import { type SavedWelder, Welder } from './welder.js';
import type { WelderOptions } from './welder-options.js';

export type Batch = SoupBatch | IndexedVertices | IndexedFaces;

export type Layout = 'soup' | 'indexed';

/** The saved state of a welding between two batches, as plain data. */
export interface SavedWelding {
  /** Whether all vertices fitted in memory. */
  readonly isExact: boolean;
  /** The spill files. */
  readonly files: SavedSpills;
  /** The state of the welder, understood only by welders of that layout. */
  readonly welder: SavedWelder | SavedIndexedWelder;
}

/** A welder, in this thread or one of its own. */
export interface Welding {
  /** The number of vertices so far, as the welder counts them. */
  readonly vertices: number;
  /** Whether all vertices fit in memory. */
  readonly isExact: boolean;
  /** The counts of an indexed source; complete only at the end. */
  readonly record: IndexedRecord | undefined;
  /** Adds the next batch, which is only lent until the promise resolves. */
  add(batch: Batch): void | Promise<void>;
  /** Returns the state for resuming once all batches so far have been processed. */
  save(): SavedWelding | Promise<SavedWelding>;
  /** Takes the vertices that the sink already has: the known ones, or in a resumed welding all, unless it waits on disk. */
  remember(positions: Positions, count: number): void | Promise<void>;
  /** Takes further facts about the known vertices, in id order; only for indexed sources. */
  rememberRows(kind: KnownRowKind, values: Float64Array): void | Promise<void>;
  /** Emits everything that waits. Occasionally yields the progress, from 0 to 1. */
  finish(scales: readonly SourceScales[]): Iterable<number> | AsyncIterable<number>;
  /** Releases the files on disk. Must always be called; may be called again. */
  close(): void | Promise<void>;
}

/** A welder that works synchronously. */
export interface DirectWelding extends Welding {
  add(batch: Batch): void;
  save(): SavedWelding;
  remember(positions: Positions, count: number): void;
  rememberRows(kind: KnownRowKind, values: Float64Array): void;
  finish(scales: readonly SourceScales[]): Iterable<number>;
  close(): void;
}

/** The options of a welding, which may be a resumed one. */
export interface WeldingOptions extends WelderOptions {
  readonly layout: Layout;
  readonly saved?: SavedWelding | undefined;
}

export function weldDirectly(sink: MeshSink, { layout, saved, ...options }: WeldingOptions): DirectWelding {
  return layout === 'soup'
    ? new SoupWelding(new Welder(sink, options, saved?.welder as SavedWelder | undefined))
    : new IndexedWelding(new IndexedWelder(sink, options, saved?.welder as SavedIndexedWelder | undefined));
}

/** Whether about this many vertices need spill files. */
export function spillsWith(
  layout: Layout,
  vertices: number,
  options: Omit<WelderOptions, 'spillPath'>,
): boolean {
  // Faces always wait on disk.
  return layout === 'indexed' || vertices > Welder.capacityOf(options.budgetBytes, options.bytesPerValue);
}

/** The least and the most bytes of spill files. */
export interface SpillBytes {
  readonly least: number;
  readonly most: number;
}

/** Bytes of spill files: per triangle, per corner that is looked up, per id of a vertex, and per repetition of a position. */
const SPILLED = { triangle: 12, answer: 8, id: 8, pair: 8, final: 8 } as const;

/**
 * Returns the bytes of spill files if vertices do not fit in memory, without those of attributes. They are least if equal
 * positions follow each other closely, as in most files, and most if they are in random order, or never shared by the
 * faces of an indexed source. At the end, repetitions are found in the files of positions, which are then removed unless the
 * run keeps its files.
 */
export function countSpillBytes(
  layout: Layout,
  triangles: number,
  vertices: number,
  { bytesPerValue, keepsFiles }: Pick<WelderOptions, 'bytesPerValue' | 'keepsFiles'>,
): SpillBytes {
  const isSoup = layout === 'soup';
  const position = 3 * bytesPerValue;
  // A position goes to a partition with its number.
  const record = position + 4;
  const count = (positions: number, repeats: number) => {
    const always = SPILLED.triangle * triangles + (isSoup ? 0 : position * positions);
    const firsts = isSoup || repeats > 0 ? (isSoup ? record : 4) * vertices : 0;
    const mapped = isSoup || repeats === 0 ? 0 : SPILLED.id * positions + 3 * SPILLED.answer * triangles;
    const found = firsts + mapped + (SPILLED.pair + SPILLED.final) * repeats;
    return always + (keepsFiles ? record * positions + found : Math.max(record * positions, found));
  };
  const corners = 3 * triangles;
  return { least: count(vertices, 0), most: count(corners, corners - vertices) };
}

/** Soup: corners are coordinates, each of which is looked up. */
class SoupWelding implements DirectWelding {
  readonly record = undefined;

  constructor(private readonly welder: Welder) {}

  get isExact(): boolean {
    return this.welder.isExact;
  }

  get vertices(): number {
    return this.welder.vertices;
  }

  add(batch: Batch): void {
    if (batch.kind !== 'soup') throw new TypeError(`a soup reader has yielded ${batch.kind}`);
    this.welder.add(batch);
  }

  save(): SavedWelding {
    return saveWelder(this.welder);
  }

  remember(positions: Positions, count: number): void {
    this.welder.remember(positions, count);
  }

  rememberRows(kind: KnownRowKind): void {
    throw new TypeError(`a soup welder was given ${kind}`);
  }

  finish(): Generator<number> {
    return this.welder.finish();
  }

  close(): void {
    this.welder.close();
  }
}

/** Indexed: corners are vertex numbers; vertices are looked up, faces wait for them. */
class IndexedWelding implements DirectWelding {
  constructor(private readonly welder: IndexedWelder) {}

  get isExact(): boolean {
    return this.welder.isExact;
  }

  get vertices(): number {
    return this.welder.vertices;
  }

  get record(): IndexedRecord {
    return { faces: this.welder.faces, fileVertices: this.welder.vertices, ...this.welder.tally };
  }

  add(batch: Batch): void {
    if (batch.kind === 'soup') throw new TypeError('an indexed reader has yielded soup');
    if (batch.kind === 'vertices') this.welder.addVertices(batch);
    else this.welder.addFaces(batch);
  }

  save(): SavedWelding {
    return saveWelder(this.welder);
  }

  remember(positions: Positions, count: number): void {
    this.welder.remember(positions, count);
  }

  rememberRows(kind: KnownRowKind, values: Float64Array): void {
    this.welder.rememberRows(kind, values);
  }

  finish(scales: readonly SourceScales[]): Generator<number> {
    return this.welder.finish(scales);
  }

  close(): void {
    this.welder.close();
  }
}

function saveWelder(welder: Welder | IndexedWelder): SavedWelding {
  const saved = welder.save();
  return { isExact: welder.isExact, files: saved.files, welder: saved };
}
