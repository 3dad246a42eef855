/** A decoder of Node's zlib that is fed step by step, with little of its output in memory. */
import type { Transform } from 'node:stream';

/** The number of pieces that zlib decompresses before it waits for its reader, and the bytes of each. */
const UNPACKED_PIECES = 8;
export const UNPACKED_BYTES = 131_072;

/** A zlib decoder that is fed step by step: the output of each piece is taken before the next one. */
export class Decoder {
  failure: NodeJS.ErrnoException | undefined;
  /** Whether the decoder has reached its end. */
  isOver = false;
  private isHungry = true;
  private readonly unpacked: Uint8Array[] = [];
  private wake = () => {};

  constructor(private readonly stream: Transform) {
    stream.on('data', (piece: Uint8Array) => {
      // A few bytes may expand to any number of pieces: it resumes when these are taken.
      if (this.unpacked.push(piece) === UNPACKED_PIECES) stream.pause();
      this.wake();
    });
    stream.on('end', () => {
      this.isOver = true;
      this.wake();
    });
    stream.on('error', (error) => {
      this.failure = error;
      this.wake();
    });
  }

  /** Yields the content of `packed`, or less if the decoder ends before. Throws zlib's errors. */
  decode(packed: Uint8Array): AsyncGenerator<Uint8Array> {
    this.isHungry = false;
    // zlib does not call back for a write that fails, or whose rest it does not want.
    this.stream.write(packed, () => {
      this.isHungry = true;
      this.wake();
    });
    return this.take(() => this.isHungry && this.stream.readableLength === 0);
  }

  /** Yields the rest after the last piece. */
  finish(): AsyncGenerator<Uint8Array> {
    this.stream.end();
    return this.take(() => false);
  }

  close(): void {
    this.stream.destroy();
  }

  private async *take(isDone: () => boolean): AsyncGenerator<Uint8Array> {
    for (;;) {
      const news = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      yield* this.unpacked.splice(0);
      if (this.unpacked.length > 0) continue;
      if (this.failure !== undefined) throw this.failure;
      if (this.isOver || isDone()) return;
      this.stream.resume();
      await news;
    }
  }
}
