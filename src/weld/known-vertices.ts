/** What an indexed welder must know of vertices that the mesh had before: their colors and normals, and which are unused. */

import { NumberFile, NumberReader, type SavedNumbers } from '../collections/number-file.js';
import { type SpillFile, type SpillFiles, STREAM_WORDS } from '../collections/spill-file.js';
import type { KnownRows } from './attribute-file.js';
import type { KnownRowKind } from './sinks.js';

/** Ids read at a time. */
const BATCH_IDS = 4096;

/** The saved state of these facts, as plain data. */
export interface SavedKnown {
  readonly unused: SavedNumbers | null;
}

export class KnownVertices {
  private readonly attributes: { colors?: SpillFile; normals?: SpillFile } = {};
  private unusedIds: NumberFile | undefined;

  /** There are `count` known vertices. Resumes saved files, if given. */
  constructor(
    readonly count: number,
    private readonly files: SpillFiles,
    saved?: SavedKnown,
  ) {
    for (const kind of ['colors', 'normals'] as const) {
      if (files.has(`known-${kind}`)) this.attributes[kind] = this.create(kind);
    }
    if (!saved?.unused) return;
    this.unusedIds = new NumberFile(this.create('unused'));
    this.unusedIds.restore(saved.unused);
  }

  /** Returns the state that resumes the facts with their files as they are. */
  save(): SavedKnown {
    return { unused: this.unusedIds?.save() ?? null };
  }

  /** Adds facts, in id order. */
  add(kind: KnownRowKind, values: Float64Array): void {
    if (kind === 'unused') {
      this.unusedIds ??= new NumberFile(this.create(kind));
      this.unusedIds.append(values, values.length);
      return;
    }
    this.attributes[kind] ??= this.create(kind);
    const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    this.attributes[kind].append(words, 0, words.length);
  }

  /** Returns the rows of an attribute. */
  rows(kind: 'colors' | 'normals'): KnownRows {
    return { count: this.count, file: this.attributes[kind] };
  }

  /** Yields the ids of unused vertices, ascending, in batches that are valid until the next one. */
  *unused(): Generator<Float64Array> {
    const { unusedIds } = this;
    if (unusedIds === undefined) return;
    const reader = new NumberReader(unusedIds, STREAM_WORDS);
    const ids = new Float64Array(BATCH_IDS);
    for (let left = unusedIds.length; left > 0; ) {
      const some = Math.min(left, BATCH_IDS);
      reader.read(ids, some);
      left -= some;
      yield ids.subarray(0, some);
    }
  }

  private create(kind: KnownRowKind): SpillFile {
    return this.files.create(`known-${kind}`, STREAM_WORDS);
  }
}
