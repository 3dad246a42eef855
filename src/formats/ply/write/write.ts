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
  warnOfAbsent(selection, options, 'ply', warn);
  const fillers = new ContentFillers(plyContentOf(selection, options), selection.precision);
  yield* writeRows(fillers.fill(selection), plyRows(selection, options));
  fillers.warn(selection, 'ply', warn);
}

/** PLY row by row, for batches without gaps. Throws UsageError as {@link formatPly} does. */
export function plyRows(facts: SelectionFacts, options: PlyOptions): RowWriter {
  const content = plyContentOf(facts, options);
  return options.ascii ? asciiRows(facts, content, options.precision) : binaryRows(facts, content);
}
