/**
 * The search for flaws in a process of its own. All pages share one search of a mesh, and what it has found stays known. It
 * ends if no page waits for it any more.
 */

import type { RunTask } from './jobs/job.js';
import { describeError } from './refusal.js';
import type { ShownMesh } from './shown-mesh.js';
import type { FlawsMessage } from './wire/messages.js';

interface Search {
  readonly version: string;
  readonly ending: AbortController;
  readonly wakes: Set<() => void>;
  message: FlawsMessage;
}

export class FlawSearch {
  private search: Search | undefined;

  constructor(private readonly run: RunTask) {}

  /** Yields the progress, and at last what was found, or what went wrong. */
  async *follow({ version }: ShownMesh, signal: AbortSignal): AsyncGenerator<FlawsMessage> {
    if (this.search?.version !== version || this.search.message.type === 'failed') {
      this.search?.ending.abort();
      this.search = this.start(version);
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

  private start(version: string): Search {
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
    this.run({ kind: 'flaws' }, search.ending.signal, (message) => {
      if ('share' in message) tell({ type: 'progress', share: message.share });
      if ('flaws' in message) tell({ type: 'flaws', ...message.flaws });
    }).catch((error: unknown) => {
      const { status, ...described } = describeError(error);
      tell({ type: 'failed', error: described });
    });
    return search;
  }
}
