/**
 * What reading hands its batches to, in one shape for soup and for indexed sources: here formats' batches meet the
 * welders of the database.
 */

import type { SavedSpills } from '../collections/spill-file.js';
import type { ColorScales, IndexedFaces, IndexedVertices, SoupBatch } from '../mesh.js';
import { IndexedWelder, type SavedIndexedWelder } from './indexed-welder.js';
import type { IndexedRecord, MeshSink } from './sinks.js';
import type { Positions } from './weld-table.js';
import { type SavedWelder, Welder } from './welder.js';
import type { WelderOptions } from './welder-options.js';

export type Batch = SoupBatch | IndexedVertices | IndexedFaces;

export type Layout = 'soup' | 'indexed';

/** A welding between two batches, as plain data. */
export interface SavedWelding {
  /** Whether all vertices fitted the memory. */
  readonly isExact: boolean;
  /** Where it waits. */
  readonly files: SavedSpills;
  /** What only welders of that layout understand. */
  readonly welder: SavedWelder | SavedIndexedWelder;
}

/** A welder, here or in a thread of its own. */
export interface Welding {
  /** Vertices so far; see the welders for what they count. */
  readonly vertices: number;
  /** True while all vertices fit the memory. */
  readonly isExact: boolean;
  /** Of an indexed source: its faces and vertices, and what became of them; whole when all is finished. */
  readonly record: IndexedRecord | undefined;
  /** Takes the next batch, which is only lent until the promise is kept. */
  add(batch: Batch): void | Promise<void>;
  /** What it takes to go on when all batches so far have been dealt with. */
  save(): SavedWelding | Promise<SavedWelding>;
  /** Takes vertices that the sink has had, of one that goes on: all of them, unless it waits on disk. */
  remember(positions: Positions, count: number): void | Promise<void>;
  /** Hands on whatever waits. Yields now and then how much is done, from 0 to 1. */
  finish(scales: ColorScales): Iterable<number> | AsyncIterable<number>;
  /** Lets go of what is on the disk. To be called in any case; may be called again. */
  close(): void | Promise<void>;
}

/** A welder that works whenever it is called. */
export interface DirectWelding extends Welding {
  add(batch: Batch): void;
  save(): SavedWelding;
  remember(positions: Positions, count: number): void;
  finish(scales: ColorScales): Iterable<number>;
  close(): void;
}

/** What a welding is to be; it may go on where another one was saved. */
export interface WeldingOptions extends WelderOptions {
  readonly layout: Layout;
  readonly saved?: SavedWelding | undefined;
}

export function weldDirectly(sink: MeshSink, { layout, saved, ...options }: WeldingOptions): DirectWelding {
  return layout === 'soup'
    ? new SoupWelding(new Welder(sink, options, saved?.welder as SavedWelder | undefined))
    : new IndexedWelding(new IndexedWelder(sink, options, saved?.welder as SavedIndexedWelder | undefined));
}

/** Whether about so many vertices need spill files. */
export function spillsWith(
  layout: Layout,
  vertices: number,
  options: Omit<WelderOptions, 'spillPath'>,
): boolean {
  // Faces always wait on disk.
  return layout === 'indexed' || vertices > Welder.capacityOf(options.budgetBytes, options.bytesPerValue);
}

/** Corners as coordinates: each is looked up. */
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

  finish(): Generator<number> {
    return this.welder.finish();
  }

  close(): void {
    this.welder.close();
  }
}

/** Corners as numbers of vertices: vertices are looked up, faces wait for them. */
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

  finish(scales: ColorScales): Generator<number> {
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
