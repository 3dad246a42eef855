/**
 * Interprets the elements of a PLY file: which one holds vertices, faces or triangle strips, and which of their properties
 * are read. The rest is skipped.
 */
import { FormatError } from '../../errors.js';
import type { ColorScales, Precision } from '../../mesh.js';
import type { PlyElement, PlyHeader, PlyProperty } from './header.js';
import { fitsFloat32, Scalar } from './scalars.js';

/** Index of a value in the values of a record. */
export enum Slot {
  X,
  Y,
  Z,
  Red,
  Green,
  Blue,
  Alpha,
  NormalX,
  NormalY,
  NormalZ,
}

/** The maximum number of values read from a record. */
export const SLOTS = 10;

/** The slot of a skipped property. */
export const NO_SLOT = -1;

export interface ElementPlan {
  readonly element: PlyElement;
  readonly role: 'vertex' | 'face' | 'strip' | 'other';
  /** The slot of each property; {@link NO_SLOT} for lists and skipped properties. */
  readonly slots: readonly number[];
  /** The property that lists the corners; undefined if none is read. */
  readonly cornerList: number | undefined;
  readonly hasColor: boolean;
  readonly hasNormal: boolean;
}

export interface PlyPlan {
  /** All elements in the file's order. */
  readonly elements: readonly ElementPlan[];
  /** Announced vertices. */
  readonly vertexCount: number;
  /** The precision of positions in binary data. */
  readonly precision: Precision;
}

const ROLES: Readonly<Record<string, ElementPlan['role']>> = {
  vertex: 'vertex',
  face: 'face',
  tristrips: 'strip',
};
const AXES = ['x', 'y', 'z'];
const NORMALS = ['nx', 'ny', 'nz'];
const COLORS = [
  ['red', 'green', 'blue', 'alpha'],
  ['diffuse_red', 'diffuse_green', 'diffuse_blue', 'diffuse_alpha'],
  ['r', 'g', 'b', 'a'],
];
const CORNER_LISTS = ['vertex_indices', 'vertex_index', 'vertex_indexes', 'vertexIndices'];

/**
 * Plans how to read each element. Throws FormatError with a line of the header if vertices or faces lack required
 * properties.
 */
export function planElements(header: PlyHeader): PlyPlan {
  refuseSecondElement(header.elements);
  const elements = header.elements.map((element) => planElement(element, header));
  const vertices = elements.find(({ role }) => role === 'vertex');
  if (vertices === undefined) {
    const names = header.elements.map(({ name }) => `'${name}'`).join(', ');
    const found = names === '' ? 'no element' : `no element 'vertex', only ${names}`;
    throw new FormatError(`the header has ${found}; expected 'vertex' and 'face'`, {
      place: { line: header.endLine },
    });
  }
  const { element, slots } = vertices;
  const isNarrow = element.properties.every(
    ({ type }, k) => slots[k] === NO_SLOT || slots[k]! > Slot.Z || fitsFloat32(type),
  );
  return { elements, vertexCount: element.count, precision: isNarrow ? 'float32' : 'float64' };
}

/** Determines the divisor of color values. Float colors are assumed to be in 0 to 1 until a larger value is seen. */
class ColorRange {
  /** Whether values must be inspected. */
  readonly isOpen: boolean;
  /** The divisor for the colors so far. */
  scale: number;

  constructor(plan: ElementPlan | undefined) {
    const red = plan?.slots.indexOf(Slot.Red) ?? -1;
    const type = plan?.element.properties[red]?.type ?? Scalar.Float;
    this.isOpen = plan?.hasColor === true && type >= Scalar.Float;
    this.scale = type >= Scalar.Float ? 1 : type === Scalar.Ushort ? 65_535 : 255;
  }

  /** Inspects the largest of some values. */
  see(value: number): void {
    if (value > 1 && this.isOpen) this.scale = 255;
  }
}

/** The color ranges of vertices and of faces. */
export interface ColorRanges {
  readonly vertex: ColorRange;
  readonly face: ColorRange;
}

