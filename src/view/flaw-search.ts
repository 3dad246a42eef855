/**
 * The search for flaws in a process of its own. All pages share one search of a mesh, and what it has found stays known. It
 * ends if no page waits for it any more.
 */

import { runJob } from './jobs/run-job.js';
import { describeError } from './refusal.js';
import type { ShownMesh } from './shown-mesh.js';
import type { FlawsMessage } from './wire/messages.js';

/** What the process may use. */
export interface JobMeans {
  readonly memoryBytes: number;
  readonly threads: number | undefined;
  readonly tempFolder: string | undefined;
}

interface Search {
  readonly version: string;
  readonly ending: AbortController;
  readonly wakes: Set<() => void>;
  message: FlawsMessage;
}

export class FlawSearch {
  private search: Search | undefined;
  /** The processes that have not ended yet. */
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly means: () => JobMeans) {}

  /** Yields the progress, and at last what was found, or what went wrong. */
  async *follow({ db, version }: ShownMesh, signal: AbortSignal): AsyncGenerator<FlawsMessage> {
    if (this.search?.version !== version || this.search.message.type === 'failed') {
      this.search?.ending.abort();
      this.search = this.start(db.path, version);
    }
    const { search } = this;
    let wake = () => {};
    const onChange = () => wake();
    search.wakes.add(onChange);
    signal.addEventListener('abort', onChange, { once: true });
    try {
      for (;;) {
        const { message } = search;
        yield message;
        if (message.type !== 'progress') return;
        while (search.message === message && !signal.aborted)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        if (signal.aborted) return;
      }
    } finally {
      search.wakes.delete(onChange);
      if (search.wakes.size === 0 && search.message.type === 'progress') {
        search.ending.abort();
        if (this.search === search) this.search = undefined;
      }
    }
  }

  /** Ends the search. */
  async close(): Promise<void> {
    this.search?.ending.abort();
    await this.running;
  }

  private start(database: string, version: string): Search {
    const search: Search = {
      version,
      ending: new AbortController(),
      wakes: new Set(),
      message: { type: 'progress', share: 0 },
    };
    const tell = (message: FlawsMessage) => {
      search.message = message;
      for (const wake of search.wakes) wake();
    };
    const job = { kind: 'flaws', database, ...this.means() } as const;
    const done = runJob(job, search.ending.signal, (message) => {
      if ('share' in message) tell({ type: 'progress', share: message.share });
      if ('flaws' in message) tell({ type: 'flaws', ...message.flaws });
    }).catch((error: unknown) => {
      const { status, ...described } = describeError(error);
      tell({ type: 'failed', error: described });
    });
    this.running = Promise.all([this.running, done]);
    return search;
  }
}
