/** A filter and what happens to its triangles: checks it, merges it with another, and decodes untrusted JSON. */
import { UsageError } from '../errors.js';
import { checkWeldDistance } from '../geometry/near-vertices.js';
import { checkShape } from '../geometry/shapes.js';
import { checkTransform, type TransformStep } from '../geometry/transform.js';
import { ORIENTATIONS, type Orientation } from '../topology/shell-verdicts.js';
import { checkFilterSize } from './filter-size.js';
import { checkFilter, isFilter, mergeFilters, type TriangleFilter } from './triangle-filter.js';

/** A filter and what happens to its triangles. */
export interface SavedSelection extends TriangleFilter {
  /** Merges vertices within this distance, in the source's units. */
  readonly weld?: number | undefined;
  readonly transform?: readonly TransformStep[] | undefined;
  readonly orient?: Orientation | undefined;
  readonly flip?: boolean | undefined;
}

/** Whether a selection specifies anything. */
export function isSelection(selection: SavedSelection): boolean {
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
  if (selection.weld !== undefined) checkWeldDistance(selection.weld);
  checkTransform(selection.transform ?? []);
  if (!isSelection(selection)) {
    throw new UsageError('the filter is empty; expected at least one condition', {
      hint: 'add a condition, such as `filter.where`',
    });
  }
}

/** The type of each key's value; further checks follow. */
const KEYS: Readonly<Record<string, (value: unknown) => boolean>> = {
  where: isListOf((item) => typeof item === 'string'),
  sql: isListOf((item) => typeof item === 'string'),
  parts: isListOf((item) => typeof item === 'string'),
  components: isListOf((item) => isObject(item) && ['number', 'largest', 'over'].includes(String(item.kind))),
  shapes: isListOf(isShape),
  drop: isListOf((item) => typeof item === 'string'),
  sample: (value) => isObject(value) && typeof value.share === 'number' && typeof value.seed === 'number',
  limit: (value) => typeof value === 'number',
  weld: (value) => typeof value === 'number',
  transform: isListOf(isStep),
  orient: (value) => ORIENTATIONS.some((orientation) => orientation === value),
  flip: (value) => typeof value === 'boolean',
};

/** Decodes a selection from JSON. Throws UsageError, or SyntaxError if it is not JSON. */
export function decodeSelection(text: string): SavedSelection {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new UsageError(`it is ${shorten(value)}; expected a JSON object`);
  for (const [key, part] of Object.entries(value)) {
    const isRight = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (isRight === undefined) {
      throw new UsageError(`unknown key '${key}'; expected some of ${Object.keys(KEYS).join(', ')}`);
    }
    if (!isRight(part))
      throw new UsageError(`'${key}' is ${shorten(part)}; expected a value that offload saves`);
  }
  const selection: SavedSelection = value;
  for (const shape of selection.shapes ?? []) checkShape(shape);
  checkSavedSelection(selection);
  return selection;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(isItem: (item: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(isItem);
}

function isNumbers(value: unknown): boolean {
  return isListOf((item) => typeof item === 'number')(value);
}

function isShape(shape: unknown): boolean {
  if (!isObject(shape) || !['boolean', 'undefined'].includes(typeof shape.touching)) return false;
  switch (shape.kind) {
    case 'box':
      return isNumbers(shape.min) && isNumbers(shape.max);
    case 'sphere':
      return isNumbers(shape.center) && typeof shape.radius === 'number';
    case 'plane':
      return isNumbers(shape.normal) && typeof shape.offset === 'number';
    default:
      return false;
  }
}

function isStep(step: unknown): boolean {
  if (!isObject(step)) return false;
  switch (step.kind) {
    case 'scale':
      return isNumbers(step.factors);
    case 'translate':
      return isNumbers(step.by);
    case 'rotate':
      return isNumbers(step.axis) && typeof step.degrees === 'number';
    case 'matrix':
      return isNumbers(step.numbers);
    case 'units':
      return typeof step.from === 'string' && typeof step.to === 'string';
    default:
      return false;
  }
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
