/** Filters as a few lines of plain code over a mesh in memory, to hold the program against. */
import type { ComponentChoice, TriangleFilter } from '../../src/filter/triangle-filter.ts';

export type Point = readonly [number, number, number];

/** A mesh as it is stored: ids are the places in the lists. */
export interface ReferenceMesh {
  readonly vertices: readonly Point[];
  readonly triangles: readonly (readonly [number, number, number])[];
}

/** The mesh of a list of corners, three points a triangle: equal points are one vertex, in order of appearance. */
export function weldExactly(corners: readonly (readonly Point[])[]): ReferenceMesh {
  const ids = new Map<string, number>();
  const vertices: Point[] = [];
  const triangles = corners.map((points) =>
    points.map((point) => {
      const key = point.join();
      if (!ids.has(key)) {
        ids.set(key, vertices.length);
        vertices.push(point);
      }
      return ids.get(key)!;
    }),
  );
  return { vertices, triangles: triangles as unknown as ReferenceMesh['triangles'] };
}

/** The smallest id of each id's set. */
export function labelSets(count: number, links: readonly (readonly [number, number])[]): number[] {
  const labels = Array.from({ length: count }, (_, id) => id);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [u, v] of links) {
      const low = Math.min(labels[u]!, labels[v]!);
      changed ||= labels[u] !== low || labels[v] !== low;
      labels[u] = low;
      labels[v] = low;
    }
  }
  return labels;
}

/** The component of each triangle: numbered by their smallest vertices. */
export function findComponents({ vertices, triangles }: ReferenceMesh): number[] {
  const labels = labelSets(
    vertices.length,
    triangles.flatMap(([a, b, c]) => [[a, b] as const, [b, c] as const]),
  );
  const roots = [...new Set(triangles.map(([a]) => labels[a]!))].sort((x, y) => x - y);
  return triangles.map(([a]) => roots.indexOf(labels[a]!));
}

/** Labels of vertices: those of a set that are near each other, or near those that are. */
export function weldNear(vertices: readonly Point[], used: ReadonlySet<number>, distance: number): number[] {
  const links: [number, number][] = [];
  for (const u of used) {
    for (const v of used) {
      if (u >= v) continue;
      const [dx, dy, dz] = [0, 1, 2].map((axis) => vertices[u]![axis]! - vertices[v]![axis]!);
      if (dx! * dx! + dy! * dy! + dz! * dz! <= distance * distance) links.push([u, v]);
    }
  }
  return labelSets(vertices.length, links);
}

/** Whether each triangle is in one of the components that are chosen. */
function chooseComponents(mesh: ReferenceMesh, choices: readonly ComponentChoice[]): (id: number) => boolean {
  const components = findComponents(mesh);
  const sizes = new Map<number, number>();
  for (const component of components) sizes.set(component, (sizes.get(component) ?? 0) + 1);
  const largest = [...sizes].sort((x, y) => y[1] - x[1] || x[0] - y[0])[0]?.[0];
  return (id) =>
    choices.some((choice) => {
      const component = components[id]!;
      if (choice.kind === 'number') return component === choice.number;
      return choice.kind === 'largest' ? component === largest : sizes.get(component)! > choice.triangles;
    });
}

/** A filter whose conditions are also given as a function of a triangle's id and corners. */
export interface ReferenceFilter {
  readonly filter: TriangleFilter;
  readonly isWanted: (id: number, corners: readonly Point[]) => boolean;
  readonly weld?: number | undefined;
  readonly flip?: boolean;
}

/** The lines of the OFF that an export with this filter has to be. */
export function exportReference(
  mesh: ReferenceMesh,
  { filter, isWanted, weld, flip }: ReferenceFilter,
): string {
  const inComponent =
    filter.components === undefined ? () => true : chooseComponents(mesh, filter.components);
  let ids = mesh.triangles
    .map((_, id) => id)
    .filter(
      (id) =>
        isWanted(
          id,
          mesh.triangles[id]!.map((vertex) => mesh.vertices[vertex]!),
        ) && inComponent(id),
    );
  const used = new Set(ids.flatMap((id) => mesh.triangles[id]!));
  const labels = weld === undefined ? undefined : weldNear(mesh.vertices, used, weld);
  const cornersOf = (id: number) => mesh.triangles[id]!.map((vertex) => labels?.[vertex] ?? vertex);
  const isDegenerate = (corners: readonly number[]) => new Set(corners).size < 3;

  ids = ids.filter((id) => isDegenerate(mesh.triangles[id]!) || !isDegenerate(cornersOf(id)));
  if (filter.drop?.includes('degenerate')) ids = ids.filter((id) => !isDegenerate(mesh.triangles[id]!));
  if (filter.drop?.includes('duplicate')) {
    const seen = new Set<string>();
    ids = ids.filter((id) => {
      const key = cornersOf(id)
        .sort((x, y) => x - y)
        .join();
      return !seen.has(key) && seen.add(key);
    });
  }
  if (filter.limit !== undefined) ids = ids.slice(0, filter.limit);

  const vertices = [...new Set(ids.flatMap(cornersOf))].sort((x, y) => x - y);
  const places = new Map(vertices.map((vertex, place) => [vertex, place]));
  const faces = ids.map((id) => {
    const [a, b, c] = cornersOf(id).map((vertex) => places.get(vertex));
    return flip ? `3 ${a} ${c} ${b}` : `3 ${a} ${b} ${c}`;
  });
  return `${['OFF', `${vertices.length} ${faces.length} 0`, ...vertices.map((v) => mesh.vertices[v]!.join(' ')), ...faces].join('\n')}\n`;
}
