/**
 * Reads the central directory of a zip archive, entry by entry, from any source that can be read at any place.
 *
 * Nothing is allocated by a size in the archive: a directory is read in pieces, and its names are limited. The facts are
 * from PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
 */
import { FormatError } from '../../errors.js';
import { countOf, escapeControls, formatCount } from '../../wording.js';

/** Fills `target` from byte `offset` on; returns how many bytes, fewer only at the end. */
export type ReadAt = (target: Uint8Array, offset: number) => Promise<number>;

/** A file in the archive, as its directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 if it is stored, 8 if it is deflated; others exist. */
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Whether its sizes stand after its data rather than before. */
  readonly hasDescriptor: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header begins, in bytes of the archive. */
  readonly offset: number;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Where the directory begins, in bytes of the archive; all data precedes it. */
  readonly offset: number;
}

/** More entries, or more bytes of names, are refused. */
const ENTRIES_MAX = 100_000;
const NAMES_BYTES_MAX = 2 ** 23;

const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const ENTRY_BYTES = 46;
/** The largest entry of a directory: a name, extra fields and a comment of 65,535 bytes each. */
const ENTRY_BYTES_MAX = ENTRY_BYTES + 3 * 65_535;
const WINDOW_BYTES = 2 ** 18;

const END = 0x06054b50;
const LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const ENTRY = 0x02014b50;

/** Numbers that stand elsewhere, in a ZIP64 record or field. */
const ELSEWHERE_SHORT = 0xffff;
export const ELSEWHERE = 0xffffffff;
/** The kind of extra field with 64-bit numbers. */
const EXTRA_64 = 1;

const FLAG_ENCRYPTED = 1;
const FLAG_DESCRIPTOR = 8;
export const FLAG_UTF8 = 0x800;

/** Creates the error for an archive that breaks the rules at byte `offset`. */
export function badZip(problem: string, offset: number, hint = 'copy or export the file again'): FormatError {
  return new FormatError(problem, { place: { offset }, hint });
}

/** Shows the name of an entry in a message. */
export function showEntry(name: string): string {
  return `'${escapeControls(name.length > 200 ? `${name.slice(0, 200)}…` : name)}'`;
}

/** Reads the directory of an archive of `size` bytes. Throws FormatError. */
export async function readDirectory(readAt: ReadAt, size: number): Promise<ZipDirectory> {
  const end = await findEnd(readAt, size);
  const { count, bytes, offset } = end;
  if (offset + bytes > end.at) {
    const found = `its central directory is at byte ${offset} and has ${formatCount(bytes)} bytes`;
    throw badZip(`damaged zip archive: ${found}; expected it before byte ${end.at}`, end.at);
  }
  if (count > ENTRIES_MAX) {
    throw badZip(
      `the zip archive has ${formatCount(count)} files; expected at most ${formatCount(ENTRIES_MAX)}`,
      end.at,
    );
  }
  const entries: ZipEntry[] = [];
  const window = new Uint8Array(Math.min(WINDOW_BYTES, bytes));
  let [from, filled, names] = [offset, 0, 0];
  for (let at = offset; entries.length < count; ) {
    const isShort = at + ENTRY_BYTES_MAX > from + filled && from + filled < offset + bytes;
    if (isShort || filled === 0) {
      from = at;
      filled = await readAt(window.subarray(0, Math.min(window.length, offset + bytes - at)), at);
    }
    const { entry, length, nameBytes } = parseEntry(window.subarray(at - from, filled), at);
    names += nameBytes;
    if (names > NAMES_BYTES_MAX) {
      throw badZip(
        `the names in the zip archive take more than ${formatCount(NAMES_BYTES_MAX)} bytes; expected fewer`,
        at,
      );
    }
    entries.push(entry);
    at += length;
  }
  return { entries, offset };
}

interface End {
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
  /** Where the record that states this begins. */
  readonly at: number;
}

/** Finds the record at the end of the archive, before a comment that may contain anything. */
async function findEnd(readAt: ReadAt, size: number): Promise<End> {
  const length = Math.min(size, END_BYTES + COMMENT_BYTES_MAX);
  const tail = new Uint8Array(length);
  const base = size - length;
  const filled = await readAt(tail, base);
  const view = new DataView(tail.buffer);
  for (let at = filled - END_BYTES; at >= 0; at--) {
    const isEnd =
      view.getUint32(at, true) === END && view.getUint16(at + 20, true) === filled - at - END_BYTES;
    if (isEnd) return readEnd(readAt, view, at, base);
  }
  throw new FormatError('truncated: the zip archive has no central directory; expected one at its end', {
    place: { offset: size },
    code: 'FORMAT_TRUNCATED',
    hint: 'copy or download it again; nothing can be recovered without its directory',
  });
}

