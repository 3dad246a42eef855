/** Meshes as OBJ text. */
import type { Corners } from './meshes.js';

/** Triangles as OBJ, equal positions once, numbers with nine digits: all vertices, then all faces. */
export function toObj(triangles: Iterable<Corners>): string {
  const indices = new Map<string, number>();
  const faces: string[] = [];
  for (const corners of triangles) {
    const face = [0, 3, 6].map((c) => {
      const text = corners
        .slice(c, c + 3)
        .map(toText)
        .join(' ');
      const index = indices.get(text) ?? indices.size + 1;
      indices.set(text, index);
      return index;
    });
    faces.push(`f ${face.join(' ')}`);
  }
  return [...[...indices.keys()].map((text) => `v ${text}`), ...faces, ''].join('\n');
}

/** Triangles as OBJ, nothing shared: three vertices before each face, which counts back to them. */
export function toObjSoup(triangles: Iterable<Corners>): string {
  const lines: string[] = [];
  for (const corners of triangles) {
    for (let c = 0; c < 9; c += 3) {
      lines.push(
        `v ${corners
          .slice(c, c + 3)
          .map(toText)
          .join(' ')}`,
      );
    }
    lines.push('f -3 -2 -1');
  }
  return `${lines.join('\n')}\n`;
}

function toText(value: number): string {
  return value.toPrecision(9);
}
