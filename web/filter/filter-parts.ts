/** Changes of a filter, as pure functions: the page never changes one in place. */

import type { ComponentChoice } from '../../src/filter/triangle-filter.js';
import type { Shape } from '../../src/geometry/shapes.js';
import type { FilterPart, ShownFilter, WireBounds } from '../../src/view/wire/messages.js';

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

/** Makes a shape that takes the middle of a box. */
export function makeShape(kind: Shape['kind'], { min, max }: WireBounds, touching: boolean): Shape {
  const longest = Math.max(...[0, 1, 2].map((k) => max[k]! - min[k]!));
  const round = rounderFor(longest);
  const along = (share: number): [number, number, number] => {
    const [x, y, z] = [0, 1, 2].map((k) => round(min[k]! + share * (max[k]! - min[k]!)));
    return [x!, y!, z!];
  };
  const center = along(0.5);
  if (kind === 'box') return { kind, min: along(0.25), max: along(0.75), touching };
  if (kind === 'sphere') return { kind, center, radius: round(longest / 4), touching };
  return { kind, normal: [0, 0, 1], offset: 0 - center[2], touching };
}

/** Returns what rounds lengths of a mesh of this size to a hundred-thousandth of it: as exact as a hand. */
export function rounderFor(size: number): (value: number) => number {
  const digits = Math.max(-300, Math.min(300, Math.ceil(5 - Math.log10(size || 1))));
  // Digits that are not there are noise of the division.
  return (value) => Number((Math.round(value * 10 ** digits) / 10 ** digits).toPrecision(12));
}

/** Reads a component as the command line does. */
export function readComponent(text: string): ComponentChoice | undefined {
  if (text === 'largest') return { kind: 'largest' };
  const over = /^over:(\d+)$/.exec(text);
  if (over !== null) return { kind: 'over', triangles: Number(over[1]) };
  return /^\d+$/.test(text) ? { kind: 'number', number: Number(text) } : undefined;
}

function isListName(name: string): name is ListName {
  return LISTS.some((one) => one === name);
}
