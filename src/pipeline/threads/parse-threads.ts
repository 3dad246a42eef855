/** Threads that parse pieces of text. They start with the first piece, as most formats have none. */
import type { PieceParsers, PlainPiece } from '../../formats/pieces.js';
import type { ParseReply, ParseRequest } from './roles/parse-role.js';
import { ThreadPool } from './thread.js';

/** Pieces queued for a thread: the current one and the next. */
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
