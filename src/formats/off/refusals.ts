/** Errors shared by the readers of text and binary OFF. */

import { FormatError, type Place, TRUNCATED } from '../../errors.js';
import { countOf, formatCount } from '../../wording.js';

/** Creates the error for a corner that is not a vertex of the file. */
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

/** Creates the error for a dimension of space other than 1 to 3. */
export function refuseDimension(dimension: number, place: Place): FormatError {
  return new FormatError(`nOFF of ${formatCount(dimension)} dimensions; expected 1 to 3`, { place });
}

/** Creates the error for announced counts that a source of `size` bytes cannot hold. */
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
