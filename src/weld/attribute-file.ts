/**
 * Colors or normals of a source's vertices or faces, kept on disk until these have their ids.
 *
 * Rows start at the first element with an attribute and are dense from there; elements without one have NaN as their
 * first value. Sources without attributes cost nothing: the file is created with the first one.
 */

import { NumberFile } from '../collections/number-file.js';
import { RowLookup } from '../collections/row-lookup.js';
import { type SpillFile, type SpillFiles, SpillReader, STREAM_WORDS } from '../collections/spill-file.js';
import type { ScaleSequence } from './color-scales.js';
import type { VertexMap } from './vertex-welder.js';
import type { Arena } from './weld-memory.js';

/** Rows compared at a time. */
const BATCH_ROWS = 4096;
const WORDS_PER_VALUE = 2;

export class AttributeFile {
  /** The rows, in float64. */
  file: SpillFile | undefined;

  /** Rows have `width` values. `name` is the name of the file. `first` is the first element with a row, if any. */
  constructor(
    readonly width: 3 | 4,
    readonly name: string,
    readonly files: SpillFiles,
    public first = 0,
  ) {
    if (files.has(name)) this.file = files.create(name, STREAM_WORDS);
  }

  /** Adds the rows of `count` elements from number `first` on; undefined if none of them has an attribute. */
  add(rows: Float64Array | undefined, first: number, count: number): void {
    if (this.file === undefined) {
      if (rows === undefined) return;
      this.file = this.files.create(this.name, STREAM_WORDS);
      this.first = first;
    }
    const values = rows ?? new Float64Array(this.width * count).fill(Number.NaN);
    const words = new Int32Array(values.buffer, values.byteOffset, values.length * WORDS_PER_VALUE);
    this.file.append(words, 0, WORDS_PER_VALUE * this.width * count);
  }
}

/** Reads the rows of all elements, in order. */
export class AttributeReader {
  private readonly values: Float64Array;
  private readonly words: Int32Array;
  private index = 0;

  private constructor(
    private readonly attributes: AttributeFile,
    private readonly reader: SpillReader,
    private readonly scales: ScaleSequence | undefined,
  ) {
    this.values = new Float64Array(attributes.width);
    this.words = new Int32Array(this.values.buffer);
  }

  /** Opens the attributes, which are divided by `scales`; undefined if no element has one. */
  static open(attributes: AttributeFile, scales?: ScaleSequence): AttributeReader | undefined {
    const { file } = attributes;
    return file && new AttributeReader(attributes, new SpillReader(file, STREAM_WORDS), scales);
  }

  /** Returns the next element's row, valid until the next call; undefined if it has none. */
  next(): Float64Array | undefined {
    const scale = this.scales?.next() ?? 1;
    if (this.index++ < this.attributes.first) return undefined;
    const { values, words } = this;
    for (let w = 0; w < words.length; w++) words[w] = this.reader.next();
    if (Number.isNaN(values[0])) return undefined;
    for (let k = 0; k < values.length; k++) values[k]! /= scale;
    return values;
  }
}

/** Makes a row what the mesh stores of it; returns false if nothing is stored. */
type Normalize = (values: Float64Array) => boolean;

/**
 * Completes a color in place: without alpha it is opaque; NaN components become 0, others are clamped to 0 to 1. Returns
 * whether any was out of range.
 */
export function completeColor(color: Float64Array): boolean {
  let isCut = false;
  for (let k = 0; k < 4; k++) {
    const part = Number.isFinite(color[k]) ? color[k]! : k === 3 ? 1 : 0;
    color[k] = Math.min(1, Math.max(0, part));
    isCut ||= color[k] !== part;
  }
  return isCut;
}

/** Makes a color what the mesh stores; every color can be stored. */
export function isColor(color: Float64Array): boolean {
  completeColor(color);
  return true;
}

/** Whether a normal can be stored. */
export function isNormal(normal: Float64Array): boolean {
  return normal.every(Number.isFinite);
}

