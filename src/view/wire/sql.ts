/** What `POST /api/sql` takes and answers. Types only: the page compiles against them, too. */

import type { SqlSpan } from '../../database/sql/span.js';
import type { ErrorAnswer } from './messages.js';

export type { SqlSpan };

/** Rows as values for a grid, or the text of a CSV file. */
export type SqlFormat = 'rows' | 'csv';

/** The body of a request. */
export interface SqlRequest {
  readonly query: string;
  /** Default: rows. */
  readonly format?: SqlFormat;
}

export interface SqlColumn {
  readonly name: string;
  /** Whether its values are ids of triangles. */
  readonly isTriangle: boolean;
}

/**
 * A value of a row: a number that JSON keeps exactly, a text or NULL as it is; the digits of a larger INTEGER, an infinite
 * REAL, the beginning of a long text, or the beginning of a BLOB in hexadecimal digits with its length in bytes.
 */
export type WireValue =
  | number
  | string
  | null
  | { readonly integer: string }
  | { readonly real: 'Inf' | '-Inf' }
  | { readonly text: string; readonly length: number }
  | { readonly blob: string; readonly length: number };

/** A line of the answer. Columns come first, then rows or CSV, and the end or an error. */
export type SqlLine =
  /** Before all others, if the query waits for another one, an export or the search for flaws. */
  | { readonly waiting: true }
  | { readonly columns: readonly SqlColumn[] }
  | { readonly rows: readonly (readonly WireValue[])[] }
  | { readonly csv: string }
  | {
      readonly end: {
        readonly rows: number;
        /** Whether there are more rows than were sent. */
        readonly isCut: boolean;
        readonly milliseconds: number;
      };
    }
  | { readonly error: ErrorAnswer };
