/** The coarse mesh that is shown while tiles are built, held against one that is computed without its tables. */
import { describe, expect, it } from 'vitest';
import { CoarseMesh } from '../../../src/tiles/coarse/coarse-mesh.js';
import { frameOf, Lattice } from '../../../src/tiles/lattice.js';
import { type DecodedTile, decodeTile } from '../../../src/tiles/tile-codec.js';
import { type Corners, makeTube, shuffle } from '../../support/meshes.js';

/** The lattice points of corners: three for each triangle. */
function onLattice(triangles: readonly Corners[]): number[][] {
  const all = triangles.flat();
  const min = [0, 1, 2].map((axis) => Math.min(...all.filter((_, k) => k % 3 === axis)));
  const max = [0, 1, 2].map((axis) => Math.max(...all.filter((_, k) => k % 3 === axis)));
  const frame = frameOf({ min: min as never, max: max as never });
  return Array.from({ length: all.length / 3 }, (_, k) =>
    [0, 1, 2].map((axis) => Math.round((all[3 * k + axis]! - min[axis]!) / frame.step)),
  );
}

/** The upper words of the keys of lattice points. */
function wordsOf(points: readonly number[][]): number[] {
  const lattice = new Lattice({ origin: [0, 0, 0], step: 1 });
  const keys = new Float64Array(2 * points.length);
  lattice.copyKeys(Float64Array.from(points.flat()), 0, points.length, keys);
  return points.map((_, k) => keys[2 * k]!);
}

function build(points: readonly number[][], sizeMax?: number): Uint8Array {
  const mesh = new CoarseMesh(sizeMax);
  const words = wordsOf(points);
  const placed = new Set<string>();
  for (let k = 0; k < points.length; k += 3) {
    for (let corner = k; corner < k + 3; corner++) {
      const name = String(points[corner]);
      if (!placed.has(name)) mesh.place(words[corner]!);
      placed.add(name);
    }
    mesh.add(words[k]!, words[k + 1]!, words[k + 2]!);
  }
  expect(mesh.seen).toBe(points.length / 3);
  return mesh.encode();
}

/** Positions of a decoded tile in lattice steps. */
function verticesOf({ positions, origin, scale }: DecodedTile): number[][] {
  return Array.from({ length: positions.length / 3 }, (_, v) =>
    [0, 1, 2].map((axis) => origin[axis]! + scale * positions[3 * v + axis]!),
  );
}

const cellOf = (point: readonly number[], shift: number) => point.map((value) => value >> shift).join(' ');

/** The first corner is the least by name; the winding stays. */
const turned = (cells: readonly string[]) => {
  const least = cells.indexOf([...cells].sort()[0]!);
  return [...cells.slice(least), ...cells.slice(0, least)].join(', ');
};

/** What the mesh must have: the triangles of three cells, each once, and the means of vertices by cell. */
function expectRight(points: readonly number[][], tile: DecodedTile): void {
  const { shift, indices } = tile;
  const expected = new Set<string>();
  for (let k = 0; k < points.length; k += 3) {
    const cells = points.slice(k, k + 3).map((point) => cellOf(point, shift));
    if (new Set(cells).size === 3) expected.add(turned(cells));
  }
  const vertices = verticesOf(tile);
  const found = Array.from({ length: indices.length / 3 }, (_, k) =>
    turned([0, 1, 2].map((corner) => cellOf(vertices[indices[3 * k + corner]!]!, shift))),
  );
  expect([...found].sort()).toEqual([...expected].sort());
  const byCell = new Map<string, number[][]>();
  for (const text of new Set(points.map(String))) {
    const point = text.split(',').map(Number);
    const cell = cellOf(point, shift);
    if (!byCell.has(cell)) byCell.set(cell, []);
    byCell.get(cell)!.push(point);
  }
  expect(vertices).toHaveLength(byCell.size);
  for (const vertex of vertices) {
    const members = byCell.get(cellOf(vertex, shift))!;
    for (let axis = 0; axis < 3; axis++) {
      const mean = members.reduce((sum, point) => sum + point[axis]!, 0) / members.length;
      // Coordinates and their mean are rounded down to a sixteenth of a cell, at least 2^10 steps.
      expect(Math.abs(vertex[axis]! - mean)).toBeLessThan(2 ** 10 + 2 ** (shift - 4));
    }
  }
}

describe('a coarse mesh', () => {
  const triangles = [...makeTube(110, 80)];
  const points = onLattice(triangles);

  it('has the triangles that reach three cells, between the means of vertices', () => {
    const tile = decodeTile(build(points));
    expect(tile).toMatchObject({ isLeaf: false, shift: 14 });
    expect(tile.indices.length / 3).toBeGreaterThan(2000);
    expectRight(points, tile);
  });

  it('does not depend on the order of triangles', () => {
    const bytes = build(points);
    for (const seed of [1, 2]) expect(build(onLattice(shuffle(triangles, seed)))).toEqual(bytes);
    const few = build(points, 500);
    expect(build(onLattice(shuffle(triangles, 3)), 500)).toEqual(few);
    expect(few).not.toEqual(bytes);
  });

  it('shows a part of the mesh before all is seen', () => {
    const half = points.slice(0, 3 * Math.floor(points.length / 6));
    expectRight(half, decodeTile(build(half)));
  });

  it.each([1000, 200, 20, 1])('has at most %i triangles and cells, if asked', (sizeMax) => {
    const tile = decodeTile(build(points, sizeMax));
    expect(Math.max(tile.indices.length / 3, tile.owned.length)).toBeLessThanOrEqual(sizeMax);
    expect(tile.shift).toBeGreaterThan(14);
    expectRight(points, tile);
  });

  it('bounds a cloud of dust that fills all cells', () => {
    const mesh = new CoarseMesh();
    let state = 1;
    const next = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 2;
    };
    for (let k = 0; k < 300_000; k++) {
      const [a, b, c] = [next(), next(), next()];
      for (const corner of [a, b, c]) mesh.place(corner);
      mesh.add(a, b, c);
    }
    const bytes = mesh.encode();
    expect(bytes.length).toBeLessThan(2 ** 20);
    const tile = decodeTile(bytes);
    expect(Math.max(tile.indices.length / 3, tile.owned.length)).toBeLessThanOrEqual(65_536);
  });

  it('marks a part that is smaller than a cell as a point', () => {
    const speck = [
      [0, 0, 0],
      [5, 0, 0],
      [0, 5, 0],
    ];
    const tile = decodeTile(build(speck));
    expect([...tile.slots]).toEqual([1]);
    expect(tile.indices).toHaveLength(0);
  });
});
