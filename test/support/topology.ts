/** What is wrong with a mesh, as a few lines of plain code over lists in memory, to hold the program against. */
import { labelSets } from './reference.ts';

export type Ids = readonly [number, number, number];

/** The rows of the views that speak of neither positions nor parts. */
export function computeViews(triangles: readonly Ids[]): Record<string, number[][]> {
  const sound = triangles.flatMap((ids, id) => (new Set(ids).size === 3 ? [{ id, ids }] : []));
  const halfEdges = sound.flatMap(({ id, ids: [a, b, c] }) => [
    [id, a, b],
    [id, b, c],
    [id, c, a],
  ]);
  const edges = new Map<string, number[][]>();
  for (const edge of halfEdges) {
    const key = [edge[1]!, edge[2]!].sort((p, q) => p - q).join(' ');
    edges.set(key, [...(edges.get(key) ?? []), edge]);
  }
  const groups = [...edges].map(([key, along]) => ({ ends: key.split(' ').map(Number), along }));
  const firsts = new Map<string, number>();
  const keyOf = (ids: Ids) => [...ids].sort((p, q) => p - q).join(' ');
  for (const { id, ids } of sound) if (!firsts.has(keyOf(ids))) firsts.set(keyOf(ids), id);
  const vertices = [...new Set(triangles.flat())];
  return {
    half_edges: halfEdges,
    edges: groups.map(({ ends, along }) => {
      const forward = along.filter(([, origin]) => origin === ends[0]).length;
      return [...ends, along.length, forward, along.length - forward];
    }),
    boundary_edges: groups
      .filter(({ along }) => along.length === 1)
      .map(({ along: [edge] }) => [edge![1]!, edge![2]!, edge![0]!]),
    non_manifold_edges: groups
      .filter(({ along }) => along.length > 2)
      .map(({ ends, along }) => [...ends, along.length]),
    misoriented_edges: groups
      .filter(
        ({ along: [first, second, ...more] }) =>
          second !== undefined && more.length === 0 && first![1] === second[1],
      )
      .map(({ along: [first, second] }) => [first![1]!, first![2]!, first![0]!, second![0]!]),
    non_manifold_vertices: vertices.flatMap((vertex) => {
      const around = sound
        .filter(({ ids }) => ids.includes(vertex))
        .map(({ ids }) => ids.filter((id) => id !== vertex));
      const neighbors = [...new Set(around.flat())];
      const links = around.map((pair) => pair.map((id) => neighbors.indexOf(id)) as [number, number]);
      return new Set(labelSets(neighbors.length, links)).size > 1 ? [[vertex, neighbors.length]] : [];
    }),
    degenerate_triangles: triangles.flatMap((ids, id) => (new Set(ids).size < 3 ? [[id, ...ids]] : [])),
    duplicate_triangles: sound.flatMap(({ id, ids }) =>
      firsts.get(keyOf(ids)) === id ? [] : [[id, firsts.get(keyOf(ids))!]],
    ),
    vertex_degrees: vertices.map((vertex) => [
      vertex,
      groups.filter(({ ends }) => ends.includes(vertex)).length,
      triangles.flat().filter((id) => id === vertex).length,
    ]),
  };
}

/** What hangs together by vertices and by edges, how many loops boundary edges make, and whether a surface has two sides. */
export function computeSets(triangles: readonly Ids[]) {
  const sound = triangles.filter((ids) => new Set(ids).size === 3);
  const halfEdges = sound.flatMap(([a, b, c], triangle) => [
    { triangle, ends: [a, b] as const },
    { triangle, ends: [b, c] as const },
    { triangle, ends: [c, a] as const },
  ]);
  const along = halfEdges.map(({ ends: [a, b] }) =>
    halfEdges.flatMap(({ ends }, k) =>
      (ends[0] === a && ends[1] === b) || (ends[0] === b && ends[1] === a) ? [k] : [],
    ),
  );
  const countSets = (count: number, links: readonly (readonly [number, number])[]) =>
    new Set(labelSets(count, links)).size;
  const used = [...new Set(triangles.flat())];
  const vertexLinks = triangles.flatMap(([a, b, c]) => [[a, b] as const, [b, c] as const]);
  const shellLinks = along.flatMap((group) =>
    group.map((k) => [halfEdges[group[0]!]!.triangle, halfEdges[k]!.triangle] as const),
  );
  // A corner is the half-edge that begins there; corners of one fan are linked.
  const cornerAt = (k: number, vertex: number) => {
    const { triangle } = halfEdges[k]!;
    return [0, 1, 2].map((d) => 3 * triangle + d).find((corner) => halfEdges[corner]!.ends[0] === vertex)!;
  };
  const fans = labelSets(
    halfEdges.length,
    along.flatMap((group) =>
      group.flatMap((k) =>
        halfEdges[k]!.ends.map((vertex) => [cornerAt(group[0]!, vertex), cornerAt(k, vertex)] as const),
      ),
    ),
  );
  const rims = halfEdges.flatMap(({ ends }, k) =>
    along[k]!.length === 1 ? [{ k, fans: ends.map((vertex) => fans[cornerAt(k, vertex)]!) }] : [],
  );
  const rimLinks = rims.flatMap((one, p) =>
    rims.flatMap((other, q) => (one.fans.some((fan) => other.fans.includes(fan)) ? [[p, q] as const] : [])),
  );
  const sides = labelSets(
    2 * sound.length,
    along.flatMap((group) => {
      if (group.length !== 2) return [];
      const [p, q] = group.map((k) => halfEdges[k]!) as [(typeof halfEdges)[0], (typeof halfEdges)[0]];
      const turn = p.ends[0] === q.ends[0] ? 1 : 0;
      return [0, 1].map((side) => [2 * p.triangle + side, 2 * q.triangle + ((side + turn) % 2)] as const);
    }),
  );
  return {
    components: countSets(
      used.length,
      vertexLinks.map(([a, b]) => [used.indexOf(a), used.indexOf(b)] as const),
    ),
    shells: countSets(sound.length, shellLinks),
    boundaryLoops: countSets(rims.length, rimLinks),
    isOrientable: sound.every((_, k) => sides[2 * k] !== sides[2 * k + 1]),
  };
}
