/** What a route is: one path of the API and how it is answered. */

import type { ExportedFile } from '../exports.js';
import { Refusal } from '../refusal.js';
import type { ViewSession } from '../session.js';

/** A request that has passed the guard. */
export interface ViewRequest {
  /** The parts of the path that the pattern names, such as `id`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body of a POST; undefined for GET. */
  readonly body: unknown;
  /** Aborted when the page closes the request. */
  readonly signal: AbortSignal;
}

/** What is sent back. */
export type Answer =
  | { readonly json: unknown }
  /** Bytes of a version of the mesh, which the browser may keep. */
  | { readonly bytes: Uint8Array; readonly version: string }
  /** A file to download; `onSent` is called when all of it was sent. */
  | { readonly file: ExportedFile; readonly onSent: () => void }
  /** Lines of JSON, sent as they come, until the iteration ends or the page closes the request. */
  | { readonly lines: AsyncIterable<unknown> }
  /**
   * Lines of JSON as bytes: `send` is called with them, and resolves when the page takes more. An error before its first
   * call is answered as usual.
   */
  | { readonly stream: (send: (bytes: Uint8Array) => Promise<void>) => Promise<void> };

export interface Route {
  readonly method: 'GET' | 'POST';
  /** A path with `:name` for parts that vary, such as `/api/tiles/:id`. */
  readonly path: string;
  /** Throws Refusal, or an error of offload, for what cannot be answered. */
  answer(session: ViewSession, request: ViewRequest): Answer | Promise<Answer>;
}

/** Parses the id of something, such as a `tile`. Throws Refusal. */
export function parseId(text: string | undefined, what: string): number {
  if (/^\d{1,15}$/.test(text ?? '')) return Number(text);
  throw new Refusal(400, 'USAGE', `'${text ?? ''}' is no id of a ${what}; expected a number`);
}
