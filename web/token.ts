/**
 * The token of the server. The URL that opens the page has it in its fragment, from where it moves into the storage of the
 * browser: the address that people copy from the page does not have it.
 */

import { readFragment } from './fragment.js';

const KEY = 'offload.token';

/** Moves a token from the fragment into the storage; call it first. */
export function takeToken(): void {
  const token = readFragment().get('token');
  if (token !== null) localStorage.setItem(KEY, token);
}

/** Returns the token; empty if there is none. */
export function readToken(): string {
  return localStorage.getItem(KEY) ?? '';
}
