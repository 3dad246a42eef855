/**
 * Which format a source is in: by what the user says, then by content, then by name. What is known to be
 * something else is refused by its name.
 */
import { extname } from 'node:path';
import { FormatError, UsageError } from '../errors.js';
import type { ByteSource } from '../io/byte-source.js';
import { withoutCompression } from '../io/compression.js';
import { EXPORT_HINT, findForeignKind } from './foreign.js';
import type { Format } from './format.js';
import { FORMATS } from './index.js';
import { looksLikeText, skipByteOrderMark } from './text.js';

export interface Detection {
  readonly format: Format;
  /** Why, as a clause: `its size is 84 + 50 x the count in its header`. */
  readonly reason: string;
}

/** Throws FormatError for a source that is no known mesh, UsageError for a format that does not exist. */
export function detectFormat(source: ByteSource, from?: string): Detection {
  if (from !== undefined) {
    const format = FORMATS.find(({ id }) => id === from);
    const known = FORMATS.map(({ id }) => id).join(', ');
    if (format === undefined) throw new UsageError(`unknown format '${from}'; expected one of ${known}`);
    return { format, reason: 'the user says so' };
  }
  const { head, size } = source;
  const told = detectByContent(head, size);
  const foreign = findForeignKind(head, source.name);
  // A binary STL may begin with anything, but nothing else has the size that one announces.
  if (told !== undefined && (foreign === undefined || size !== undefined)) return told;
  if (foreign !== undefined) {
    const { name, hint, isText } = foreign;
    const expected = hint === EXPORT_HINT ? 'another format' : 'a mesh';
    throw new FormatError(`${name}; expected ${expected}`, {
      code: 'FORMAT_UNKNOWN',
      place: isText ? { line: 1 } : { offset: 0 },
      hint,
    });
  }
  const extension = extname(withoutCompression(source.name)).slice(1).toLowerCase();
  const named = FORMATS.find(({ extensions }) => (extensions as readonly string[]).includes(extension));
  if (named !== undefined) return { format: named, reason: `its name ends in .${extension}` };

  const names = FORMATS.map(({ name }) => name).join('; ');
  throw new FormatError(`${describeHead(head)}; expected one of: ${names}`, {
    code: 'FORMAT_UNKNOWN',
    place: { offset: 0 },
    hint: '`from` names the format of a source that does not show it',
  });
}

function detectByContent(head: Uint8Array, size: number | undefined): Detection | undefined {
  const formats: readonly Format[] = FORMATS;
  for (const format of formats) {
    const reason = format.sniff(head, size);
    if (reason !== undefined) return { format, reason };
  }
  for (const format of formats) {
    const reason = format.guess?.(head);
    if (reason !== undefined) return { format, reason };
  }
  return undefined;
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
