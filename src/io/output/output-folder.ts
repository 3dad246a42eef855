/**
 * A folder of files that appear together: written beside it under another name, with a manifest that lists them, and
 * renamed. A folder that an earlier split has written may be replaced; files of others in it stay.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError, fileError, systemCode } from '../../errors.js';
import type { CompressionChoice } from '../compression/compression.js';
import { creationError, fileMode } from '../disk.js';
import { nameFolder, nameTaken } from './final-name.js';
import { exchangeFolder, recoverFolder } from './folder-exchange.js';
import type { OutputFile } from './output.js';
import { checkOutput } from './output-check.js';
import { openOutput, partialName } from './output-file.js';
import { listWritten, MANIFEST, type Manifest, type SplitFormat } from './split-manifest.js';

export class OutputFolder {
  /** Whether the finished folder stays under its partial name, since its own was taken. */
  private isKept = false;

  private constructor(
    private readonly path: string,
    private readonly partial: string,
    private readonly replaces: boolean,
    private readonly formats: readonly SplitFormat[],
  ) {}

  /**
   * Throws FileError where something stands under the path that may not be replaced; a split in `formats` may.
   */
  static async create(path: string, force: boolean, formats: readonly SplitFormat[]): Promise<OutputFolder> {
    const target = findTarget(path);
    await recoverFolder(target, formats);
    const replaces = existsSync(target) && isReplaced(target, force, formats);
    // A symbolic link that leads nowhere stays.
    if (!replaces && !existsSync(target)) checkOutput(path, force);
    const partial = partialName(target);
    try {
      // What was private stays so while it is written; this program has to write there.
      mkdirSync(partial, replaces ? (fileMode(target) ?? 0) | 0o700 : undefined);
    } catch (error) {
      throw creationError(error, 'create', path);
    }
    return new OutputFolder(target, partial, replaces, formats);
  }

  /** Opens a file in the folder. It has the permissions of the file of this name that it replaces. Throws FileError. */
  open(name: string, compression: CompressionChoice | undefined): Promise<OutputFile> {
    // The folder is this run's alone: nothing stands there to be replaced.
    return openOutput(join(this.partial, name), true, compression, join(this.path, name));
  }

  /** Makes the folder final, with its manifest. Throws FileError; then what stood there stands there again. */
  async commit(manifest: Manifest): Promise<void> {
    const { path, partial } = this;
    const file = await this.open(MANIFEST, 'none');
    try {
      await file.write(Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`));
      await file.commit();
    } finally {
      await file.discard();
    }
    if (this.replaces) {
      await exchangeFolder(path, partial, this.formats);
    } else if (!(await nameFolder(partial, path))) {
      this.isKept = true;
      throw nameTaken(path, partial);
    }
  }

  /** Leaves nothing of what was not committed. */
  async discard(): Promise<void> {
    if (this.isKept) return;
    try {
      await rm(this.partial, { recursive: true, force: true });
    } catch (error) {
      throw fileError(error, 'remove', this.partial);
    }
  }
}

/** The folder to replace, without a slash behind its name. A symbolic link stays one: what it points to is replaced. */
function findTarget(path: string): string {
  const hasName = !['', '.', '..'].includes(basename(path));
  const plain = hasName ? join(dirname(path), basename(path)) : resolve(path);
  const isLink = lstatSync(plain, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? resolve(dirname(plain), readlinkSync(plain)) : plain;
}

/** Whether a folder holds a split to replace; an empty one does not. Throws FileError if it must not be replaced. */
function isReplaced(path: string, force: boolean, formats: readonly SplitFormat[]): boolean {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOTDIR') throw fileError(error, 'read', path);
    throw new FileError(`${path}: is not a folder; expected a new one, or one that a split has written`);
  }
  if (names.length === 0) return false;
  if (!force) {
    throw new FileError(`${path}: exists already`, {
      code: 'FILE_EXISTS',
      hint: '`force: true` replaces what a split has written',
    });
  }
  if (!names.includes(MANIFEST)) {
    throw new FileError(`${path}: holds other files than a split has written; expected a new folder`, {
      code: 'FILE_EXISTS',
    });
  }
  listWritten(path, formats);
  return true;
}

/** Names that some systems keep for devices, whatever follows a dot. */
const RESERVED = /^(?:con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?:\.|$)/i;
const NAME_CHARACTERS_MAX = 60;
/** File names may have 255 bytes, with a number before and three endings behind. */
const NAME_UTF8_MAX = 180;

/** A name as part of a file name that is safe on any system: letters, digits, dots, hyphens and underscores. */
export function safeName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[._-]+|(?<![._-])[._-]+$/g, '');
  let cut = '';
  for (const character of [...safe].slice(0, NAME_CHARACTERS_MAX)) {
    if (Buffer.byteLength(cut + character) > NAME_UTF8_MAX) break;
    cut += character;
  }
  return cut === '' || RESERVED.test(cut) ? `_${cut}` : cut;
}
