/** The scan of a filter, divided among several threads that fill the same sets. */
import type { PagedRows } from '../../database/rows/selection.js';
import type { ScanOptions, ScanReply, ScanRequest } from './roles/scan-role.js';
import type { ThreadPool } from './thread.js';

/** Leaves per request: neighbors, so that a thread finds their vertices in its cache. */
const LEAVES_AT_ONCE = 64;
/** Requests queued for a thread. */
const REQUESTS = 2;

/** Scans all triangles of the pages. Yields the reply of each request, in order. */
export async function* scanInThreads(
  pages: PagedRows,
  options: Omit<ScanOptions, 'file'>,
  pool: ThreadPool,
  threads: number,
): AsyncGenerator<ScanReply> {
  const ask = pool.play<ScanRequest, ScanReply>('scan', { ...options, file: pages.file }, threads);
  const waiting: Promise<ScanReply>[] = [];
  for (const { pages: leaves } of pages.leaves('triangles', LEAVES_AT_ONCE)) {
    waiting.push(ask(leaves));
    if (waiting.length < REQUESTS * threads) continue;
    yield await waiting.shift()!;
  }
  for (const reply of waiting) yield await reply;
}
