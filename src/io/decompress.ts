/**
 * Compressed bytes to their content, piece by piece: gzip by Node's zlib, zstd by a library.
 *
 * Content is never held whole, however much of it a few bytes may stand for. Nothing here knows files or formats.
 */
import { createGunzip } from 'node:zlib';
import { FormatError, TRUNCATED_HINT } from '../errors.js';
import { countOf } from '../wording.js';
import { type CompressionId, detectCompression } from './compression.js';
import { type Pull, pullUpTo } from './pull.js';

/** The largest zstd window taken, in bytes: what `zstd --long` makes, and the decoder's own limit. */
export const ZSTD_WINDOW_MAX = 128 * 2 ** 20;

/** What levels below 20 use at most, in bytes: not worth counting among a run's buffers. */
export const ZSTD_WINDOW_ORDINARY = 8 * 2 ** 20;

/** Bytes handed to a decoder at a time, however they arrive: where damage is met does not depend on that. */
const PACKED_BYTES = 65_536;
/** What zlib unpacks before it waits until that is taken: pieces, and bytes of each. */
const UNPACKED_PIECES = 8;
const UNPACKED_BYTES = 131_072;
const NOTHING = new Uint8Array(0);

/**
 * The content of compressed data, in pieces with buffers of their own. All of `pull` is read: gzip members and zstd
 * frames continue each other. Throws FormatError with the offset in the content where the
 * data is damaged; where it ends too early, that error is handed to `onCut`, which may throw it.
 */
export function decompress(
  compression: CompressionId,
  pull: Pull,
  onCut: (error: FormatError) => void,
): AsyncGenerator<Uint8Array> {
  return compression === 'gzip' ? unpackGzip(pull, onCut) : unpackZstd(pull, onCut);
}

async function* unpackGzip(pull: Pull, onCut: (error: FormatError) => void): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
  const unpacked: Uint8Array[] = [];
  let failure: NodeJS.ErrnoException | undefined;
  let isOver = false;
  let isHungry = true;
  let wake = () => {};
  gunzip.on('data', (piece: Uint8Array) => {
    // A few bytes may stand for any number of pieces: it goes on when these are taken.
    if (unpacked.push(piece) === UNPACKED_PIECES) gunzip.pause();
    wake();
  });
  gunzip.on('end', () => {
    isOver = true;
    wake();
  });
  gunzip.on('error', (error) => {
    failure = error;
    wake();
  });
  // zlib calls this back for no write that it fails at, or does not want the rest of.
  const feed = (packed: Uint8Array) =>
    gunzip.write(packed, () => {
      isHungry = true;
      wake();
    });
  let packed: Uint8Array = NOTHING;
  let fed = 0;
  let count = 0;
  try {
    for (;;) {
      const news = new Promise<void>((resolve) => {
        wake = resolve;
      });
      for (const piece of unpacked.splice(0)) {
        count += piece.length;
        yield piece;
      }
      if (unpacked.length > 0) continue;
      if (failure?.code === 'Z_BUF_ERROR') return onCut(cut('gzip', count));
      if (failure !== undefined) throw damaged('gzip', count, failure);
      if (isOver) break;
      gunzip.resume();
      if (isHungry && gunzip.readableLength === 0) {
        isHungry = false;
        packed = await pullUpTo(PACKED_BYTES, pull);
        fed += packed.length;
        if (packed.length > 0) feed(packed);
        else gunzip.end();
      }
      await news;
    }
    await checkPadding(packed.subarray(packed.length - (fed - gunzip.bytesWritten)), pull, count);
  } finally {
    gunzip.destroy();
  }
}

/** zlib stops at a zero byte after a member: tape blocks are padded so. Nothing else may follow. */
async function checkPadding(rest: Uint8Array, pull: Pull, count: number): Promise<void> {
  for (let packed = rest; packed.length > 0; packed = await pullUpTo(PACKED_BYTES, pull)) {
    if (packed.some((byte) => byte !== 0)) throw damaged('gzip', count, new Error('data after the padding'));
  }
}

