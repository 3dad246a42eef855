/** The queries that were run in this tab, the last one first. */

import { signal } from '@preact/signals';

const KEY = 'offload.queries';
const KEPT = 50;

export const history = signal<readonly string[]>(read());

/** Puts a query first. */
export function remember(query: string): void {
  history.value = [query, ...history.value.filter((one) => one !== query)].slice(0, KEPT);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(history.value));
  } catch {
    // There is no room for long queries: they last as long as the page.
  }
}

function read(): string[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