async function readEnd(readAt: ReadAt, view: DataView, at: number, base: number): Promise<End> {
  const [disk, startDisk, here, count] = [4, 6, 8, 10].map((k) => view.getUint16(at + k, true));
  const [bytes, offset] = [12, 16].map((k) => view.getUint32(at + k, true));
  const needs64 =
    [disk, startDisk, here, count].includes(ELSEWHERE_SHORT) || [bytes, offset].includes(ELSEWHERE);
  const end64 = needs64 ? await readEnd64(readAt, base + at - LOCATOR_BYTES) : undefined;
  if (end64 !== undefined) return end64;
  if (disk !== 0 || startDisk !== 0 || here !== count) throw refuseSplit(base + at);
  return { count: count!, bytes: bytes!, offset: offset!, at: base + at };
}

/** Reads the ZIP64 record that the locator at `at` points to; undefined if there is no locator. */
async function readEnd64(readAt: ReadAt, at: number): Promise<End | undefined> {
  const locator = new DataView(new ArrayBuffer(LOCATOR_BYTES));
  if (at < 0) return undefined;
  await readAt(bytesOf(locator), at);
  if (locator.getUint32(0, true) !== LOCATOR) return undefined;
  const offset = readLong(locator, 8);
  if (locator.getUint32(4, true) !== 0 || locator.getUint32(16, true) > 1) throw refuseSplit(at);
  const end = new DataView(new ArrayBuffer(END64_BYTES));
  const count = offset > at ? 0 : await readAt(bytesOf(end), offset);
  if (count < END64_BYTES || end.getUint32(0, true) !== END64) {
    throw badZip(`damaged zip archive: no ZIP64 record at byte ${offset}; expected one there`, at);
  }
  const [here, entries] = [readLong(end, 24), readLong(end, 32)];
  if (end.getUint32(16, true) !== 0 || end.getUint32(20, true) !== 0 || here !== entries)
    throw refuseSplit(offset);
  return { count: entries, bytes: readLong(end, 40), offset: readLong(end, 48), at: offset };
}

function refuseSplit(offset: number): FormatError {
  return badZip(
    'one part of a split zip archive; expected a complete archive',
    offset,
    'join its parts first',
  );
}

/** Parses the entry at the start of `bytes`, which is at byte `at` of the archive. */
function parseEntry(
  bytes: Uint8Array,
  at: number,
): { readonly entry: ZipEntry; readonly length: number; readonly nameBytes: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isEntry = bytes.length >= ENTRY_BYTES && view.getUint32(0, true) === ENTRY;
  const [nameBytes, extraBytes, commentBytes] = isEntry
    ? [28, 30, 32].map((k) => view.getUint16(k, true))
    : [0, 0, 0];
  const length = ENTRY_BYTES + nameBytes! + extraBytes! + commentBytes!;
  if (!isEntry || length > bytes.length) {
    throw badZip('damaged zip archive: its central directory breaks off; expected another entry', at);
  }
  const flags = view.getUint16(8, true);
  const name = decodeName(bytes.subarray(ENTRY_BYTES, ENTRY_BYTES + nameBytes!), flags);
  const numbers = [24, 20, 42].map((k) => view.getUint32(k, true));
  const extra = new DataView(bytes.buffer, bytes.byteOffset + ENTRY_BYTES + nameBytes!, extraBytes);
  const [size, packedBytes, offset] = readLongs(numbers, extra, name, at);
  if (![0, ELSEWHERE_SHORT].includes(view.getUint16(34, true))) throw refuseSplit(at);
  const entry: ZipEntry = {
    name,
    method: view.getUint16(10, true),
    isEncrypted: (flags & FLAG_ENCRYPTED) !== 0,
    hasDescriptor: (flags & FLAG_DESCRIPTOR) !== 0,
    crc: view.getUint32(16, true),
    packedBytes: packedBytes!,
    bytes: size!,
    offset: offset!,
  };
  return { entry, length, nameBytes: nameBytes! };
}

/** Replaces numbers that stand elsewhere by those of the ZIP64 field, which has only these, in this order. */
function readLongs(numbers: readonly number[], extra: DataView, name: string, at: number): readonly number[] {
  if (!numbers.includes(ELSEWHERE)) return numbers;
  for (let from = 0; from + 4 <= extra.byteLength; ) {
    const [kind, bytes] = [extra.getUint16(from, true), extra.getUint16(from + 2, true)];
    from += 4;
    const end = Math.min(extra.byteLength, from + bytes);
    if (kind === EXTRA_64) {
      let next = from;
      return numbers.map((number) => {
        if (number !== ELSEWHERE) return number;
        next += 8;
        if (next <= end) return readLong(extra, next - 8);
        throw badZip(
          `damaged zip archive: the ZIP64 numbers of ${showEntry(name)} are missing; expected ${countOf(8, 'byte')} each`,
          at,
        );
      });
    }
    from = end;
  }
  // A file of that size exactly needs no field.
  return numbers;
}

/** Decodes a name: UTF-8 if it is marked as such or all ASCII, else as Latin-1, so that different names differ. */
export function decodeName(bytes: Uint8Array, flags: number): string {
  const isUtf8 = (flags & FLAG_UTF8) !== 0;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(isUtf8 ? 'utf8' : 'latin1');
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer);
}

/** Reads a 64-bit number; beyond 2^53 it is rounded, and no file is that large. */
export function readLong(view: DataView, at: number): number {
  return view.getUint32(at, true) + 2 ** 32 * view.getUint32(at + 4, true);
}