async function* unpackZstd(pull: Pull, onCut: (error: FormatError) => void): AsyncGenerator<Uint8Array> {
  // zstddec is the reference decoder in WebAssembly: Node 20 has none. It is loaded for zstd data alone.
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();

  // The decoder takes input in the middle of a step, which cannot wait for it: one piece is read beforehand.
  let ahead = await pullUpTo(PACKED_BYTES, pull);
  let patience = 0;
  function* input() {
    while (ahead.length > 0) {
      const packed = ahead;
      ahead = NOTHING;
      // A step that gives nothing ends a frame or uses a piece up: there are no more of these than bytes. After an
      // error the decoder gives nothing for ever, and says no word.
      patience = packed.length;
      yield packed;
    }
  }
  const steps = decoder.decodeStreaming(input());
  let count = 0;
  let isStuck = false;
  try {
    for (;;) {
      if (ahead.length === 0) ahead = await pullUpTo(PACKED_BYTES, pull);
      const isLast = ahead.length === 0;
      let step: IteratorResult<Uint8Array>;
      try {
        step = steps.next();
      } catch (error) {
        if (!isLast) throw damaged('zstd', count, error);
        break;
      }
      if (step.done) return;
      if (step.value.length === 0 && --patience < 0) {
        isStuck = true;
        throw damaged('zstd', count);
      }
      count += step.value.length;
      if (step.value.length > 0) yield step.value;
    }
    onCut(cut('zstd', count));
  } finally {
    ahead = NOTHING;
    // One that is stuck comes to no end.
    if (!isStuck) runOut(steps);
  }
}

/** Lets a decoder without further input come to its end, where it gives its memory back. */
function runOut(steps: Iterator<Uint8Array>): void {
  try {
    for (let idle = 0; idle <= PACKED_BYTES; ) {
      const step = steps.next();
      if (step.done) return;
      if (step.value.length === 0) idle++;
    }
  } catch {
    // It misses the rest, which is not wanted.
  }
}

/**
 * The window that the first zstd frame in `head` asks for, in bytes: what its decoder will hold. 0 where there is
 * no frame to be seen. Throws FormatError where it is more than {@link ZSTD_WINDOW_MAX}.
 */
export function readZstdWindow(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  let at = 0;
  while (at + 8 <= head.length && head[at]! >> 4 === 5) at += 8 + view.getUint32(at + 4, true);
  if (detectCompression(head.subarray(at)) !== 'zstd') return 0;
  // RFC 8878, 3.1.1.1: magic, descriptor, then a window byte or, in a single segment, the size of the content.
  if (at + 18 > head.length) return 0;
  const descriptor = head[at + 4]!;
  const sizeBytes = descriptor >> 6;
  let window: number;
  if ((descriptor & 0x20) === 0) {
    const base = 2 ** (10 + (head[at + 5]! >> 3));
    window = base + (base / 8) * (head[at + 5]! & 7);
  } else {
    const sizeAt = at + 5 + [0, 1, 2, 4][descriptor & 3]!;
    if (sizeBytes === 0) window = head[sizeAt]!;
    else if (sizeBytes === 1) window = view.getUint16(sizeAt, true) + 256;
    else if (sizeBytes === 2) window = view.getUint32(sizeAt, true);
    else window = Number(view.getBigUint64(sizeAt, true));
  }
  if (window > ZSTD_WINDOW_MAX) {
    throw new FormatError(
      `zstd data with a window of ${formatMebibytes(window)}; expected at most ${formatMebibytes(ZSTD_WINDOW_MAX)}`,
      { place: { offset: 0 }, hint: 'unpack it on the way: zstd -dc --long=31 FILE | offload convert - OUT' },
    );
  }
  return window;
}

/** A size as `128 MiB`, whole or with one digit. */
export function formatMebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 1 })} MiB`;
}

function cut(compression: CompressionId, count: number): FormatError {
  return new FormatError(
    `${compression} data ends after ${countOf(count, 'byte')} of content; expected more`,
    { place: { offset: count }, hint: TRUNCATED_HINT },
  );
}

function damaged(compression: CompressionId, count: number, cause?: unknown): FormatError {
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  return new FormatError(
    `damaged ${compression} data after ${countOf(count, 'byte')} of content${reason}; expected a whole file`,
    { place: { offset: count }, hint: 'copy or download it again', cause },
  );
}
