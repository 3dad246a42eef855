/** A thread that distributes the triangles of a database to the stars of their vertices while the main thread links them. */
import type { DealOptions, DealReply } from './roles/deal-role.js';
import { Thread } from './thread.js';

export class DealThread {
  private readonly thread: Thread<'deal', DealReply>;
  private readonly dealt: Promise<DealReply>;

  /** Starts at once. */
  constructor(options: DealOptions) {
    this.thread = new Thread('deal', options);
    this.dealt = this.thread.ask('deal');
  }

  /** Waits for the last triangle; returns the words written to each file. Throws DatabaseError, FileError. */
  finish(): Promise<DealReply> {
    return this.dealt;
  }

  /** Ends the thread. Call it in any case. */
  async stop(): Promise<void> {
    await this.thread.stop();
  }
}
