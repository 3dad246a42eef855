/**
 * Reads the JSON of a glTF file without the data in it: base64 in `data:` URIs may be larger than memory, so it stays in
 * the source, and the parsed JSON names it by number.
 */
import { FormatError, UsageError } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { CHUNK_BYTES } from '../../memory.js';
import { formatBytes, formatCount } from '../../wording.js';
import { type Chunk, truncated } from './container.js';

/** The content of a `data:` URI in the source. */
export interface DataUri {
  /** Its first character, as an offset in the source. */
  readonly offset: number;
  /** Bytes of the decoded data; undefined if it is not plain base64. */
  readonly bytes: number | undefined;
}

export interface JsonText {
  /** The JSON; instead of a `data:` URI, it has `data:` and its index in {@link uris}. */
  readonly json: unknown;
  readonly uris: readonly DataUri[];
  /** An upper estimate of the memory of all this, in bytes. */
  readonly heldBytes: number;
}

/** Bytes of memory per byte of text: the text itself, as bytes and as a string. */
const TEXT_WEIGHT = 3;
/** Bytes of memory per character that begins or separates values: objects and what is derived from them, lists, values. */
const WEIGHTS: Readonly<Record<string, number>> = { '{': 160, '[': 48, ',': 16, ':': 8 };
/** Bytes of memory per URI. */
const URI_BYTES = 64;
/** The longest media type before the base64 of a URI. */
const MEDIA_TYPE_BYTES_MAX = 256;

const [QUOTE, BACKSLASH, COMMA, EQUALS] = ['"', '\\', ',', '='].map((letter) => letter.charCodeAt(0));
const PREFIX = Buffer.from('data:');
const WEIGHT_OF = Uint8Array.from({ length: 256 }, (_, k) => WEIGHTS[String.fromCharCode(k)] ?? 0);
const IS_BASE64 = Uint8Array.from({ length: 256 }, (_, k) =>
  /[A-Za-z0-9+/]/.test(String.fromCharCode(k)) ? 1 : 0,
);

/**
 * Reads and parses the JSON in a range of a source. Throws FormatError if it is damaged, UsageError if
 * it would take more than `heldBytesMax` bytes of memory.
 */
export async function readJson(
  source: ByteSource,
  { offset, end }: Chunk,
  heldBytesMax: number,
): Promise<JsonText> {
  const scanner = new Scanner(source.name, offset, heldBytesMax);
  const chunk = new Uint8Array(CHUNK_BYTES);
  let at = offset;
  while (at < end) {
    const count = await source.readAt(chunk.subarray(0, end - at), at);
    if (count === 0) break;
    scanner.scan(chunk.subarray(0, count));
    at += count;
  }
  const isText = end === Number.POSITIVE_INFINITY;
  if (!isText && at < end) throw truncated('its JSON', `${formatCount(end - offset)} bytes of it`, at);
  if (isText && scanner.isOpen) throw truncated('its JSON', 'its end', at);
  return scanner.finish();
}

class Scanner {
  private readonly uris: DataUri[] = [];
  private readonly pieces: Uint8Array[] = [];
  private piece = new Uint8Array(65_536);
  private length = 0;
  private heldBytes = 0;
  /** Offset of the next byte. */
  private offset: number;
  private depth = 0;
  private inString = false;
  private isEscaped = false;
  /** Bytes of the current string that equal the beginning of a URI; -1 after a difference. */
  private matched = -1;
  /** The media type of the URI; undefined outside URIs and in their data. */
  private mediaType: string | undefined;
  private data: { offset: number; chars: number; padding: number; isPlain: boolean } | undefined;

  constructor(
    private readonly name: string,
    private readonly start: number,
    private readonly heldBytesMax: number,
  ) {
    this.offset = start;
  }

  /** Whether the text ends within a value. */
  get isOpen(): boolean {
    return this.inString || this.depth > 0;
  }

