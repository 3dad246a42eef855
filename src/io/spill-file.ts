/**
 * A temporary file of 32-bit words: written once from front to back, then read once or more the same way.
 *
 * Both directions go through one buffer of a fixed size; nothing else is held. The file is the native byte
 * order's: it never leaves the machine.
 */
import { dirname } from 'node:path';
import { removeFile } from './disk.js';
import { RandomAccessFile } from './random-access-file.js';

const WORD_BYTES = 4;

export class SpillFile {
  /** Words written so far. */
  length = 0;
  private readonly file: RandomAccessFile;
  private readonly buffer: Int32Array;
  private filled = 0;
  private wordsOnDisk = 0;
  private isThere = true;

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

  /** Hands what is in the buffer to the system; returns what {@link SpillFiles.create} needs to go on from here. */
  save(): SavedSpill {
    this.flush();
    return { path: this.file.path, words: this.length };
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
    if (!this.isThere) return;
    this.isThere = false;
    try {
      this.file.close();
    } catch {
      // Nobody wants to know any more whether all of it came to the disk.
    }
    removeFile(this.file.path);
  }

  private flush(): void {
    if (this.filled === 0) return;
    this.file.write(
      new Uint8Array(this.buffer.buffer, 0, WORD_BYTES * this.filled),
      WORD_BYTES * this.wordsOnDisk,
    );
    this.wordsOnDisk += this.filled;
    this.filled = 0;
  }
}

/** A spill file at a moment of its writing. */
export interface SavedSpill {
  readonly path: string;
  readonly words: number;
}

/** The spill files of one piece of work, to be removed together. */
export class SpillFiles {
  private readonly files: SpillFile[] = [];
  private created = 0;

  /** `path` is the beginning of their names. */
  constructor(private readonly path: string) {}

  /** The folder that they stand in. */
  get folder(): string {
    return dirname(this.path);
  }

  /** Creates a file, or goes on with one that was saved; `name` tells people what it is for. Throws FileError. */
  create(name: string, bufferWords: number, saved?: SavedSpill): SpillFile {
    const path = `${this.path}.${this.created++}-${name}`;
    if (saved !== undefined && saved.path !== path) throw new RangeError(`${saved.path}; expected ${path}`);
    const file = new SpillFile(path, bufferWords, saved?.words);
    this.files.push(file);
    return file;
  }

  /** Closes and removes all of them that are still there; throws what was the matter with one when all are gone. */
  remove(): void {
    const failures: unknown[] = [];
    for (const file of this.files.splice(0)) {
      try {
        file.remove();
      } catch (error) {
        failures.push(error);
      }
    }
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
