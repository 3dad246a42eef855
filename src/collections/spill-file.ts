/**
 * A temporary file of 32-bit words: written once from start to end, then read one or more times the same way.
 *
 * Both directions use one buffer of a fixed size; nothing else is held. The file has native byte order: it never leaves
 * the machine.
 */
import { dirname } from 'node:path';
import { removeFile } from '../io/disk.js';
import { RandomAccessFile } from '../io/random-access-file.js';
import type { WorkFolder } from '../io/work-folder.js';

/** Bytes of a word. */
export const WORD_BYTES = 4;
/** The value of 1 in the upper of two words: a number up to 2^53 takes two. */
export const HIGH = 2 ** 32;
/** Words of the buffer of a file that is written or read in sequence along with a few others. */
export const STREAM_WORDS = 65_536;

/** The data that another thread needs to read or write a file. */
export interface SharedSpill {
  readonly path: string;
  readonly descriptor: number;
  readonly bufferWords: number;
}

export class SpillFile {
  /** Words written so far. */
  length = 0;
  private readonly file: RandomAccessFile;
  /** Where {@link reserve} has words written. */
  readonly buffer: Int32Array;
  private filled = 0;
  private wordsOnDisk = 0;
  /** False once it has been closed. */
  isOpen = true;

  /**
   * Creates the file; `bufferWords` is the size of one write. With `words`, resumes an existing file and keeps its
   * first `words`. With `descriptor`, another object has opened it. Throws FileError.
   */
  constructor(path: string, bufferWords: number, words?: number, descriptor?: number) {
    this.file =
      descriptor === undefined
        ? RandomAccessFile.open(path, words === undefined ? 'create' : 'update')
        : RandomAccessFile.attach(path, descriptor);
    this.buffer = new Int32Array(bufferWords);
    if (words === undefined) return;
    this.file.truncate(WORD_BYTES * words);
    this.wordsOnDisk = words;
    this.length = words;
  }

  /** Appends words `[from, to)` of `source`. */
  append(source: Int32Array, from: number, to: number): void {
    while (from < to) {
      const count = Math.min(to - from, this.buffer.length - this.filled);
      // For the few words of one record, a loop is faster than set() with its view.
      if (count < 32) for (let k = 0; k < count; k++) this.buffer[this.filled + k] = source[from + k]!;
      else this.buffer.set(source.subarray(from, from + count), this.filled);
      this.filled += count;
      from += count;
      if (this.filled === this.buffer.length) this.flush();
    }
    this.length = this.wordsOnDisk + this.filled;
  }

  /**
   * Appends a record of `count` words, no more than the buffer holds, which the caller writes into {@link buffer} from the
   * returned index on, before anything else is called.
   */
  reserve(count: number): number {
    if (this.filled + count > this.buffer.length) this.flush();
    const at = this.filled;
    this.filled += count;
    this.length += count;
    return at;
  }

  /** Reads words from `position` on into `target`; returns the number of words read, fewer only at the end. */
  read(target: Int32Array, position: number): number {
    this.flush();
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    return this.file.read(bytes, WORD_BYTES * position) / WORD_BYTES;
  }

  /** Writes, through its own buffer, an empty file that another thread has created and closes. */
  static attach({ path, descriptor, bufferWords }: SharedSpill): SpillFile {
    return new SpillFile(path, bufferWords, undefined, descriptor);
  }

  /**
   * Returns the data that another thread needs to read the words written so far, or to write to an empty file; this
   * object still closes the file.
   */
  share(): SharedSpill {
    this.flush();
    const { path, descriptor } = this.file;
    return { path, descriptor, bufferWords: this.buffer.length };
  }

  /** Takes over the words that another thread has written to an empty file. */
  adopt(words: number): void {
    this.wordsOnDisk = words;
    this.length = words;
  }

  /** Closes and removes the file; may be called again. */
  remove(): void {
    if (!this.isOpen) return;
    this.close();
    removeFile(this.file.path);
  }

  /** Closes the file, which is kept as far as it was saved; may be called again. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    try {
      this.file.close();
    } catch {
      // It no longer matters whether all of it reached the disk.
    }
  }

  /** Passes the buffered words to the system. */
  flush(): void {
    if (this.filled === 0) return;
    this.file.write(
      new Uint8Array(this.buffer.buffer, 0, WORD_BYTES * this.filled),
      WORD_BYTES * this.wordsOnDisk,
    );
    this.wordsOnDisk += this.filled;
    this.filled = 0;
  }
}

/** The saved state of spill files, as plain data: words by the part of their names after the common prefix. */
export type SavedSpills = Readonly<Record<string, number>>;

/** Returns the path of a saved file. */
export function spillName(path: string, name: string): string {
  return `${path}.${name}`;
}

/** The spill files of one piece of work, removed together. */
export class SpillFiles {
  private readonly files = new Map<string, SpillFile>();
  /** The number of files created with each name. */
  private readonly created = new Map<string, number>();

  /**
   * `place` is a folder for the files, or a prefix of their paths. A saved file is resumed when it is created again.
   */
  constructor(
    private readonly place: WorkFolder | string,
    private readonly saved: SavedSpills = {},
  ) {}

  /** The folder of the files. */
  get folder(): string {
    return typeof this.place === 'string' ? dirname(this.place) : this.place.parent;
  }

  /** Creates a file; `name`, of letters and hyphens, describes it for people. Throws FileError. */
  create(name: string, bufferWords: number): SpillFile {
    const number = this.created.get(name) ?? 0;
    const numbered = `${number}-${name}`;
    const { place } = this;
    const path = typeof place === 'string' ? spillName(place, numbered) : place.file(numbered);
    const file = new SpillFile(path, bufferWords, this.saved[numbered]);
    this.created.set(name, number + 1);
    this.files.set(numbered, file);
    return file;
  }

  /** Whether the first file of that name was saved. */
  has(name: string): boolean {
    return this.saved[`0-${name}`] !== undefined;
  }

  /** Passes everything to the system; returns the constructor's argument for resuming from here. */
  save(): SavedSpills {
    const there = [...this.files].filter(([, { isOpen }]) => isOpen);
    for (const [, file] of there) file.flush();
    return Object.fromEntries(there.map(([name, { length }]) => [name, length]));
  }

  /** Closes all files; those that were saved can be resumed. */
  close(): void {
    for (const file of this.files.values()) file.close();
    this.files.clear();
  }

  /** Closes and removes all remaining files; then throws the first failure, if any. */
  remove(): void {
    const failures: unknown[] = [];
    for (const file of this.files.values()) {
      try {
        file.remove();
      } catch (error) {
        failures.push(error);
      }
    }
    this.files.clear();
    if (typeof this.place !== 'string') this.place.remove();
    if (failures.length > 0) throw failures[0];
  }
}

/** Reads a range of a spill file word by word, through its own buffer. */
export class SpillReader {
  private readonly buffer: Int32Array;
  private at = 0;
  private end = 0;

  constructor(
    private readonly file: SpillFile,
    bufferWords: number,
    private position = 0,
    private readonly stop = file.length,
  ) {
    this.buffer = new Int32Array(bufferWords);
  }

  /** Whether the range has been read to its end. */
  get done(): boolean {
    return this.at === this.end && this.position === this.stop;
  }

  /** Returns the next word; only valid while not `done`. */
  next(): number {
    if (this.at === this.end) this.refill();
    return this.buffer[this.at++]!;
  }

  private refill(): void {
    const count = Math.min(this.buffer.length, this.stop - this.position);
    this.end = this.file.read(this.buffer.subarray(0, count), this.position);
    this.position += this.end;
    this.at = 0;
  }
}
