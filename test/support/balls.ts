/** A ball of few triangles as PLY, with a normal at each vertex. */

/** Rings between the poles, and vertices of a ring. */
const RINGS = 9;
const SIDES = 14;

/** Returns a ball of radius 1 around the origin, as ASCII PLY. */
export function makeBall(): string {
  const vertices: number[][] = [[0, 0, 1]];
  for (let ring = 1; ring <= RINGS; ring++) {
    const polar = (Math.PI * ring) / (RINGS + 1);
    for (let side = 0; side < SIDES; side++) {
      const around = (2 * Math.PI * side) / SIDES;
      const flat = Math.sin(polar);
      vertices.push([flat * Math.cos(around), flat * Math.sin(around), Math.cos(polar)]);
    }
  }
  vertices.push([0, 0, -1]);
  const at = (ring: number, side: number) => 1 + SIDES * (ring - 1) + (side % SIDES);
  const last = vertices.length - 1;
  const faces: number[][] = [];
  for (let side = 0; side < SIDES; side++) {
    faces.push([0, at(1, side), at(1, side + 1)], [last, at(RINGS, side + 1), at(RINGS, side)]);
    for (let ring = 1; ring < RINGS; ring++) {
      const [a, b] = [at(ring, side), at(ring, side + 1)];
      const [c, d] = [at(ring + 1, side), at(ring + 1, side + 1)];
      faces.push([a, c, d], [a, d, b]);
    }
  }
  const rows = vertices.map((place) => [...place, ...place].map((value) => Math.fround(value)).join(' '));
  return [
    'ply',
    'format ascii 1.0',
    `element vertex ${vertices.length}`,
    ...['x', 'y', 'z', 'nx', 'ny', 'nz'].map((name) => `property float ${name}`),
    `element face ${faces.length}`,
    'property list uchar int vertex_indices',
    'end_header',
    ...rows,
    ...faces.map((face) => `3 ${face.join(' ')}`),
    '',
  ].join('\n');
}
