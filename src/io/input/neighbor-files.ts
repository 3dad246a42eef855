/**
 * Files that a source names, in its own folder or below it: the buffers of glTF. A name from a file is not trusted: it
 * leads to regular files within the folder only, whatever `..`, links and devices it names.
 */
import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { FileError, fileError, systemCode } from '../../errors.js';
import { escapeControls } from '../../wording.js';
import { RandomAccessFile } from '../random-access-file.js';

/** The most files open at a time. */
const OPEN_MAX = 8;

export class NeighborFiles {
  /** The open files by name; the first was opened first. */
  private readonly files = new Map<string, RandomAccessFile>();

  /** `path` is the source. */
  constructor(private readonly path: string) {}

  /**
   * Fills `target` from byte `offset` of the file `name` on; returns how many bytes, fewer only at its end. Throws
   * FileError if there is no such file or if it is outside the folder.
   */
  readAt(name: string, target: Uint8Array, offset: number): number {
    return this.open(name).read(target, offset);
  }

  /** Returns the size of a file in bytes. Throws like {@link readAt}. */
  sizeOf(name: string): number {
    return this.open(name).size();
  }

  close(): void {
    for (const file of this.files.values()) file.close();
    this.files.clear();
  }

  private open(name: string): RandomAccessFile {
    const known = this.files.get(name);
    if (known !== undefined) return known;
    const file = RandomAccessFile.open(this.find(name), 'read');
    const [oldest] = this.files;
    if (this.files.size === OPEN_MAX && oldest !== undefined) {
      oldest[1].close();
      this.files.delete(oldest[0]);
    }
    this.files.set(name, file);
    return file;
  }

  /** Returns the true path of a file. */
  private find(name: string): string {
    const parts = name.split('/');
    const isPlain =
      !isAbsolute(name) && !/[\\:\0]/.test(name) && parts.every((part) => part !== '' && part !== '..');
    if (!isPlain) throw this.refuse(name);
    const path = join(dirname(this.path), name);
    try {
      const folder = realpathSync(dirname(this.path));
      const found = realpathSync(path);
      const way = relative(folder, found);
      if (isAbsolute(way) || way.split(sep)[0] === '..') throw this.refuse(name);
      if (!statSync(found).isFile())
        throw new FileError(`${path}: is not a file; expected the data of ${this.path}`);
      return found;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw fileError(error, 'open', path);
      throw new FileError(`${this.path}: its data is in ${escapeControls(path)}, which does not exist`, {
        code: 'FILE_NOT_FOUND',
        hint: 'put all files that it refers to beside it',
        cause: error,
      });
    }
  }

  private refuse(name: string): FileError {
    return new FileError(
      `${this.path}: refers to the file '${escapeControls(name)}'; expected one in its own folder`,
      {
        hint: 'put all files into one folder, or convert the source to a single file',
      },
    );
  }
}
