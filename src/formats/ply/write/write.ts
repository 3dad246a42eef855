/**
 * Writes PLY: compares the options with the mesh, fills gaps, and chooses binary or text.
 *
 * Positions are `float` if all sources are float32, else `double`, so binary is exact, too. The header has no comments: the
 * same mesh gives the same bytes.
 */
import type { SoupSelection, Warning } from '../../../mesh.js';
import { ContentFillers, warnOfAbsent } from '../../shared/content.js';
import { writeRows } from '../../shared/rows.js';
import type { OutputChunk, RowWriter, SelectionFacts } from '../../writer.js';
import { asciiRows } from './ascii.js';
import { binaryRows } from './binary.js';
import { plyContentOf } from './content.js';
import type { PlyOptions } from './options.js';

/**
 * Formats the selection as PLY, chunk by chunk. What the mesh lacks is left out, or written as opaque white and 0 0 0 for
 * single vertices or triangles, with a warning. Throws UsageError if there are more vertices than PLY can number.
 */
export function* formatPly(
  selection: SoupSelection,
  options: PlyOptions,
  warn: (warning: Warning) => void,
): Generator<OutputChunk> {
  yield* writeRows(selection, plyRows(selection, options, warn));
}

/** PLY row by row. Warns and throws UsageError as {@link formatPly} does. */
export function plyRows(
  facts: SelectionFacts,
  options: PlyOptions,
  warn: (warning: Warning) => void,
): RowWriter {
  warnOfAbsent(facts, options, 'ply', warn);
  const content = plyContentOf(facts, options);
  const fillers = new ContentFillers(content, facts.precision);
  const rows = options.ascii
    ? asciiRows(facts, content, fillers, options.precision)
    : binaryRows(facts, content, fillers);
  return { ...rows, tally: fillers.tally, conclude: () => fillers.warn(facts, 'ply', warn) };
}
