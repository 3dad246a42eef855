/** Questions of a filter, answered by SQLite in a thread of its own, so that the main one hears of signals meanwhile. */
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
   * Adds the triangles that the answer names to a set. If the signal is aborted, it rejects with the signal's reason at
   * once, while SQLite goes on: until the answer has come to its end, the process cannot end by itself.
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

  /** Makes the thread end, and waits for that unless the signal is aborted. */
  async stop(): Promise<void> {
    const stopped = this.thread?.stop();
    if (this.signal?.aborted !== true) await stopped;
  }
}
