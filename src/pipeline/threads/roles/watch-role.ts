/** A thread that checks the memory of the process every few milliseconds and kills it above a limit, or without its parent. */
import { killProcess } from '../../../io/last-words.js';
import type { WatchOptions } from '../memory-watch.js';
import type { Work } from './protocol.js';

/** Milliseconds between two checks: memory grows by up to 2 GB/s, about 30 MB per interval. */
const INTERVAL_MS = 15;

/** A process that has lost its parent may clean up for this time, in milliseconds. */
const ORPHAN_MS = 1000;

export function begin({ limitBytes, lastWords, parent }: WatchOptions): Work<never> {
  let orphaned: number | undefined;
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > limitBytes) killProcess(lastWords);
    if (parent === undefined || process.ppid === parent) return;
    orphaned ??= performance.now();
    if (performance.now() - orphaned > ORPHAN_MS) killProcess('');
  }, INTERVAL_MS);
  return {
    handle: () => undefined,
    close: () => clearInterval(timer),
  };
}
