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

/**
 * Gives each id the attribute of its first vertex, if that has one, in ascending order. Returns the number of later
 * vertices at the same position with a different attribute (or one where the first has none, or none where it has).
 * Occasionally yields the progress, from 0 to 1.
 */
export function* weldAttributes(
  attributes: AttributeFile,
  map: VertexMap,
  arena: ArrayBuffer,
  scales: ScaleSequence | undefined,
  emit: (id: number, values: Float64Array) => void,
): Generator<number, number> {
  const reader = AttributeReader.open(attributes, scales);
  if (reader === undefined) return 0;
  const { files, name } = attributes;
  const width = WORDS_PER_VALUE * attributes.width;
  const ids = map.ids && new SpillReader(map.ids.file, STREAM_WORDS);
  const none = new Float64Array(attributes.width).fill(Number.NaN);
  // Only if positions repeat: the rows of ids, and the rows to compare with them.
  const kept = ids && files.create(`${name}-kept`, STREAM_WORDS);
  const others = ids && files.create(`${name}-others`, STREAM_WORDS);
  const questions = ids && new NumberFile(files.create(`${name}-ids`, STREAM_WORDS));
  const id = new Float64Array(1);
  let next = 0;
  for (let number = 0; number < map.count; number++) {
    if (number % BATCH_ROWS === 0) yield (0.5 * number) / map.count;
    id[0] = ids === undefined ? number : (ids.next() >>> 0) + ids.next() * 2 ** 32;
    const values = reader.next();
    const row = new Int32Array((values ?? none).buffer);
    if (id[0] === next) {
      next++;
      if (values !== undefined) emit(id[0], values);
      kept?.append(row, 0, width);
    } else {
      questions?.append(id, 1);
      others?.append(row, 0, width);
    }
  }
  if (kept === undefined || others === undefined || questions === undefined) return 0;
  const rows = { file: kept, width, count: map.distinct };
  const lookup = new RowLookup(questions, rows, arena, arena.byteLength / 4, files);
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
