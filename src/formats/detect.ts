/**
 * Detects the format of a source. Known kinds that are not meshes are refused by name first; then the user's choice
 * decides, then the content, then the file name.
 */
import { extname } from 'node:path';
import { FormatError, UsageError } from '../errors.js';
import { withoutCompression } from '../io/compression/compression.js';
import type { ByteSource } from '../io/input/byte-source.js';
import { HEAD_BYTES } from '../io/input/long-head.js';
import { suggest } from '../suggest.js';
import { type ForeignKind, findForeignKind } from './foreign.js';
import { EXPORT_HINT } from './foreign-bytes.js';
import type { Format } from './format.js';
import { FORMATS } from './index.js';
import { looksLikeText, skipBlanks, skipByteOrderMark } from './shared/text.js';

export interface Detection {
  readonly format: Format;
  /** The reason, as a clause: `its size is 84 + 50 x the count in its header`. */
  readonly reason: string;
}

/**
 * Detects the format of a source. Throws FormatError if the source is not a known mesh, UsageError if `from` is not a known
 * format.
 */
export function detectFormat(source: ByteSource, from?: string): Detection {
  const wanted = from === undefined ? undefined : findFormat(from);
  const { head, size } = source;
  refuseEmpty(head);
  const foreign = findForeignKind(head, source.name);
  // Text may be in any format that the user names; an image may not.
  const isPossible = wanted !== undefined && (foreign?.isText || foreign?.mayBe === wanted.id);
  if (foreign !== undefined && !isPossible) throw refuseForeign(foreign);
  if (wanted !== undefined) return { format: wanted, reason: 'specified by the user' };

  const told = detectByContent(head, size);
  if (told !== undefined) return told;
  const extension = extname(withoutCompression(source.name)).slice(1).toLowerCase();
  const named = FORMATS.find(({ extensions }) => (extensions as readonly string[]).includes(extension));
  if (named !== undefined) return { format: named, reason: `its name ends in .${extension}` };

  const names = FORMATS.map(({ name }) => name).join('; ');
  throw new FormatError(`${describeHead(head)}; expected one of: ${names}`, {
    code: 'FORMAT_UNKNOWN',
    place: { offset: 0 },
    hint: 'set `from` to name the format',
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

/** Throws FormatError if a source is empty or contains only whitespace. */
function refuseEmpty(head: Uint8Array): void {
  const start = skipByteOrderMark(head);
  // If whitespace fills the head, a mesh may still follow.
  if (head.length >= HEAD_BYTES || skipBlanks(head, start, head.length) < head.length) return;
  const found = head.length === 0 ? 'is empty (0 bytes)' : 'contains only whitespace';
  throw new FormatError(`the file ${found}; expected a mesh`, {
    place: { offset: 0 },
    hint: 'copy or export the file again; the last attempt may have failed',
  });
}

function refuseForeign({ name, hint, isText }: ForeignKind): FormatError {
  const expected = hint === EXPORT_HINT ? 'a supported format' : 'a mesh';
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
  if (!looksLikeText(head)) return 'unrecognized binary data';
  const text = Buffer.from(head.subarray(skipByteOrderMark(head), 200)).toString('utf8');
  const line = text
    .trim()
    .split(/[\r\n]/, 1)[0]!
    .replace(/\p{C}/gu, '?');
  return `unrecognized text that begins '${line.slice(0, 40)}'`;
}
