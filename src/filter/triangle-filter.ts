/** A filter: conditions on triangles, and how to thin out those that meet them. */
import { UsageError } from '../errors.js';
import { SHAPE, type Shape } from '../geometry/shapes.js';
import { complete, integer, listOf, number, oneOf, type Rules, text, variant } from '../options.js';
import { checkExpression } from './expression/expression.js';

/** Chooses connected components: one by its number, the largest, or all with more than this many triangles. */
export type ComponentChoice =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'largest' }
  | { readonly kind: 'over'; readonly triangles: number };

/** Writes a choice of components as the option takes it: `3`, `largest` or `over:100`. */
export function formatComponent(choice: ComponentChoice): string {
  if (choice.kind === 'number') return String(choice.number);
  return choice.kind === 'largest' ? 'largest' : `over:${choice.triangles}`;
}

/** Kinds of triangles and vertices that may be dropped. */
export const DROPPABLE = ['degenerate', 'duplicate', 'unreferenced'] as const;
export type Droppable = (typeof DROPPABLE)[number];

/**
 * A list of conditions is joined by AND, names of parts or of sources by OR. The order: conditions, kinds to drop, a sample of the
 * rest, a limit on the result.
 */
export interface TriangleFilter {
  /** SQL conditions over the columns of a triangle. */
  readonly where?: readonly string[] | undefined;
  /** SELECTs whose first column has triangle ids. */
  readonly sql?: readonly string[] | undefined;
  readonly shapes?: readonly Shape[] | undefined;
  /** Names of parts, or patterns for them as in SQLite's GLOB. */
  readonly parts?: readonly string[] | undefined;
  /**
   * Names of source files, or patterns for them as in SQLite's GLOB. One with a slash is compared with the complete path
   * and with its end: `tiles/*.stl` matches all of these in any folder `tiles`.
   */
  readonly sources?: readonly string[] | undefined;
  readonly components?: readonly ComponentChoice[] | undefined;
  readonly drop?: readonly Droppable[] | undefined;
  readonly sample?: Sample | undefined;
  /** The most triangles. */
  readonly limit?: number | undefined;
}

/** The rules for {@link TriangleFilter}. */
export const TRIANGLE_FILTER: Rules<TriangleFilter> = {
  where: listOf(text, 'strings'),
  sql: listOf(text, 'strings'),
  shapes: listOf(SHAPE, 'shapes'),
  parts: listOf(text, 'strings'),
  sources: listOf(text, 'strings'),
  components: listOf(
    variant<ComponentChoice, 'kind'>('kind', {
      number: { number: integer() },
      largest: {},
      over: { triangles: integer() },
    }),
    'choices',
  ),
  drop: listOf(oneOf(DROPPABLE), 'words'),
  sample: complete<Sample>({ share: number(0, 1), seed: integer(0, 2 ** 32 - 1) }),
  limit: integer(),
};

/** Takes each triangle with this probability. Only ids and the seed decide which ones. */
export interface Sample {
  /** From 0 to 1. */
  readonly share: number;
  /** An integer from 0 to 2^32 - 1. */
  readonly seed: number;
}

/** Whether a filter specifies anything. */
export function isFilter(filter: TriangleFilter | undefined): filter is TriangleFilter {
  return (
    filter !== undefined && Object.values(filter).some((value) => value !== undefined && value.length !== 0)
  );
}

/** Merges two filters. Throws UsageError if they contradict each other. */
export function mergeFilters(one: TriangleFilter, other: TriangleFilter): TriangleFilter {
  if (one.sample !== undefined && other.sample !== undefined) {
    throw new UsageError('two samples are requested; expected one', {
      hint: 'the saved filter already takes a sample: omit `filter.sample`',
    });
  }
  const limits = [one.limit, other.limit].filter((limit) => limit !== undefined);
  for (const names of ['parts', 'sources'] as const) {
    if (!hasItems(one[names]) || !hasItems(other[names])) continue;
    throw new UsageError(`${names} are requested twice; expected them in one place`, {
      hint: `the saved filter already names ${names}: omit \`filter.${names}\``,
    });
  }
  return {
    where: [...(one.where ?? []), ...(other.where ?? [])],
    sql: [...(one.sql ?? []), ...(other.sql ?? [])],
    shapes: [...(one.shapes ?? []), ...(other.shapes ?? [])],
    parts: [...(one.parts ?? []), ...(other.parts ?? [])],
    sources: [...(one.sources ?? []), ...(other.sources ?? [])],
    components: [...(one.components ?? []), ...(other.components ?? [])],
    drop: [...new Set([...(one.drop ?? []), ...(other.drop ?? [])])],
    sample: one.sample ?? other.sample,
    limit: limits.length === 0 ? undefined : Math.min(...limits),
  };
}

/** Throws UsageError for a filter that is invalid for any mesh. */
export function checkFilter({ where = [], components = [], drop = [], sample, limit }: TriangleFilter): void {
  for (const text of where) checkExpression(text);
  for (const choice of components) {
    if (choice.kind === 'number') checkInteger(choice.number, 'component');
    if (choice.kind === 'over') checkInteger(choice.triangles, 'number of triangles of a component');
  }
  for (const kind of drop) {
    if (DROPPABLE.includes(kind)) continue;
    throw new UsageError(`unknown kind '${kind}' to drop; expected one of ${DROPPABLE.join(', ')}`);
  }
  if (sample !== undefined) {
    if (!(sample.share >= 0 && sample.share <= 1)) {
      throw new UsageError(`a sample of ${sample.share}; expected a share from 0 to 1`);
    }
    checkInteger(sample.seed, 'seed', 2 ** 32 - 1);
  }
  if (limit !== undefined) checkInteger(limit, 'limit');
}

function checkInteger(value: number, what: string, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new UsageError(`a ${what} of ${value}; expected an integer from 0 to ${max}`);
}

function hasItems(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}
