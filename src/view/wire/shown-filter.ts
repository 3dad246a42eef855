/** The rules for the filter of a page, for the server and for the page, which reads filters from URLs of others. */

import { TRIANGLE_FILTER } from '../../filter/triangle-filter.js';
import { listOf, type Rules, takeOptions, text } from '../../options.js';
import type { ShownFilter } from './messages.js';

const SHOWN_FILTER: Rules<ShownFilter> = { ...TRIANGLE_FILTER, saved: listOf(text, 'names') };

/** Returns a value of JSON as a filter. Throws UsageError if it has another form. */
export function readShownFilter(value: unknown): ShownFilter {
  return takeOptions<ShownFilter>(value as ShownFilter, SHOWN_FILTER);
}
