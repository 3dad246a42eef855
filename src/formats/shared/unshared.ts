/** Turns a mesh of shared vertices into one whose triangles have three vertices each, for indexed formats. */
import type { SoupSelection } from '../../mesh.js';

/**
 * Returns the same triangles with vertices of their own: corner c of triangle t is vertex 3t + c. Colors, normals and parts
 * stay.
 */
export function unshare(selection: SoupSelection): SoupSelection {
  const { triangleCount } = selection;
  return {
    precision: selection.precision,
    vertexCount: 3 * triangleCount,
    triangleCount,
    hasVertexColors: selection.hasVertexColors,
    hasVertexNormals: selection.hasVertexNormals,
    hasTriangleColors: selection.hasTriangleColors,
    get attributeHeaders() {
      return selection.attributeHeaders;
    },
    get hasParts() {
      return selection.hasParts;
    },
    parts: (options) => selection.parts(options),
    soup: (options) => selection.soup(options),
    *vertices() {
      for (const { count, positions, vertexColors, vertexNormals } of selection.soup()) {
        yield { count: 3 * count, positions, colors: vertexColors, normals: vertexNormals };
      }
    },
    *triangles() {
      let next = 0;
      for (const { count, corners, colors } of selection.triangles()) {
        for (let k = 0; k < 3 * count; k++) corners[k] = next++;
        yield { count, corners, colors };
      }
    },
  };
}
