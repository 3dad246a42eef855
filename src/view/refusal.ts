/** A request that is answered with an error of HTTP. */

import { MeshError, UsageError } from '../errors.js';
import type { ErrorAnswer } from './wire/messages.js';
import type { SqlSpan } from './wire/sql.js';

export class Refusal extends Error {
  readonly hint: string | undefined;
  /** The part of a query that it is about. */
  readonly span: SqlSpan | undefined;
  /** The methods that are allowed, for a status of 405. */
  readonly allow: string | undefined;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    options: {
      readonly hint?: string | undefined;
      readonly allow?: string;
      readonly span?: SqlSpan | undefined;
    } = {},
  ) {
    super(message);
    this.hint = options.hint;
    this.span = options.span;
    this.allow = options.allow;
  }
}

/** Describes any error for the page: what the user can act on, with its hint; a bug without its stack. */
export function describeError(error: unknown): ErrorAnswer & { readonly status: number } {
  if (error instanceof Refusal) {
    const { status, code, message, hint, span } = error;
    return { status, code, message, hint, span };
  }
  if (error instanceof MeshError) {
    const { code, message, hint } = error;
    const option = error instanceof UsageError ? error.option : undefined;
    return { status: code === 'DATABASE_BUSY' ? 503 : 400, code, message, hint, option };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, code: 'BUG', message: `this is a bug, please report it: ${message}` };
}
