/**
 * A folder of files that appear together: written beside it under another name, with a manifest that lists them, and
 * renamed. A folder that an earlier split has written may be replaced; files of others in it stay.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError, fileError } from '../errors.js';
import { exchangeFolder, recoverFolder } from './folder-exchange.js';
import { listOwnFiles, MANIFEST, type Manifest } from './folder-manifest.js';
import { checkOutput, partialName, renameWhole, syncNames } from './output-file.js';

export class OutputFolder {
  private constructor(
    private readonly path: string,
    /** Where files are to be written. */
    readonly partial: string,
  ) {}

  /** Throws FileError where something stands under the path that may not be replaced. */
  static create(path: string, force: boolean): OutputFolder {
    const target = findTarget(path);
    recoverFolder(target);
    if (existsSync(target)) checkReplaceable(target, force);
    const partial = partialName(target);
    try {
      mkdirSync(partial);
    } catch (error) {
      throw fileError(error, 'create', path);
    }
    return new OutputFolder(target, partial);
  }

  /** Makes the folder final, with its manifest. Throws FileError; then what stood there stands there again. */
  async commit(manifest: Manifest): Promise<void> {
    const { path, partial } = this;
    try {
      const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
      writeFileSync(join(partial, MANIFEST), text, { flush: true });
    } catch (error) {
      throw fileError(error, 'write', join(path, MANIFEST));
    }
    await syncNames(partial, path);
    if (existsSync(path)) await exchangeFolder(path, partial);
    else await renameWhole(partial, path);
  }

  /** Leaves nothing of what was not committed. */
  discard(): void {
    try {
      rmSync(this.partial, { recursive: true, force: true });
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

/** Throws FileError where a folder must not be replaced, or something else stands under its name. */
function checkReplaceable(path: string, force: boolean): void {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    // Not a folder: the same words as for any output.
    checkOutput(path, false);
    throw fileError(error, 'read', path);
  }
  if (names.length === 0) return;
  if (!force) {
    throw new FileError(`${path}: exists already`, { hint: '--force replaces what a split has written' });
  }
  if (!names.includes(MANIFEST)) {
    throw new FileError(`${path}: holds other files than a split has written; expected a new folder`);
  }
  listOwnFiles(path);
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
    .replace(/^[._-]+|[._-]+$/g, '');
  let cut = '';
  for (const character of [...safe].slice(0, NAME_CHARACTERS_MAX)) {
    if (Buffer.byteLength(cut + character) > NAME_UTF8_MAX) break;
    cut += character;
  }
  return cut === '' || RESERVED.test(cut) ? `_${cut}` : cut;
}
