/**
 * What a PLY header announces, held against the size of the file: whether it can be there at all, and about how
 * many triangles it is.
 */
import { FormatError, TRUNCATED } from '../../errors.js';
import { countOf } from '../../wording.js';
import type { PlyElement, PlyHeader } from './header.js';
import type { PlyPlan } from './plan.js';
import { sizeOf } from './scalars.js';

/** A digit and what separates it from the next. */
const VALUE_TEXT_BYTES = 2;

/** The fewest bytes of a record: of its single values and of its lists' counts. */
function countLeastBytes(element: PlyElement, encoding: PlyHeader['encoding']): number {
  const bytes = element.properties.map(({ type, countType }) =>
    encoding === 'ascii' ? VALUE_TEXT_BYTES : sizeOf(countType ?? type),
  );
  return bytes.reduce((sum, size) => sum + size, 0);
}

/**
 * Throws FormatError where a file of `size` bytes cannot hold what the header announces. Most truncated files pass,
 * since lists may be empty: they are found out when they are read.
 */
export function refuseImpossible(header: PlyHeader, size: number): void {
  const { encoding, elements, bodyOffset } = header;
  // The last value of a text needs nothing behind it.
  let least = bodyOffset - (encoding === 'ascii' ? VALUE_TEXT_BYTES - 1 : 0);
  for (const element of elements) {
    least += element.count * countLeastBytes(element, encoding);
    if (least <= size) continue;
    const verb = element.count === 1 ? 'ends' : 'end';
    const records = `${countOf(element.count, 'record')} of element '${element.name}', which ${verb}`;
    throw new FormatError(
      `truncated: the header announces ${records} at byte ${least} or later; the file has ${countOf(size, 'byte')}`,
      {
        place: encoding === 'ascii' ? { line: element.line } : { offset: size },
        ...TRUNCATED,
      },
    );
  }
}

/**
 * About how many triangles the file holds. Where one list of corners is all whose size is open, its corners follow
 * from the file's size; else each face counts as one triangle.
 */
export function estimateTriangles(
  header: PlyHeader,
  { elements }: PlyPlan,
  size: number | undefined,
): number | undefined {
  const faces = elements.filter(({ role }) => role === 'face' || role === 'strip');
  const records = sumOf(faces, ({ element }) => element.count);
  if (records === 0) return 0;
  const open = elements.filter(({ element }) => element.count > 0 && countLists(element) > 0);
  const [plan] = open;
  const list = plan?.cornerList === undefined ? undefined : plan.element.properties[plan.cornerList];
  const isOne = open.length === 1 && plan !== undefined && countLists(plan.element) === 1;
  if (header.encoding === 'ascii' || size === undefined || !isOne || list === undefined) {
    return faces.some(({ role }) => role === 'strip') ? undefined : records;
  }
  const fixed = sumOf(elements, ({ element }) => element.count * countLeastBytes(element, 'binary'));
  const corners = Math.max(0, size - header.bodyOffset - fixed) / sizeOf(list.type);
  const triangles = Math.round(corners - 2 * plan.element.count);
  return Math.max(0, triangles);
}

function countLists({ properties }: PlyElement): number {
  return properties.filter(({ countType }) => countType !== undefined).length;
}

function sumOf<T>(list: readonly T[], measure: (item: T) => number): number {
  return list.reduce((sum, item) => sum + measure(item), 0);
}
