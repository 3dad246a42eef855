/**
 * A filter with what becomes of the triangles that it leaves: how one is checked, joined with another, and read from
 * JSON, in which anybody may have put anything.
 */
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

/** A filter with what becomes of the triangles that it leaves. */
export interface SavedSelection extends TriangleFilter {
  /** Vertices no further apart than this are merged; in the source's units. */
  readonly weld?: number | undefined;
  readonly transform?: readonly TransformStep[] | undefined;
  readonly orient?: Orientation | undefined;
  readonly flip?: boolean | undefined;
}

/** Whether a selection asks for anything. */
function isSelection(selection: SavedSelection): boolean {
  const { weld, transform = [], orient, flip = false, ...filter } = selection;
  const isMoved = transform.length > 0 || orient !== undefined || flip;
  return isFilter(filter) || weld !== undefined || isMoved;
}

/**
 * Both selections in one: all conditions hold, the larger weld distance counts, the transform of `one` comes before
 * that of `other`, and two flips cancel out. Throws UsageError where they contradict each other.
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

/** Throws UsageError if a selection cannot be one, whatever the mesh, or asks for nothing. */
export function checkSavedSelection(selection: SavedSelection): void {
  checkFilterSize(selection);
  checkFilter(selection);
  if (selection.weld !== undefined) checkMergeDistance(selection.weld);
  checkTransform(selection.transform ?? []);
  if (!isSelection(selection)) {
    throw new UsageError('a filter without a condition; expected at least one', {
      hint: 'give a condition, such as `filter.where`',
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

/** Reads a selection from JSON. Throws UsageError, or SyntaxError if it is no JSON. */
export function decodeSelection(text: string): SavedSelection {
  const selection = takeOptions<SavedSelection>(JSON.parse(text), SAVED_SELECTION);
  for (const shape of selection.shapes ?? []) checkShape(shape);
  checkSavedSelection(selection);
  return selection;
}
