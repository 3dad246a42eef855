/** A thread that checks the memory of the process every few milliseconds and kills it above a limit. */
import { killProcess } from '../../../io/last-words.js';
import type { WatchOptions } from '../memory-watch.js';
import type { Work } from './protocol.js';

/** Milliseconds between two checks: memory grows by up to 2 GB/s, about 30 MB per interval. */
const INTERVAL_MS = 15;

export function begin({ limitBytes, lastWords }: WatchOptions): Work<never> {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > limitBytes) killProcess(lastWords);
  }, INTERVAL_MS);
  return {
    handle: () => undefined,
    close: () => clearInterval(timer),
  };
}
