/**
 * A zip archive that is read at any place: its files by name, each streamed and checked against its size and CRC-32.
 *
 * Own code, because yauzl checks neither CRC-32 nor overlaps and names no places, and zip.js holds the complete directory.
 */
import { crc32 } from 'node:zlib';
import { countOf, formatCount } from '../../wording.js';
import { inflate } from '../compression/inflate.js';
import type { Pull } from '../pull.js';
import {
  badZip,
  decodeName,
  ELSEWHERE,
  type ReadAt,
  readDirectory,
  showEntry,
  type ZipEntry,
} from './directory.js';

const HEADER_BYTES = 30;
const HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/** Bytes of a stored file that are read at a time. */
const PIECE_BYTES = 131_072;
/** Bytes of the archive that are read at a time. */
const READ_BYTES = 2 ** 18;

/** The names of other methods, which no 3MF may use. */
const METHODS: Readonly<Record<number, string>> = {
  9: 'deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'zstd',
  95: 'xz',
  98: 'PPMd',
};

export class ZipArchive {
  private constructor(
    private readonly readAt: ReadAt,
    private readonly entries: ReadonlyMap<string, ZipEntry>,
    /** For each entry, by where it begins: where the next one or the directory begins. */
    private readonly ends: ReadonlyMap<number, number>,
  ) {}

  /** Reads the directory of an archive of `size` bytes. Throws FormatError. */
  static async open(readAt: ReadAt, size: number): Promise<ZipArchive> {
    const { entries, offset } = await readDirectory(readAt, size);
    const byName = new Map<string, ZipEntry>();
    for (const entry of entries) {
      const key = keyOf(entry.name);
      if (byName.has(key)) {
        throw badZip(
          `two files of the name ${showEntry(entry.name)} in a zip archive; expected one`,
          entry.offset,
        );
      }
      byName.set(key, entry);
    }
    return new ZipArchive(readAt, byName, findEnds(entries, offset));
  }

  /** The names of all files and folders. */
  get names(): readonly string[] {
    return [...this.entries.values()].map(({ name }) => name);
  }

  /** Finds a file; case does not matter. */
  find(name: string): ZipEntry | undefined {
    return this.entries.get(keyOf(name));
  }

  /**
   * Yields the content of a file, in pieces with buffers of their own; checks its size and CRC-32 at the end. Throws
   * FormatError if the file cannot be read or is damaged.
   */
  async *read(entry: ZipEntry): AsyncGenerator<Uint8Array> {
    const { name, method, bytes, crc } = entry;
    const what = showEntry(name);
    if (entry.isEncrypted) {
      throw badZip(
        `${what} is encrypted; expected a file without a password`,
        entry.offset,
        'decrypt it first',
      );
    }
    if (method !== STORED && method !== DEFLATED) {
      const found = METHODS[method] ?? `method ${method}`;
      throw badZip(
        `${what} is compressed with ${found}; expected deflate`,
        entry.offset,
        'export it again, or pack it again with zip',
      );
    }
    const start = await this.findData(entry);
    const refuse = (reason: string) => badZip(`damaged data of ${what} (${reason})`, start);
    const pull = this.pullFrom(start, start + entry.packedBytes);
    const pieces = method === STORED ? copy(pull) : inflate(pull, refuse);
    let [count, sum] = [0, 0];
    for await (const piece of pieces) {
      count += piece.length;
      if (count > bytes) throw refuse(`more than the ${countOf(bytes, 'byte')} that the directory states`);
      sum = crc32(piece, sum);
      yield piece;
    }
    if (count < bytes) {
      throw refuse(`${countOf(count, 'byte')}; expected ${formatCount(bytes)}, as the directory states`);
    }
    if (sum !== crc) throw refuse(`its CRC-32 is ${hex(sum)}; expected ${hex(crc)}`);
  }

  /** Returns where the data of an entry begins. Throws FormatError if its own header contradicts the directory. */
  private async findData(entry: ZipEntry): Promise<number> {
    const { name, offset, packedBytes } = entry;
    const what = showEntry(name);
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    const isHeader =
      (await this.readAt(header, offset)) === HEADER_BYTES && view.getUint32(0, true) === HEADER;
    if (!isHeader) throw badZip(`damaged zip archive: ${what} has no header; expected one there`, offset);
    const [nameBytes, extraBytes] = [view.getUint16(26, true), view.getUint16(28, true)];
    const own = new Uint8Array(nameBytes);
    await this.readAt(own, offset + HEADER_BYTES);
    const [crc, packed, bytes] = [14, 18, 22].map((at) => view.getUint32(at, true));
    const isSame = (found: number, stated: number) =>
      found === stated || found === ELSEWHERE || (entry.hasDescriptor && found === 0);
    const areSame = isSame(crc!, entry.crc) && isSame(packed!, packedBytes) && isSame(bytes!, entry.bytes);
    const isSameName = decodeName(own, view.getUint16(6, true)) === name;
    if (!isSameName || view.getUint16(8, true) !== entry.method || !areSame) {
      throw badZip(
        `damaged zip archive: the header of ${what} differs from the directory; expected the same name and sizes`,
        offset,
      );
    }
    const start = offset + HEADER_BYTES + nameBytes + extraBytes;
    const end = this.ends.get(offset)!;
    if (start + packedBytes > end) {
      throw badZip(
        `damaged zip archive: ${what} ends at byte ${start + packedBytes}; expected at most ${end}, where other data begins`,
        offset,
      );
    }
    return start;
  }

  private pullFrom(from: number, end: number): Pull {
    let at = from;
    let rest = new Uint8Array(0);
    const buffer = new Uint8Array(Math.min(READ_BYTES, end - from));
    return async (target) => {
      if (rest.length === 0 && at < end) {
        rest = buffer.subarray(0, Math.min(buffer.length, end - at));
        rest = rest.subarray(0, await this.readAt(rest, at));
        at += rest.length;
      }
      const some = rest.subarray(0, target.length);
      target.set(some);
      rest = rest.subarray(some.length);
      return some.length;
    };
  }
}

/** Names in packages are the same whatever the case of ASCII letters. */
function keyOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Returns where the data of each entry must end. Entries at the same byte overlap, and must be empty. */
function findEnds(entries: readonly ZipEntry[], directory: number): Map<number, number> {
  const offsets = entries.map(({ offset }) => offset).sort((a, b) => a - b);
  const ends = new Map<number, number>();
  offsets.forEach((offset, k) => {
    const next = offsets[k + 1] ?? directory;
    ends.set(offset, Math.min(next, ends.get(offset) ?? next));
  });
  return ends;
}

async function* copy(pull: Pull): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = new Uint8Array(PIECE_BYTES);
    const count = await pull(piece);
    if (count === 0) return;
    yield piece.subarray(0, count);
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
