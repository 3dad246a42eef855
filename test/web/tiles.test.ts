/** What the page decides and lays out without a browser. */
import { describe, expect, it } from 'vitest';
import { createNodeTable, type NodeTable } from '../../src/view/wire/node-table.js';
import { edgesOf, layOut, type TileGeometry } from '../../web/scene/tile-geometry.js';
import { TileTree, type Viewpoint } from '../../web/scene/tile-tree.js';
import { NO_VALUE, spreadValues } from '../../web/scene/tile-values.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';
import { tilesOf } from '../support/tiles.js';

/** A mesh of several levels as the page gets it. */
async function levels() {
  const { tiles } = await tilesOf(toBinaryStl(makeTube(60, 30)), 'stl', { leafTriangles: 60 });
  const table = createNodeTable(tiles.nodes);
  const { origin, step } = tiles.frame;
  for (const { id, parent, first, count, error, triangles, bounds } of tiles.listNodes()) {
    table.parent[id] = parent ?? -1;
    table.first[id] = first;
    table.slots[id] = count;
    table.error[id] = error / step;
    table.triangles[id] = triangles;
    for (let axis = 0; axis < 3; axis++) {
      table.boxes[6 * id + axis] = (bounds.min[axis]! - origin[axis]!) / step;
      table.boxes[6 * id + 3 + axis] = (bounds.max[axis]! - origin[axis]!) / step;
    }
  }
  return { tiles, nodes: table as NodeTable };
}

const FAR: Viewpoint = { eye: [5e5, -2e6, 5e5], planes: [], focalPixels: 1000, errorPixels: 3 };

/** Counts how often each slot is drawn. */
function coverage({ first, slots }: NodeTable, drawn: readonly number[]): Set<number> {
  const times = new Uint8Array(slots[0]!);
  for (const id of drawn) for (let k = 0; k < slots[id]!; k++) times[first[id]! + k]!++;
  return new Set(times);
}

describe('the choice of tiles', () => {
  it('covers each slot once, whatever is loaded, and asks for the coarsest first', async () => {
    const { nodes } = await levels();
    const tree = new TileTree(nodes);
    const loaded = new Set<number>();
    for (let round = 0; ; round++) {
      const choice = tree.select(FAR, (id) => loaded.has(id));
      expect(coverage(nodes, choice.drawn)).toEqual(new Set([loaded.size === 0 ? 0 : 1]));
      expect(choice.wanted.map(({ pixels }) => pixels)).toEqual(
        choice.wanted.map(({ pixels }) => pixels).sort((a, b) => b - a),
      );
      if (choice.isSettled) {
        expect(round).toBeGreaterThan(2);
        break;
      }
      if (round === 0) expect(choice.wanted[0]!.id).toBe(0);
      loaded.add(choice.wanted[0]!.id);
    }
  });

  it('draws nodes of at most the error that is asked, none of which could be coarser', async () => {
    const { nodes } = await levels();
    const tree = new TileTree(nodes);
    const pixelsOf = (id: number) => {
      const out = [0, 1, 2].map((axis) =>
        Math.max(
          nodes.boxes[6 * id + axis]! - FAR.eye[axis]!,
          FAR.eye[axis]! - nodes.boxes[6 * id + 3 + axis]!,
          0,
        ),
      );
      return (nodes.error[id]! * FAR.focalPixels) / Math.hypot(...out);
    };
    const { drawn } = tree.select(FAR, () => true);
    expect(drawn.length).toBeGreaterThan(1);
    for (const id of drawn) {
      expect(tree.isLeaf(id) || pixelsOf(id) <= FAR.errorPixels).toBe(true);
      expect(id === 0 || pixelsOf(nodes.parent[id]!) > FAR.errorPixels).toBe(true);
    }
  });

  it('leaves out what is not in the view', async () => {
    const { nodes } = await levels();
    const tree = new TileTree(nodes);
    const x = 2 ** 19;
    const { drawn } = tree.select({ ...FAR, planes: [[1, 0, 0, -x]] }, () => true);
    expect(drawn.length).toBeGreaterThan(0);
    for (const id of drawn) expect(nodes.boxes[6 * id + 3]! + nodes.error[id]!).toBeGreaterThanOrEqual(x);
    expect(tree.select({ ...FAR, planes: [[1, 0, 0, -1e9]] }, () => true).drawn).toEqual([]);
  });
});

describe('the layout of a tile', () => {
  it('has the triangles of the tile, with the first corner last and of its own', async () => {
    const { tiles } = await levels();
    for (const node of tiles.listNodes()) {
      const tile = tiles.mesh(node);
      const { index, positions, triangles } = layOut(tile);
      for (let k = 0; k < triangles; k++) {
        expect(index[3 * k + 2]).toBe(k);
        const corners = [2, 0, 1].map((corner) => [
          ...positions.subarray(4 * index[3 * k + corner]!).subarray(0, 3),
        ]);
        const expected = [0, 1, 2].map((corner) => [
          ...tile.positions.subarray(3 * tile.indices[3 * k + corner]!).subarray(0, 3),
        ]);
        expect(corners).toEqual(expected);
      }
    }
  });

  it('draws lone vertices that stand for something as points, and three edges for each triangle', () => {
    const tile = layOut({
      isLeaf: false,
      shift: 4,
      origin: [0, 0, 0],
      scale: 1,
      positions: new Uint16Array(15),
      indices: Uint32Array.of(0, 1, 2),
      owned: Uint32Array.of(1, 0, 0, 0, 0),
      slots: Float64Array.of(3, 0, 1, 2, 0),
    });
    expect([...tile.points]).toEqual([4]);
    expect([...edgesOf(tile, undefined)]).toEqual([2, 3, 3, 0, 0, 2]);
  });

  it('puts values of vertices to the triangles that they own', () => {
    const tile = {
      isLeaf: false,
      triangles: 3,
      vertices: 4,
      owned: Uint32Array.of(1, 0, 2, 0),
    } as TileGeometry;
    expect([...spreadValues(tile, Float32Array.of(5, 6, 7, Number.NaN))]).toEqual(
      [5, 7, 7, 5, 6, 7, NO_VALUE].map(Math.fround),
    );
    const leaf = { ...tile, isLeaf: true } as TileGeometry;
    expect([...spreadValues(leaf, Float32Array.of(1, 2, 3))].slice(0, 3)).toEqual([1, 2, 3]);
    expect(() => spreadValues(leaf, Float32Array.of(1))).toThrow(RangeError);
  });
});
