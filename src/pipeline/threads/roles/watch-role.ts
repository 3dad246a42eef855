/** A thread that looks at the memory of the process every few milliseconds, and kills it beyond a limit. */
import { killProcess } from '../../../io/last-words.js';
import type { WatchOptions } from '../memory-watch.js';
import type { Work } from './protocol.js';

/** Memory is filled at some 2 GB/s: so much may come on top. */
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
