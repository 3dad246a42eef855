/**
 * A temporary file of 32-bit words: written once from front to back, then read once or more the same way.
 *
 * Both directions go through one buffer of a fixed size; nothing else is held. The file is the native byte
 * order's: it never leaves the machine.
 */
import { dirname } from 'node:path';
import { removeFile } from '../io/disk.js';
import { RandomAccessFile } from '../io/random-access-file.js';
import type { WorkFolder } from '../io/work-folder.js';

/** Bytes of a word. */
export const WORD_BYTES = 4;
/** What the upper one of two words counts: a number up to 2^53 takes two. */
export const HIGH = 2 ** 32;
/** Words of the buffer of a file that is written or read in sequence beside a few others. */
export const STREAM_WORDS = 65_536;

export class SpillFile {
  /** Words written so far. */
  length = 0;
  private readonly file: RandomAccessFile;
  private readonly buffer: Int32Array;
  private filled = 0;
  private wordsOnDisk = 0;
  /** False when it has been closed. */
  isOpen = true;

  /**
   * Creates the file; `bufferWords` is how much is written at a time. Of one that is there, and goes on, the first
   * `words` stay. Throws FileError.
   */
  constructor(path: string, bufferWords: number, words?: number) {
    this.file = RandomAccessFile.open(path, words === undefined ? 'create' : 'update');
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
      // For the few words of one record a loop is faster than set() with its view.
      if (count < 32) for (let k = 0; k < count; k++) this.buffer[this.filled + k] = source[from + k]!;
      else this.buffer.set(source.subarray(from, from + count), this.filled);
      this.filled += count;
      from += count;
      if (this.filled === this.buffer.length) this.flush();
    }
    this.length = this.wordsOnDisk + this.filled;
  }

  /** Reads words from `position` on into `target`; returns how many, fewer only at the end. */
  read(target: Int32Array, position: number): number {
    this.flush();
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    return this.file.read(bytes, WORD_BYTES * position) / WORD_BYTES;
  }

  /** What another thread needs to read what has been written: the file stays this one's to close. */
  share(): { readonly path: string; readonly descriptor: number } {
    this.flush();
    const { path, descriptor } = this.file;
    return { path, descriptor };
  }

  /** Closes the file and removes it; may be called again. */
  remove(): void {
    if (!this.isOpen) return;
    this.close();
    removeFile(this.file.path);
  }

  /** Closes the file, which stays as far as it was saved; may be called again. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    try {
      this.file.close();
    } catch {
      // Nobody wants to know any more whether all of it came to the disk.
    }
  }

  /** Hands what is in the buffer to the system. */
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

/** Spill files at a moment of their writing, as plain data: words by what stands behind the beginning of their names. */
export type SavedSpills = Readonly<Record<string, number>>;

/** The file of that name among those that were saved. */
export function spillName(path: string, name: string): string {
  return `${path}.${name}`;
}

/** The spill files of one piece of work, to be removed together. */
export class SpillFiles {
  private readonly files = new Map<string, SpillFile>();
  /** How many have been created with each name. */
  private readonly created = new Map<string, number>();

  /**
   * They stand in a folder of their own, or `place` is the beginning of their names. Of those that were saved, each goes
   * on when it is created again.
   */
  constructor(
    private readonly place: WorkFolder | string,
    private readonly saved: SavedSpills = {},
  ) {}

  /** The folder that they stand in. */
  get folder(): string {
    return typeof this.place === 'string' ? dirname(this.place) : this.place.parent;
  }

  /** Creates a file; `name`, of letters and hyphens, tells people what it is for. Throws FileError. */
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

  /** Hands everything to the system; returns what the constructor needs to go on from here. */
  save(): SavedSpills {
    const there = [...this.files].filter(([, { isOpen }]) => isOpen);
    for (const [, file] of there) file.flush();
    return Object.fromEntries(there.map(([name, { length }]) => [name, length]));
  }

  /** Closes all of them: somebody will want to go on with those that were saved. */
  close(): void {
    for (const file of this.files.values()) file.close();
    this.files.clear();
  }

  /** Closes and removes all of them that are still there; throws what was the matter with one when all are gone. */
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

/** Reads a range of a spill file word by word, through a buffer of its own. */
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

  /** True when the range has been read to its end. */
  get done(): boolean {
    return this.at === this.end && this.position === this.stop;
  }

  /** The next word; only valid while not `done`. */
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
