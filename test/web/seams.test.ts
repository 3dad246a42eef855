/** Where vertices of tiles are drawn that meet coarser ones. */
import { describe, expect, it } from 'vitest';
import { layOut, type TileGeometry } from '../../web/scene/tile-geometry.js';
import { type SeamTile, TileSeams } from '../../web/scene/tile-seams.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';
import { tilesOf } from '../support/tiles.js';

/** The place of a vertex in lattice steps. */
function placeOf(
  { origin, scale, triangles }: TileGeometry,
  positions: ArrayLike<number>,
  vertex: number,
): string {
  const at = 4 * (triangles + vertex);
  return [0, 1, 2].map((axis) => origin[axis]! + scale * positions[at + axis]!).join(' ');
}

/** The cell of a place, of 2^shift lattice steps. */
const cellOf = (place: string, shift: number): string =>
  place
    .split(' ')
    .map((value) => Math.floor(Number(value) / 2 ** shift))
    .join(' ');

describe('the seams of tiles', () => {
  it('have every vertex of a finer tile where the coarser one has its cell, or where it was', async () => {
    const { tiles } = await tilesOf(toBinaryStl(makeTube(80, 40)), 'stl', { leafTriangles: 100 });
    const nodes = [...tiles.listNodes()];
    const { origin, step } = tiles.frame;
    const seamTile = (id: number): SeamTile => {
      const { min, max } = nodes[id]!.bounds;
      const box = [min, max].flatMap((corner) => corner.map((value, axis) => (value - origin[axis]!) / step));
      return { id, tile: layOut(tiles.mesh(nodes[id]!)), box };
    };
    // Of two siblings, one is drawn by its leaves.
    const parents = nodes.filter(
      ({ id }) => nodes.some(({ parent }) => parent === id) && nodes[id]!.depth === 1,
    );
    expect(parents.length).toBeGreaterThan(2);
    const coarse = parents.slice(1).map(({ id }) => seamTile(id));
    const fine = nodes.filter(({ parent }) => parent === parents[0]!.id).map(({ id }) => seamTile(id));
    const seams = new TileSeams();
    const meeting = seams.meet([...coarse, ...fine]);
    const cells = coarse.map(({ tile: other }) => {
      const places = Array.from({ length: other.vertices }, (_, k) => placeOf(other, other.positions, k));
      return {
        shift: other.shift,
        places: new Map(places.map((place) => [cellOf(place, other.shift), place])),
      };
    });
    const moved = { count: 0, kept: 0 };
    for (const { id, tile } of fine) {
      const placed = seams.place(tile, meeting.get(id)!);
      for (let vertex = 0; vertex < tile.vertices; vertex++) {
        const before = placeOf(tile, tile.positions, vertex);
        const after = placed === undefined ? before : placeOf(tile, placed, vertex);
        const expected = cells.flatMap(({ shift, places }) => places.get(cellOf(before, shift)) ?? []);
        if (expected.length === 0) {
          expect(after).toBe(before);
          moved.kept++;
        } else {
          expect(expected).toContain(after);
          moved.count++;
        }
      }
      // The first corner of each triangle is a vertex of its own, at the same place.
      let triangle = 0;
      tile.owned.forEach((count, vertex) => {
        for (let k = 0; k < count; k++, triangle++) {
          const positions = placed ?? tile.positions;
          const at = 4 * (tile.triangles + vertex);
          expect([...positions.subarray(4 * triangle, 4 * triangle + 3)]).toEqual([
            ...positions.subarray(at, at + 3),
          ]);
        }
      });
    }
    expect(moved.count).toBeGreaterThan(20);
    expect(moved.kept).toBeGreaterThan(100);
    // Tiles of one level have nothing to change.
    for (const { id } of coarse)
      expect(meeting.get(id)!.filter(({ tile }) => tile.shift === coarse[0]!.tile.shift)).toEqual([]);
  });
});
