/**
 * A folder of files that appear together: written beside it under another name, and listed in a manifest that comes
 * last. A folder that an earlier run has made may be replaced, as far as its manifest lists it; other files stay.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FileError, fileError } from '../errors.js';
import { checkOutput, partialName, renameWhole, syncNames } from './output-file.js';

const MANIFEST = 'manifest.json';
/** Where files that are replaced stand until the others are there. */
const ASIDE = 'former';

/** What a manifest lists; the rest of it is the caller's. */
export interface Manifest {
  readonly [more: string]: unknown;
  readonly files: readonly { readonly file: string }[];
}

export class OutputFolder {
  private constructor(
    private readonly path: string,
    /** Where files are to be written. */
    readonly partial: string,
    /** Files of the folder that is replaced. */
    private readonly replaced: readonly string[] | undefined,
  ) {}

  /** Throws FileError where something stands under the path that may not be replaced. */
  static create(path: string, force: boolean): OutputFolder {
    const replaced = existsSync(path) ? OutputFolder.listReplaceable(path, force) : undefined;
    const partial = partialName(path);
    try {
      mkdirSync(partial);
    } catch (error) {
      throw fileError(error, 'create', path);
    }
    return new OutputFolder(path, partial, replaced);
  }

  private static listReplaceable(path: string, force: boolean): readonly string[] {
    let names: string[];
    try {
      names = readdirSync(path);
    } catch (error) {
      // Not a folder: the same words as for any output.
      checkOutput(path, false);
      throw fileError(error, 'read', path);
    }
    if (names.length === 0) return [];
    if (!force)
      throw new FileError(`${path}: exists already`, {
        code: 'FILE_EXISTS',
        hint: '`force: true` replaces what a split has written',
      });
    if (!names.includes(MANIFEST)) {
      throw new FileError(`${path}: holds other files than a split has written; expected a new folder`, {
        code: 'FILE_EXISTS',
      });
    }
    let text: string;
    try {
      text = readFileSync(join(path, MANIFEST), 'utf8');
    } catch (error) {
      throw fileError(error, 'read', join(path, MANIFEST));
    }
    try {
      const { files } = JSON.parse(text) as Manifest;
      // A name with a way in it leads elsewhere, and is nobody's to remove.
      return files
        .map(({ file }) => file)
        .filter((file) => typeof file === 'string' && basename(file) === file);
    } catch (error) {
      throw new FileError(`${path}: its ${MANIFEST} is damaged; expected one that a split has written`, {
        cause: error,
      });
    }
  }

  /** Makes the folder final, with its manifest. Throws FileError; then what stood there stands there again. */
  async commit(manifest: Manifest): Promise<void> {
    try {
      writeFileSync(join(this.partial, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, {
        flush: true,
      });
    } catch (error) {
      throw fileError(error, 'write', join(this.path, MANIFEST));
    }
    await syncNames(this.partial, this.path);
    if (this.replaced === undefined) await renameWhole(this.partial, this.path);
    else await this.replace(manifest.files.map(({ file }) => file));
  }

  /** Puts files in the place of former ones, which go aside until all are there, the manifest first and last. */
  private async replace(files: readonly string[]): Promise<void> {
    const aside = join(this.partial, ASIDE);
    const moves: [from: string, to: string][] = [];
    const move = (from: string, to: string) => {
      renameSync(from, to);
      moves.push([from, to]);
    };
    try {
      mkdirSync(aside);
      for (const file of new Set([MANIFEST, ...this.replaced!, ...files])) {
        const path = join(this.path, file);
        if (existsSync(path)) move(path, join(aside, file));
        // Without a manifest, what stands there in between is nothing that is whole.
        if (file === MANIFEST) await syncNames(this.path, this.path);
      }
      for (const file of files) move(join(this.partial, file), join(this.path, file));
      await syncNames(this.path, this.path);
      move(join(this.partial, MANIFEST), join(this.path, MANIFEST));
    } catch (error) {
      for (const [from, to] of moves.reverse()) renameSync(to, from);
      throw fileError(error, 'write', this.path);
    }
    await syncNames(this.path, this.path);
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
