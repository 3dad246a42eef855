/** SQL queries of a filter, run in a separate thread so that the main thread can react to signals. */
import type { IdSet } from '../../collections/id-set.js';
import type { Question } from '../../filter/questions.js';
import type { AnswerRequest } from './roles/answer-role.js';
import { Thread } from './thread.js';

export class AnswerThread {
  private thread: Thread<AnswerRequest, true> | undefined;

  /** The thread is started for the first question. */
  constructor(
    private readonly path: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * Adds the triangles of the answer to a set. On abort, rejects with the signal's reason immediately while SQLite
   * continues: until the query ends, the process cannot exit by itself.
   */
  async answer(question: Question, found: IdSet): Promise<void> {
    const { signal, path } = this;
    signal?.throwIfAborted();
    this.thread ??= new Thread('answer', { path });
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal!.reason);
      signal?.addEventListener('abort', onAbort);
    });
    try {
      await Promise.race([this.thread.ask({ question, found: found.share() }), aborted]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the thread, and waits for its end unless the signal is aborted. */
  async stop(): Promise<void> {
    const stopped = this.thread?.stop();
    if (this.signal?.aborted !== true) await stopped;
  }
}