/** Creates the ranges for a plan, before any value is seen. */
export function createColorRanges(plan: PlyPlan): ColorRanges {
  const find = (role: ElementPlan['role']) => plan.elements.find((element) => element.role === role);
  return { vertex: new ColorRange(find('vertex')), face: new ColorRange(find('face')) };
}

/** Returns the divisors found so far. */
export function scalesOf({ vertex, face }: ColorRanges): ColorScales {
  return { vertex: vertex.scale, face: face.scale };
}

/** Refuses a second element of a kind that is read, since their relation is undefined. Skipped elements may repeat. */
function refuseSecondElement(elements: readonly PlyElement[]): void {
  for (const [k, { name, line }] of elements.entries()) {
    const isSecond = Object.hasOwn(ROLES, name) && elements.findIndex((other) => other.name === name) < k;
    if (isSecond) throw new FormatError(`a second element '${name}'; expected one`, { place: { line } });
  }
}

function planElement(element: PlyElement, header: PlyHeader): ElementPlan {
  const { name, properties } = element;
  const role = Object.hasOwn(ROLES, name) ? ROLES[name]! : 'other';
  const slots = properties.map(() => NO_SLOT);
  const plan = { element, role, slots, cornerList: undefined, hasColor: false, hasNormal: false };
  if (role === 'other') return plan;
  if (role === 'vertex') {
    for (const [k, axis] of AXES.entries()) {
      if (!take(element, slots, axis, Slot.X + k)) throw lacks(header, element, `property '${axis}'`);
    }
    const hasNormal = takeAll(element, slots, NORMALS, Slot.NormalX);
    return { ...plan, hasNormal, hasColor: takeColor(element, slots) };
  }
  const cornerList = findCornerList(element);
  if (cornerList === undefined && element.count > 0) throw lacks(header, element, 'list of vertex numbers');
  return { ...plan, cornerList, hasColor: role === 'face' && takeColor(element, slots) };
}

function takeColor(element: PlyElement, slots: number[]): boolean {
  for (const names of COLORS) {
    if (!takeAll(element, slots, names.slice(0, 3), Slot.Red)) continue;
    take(element, slots, names[3]!, Slot.Alpha);
    return true;
  }
  return false;
}

/** Assigns slots to three properties, if all of them exist. */
function takeAll(element: PlyElement, slots: number[], names: readonly string[], first: Slot): boolean {
  const areThere = names.every((name) => findSingle(element, name) >= 0);
  if (areThere) for (const [k, name] of names.entries()) take(element, slots, name, first + k);
  return areThere;
}

/** Assigns a slot to a property, if it exists. */
function take(element: PlyElement, slots: number[], name: string, slot: Slot): boolean {
  const index = findSingle(element, name);
  if (index < 0) return false;
  refuseNamesake(element, index);
  slots[index] = slot;
  return true;
}

function findSingle(element: PlyElement, name: string): number {
  return element.properties.findIndex((property) => property.name === name && !isList(property));
}

function findCornerList(element: PlyElement): number | undefined {
  const { properties } = element;
  for (const name of CORNER_LISTS) {
    const index = properties.findIndex((property) => property.name === name && isList(property));
    if (index < 0) continue;
    refuseNamesake(element, index);
    return index;
  }
  const first = properties.findIndex(isList);
  return first < 0 ? undefined : first;
}

function isList({ countType }: PlyProperty): boolean {
  return countType !== undefined;
}

/** Refuses two properties of one name, since it is ambiguous which is meant. */
function refuseNamesake({ name, properties }: PlyElement, index: number): void {
  const property = properties[index]!;
  const second = properties.findLastIndex((other) => other.name === property.name);
  if (second === index) return;
  throw new FormatError(`a second property '${property.name}' in element '${name}'; expected one`, {
    place: { line: properties[second]!.line },
  });
}

function lacks(header: PlyHeader, { name, line }: PlyElement, what: string): FormatError {
  return new FormatError(`element '${name}' on line ${line} has no ${what}; expected one`, {
    place: { line: header.endLine },
  });
}
