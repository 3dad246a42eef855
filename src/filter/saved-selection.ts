/** A filter and the processing of its triangles: checks it, merges it with another, and decodes untrusted JSON. */
import { UsageError } from '../errors.js';
import { checkMergeDistance } from '../geometry/near-vertices.js';
import { checkShape } from '../geometry/shapes.js';
import { checkTransform, TRANSFORM_STEP, type TransformStep } from '../geometry/transform.js';
import { finite, flag, listOf, oneOf, type Rules, takeOptions } from '../options.js';
import { ORIENTATIONS, type Orientation } from '../topology/shell-verdicts.js';
import { checkFilterSize } from './filter-size.js';
import {
  checkFilter,
  isFilter,
  mergeFilters,
  TRIANGLE_FILTER,
  type TriangleFilter,
} from './triangle-filter.js';

/** A filter and the processing of its triangles. */
export interface SavedSelection extends TriangleFilter {
  /** Merges vertices within this distance, in the source's units. */
  readonly weld?: number | undefined;
  readonly transform?: readonly TransformStep[] | undefined;
  readonly orient?: Orientation | undefined;
  readonly flip?: boolean | undefined;
}

/** Whether a selection specifies anything. */
function isSelection(selection: SavedSelection): boolean {
  const { weld, transform = [], orient, flip = false, ...filter } = selection;
  const isMoved = transform.length > 0 || orient !== undefined || flip;
  return isFilter(filter) || weld !== undefined || isMoved;
}

/**
 * Merges two selections: all conditions hold, the larger weld distance counts, the transform of `one` precedes that of
 * `other`, and two flips cancel out. Throws UsageError if they contradict each other.
 */
export function mergeSelections(one: SavedSelection, other: SavedSelection): SavedSelection {
  const distances = [one.weld, other.weld].filter((distance) => distance !== undefined);
  return {
    ...mergeFilters(one, other),
    weld: distances.length === 0 ? undefined : Math.max(...distances),
    transform: [...(one.transform ?? []), ...(other.transform ?? [])],
    orient: one.orient ?? other.orient,
    flip: (one.flip ?? false) !== (other.flip ?? false),
  };
}

/** Throws UsageError for a selection that is invalid for any mesh, or empty. */
export function checkSavedSelection(selection: SavedSelection): void {
  checkFilterSize(selection);
  checkFilter(selection);
  if (selection.weld !== undefined) checkMergeDistance(selection.weld);
  checkTransform(selection.transform ?? []);
  if (!isSelection(selection)) {
    throw new UsageError('the filter is empty; expected at least one condition', {
      hint: 'add a condition, such as `filter.where`',
    });
  }
}

/** The rules for {@link SavedSelection}. */
export const SAVED_SELECTION: Rules<SavedSelection> = {
  ...TRIANGLE_FILTER,
  weld: finite,
  transform: listOf(TRANSFORM_STEP, 'steps'),
  orient: oneOf(ORIENTATIONS),
  flip: flag,
};

/** Decodes a selection from JSON. Throws UsageError, or SyntaxError if it is not JSON. */
export function decodeSelection(text: string): SavedSelection {
  const selection = takeOptions<SavedSelection>(JSON.parse(text), SAVED_SELECTION);
  for (const shape of selection.shapes ?? []) checkShape(shape);
  checkSavedSelection(selection);
  return selection;
}
