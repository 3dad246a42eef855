/** What text and binary OFF say alike where they refuse a file. */

import { FormatError, type Place, TRUNCATED } from '../../errors.js';
import { countOf, formatCount } from '../../wording.js';

/** The error for a corner that is none of the file's vertices. */
export function refuseVertexNumber(
  corner: number,
  vertexCount: number,
  place: Place,
  hint?: string,
): FormatError {
  const range = vertexCount === 0 ? '' : `, 0 to ${vertexCount - 1}`;
  const counted = countOf(vertexCount, 'vertex', 'vertices');
  const problem = `face refers to vertex ${corner}, but the file has ${counted}${range}`;
  return new FormatError(problem, { place, hint });
}

/** The error for a space that has no x y z. */
export function refuseDimension(dimension: number, place: Place): FormatError {
  return new FormatError(`nOFF of ${formatCount(dimension)} dimensions; expected 1 to 3`, { place });
}

/** The error for announced counts that a source of `size` bytes cannot hold. */
export function refuseCounts(
  vertexCount: number,
  faceCount: number,
  sizeMin: number,
  size: number,
  place: Place,
): FormatError {
  const announced = `${countOf(vertexCount, 'vertex', 'vertices')} and ${countOf(faceCount, 'face')} are announced`;
  const problem = `truncated: ${announced}, at least ${formatCount(sizeMin)} bytes; the file holds ${formatCount(size)}`;
  return new FormatError(problem, { place, ...TRUNCATED });
}
