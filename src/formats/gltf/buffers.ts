/** Reads the buffers of a glTF file: its binary chunk, base64 in its JSON, and files beside it. */
import { FormatError, TRUNCATED } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import type { NeighborFiles } from '../../io/input/neighbor-files.js';
import { formatCount } from '../../wording.js';
import type { Rows } from './accessor.js';
import { BlockCache } from './block-cache.js';
import type { Container } from './container.js';
import { type GltfDocument, show } from './document.js';
import type { DataUri } from './json-text.js';

/** Where the bytes of a buffer are. */
type Home =
  | { readonly kind: 'chunk'; readonly offset: number; readonly bytes: number }
  | { readonly kind: 'base64'; readonly offset: number; readonly bytes: number }
  | { readonly kind: 'file'; readonly name: string; readonly files: NeighborFiles; readonly bytes: number };

/** A range of the source, in bytes. */
export interface SourceRange {
  readonly offset: number;
  readonly end: number;
}

export class Buffers {
  private readonly homes = new Map<number, Home>();
  private readonly cache = new BlockCache((...read) => this.readBytes(...read));
  private text = Buffer.alloc(0);
  /** Where the source ends, if it is known to be truncated. */
  private sourceEnd = Number.POSITIVE_INFINITY;

  constructor(
    private readonly source: ByteSource,
    private readonly document: GltfDocument,
    private readonly container: Container,
    private readonly uris: readonly DataUri[],
  ) {}

  /** Allows for a source that ends at byte `end`: bytes after it are missing, which is no error. */
  cutAt(end: number): void {
    this.sourceEnd = end;
    this.homes.clear();
  }

  /** Returns how many bytes of a buffer exist. Throws FormatError or FileError if it has no data. */
  sizeOf(buffer: number): number {
    return this.find(buffer).bytes;
  }

  /** Fills `target` from byte `offset` of a buffer on. Throws FormatError if it ends before. */
  readAt(buffer: number, target: Uint8Array, offset: number): Promise<void> {
    return this.cache.readAt(buffer, target, offset, this.sizeOf(buffer));
  }

  private async readBytes(buffer: number, target: Uint8Array, offset: number): Promise<void> {
    const home = this.find(buffer);
    if (home.kind === 'base64') await this.readBase64(home, target, offset);
    else if (home.kind === 'file') {
      const count = home.files.readAt(home.name, target, offset);
      if (count < target.length) throw this.truncated(buffer, offset + count);
    } else {
      const count = await this.source.readAt(target, home.offset + offset);
      if (count < target.length) throw this.truncated(buffer, home.offset + offset + count);
    }
  }

  /**
   * Returns where the bytes `[from, to)` of a buffer are in the source: themselves, or the base64 that contains them;
   * undefined if they are in another file.
   */
  placeOf(buffer: number, from: number, to: number): SourceRange | undefined {
    const home = this.find(buffer);
    if (home.kind === 'file') return undefined;
    if (home.kind === 'chunk') return { offset: home.offset + from, end: home.offset + to };
    return { offset: home.offset + 4 * Math.floor(from / 3), end: home.offset + 4 * Math.ceil(to / 3) };
  }

  /** Whether places in a buffer are the bytes themselves. */
  isChunk(buffer: number): boolean {
    return this.find(buffer).kind === 'chunk';
  }

  private async readBase64(
    { offset: start, bytes }: Home & { kind: 'base64' },
    target: Uint8Array,
    from: number,
  ) {
    const first = Math.floor(from / 3);
    const end = Math.min(4 * Math.ceil((from + target.length) / 3), Math.ceil((4 * bytes) / 3));
    const length = end - 4 * first;
    if (this.text.length < length) this.text = Buffer.alloc(length);
    const count = await this.source.readAt(this.text.subarray(0, length), start + 4 * first);
    const data = Buffer.from(this.text.toString('latin1', 0, count), 'base64').subarray(from - 3 * first);
    target.set(data.subarray(0, target.length));
  }

  private find(buffer: number): Home {
    const known = this.homes.get(buffer);
    if (known !== undefined) return known;
    const home = this.look(buffer);
    this.homes.set(buffer, home);
    return home;
  }

  private look(buffer: number): Home {
    const { document, container, sourceEnd } = this;
    const what = `buffers[${buffer}]`;
    const json = document.buffer(buffer);
    const bytes = document.whole(json.byteLength, `${what}.byteLength`);
    if (json.uri === undefined) {
      const { bin } = container;
      if (buffer !== 0 || bin === undefined) throw document.refuseMissing(`${what} has no data`, 'a uri');
      if (bytes > bin.end - bin.offset) throw this.tooShort(what, bytes, bin.end - bin.offset);
      return {
        kind: 'chunk',
        offset: bin.offset,
        bytes: Math.max(0, Math.min(bytes, sourceEnd - bin.offset)),
      };
    }
    if (typeof json.uri !== 'string') throw document.bad(`${what}.uri is ${show(json.uri)}`, 'text');
    const [, number] = /^data:(\d+)$/.exec(json.uri) ?? [];
    const uri = number === undefined ? undefined : this.uris[Number(number)];
    if (uri === undefined) return this.findFile(what, json.uri, bytes);
    if (uri.bytes === undefined) {
      throw document.bad(`${what}.uri is not plain base64`, 'base64 without escapes', 'convert it to GLB');
    }
    if (bytes > uri.bytes) throw this.tooShort(what, bytes, uri.bytes);
    return { kind: 'base64', offset: uri.offset, bytes };
  }

  private findFile(what: string, uri: string, bytes: number): Home {
    const { document, source } = this;
    if (/^[a-z][a-z\d+.-]*:/i.test(uri)) {
      throw document.bad(`${what} is at ${show(uri)}`, 'a file in the same folder', 'convert it to GLB');
    }
    const files = source.neighbors;
    if (files === undefined) {
      throw document.bad(
        `${what} is in the file ${show(uri)}, which is unknown here`,
        'all data in one file',
        'pass the path of the file, or convert it to GLB',
      );
    }
    const name = decodeName(uri);
    const size = files.sizeOf(name);
    const isWhole = size >= bytes || this.sourceEnd !== Number.POSITIVE_INFINITY;
    if (!isWhole) throw this.tooShort(`the file ${show(name)} of ${what}`, bytes, size);
    return { kind: 'file', name, files, bytes: Math.min(bytes, size) };
  }

  private tooShort(what: string, bytes: number, size: number): FormatError {
    return new FormatError(`${what} has ${formatCount(size)} bytes; expected ${formatCount(bytes)}`, {
      place: { offset: this.document.offset },
      ...TRUNCATED,
    });
  }

  private truncated(buffer: number, offset: number): FormatError {
    return new FormatError(`truncated: the file ends within buffers[${buffer}]; expected its data`, {
      place: { offset },
      ...TRUNCATED,
    });
  }
}

/** Returns how many rows exist, which are fewer than announced only in a truncated source. */
export function presentRows({ buffer, offset, stride, rowBytes, count }: Rows, buffers: Buffers): number {
  return Math.min(count, Math.max(0, Math.floor((buffers.sizeOf(buffer) - offset - rowBytes) / stride) + 1));
}

/** Decodes the percent signs of a file name. */
function decodeName(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
