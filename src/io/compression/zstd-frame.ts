/**
 * Finds the end of a zstd frame, and the window it needs, from its headers alone (RFC 8878, 3.1).
 *
 * zlib decodes one frame; some versions of Node stop at its end, and some do not report a truncated one. So the
 * boundaries are found here, and an oversized window is refused before its memory is allocated.
 */
import { FormatError } from '../../errors.js';
import { formatMebibytes } from './compression.js';

/** The largest window accepted, in bytes; `zstd --long` uses it. */
const ZSTD_WINDOW_MAX = 128 * 2 ** 20;

const MAGIC = 0xfd2fb528;
/** Sixteen magic numbers, 0x184D2A50 to 0x184D2A5F, begin frames for other programs, without content. */
const SKIPPABLE_MAGIC = 0x184d2a5;

const MAGIC_BYTES = 4;
const SKIPPABLE_HEADER_BYTES = 8;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const DICTIONARY_BYTES = [0, 1, 2, 4];
/** In a single segment, the content size is always present and serves as the window. */
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

/** A frame that is tracked as its bytes arrive. */
export class ZstdFrame {
  /** The window that decoding needs, in bytes; 0 until the header is complete, and for a skippable frame. */
  windowBytes = 0;
  isSkippable = false;
  isComplete = false;
  /** Whether these bytes do not begin a frame. */
  isDamaged = false;

  /** The header being collected; its parts may arrive one by one. */
  private readonly header = new Uint8Array(18);
  private readonly view = new DataView(this.header.buffer);
  private held = 0;
  private wanted = MAGIC_BYTES;
  private part: 'magic' | 'skippable' | 'descriptor' | 'frame' | 'block' = 'magic';
  /** Bytes to pass over before the next header. */
  private skip = 0;
  private hasChecksum = false;
  private isLast = false;

  /** `offset` is where the frame begins in the compressed file. */
  constructor(readonly offset: number) {}

  /**
   * Passes over `bytes` from `at`. Returns where the frame ends, or `bytes.length` if it continues. Throws FormatError
   * for a window larger than {@link ZSTD_WINDOW_MAX}.
   */
  pass(bytes: Uint8Array, at: number): number {
    while (at < bytes.length && !this.isComplete && !this.isDamaged) {
      const step = Math.min(this.skip > 0 ? this.skip : this.wanted - this.held, bytes.length - at);
      if (this.skip > 0) {
        this.skip -= step;
      } else {
        this.header.set(bytes.subarray(at, at + step), this.held);
        this.held += step;
      }
      at += step;
      if (this.held === this.wanted) this.readHeader();
      this.isComplete = this.isLast && this.skip === 0;
    }
    return at;
  }

  private readHeader(): void {
    const { header, view } = this;
    switch (this.part) {
      case 'magic': {
        const magic = view.getUint32(0, true);
        if (magic === MAGIC) this.expect('descriptor', MAGIC_BYTES + 1);
        else if (magic >>> 4 === SKIPPABLE_MAGIC) {
          this.isSkippable = true;
          this.expect('skippable', SKIPPABLE_HEADER_BYTES);
        } else this.isDamaged = true;
        break;
      }
      case 'skippable':
        this.skip = view.getUint32(MAGIC_BYTES, true);
        this.isLast = true;
        this.held = 0;
        break;
      case 'descriptor':
        this.expect('frame', this.headerBytes());
        if (this.held === this.wanted) this.readHeader();
        break;
      case 'frame':
        this.hasChecksum = (header[MAGIC_BYTES]! & 4) !== 0;
        this.windowBytes = this.readWindow();
        this.expectBlock();
        break;
      case 'block': {
        const word = header[0]! | (header[1]! << 8) | (header[2]! << 16);
        const isRepeated = ((word >> 1) & 3) === 1;
        this.isLast = (word & 1) === 1;
        this.skip = (isRepeated ? 1 : word >> 3) + (this.isLast && this.hasChecksum ? CHECKSUM_BYTES : 0);
        this.expectBlock();
      }
    }
  }

  private expect(part: ZstdFrame['part'], bytes: number): void {
    this.part = part;
    this.wanted = bytes;
  }

  private expectBlock(): void {
    this.held = 0;
    this.expect('block', BLOCK_HEADER_BYTES);
  }

  private headerBytes(): number {
    const descriptor = this.header[MAGIC_BYTES]!;
    const sizeBytes = CONTENT_SIZE_BYTES[descriptor >> 6]!;
    const isSingle = isSingleSegment(descriptor);
    return MAGIC_BYTES + 1 + DICTIONARY_BYTES[descriptor & 3]! + (isSingle ? sizeBytes || 1 : 1 + sizeBytes);
  }

  private readWindow(): number {
    const { header, view } = this;
    const descriptor = header[MAGIC_BYTES]!;
    let bytes: number;
    if (!isSingleSegment(descriptor)) {
      const exponent = header[MAGIC_BYTES + 1]!;
      const base = 2 ** (10 + (exponent >> 3));
      bytes = base + (base / 8) * (exponent & 7);
    } else {
      const at = MAGIC_BYTES + 1 + DICTIONARY_BYTES[descriptor & 3]!;
      const read = [
        () => header[at]!,
        () => view.getUint16(at, true) + 256,
        () => view.getUint32(at, true),
        () => Number(view.getBigUint64(at, true)),
      ];
      bytes = read[descriptor >> 6]!();
    }
    checkWindow(bytes, ZSTD_WINDOW_MAX, this.offset);
    return bytes;
  }
}

/** Throws FormatError for a window over `most` bytes; `offset` is where its frame begins in the compressed file. */
export function checkWindow(bytes: number, most: number, offset: number): void {
  if (bytes <= most) return;
  throw new FormatError(
    `zstd data with a window of ${formatMebibytes(bytes)}; expected at most ${formatMebibytes(most)}`,
    { place: { offset }, hint: 'decompress it in a pipe: zstd -dc --long=31 FILE | offload convert - OUT' },
  );
}

/** Returns the window of the first frame with content in `head`, in bytes; 0 if its header is incomplete. */
export function readZstdWindow(head: Uint8Array): number {
  for (let at = 0; at < head.length; ) {
    const frame = new ZstdFrame(at);
    at = frame.pass(head, at);
    if (!frame.isSkippable) return frame.windowBytes;
  }
  return 0;
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0;
}
