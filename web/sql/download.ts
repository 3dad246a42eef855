/** Saves the complete result of a query as CSV, without holding it in memory. */

import { askSql } from '../api.js';
import { saveFile } from '../save-file.js';

const NAME = 'query.csv';
/** The file in the private storage, one for each tab. */
const STORED = `${crypto.randomUUID()}.csv`;

/**
 * Runs the query again and saves all its rows; `onCharacters` is called with the characters so far. Throws ApiError or the
 * error of fetch, and then saves nothing.
 */
export async function downloadCsv(
  query: string,
  signal: AbortSignal,
  onCharacters: (count: number) => void,
): Promise<void> {
  const store = await openStore();
  let count = 0;
  let isComplete = false;
  try {
    for await (const line of askSql({ query, format: 'csv' }, signal)) {
      if ('csv' in line) {
        await store.write(line.csv);
        count += line.csv.length;
        onCharacters(count);
      }
      if ('end' in line) isComplete = true;
    }
    if (!isComplete) throw new TypeError('the connection broke');
  } catch (error) {
    await store.discard();
    throw error;
  }
  const file = await store.finish();
  saveFile(file.slice(0, file.size, 'text/csv'), NAME);
}

interface Store {
  write(text: string): Promise<void>;
  finish(): Promise<Blob>;
  discard(): Promise<void>;
}

/** A file in the private storage of the page; in memory if the browser has none. */
async function openStore(): Promise<Store> {
  try {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle(STORED, { create: true });
    // The storage outlives the page.
    addEventListener('pagehide', () => void folder.removeEntry(STORED).catch(() => undefined), {
      once: true,
    });
    const file = await handle.createWritable();
    return {
      write: (text) => file.write(text),
      async finish() {
        await file.close();
        return handle.getFile();
      },
      discard: () => file.abort(),
    };
  } catch {
    const parts: string[] = [];
    return {
      write: async (text) => void parts.push(text),
      finish: async () => new Blob(parts),
      discard: async () => undefined,
    };
  }
}