/** The attributes of vertices that the sink had from the beginning: a row for each, or none. */
export interface KnownRows {
  readonly count: number;
  readonly file: SpillFile | undefined;
}

/**
 * Gives each id after the known ones the attribute of its first vertex, if that has one, in ascending order. Returns the
 * number of later vertices at the same position with a different attribute as stored (or one where the first has none, or
 * none where it has). Occasionally yields the progress, from 0 to 1.
 */
export function* weldAttributes(
  attributes: AttributeFile,
  map: VertexMap,
  arena: Arena,
  { scales, normalize, known }: { scales?: ScaleSequence; normalize: Normalize; known: KnownRows },
  emit: (id: number, values: Float64Array) => void,
): Generator<number, number> {
  const reader = AttributeReader.open(attributes, scales);
  if (reader === undefined && known.file === undefined) return 0;
  const { files, name } = attributes;
  const width = WORDS_PER_VALUE * attributes.width;
  const ids = map.ids && new SpillReader(map.ids.file, STREAM_WORDS);
  const none = new Float64Array(attributes.width).fill(Number.NaN);
  // Only if positions repeat: the rows of ids, and the rows to compare with them.
  const kept = ids && files.create(`${name}-kept`, STREAM_WORDS);
  const others = ids && files.create(`${name}-others`, STREAM_WORDS);
  const questions = ids && new NumberFile(files.create(`${name}-ids`, STREAM_WORDS));
  const id = new Float64Array(1);
  let next = known.count;
  if (kept !== undefined) yield* copyKnown(kept, known, none);
  for (let number = 0; number < map.count; number++) {
    if (number % BATCH_ROWS === 0) yield (0.5 * number) / map.count;
    id[0] = ids === undefined ? number : (ids.next() >>> 0) + ids.next() * 2 ** 32;
    const values = reader?.next();
    const isNew = id[0] === next;
    if (isNew && values !== undefined) emit(id[0], values);
    const row = new Int32Array((values !== undefined && normalize(values) ? values : none).buffer);
    if (isNew) {
      next++;
      kept?.append(row, 0, width);
    } else {
      questions?.append(id, 1);
      others?.append(row, 0, width);
    }
  }
  if (kept === undefined || others === undefined || questions === undefined) return 0;
  const rows = { file: kept, width, count: map.distinct };
  const lookup = new RowLookup(questions, rows, arena.buffer, arena.bytes / 4, files);
  for (const share of lookup.prepare()) yield 0.5 + 0.5 * share;
  const differences = countDifferences(
    lookup,
    new SpillReader(others, STREAM_WORDS),
    questions.length,
    width,
  );
  lookup.close();
  for (const file of [kept, others, questions.file]) file.remove();
  return differences;
}

/** Copies the rows of known vertices; occasionally yields. */
function* copyKnown(kept: SpillFile, { count, file }: KnownRows, none: Float64Array): Generator<number> {
  const row = new Int32Array(none.buffer.slice(0));
  const reader = file && new SpillReader(file, STREAM_WORDS);
  for (let id = 0; id < count; id++) {
    if (id % BATCH_ROWS === 0) yield 0;
    for (let w = 0; reader !== undefined && w < row.length; w++) row[w] = reader.next();
    kept.append(row, 0, row.length);
  }
}

function countDifferences(lookup: RowLookup, others: SpillReader, count: number, width: number): number {
  const words = new Int32Array(width * BATCH_ROWS);
  const values = new Float64Array(words.buffer);
  const otherWords = new Int32Array(width);
  const other = new Float64Array(otherWords.buffer);
  let differences = 0;
  for (let done = 0; done < count; done += BATCH_ROWS) {
    const some = Math.min(BATCH_ROWS, count - done);
    lookup.read(words, some);
    for (let k = 0; k < some; k++) {
      for (let w = 0; w < width; w++) otherWords[w] = others.next();
      if (!other.every((value, d) => Object.is(value + 0, values[other.length * k + d]! + 0))) differences++;
    }
  }
  return differences;
}
