/** Writes zip archives in tests, sound or damaged in a chosen way. */
import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive; what differs from the truth is damage. */
export interface ZipFile {
  readonly name: string;
  readonly content: Buffer | string;
  /** Deflated by default. */
  readonly isStored?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly bytes?: number;
  /** Sizes and CRC-32 stand after the data. */
  readonly hasDescriptor?: boolean;
  readonly hasZip64?: boolean;
  /** The name in the header before the data. */
  readonly ownName?: string;
  /** Where the directory has its header, instead of where it is. */
  readonly offset?: number;
}

export interface ZipOptions {
  readonly comment?: string;
  /** Number of entries that the directory announces. */
  readonly count?: number;
  readonly isZip64?: boolean;
  readonly disk?: number;
}

const short = (...values: number[]) => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [k, value] of values.entries()) bytes.writeUInt16LE(value, 2 * k);
  return bytes;
};
const long = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [k, value] of values.entries()) bytes.writeUInt32LE(value, 4 * k);
  return bytes;
};
const wide = (...values: number[]) =>
  Buffer.concat(values.map((value) => long(value % 2 ** 32, Math.floor(value / 2 ** 32))));

/** Returns an archive of these files. */
export function makeZip(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const pieces: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  const push = (piece: Buffer) => {
    pieces.push(piece);
    at += piece.length;
  };
  for (const file of files) {
    const content = Buffer.from(file.content);
    const data = file.isStored ? content : deflateRawSync(content);
    const { hasDescriptor = false, hasZip64 = false } = file;
    const method = file.method ?? (file.isStored ? 0 : 8);
    const flags = (file.flags ?? 0) | (hasDescriptor ? 8 : 0);
    const crc = file.crc ?? crc32(content);
    const sizes = [data.length, file.bytes ?? content.length];
    const offset = file.offset ?? at;
    const name = Buffer.from(file.name);
    const ownName = Buffer.from(file.ownName ?? file.name);
    const own = hasDescriptor ? [0, 0, 0] : [crc, ...(hasZip64 ? [0xffffffff, 0xffffffff] : sizes)];
    const ownExtra =
      hasZip64 && !hasDescriptor
        ? Buffer.concat([short(1, 16), wide(sizes[1]!, sizes[0]!)])
        : Buffer.alloc(0);
    push(
      Buffer.concat([
        long(0x04034b50),
        short(20, flags, method, 0, 0),
        long(...own),
        short(ownName.length, ownExtra.length),
        ownName,
        ownExtra,
        data,
      ]),
    );
    if (hasDescriptor) push(long(0x08074b50, crc, ...sizes));
    const extra = hasZip64
      ? Buffer.concat([short(0x7777, 2, 9), short(1, 24), wide(sizes[1]!, sizes[0]!, offset)])
      : Buffer.alloc(0);
    const stated = hasZip64 ? [0xffffffff, 0xffffffff] : sizes;
    entries.push(
      Buffer.concat([
        long(0x02014b50),
        short(20, 20, flags, method, 0, 0),
        long(crc, ...stated),
        short(name.length, extra.length, 0, 0, 0),
        long(0, hasZip64 ? 0xffffffff : offset),
        name,
        extra,
      ]),
    );
  }
  const directory = Buffer.concat(entries);
  const offset = at;
  push(directory);
  const count = options.count ?? files.length;
  const { isZip64 = false, disk = 0, comment = '' } = options;
  if (isZip64) {
    const end64 = at;
    push(
      Buffer.concat([
        long(0x06064b50),
        wide(44),
        short(45, 45),
        long(0, 0),
        wide(count, count, directory.length, offset),
      ]),
    );
    push(Buffer.concat([long(0x07064b50, 0), wide(end64), long(1)]));
  }
  const stated = isZip64 ? 0xffff : count;
  push(
    Buffer.concat([
      long(0x06054b50),
      short(disk, disk, stated, stated),
      long(isZip64 ? 0xffffffff : directory.length, isZip64 ? 0xffffffff : offset),
      short(comment.length),
      Buffer.from(comment),
    ]),
  );
  return Buffer.concat(pieces);
}
