/** Threads that parse pieces of text; they are started when the first piece comes: most formats have none. */
import type { PieceParsers, PlainPiece } from '../../formats/pieces.js';
import type { ParseReply, ParseRequest } from './roles/parse-role.js';
import { ThreadPool } from './thread.js';

/** Pieces that a thread has before it: one that it is at, and one to go on with. */
const PIECES = 2;

export class ParseThreads implements PieceParsers {
  readonly capacity: number;
  private readonly pool = new ThreadPool();
  private ask: ((request: ParseRequest) => Promise<ParseReply>) | undefined;

  constructor(private readonly threads: number) {
    this.capacity = PIECES * threads;
  }

  parse(
    format: string,
    bytes: Uint8Array,
    target: Float64Array,
    base: number,
  ): Promise<PlainPiece | undefined> {
    this.ask ??= this.pool.play('parse', undefined, this.threads);
    return this.ask({ format, bytes, target, base });
  }

  async stop(): Promise<void> {
    await this.pool.stop();
  }
}
