/**
 * Compares what a PLY header announces with the size of the file: whether it fits at all, and roughly how many triangles it
 * is.
 */
import { FormatError, TRUNCATED } from '../../errors.js';
import { countOf } from '../../wording.js';
import type { PlyElement, PlyHeader } from './header.js';
import type { PlyPlan } from './plan.js';
import { sizeOf } from './scalars.js';

/** A digit and a separator. */
const VALUE_TEXT_BYTES = 2;

/** Returns the minimum bytes of a record: its single values and the counts of its lists. */
function countLeastBytes(element: PlyElement, encoding: PlyHeader['encoding']): number {
  const bytes = element.properties.map(({ type, countType }) =>
    encoding === 'ascii' ? VALUE_TEXT_BYTES : sizeOf(countType ?? type),
  );
  return bytes.reduce((sum, size) => sum + size, 0);
}

/**
 * Throws FormatError if a file of `size` bytes cannot hold what the header announces. Most truncated files pass, since
 * lists may be empty; reading detects them.
 */
export function refuseImpossible(header: PlyHeader, size: number): void {
  const { encoding, elements, bodyOffset } = header;
  // The last value of a text needs no separator.
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
 * Estimates the number of triangles. If the corner list is the only one of variable size, the file size gives the number of
 * corners; otherwise each face counts as one triangle.
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
