/**
 * Looks up rows of a file by number, any number of times and in any order, in a fixed amount of memory.
 *
 * Rows that fit in memory are loaded and answered from there. Otherwise the questions are divided, in their order,
 * among ranges of rows that fit. Each range is loaded once and its questions are answered into a file. A second pass
 * over the questions determines which of these files has the next answer. Everything is sequential, whatever the order
 * of the questions.
 *
 * Disk, if the rows do not fit: 4 bytes a question, and a row for each.
 */

import { type NumberFile, NumberReader } from './number-file.js';
import { type SpillFile, type SpillFiles, SpillReader, WORD_BYTES } from './spill-file.js';

/** A file of `count` rows of `width` words each, numbered from 0. */
export interface RowFile {
  readonly file: SpillFile;
  readonly width: number;
  readonly count: number;
}

/** Buffer words for the questions, and for the files of all ranges together. */
const QUESTION_WORDS = 65_536;
const RANGES_WORDS = 2 ** 20;
const RANGE_WORDS_MAX = 16_384;
/** Questions processed at a time. */
const BATCH = 16_384;

export class RowLookup {
  private readonly memory: Int32Array;
  /** The number of rows in a range. */
  private readonly rangeRows: number;
  private readonly ranges: number;
  private readonly numbers = new Float64Array(BATCH);
  private reader: NumberReader;
  private answered: readonly SpillFile[] = [];
  private answers: readonly SpillReader[] = [];
  private bufferWords = 0;

  /**
   * `questions` are row numbers below the row count. The first `words` of `arena` are in use until the last answer is
   * read.
   */
  constructor(
    private readonly questions: NumberFile,
    private readonly rows: RowFile,
    arena: ArrayBuffer,
    words: number,
    private readonly files: SpillFiles,
  ) {
    this.memory = new Int32Array(arena, 0, words);
    this.rangeRows = Math.floor(words / rows.width);
    if (this.rangeRows === 0) throw new RangeError(`${words} words do not hold a row of ${rows.width}`);
    this.ranges = Math.ceil(rows.count / this.rangeRows);
    this.reader = new NumberReader(questions, QUESTION_WORDS);
  }

  /** Returns the bytes of disk besides the questions and the rows, with an arena of `arenaBytes`. */
  static bytesOf({ width, count }: Omit<RowFile, 'file'>, questions: number, arenaBytes: number): number {
    const fits = WORD_BYTES * width * count <= arenaBytes;
    return fits ? 0 : WORD_BYTES * (1 + width) * questions;
  }

  /** Prepares the answers. Occasionally yields the progress, from 0 to 1. */
  *prepare(): Generator<number> {
    if (this.ranges <= 1) {
      this.load(0);
      return;
    }
    const { questions, rows, files } = this;
    const words = Math.max(64, Math.min(RANGE_WORDS_MAX, Math.floor(RANGES_WORDS / this.ranges)));
    const dealt = Array.from({ length: this.ranges }, () => files.create('asked', words));
    const local = new Int32Array(1);
    for (let done = 0; done < questions.length; done += BATCH) {
      yield (0.3 * done) / questions.length;
      const count = Math.min(BATCH, questions.length - done);
      this.reader.read(this.numbers, count);
      for (let k = 0; k < count; k++) {
        const number = this.numbers[k]!;
        const range = Math.floor(number / this.rangeRows);
        local[0] = number - range * this.rangeRows;
        dealt[range]!.append(local, 0, 1);
      }
    }
    const answered: SpillFile[] = [];
    for (const [range, asked] of dealt.entries()) {
      this.load(range);
      const answers = files.create('answered', words);
      const reader = new SpillReader(asked, words);
      for (let done = 0; !reader.done; done++) {
        if (done % BATCH === 0) yield 0.3 + (0.7 * (range + done / asked.length)) / this.ranges;
        const from = rows.width * reader.next();
        answers.append(this.memory, from, from + rows.width);
      }
      asked.remove();
      answered.push(answers);
    }
    this.answered = answered;
    this.bufferWords = words;
    this.restart();
  }

  /** Starts again with the answer to the first question. */
  restart(): void {
    this.answers = this.answered.map((file) => new SpillReader(file, this.bufferWords));
    this.reader = new NumberReader(this.questions, QUESTION_WORDS);
  }

  /** Removes the answers. */
  close(): void {
    for (const file of this.answered) file.remove();
  }

  /** Reads the rows of the next `count` questions into `target`, one after another. */
  read(target: Int32Array, count: number): void {
    const { memory, numbers, rangeRows, answers } = this;
    const { width } = this.rows;
    for (let done = 0, to = 0; done < count; done += BATCH) {
      const some = Math.min(BATCH, count - done);
      this.reader.read(numbers, some);
      for (let k = 0; k < some; k++) {
        const number = numbers[k]!;
        if (this.ranges > 1) {
          const answer = answers[Math.floor(number / rangeRows)]!;
          for (let w = 0; w < width; w++) target[to++] = answer.next();
        } else {
          for (let from = width * number, end = from + width; from < end; ) target[to++] = memory[from++]!;
        }
      }
    }
  }

  private load(range: number): void {
    const first = range * this.rangeRows;
    const count = Math.min(this.rangeRows, this.rows.count - first);
    this.rows.file.read(this.memory.subarray(0, this.rows.width * count), this.rows.width * first);
  }
}