  scan(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      at = this.data === undefined ? this.scanText(bytes, at) : this.scanData(bytes, at);
    }
    this.offset += bytes.length;
  }

  finish(): JsonText {
    this.checkMemory();
    const text = Buffer.concat([...this.pieces, this.piece.subarray(0, this.length)]).toString('utf8');
    this.pieces.length = 0;
    try {
      return { json: JSON.parse(text), uris: this.uris, heldBytes: this.heldBytes };
    } catch (error) {
      throw new FormatError('the JSON is not valid; expected the JSON of a glTF file', {
        place: { offset: this.start },
        cause: error,
      });
    }
  }

  private scanText(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.mediaType === undefined) this.keep(byte);
      if (!this.inString) {
        this.heldBytes += WEIGHT_OF[byte]!;
        if (byte === QUOTE) {
          this.inString = true;
          this.matched = 0;
        } else if (byte === 0x7b || byte === 0x5b) this.depth++;
        else if (byte === 0x7d || byte === 0x5d) this.depth--;
      } else if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) {
        this.isEscaped = true;
        this.matched = -1;
      } else if (byte === QUOTE) {
        if (this.mediaType !== undefined) this.endUri(undefined);
        this.inString = false;
      } else if (this.mediaType !== undefined) {
        if (byte === COMMA) {
          this.beginData(this.offset + at + 1);
          return at + 1;
        }
        if (this.mediaType.length < MEDIA_TYPE_BYTES_MAX) this.mediaType += String.fromCharCode(byte);
      } else if (this.matched >= 0) {
        this.matched = byte === PREFIX[this.matched] ? this.matched + 1 : -1;
        if (this.matched === PREFIX.length) this.mediaType = '';
      }
    }
    return at;
  }

  private beginData(offset: number): void {
    this.data = { offset, chars: 0, padding: 0, isPlain: /;base64$/i.test(this.mediaType!) };
    this.mediaType = undefined;
  }

  private scanData(bytes: Uint8Array, from: number): number {
    const data = this.data!;
    let at = from;
    while (at < bytes.length) {
      if (this.isEscaped) {
        this.isEscaped = false;
        at++;
        continue;
      }
      const begin = at;
      while (IS_BASE64[bytes[at]!] === 1) at++;
      if (at > begin && data.padding > 0) data.isPlain = false;
      data.chars += at - begin;
      if (at >= bytes.length) return bytes.length;
      const byte = bytes[at++]!;
      if (byte === QUOTE) {
        this.endUri(data);
        return at;
      } else if (byte === EQUALS) data.padding++;
      else {
        data.isPlain = false;
        this.isEscaped = byte === BACKSLASH;
      }
    }
    return at;
  }

  /** Ends the string of a URI, which has no data if it is undefined. */
  private endUri(data: Scanner['data']): void {
    const { offset, chars, padding, isPlain } = data ?? { offset: 0, chars: 0, padding: 0, isPlain: false };
    const isPadded = padding === 0 || (padding <= 2 && (chars + padding) % 4 === 0);
    const isWhole = isPlain && isPadded && chars % 4 !== 1;
    for (const letter of Buffer.from(`${this.uris.length}"`)) this.keep(letter);
    this.uris.push({ offset, bytes: isWhole ? Math.floor((3 * chars) / 4) : undefined });
    this.heldBytes += URI_BYTES;
    this.data = undefined;
    this.mediaType = undefined;
    this.inString = false;
  }

  private keep(byte: number): void {
    if (this.length === this.piece.length) {
      this.pieces.push(this.piece);
      this.piece = new Uint8Array(this.piece.length);
      this.length = 0;
      this.checkMemory();
    }
    this.piece[this.length++] = byte;
    this.heldBytes += TEXT_WEIGHT;
  }

  private checkMemory(): void {
    if (this.heldBytes <= this.heldBytesMax) return;
    const limit = formatBytes(this.heldBytesMax);
    throw new UsageError(
      `${this.name}: the JSON takes more than ${limit} of memory; expected a smaller scene`,
      {
        code: 'MEMORY_TOO_SMALL',
        hint: 'raise `memoryBytes`',
      },
    );
  }
}
