/** Changes of a filter, as pure functions: the page never changes one in place. */

import type { FilterPart, ShownFilter } from '../../src/view/wire/messages.js';

/** The conditions that are lists of their own rows. */
const LISTS = ['where', 'sql', 'shapes'] as const;
type ListName = (typeof LISTS)[number];

/** Returns what of a filter the server is asked: without empty texts and lists. */
export function cleanFilter(filter: ShownFilter): ShownFilter {
  const where = filter.where?.filter((text) => text.trim() !== '');
  const entries = Object.entries({ ...filter, where });
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  ) as ShownFilter;
}

/** Whether a filter keeps all triangles. */
export function isEmpty(filter: ShownFilter): boolean {
  return Object.keys(cleanFilter(filter)).length === 0;
}

/** Returns a filter without one condition. */
export function dropPart(
  filter: ShownFilter,
  { name, index }: Pick<FilterPart, 'name' | 'index'>,
): ShownFilter {
  return isListName(name) ? setItem(filter, name, index, undefined) : { ...filter, [name]: undefined };
}

/** Returns a filter with another item in a list of conditions; without it for undefined; with one more beyond its end. */
export function setItem<Name extends ListName>(
  filter: ShownFilter,
  name: Name,
  index: number,
  item: NonNullable<ShownFilter[Name]>[number] | undefined,
): ShownFilter {
  const list: unknown[] = [...(filter[name] ?? [])];
  if (item === undefined) list.splice(index, 1);
  else list[index] = item;
  return { ...filter, [name]: list };
}

/** Describes a condition for people. */
export function describePart(
  filter: ShownFilter,
  { name, index }: Pick<FilterPart, 'name' | 'index'>,
): string {
  switch (name) {
    case 'where':
    case 'sql':
      return filter[name]?.[index] ?? name;
    case 'shapes':
      return `the ${filter.shapes?.[index]?.kind ?? 'shape'}`;
    case 'sample':
      return 'the sample';
    case 'limit':
      return 'the limit';
    case 'drop':
      return 'the kinds that are left out';
    default:
      return `the ${name}`;
  }
}

function isListName(name: string): name is ListName {
  return LISTS.some((one) => one === name);
}
