/**
 * Which format a source is in. What is known to be something else is refused by its name first; then the user decides, then
 * the content, then the name.
 */
import { extname } from 'node:path';
import { FormatError, UsageError } from '../errors.js';
import { withoutCompression } from '../io/compression/compression.js';
import { type ByteSource, HEAD_BYTES } from '../io/input/byte-source.js';
import { suggest } from '../suggest.js';
import { type ForeignKind, findForeignKind } from './foreign.js';
import { EXPORT_HINT } from './foreign-bytes.js';
import type { Format } from './format.js';
import { FORMATS } from './index.js';
import { looksLikeText, skipBlanks, skipByteOrderMark } from './shared/text.js';

export interface Detection {
  readonly format: Format;
  /** Why, as a clause: `its size is 84 + 50 x the count in its header`. */
  readonly reason: string;
}

/**
 * Tells the format of a source. Throws FormatError for a source that is no known mesh, UsageError for a format that does not
 * exist.
 */
export function detectFormat(source: ByteSource, from?: string): Detection {
  const wanted = from === undefined ? undefined : findFormat(from);
  const { head, size } = source;
  refuseEmpty(head);
  const foreign = findForeignKind(head, source.name);
  // Text may be anything that the user says it is, an image may not.
  if (foreign !== undefined && !(wanted !== undefined && foreign.isText)) throw refuseForeign(foreign);
  if (wanted !== undefined) return { format: wanted, reason: 'the user says so' };

  const told = detectByContent(head, size);
  if (told !== undefined) return told;
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

function findFormat(from: string): Format {
  const format = FORMATS.find(({ id }) => id === from);
  if (format !== undefined) return format;
  const known = FORMATS.map(({ id }) => id);
  throw new UsageError(`unknown format '${from}'; expected one of ${known.join(', ')}`, {
    hint: suggest(from, known),
  });
}

/** Throws FormatError for a source without anything, or with nothing but blanks. */
function refuseEmpty(head: Uint8Array): void {
  const start = skipByteOrderMark(head);
  // Where only blanks fill the head, something may follow.
  if (head.length >= HEAD_BYTES || skipBlanks(head, start, head.length) < head.length) return;
  const found = head.length === 0 ? 'is empty (0 bytes)' : 'has nothing but blanks';
  throw new FormatError(`the file ${found}; expected a mesh`, {
    place: { offset: 0 },
    hint: 'the copy, or the program that wrote it, may have failed',
  });
}

function refuseForeign({ name, hint, isText }: ForeignKind): FormatError {
  const expected = hint === EXPORT_HINT ? 'another format' : 'a mesh';
  return new FormatError(`${name}; expected ${expected}`, {
    place: isText ? { line: 1 } : { offset: 0 },
    hint,
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
  if (!looksLikeText(head)) return 'binary data of no known format';
  const text = Buffer.from(head.subarray(skipByteOrderMark(head), 200)).toString('utf8');
  const line = text
    .trim()
    .split(/[\r\n]/, 1)[0]!
    .replace(/\p{C}/gu, '?');
  return `text of no known format that begins '${line.slice(0, 40)}'`;
}
