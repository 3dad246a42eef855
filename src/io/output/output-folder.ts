/**
 * A folder whose files appear together: written beside its final place with a manifest that lists them, then renamed. A
 * folder that an earlier split wrote may be replaced; other files in it stay.
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
  /** Whether the finished folder stays under its partial name because its own was taken. */
  private isKept = false;

  private constructor(
    private readonly path: string,
    private readonly partial: string,
    private readonly replaces: boolean,
    private readonly formats: readonly SplitFormat[],
  ) {}

  /**
   * Throws FileError if the path has something that may not be replaced; a split in `formats` may be.
   */
  static async create(path: string, force: boolean, formats: readonly SplitFormat[]): Promise<OutputFolder> {
    const target = findTarget(path);
    await recoverFolder(target, formats);
    const replaces = existsSync(target) && isReplaced(target, force, formats);
    // A dangling symbolic link stays.
    if (!replaces && !existsSync(target)) checkOutput(path, force);
    const partial = partialName(target);
    try {
      // A private folder stays private while it is written, but this program must be able to write there.
      mkdirSync(partial, replaces ? (fileMode(target) ?? 0) | 0o700 : undefined);
    } catch (error) {
      throw creationError(error, 'create', path);
    }
    return new OutputFolder(target, partial, replaces, formats);
  }

  /** Opens a file in the folder. It gets the permissions of the file it replaces. Throws FileError. */
  open(name: string, compression: CompressionChoice | undefined): Promise<OutputFile> {
    // The folder belongs to this run alone: nothing in it can be replaced.
    return openOutput(join(this.partial, name), true, compression, join(this.path, name));
  }

  /** Makes the folder final, with its manifest. Throws FileError; then the former folder is back in place. */
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

  /** Removes everything that was not committed. */
  async discard(): Promise<void> {
    if (this.isKept) return;
    try {
      await rm(this.partial, { recursive: true, force: true });
    } catch (error) {
      throw fileError(error, 'remove', this.partial);
    }
  }
}

/** Finds the folder to replace, without a trailing slash. A symbolic link stays one: its target is replaced. */
function findTarget(path: string): string {
  const hasName = !['', '.', '..'].includes(basename(path));
  const plain = hasName ? join(dirname(path), basename(path)) : resolve(path);
  const isLink = lstatSync(plain, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? resolve(dirname(plain), readlinkSync(plain)) : plain;
}

/** Whether the folder holds a split to replace; false if it is empty. Throws FileError if it must not be replaced. */
function isReplaced(path: string, force: boolean, formats: readonly SplitFormat[]): boolean {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOTDIR') throw fileError(error, 'read', path);
    throw new FileError(`${path}: is not a folder; expected a new one, or one written by offload`);
  }
  if (names.length === 0) return false;
  if (!force) {
    throw new FileError(`${path}: already exists`, {
      code: 'FILE_EXISTS',
      hint: '`force: true` replaces the files of an earlier export',
    });
  }
  if (!names.includes(MANIFEST)) {
    throw new FileError(`${path}: contains files that were not written by offload; expected a new folder`, {
      code: 'FILE_EXISTS',
    });
  }
  listWritten(path, formats);
  return true;
}

/** Names that some systems reserve for devices, whatever follows a dot. */
const RESERVED = /^(?:con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?:\.|$)/i;
const NAME_CHARACTERS_MAX = 60;
/** File names may have 255 bytes, including a number before and three extensions after. */
const NAME_UTF8_MAX = 180;

/** Makes a name safe as part of a file name on any system: letters, digits, dots, hyphens and underscores. */
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
