/**
 * Which format a source is in: by what the user says, then by content, then by name. What is known to be
 * something else is refused by its name.
 */
import { extname } from 'node:path';
import { FormatError, UsageError } from '../errors.js';
import type { ByteSource } from '../io/byte-source.js';
import type { Format } from './format.js';
import { FORMATS } from './index.js';
import { looksLikeText, skipByteOrderMark } from './text.js';

export interface Detection {
  readonly format: Format;
  /** Why, as a clause: `its size is 84 + 50 x the count in its header`. */
  readonly reason: string;
}

/** First bytes of what is met where a mesh is expected. */
const FOREIGN: readonly (readonly [name: string, hint: string, ...bytes: number[]])[] = [
  ['a zip archive', 'unpack it first', 0x50, 0x4b, 0x03, 0x04],
  ['gzip data', 'unpack it on the way: gzip -dc FILE | offload convert - OUT', 0x1f, 0x8b],
  ['zstd data', 'unpack it on the way: zstd -dc FILE | offload convert - OUT', 0x28, 0xb5, 0x2f, 0xfd],
  ['bzip2 data', 'unpack it on the way: bzip2 -dc FILE | offload convert - OUT', 0x42, 0x5a, 0x68],
  ['xz data', 'unpack it on the way: xz -dc FILE | offload convert - OUT', 0xfd, 0x37, 0x7a, 0x58, 0x5a],
  ['a 7z archive', 'unpack it first', 0x37, 0x7a, 0xbc, 0xaf],
  ['UTF-16 text', 'save it as UTF-8', 0xff, 0xfe],
  ['UTF-16 text', 'save it as UTF-8', 0xfe, 0xff],
];

/** Throws FormatError for a source that is no known mesh, UsageError for a format that does not exist. */
export function detectFormat(source: ByteSource, from?: string): Detection {
  if (from !== undefined) {
    const format = FORMATS.find(({ id }) => id === from);
    const known = FORMATS.map(({ id }) => id).join(', ');
    if (format === undefined) throw new UsageError(`unknown format '${from}'; expected one of ${known}`);
    return { format, reason: 'the user says so' };
  }
  const { head, size } = source;
  for (const format of FORMATS) {
    const reason = format.sniff(head, size);
    if (reason !== undefined) return { format, reason };
  }
  const foreign = FOREIGN.find(([, , ...bytes]) => bytes.every((byte, k) => head[k] === byte));
  if (foreign !== undefined) {
    const [name, hint] = foreign;
    throw new FormatError(`${name}; expected a mesh`, { place: { offset: 0 }, hint });
  }
  const extension = extname(source.name).slice(1).toLowerCase();
  const named = FORMATS.find(({ extensions }) => (extensions as readonly string[]).includes(extension));
  if (named !== undefined) return { format: named, reason: `its name ends in .${extension}` };

  const names = FORMATS.map(({ name }) => name).join('; ');
  throw new FormatError(`${describeHead(head)}; expected one of: ${names}`, {
    place: { offset: 0 },
    hint: '--from names the format of a source that does not show it',
  });
}

function describeHead(head: Uint8Array): string {
  if (head.length === 0) return 'an empty file';
  if (!looksLikeText(head)) return 'binary data of no known format';
  const text = Buffer.from(head.subarray(skipByteOrderMark(head), 200)).toString('utf8');
  const line = text
    .trim()
    .split(/[\r\n]/, 1)[0]!
    .replace(/\p{C}/gu, '?');
  return `text of no known format that begins '${line.slice(0, 40)}'`;
}
