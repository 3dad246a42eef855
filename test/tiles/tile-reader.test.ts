/**
 * Tiles as a viewer reads them, against the rows of the mesh. Covers: tiles/build-tiles, tiles/tile-tree, tiles/tile-mesh,
 * tiles/tile-store.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../src/collections/id-set.js';
import { countByVertex, countMembers, type NodeRow } from '../../src/tiles/tile-reader.js';
import { LEAF_TRIANGLES } from '../../src/tiles/tile-tree.js';
import { makeTube, shuffle, toBinaryStl } from '../support/meshes.js';
import { type BuiltTiles, tilesOf } from '../support/tiles.js';

/** The corners of all triangles by id, from SQL. */
function readTriangles({ db }: BuiltTiles): number[][] {
  const sql = 'SELECT ax, ay, az, bx, by, bz, cx, cy, cz FROM triangle_corners ORDER BY id';
  return [...db.select<Record<string, number>>(sql)].map((row) => Object.values(row));
}

function isLeaf(node: NodeRow, nodes: readonly NodeRow[]): boolean {
  return nodes.every(({ parent }) => parent !== node.id);
}

/** Runs the generator of slots to its end. */
function slotsOf({ tiles }: BuiltTiles, members: Iterable<number>, range: number): IdSet {
  const set = IdSet.create(range);
  for (const id of members) set.add(id);
  set.seal();
  const steps = tiles.slotsOf(set);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Holds tiles against the mesh: everything that must be true of any mesh. */
function checkTiles(built: BuiltTiles): void {
  const { tiles, result } = built;
  const triangles = readTriangles(built);
  const { origin, step } = tiles.frame;
  const nodes = [...tiles.listNodes()];
  expect(nodes.map(({ id }) => id)).toEqual([...nodes.keys()]);
  expect(tiles).toMatchObject({ slots: triangles.length, nodes: nodes.length, leaves: result.leaves });
  const seen = new Set<number>();
  for (const node of nodes) {
    const mesh = tiles.mesh(node);
    expect(mesh.isLeaf, `node ${node.id}`).toBe(isLeaf(node, nodes));
    expect([mesh.indices.length / 3, mesh.owned.length]).toEqual([node.triangles, node.vertices]);
    const parent = nodes[node.parent ?? -1];
    expect(node.depth).toBe(parent === undefined ? 0 : parent.depth + 1);
    if (parent !== undefined) {
      expect(node.first).toBeGreaterThanOrEqual(parent.first);
      expect(node.first + node.count).toBeLessThanOrEqual(parent.first + parent.count);
      expect(node.error).toBeLessThanOrEqual(parent.error);
      for (let axis = 0; axis < 3; axis++) {
        expect(node.bounds.min[axis]!).toBeGreaterThanOrEqual(parent.bounds.min[axis]!);
        expect(node.bounds.max[axis]!).toBeLessThanOrEqual(parent.bounds.max[axis]!);
      }
    } else expect([node.id, node.first, node.count]).toEqual([0, 0, triangles.length]);
    // Children divide the slots of a node.
    const children = nodes.filter((other) => other.parent === node.id);
    if (!mesh.isLeaf) expect(children.reduce((sum, { count }) => sum + count, 0)).toBe(node.count);
    const ids = tiles.ids(node);
    expect(ids === undefined).toBe(!mesh.isLeaf);
    if (ids === undefined) continue;
    expect(node.count).toBeLessThanOrEqual(LEAF_TRIANGLES);
    for (let k = 0; k < node.count; k++) {
      const id: number = ids[k]!;
      expect(seen.has(id)).toBe(false);
      seen.add(id);
      const corners: readonly number[] = triangles[id]!;
      for (let corner = 0; corner < 3; corner++) {
        const vertex = mesh.indices[3 * k + corner]!;
        for (let axis = 0; axis < 3; axis++) {
          const steps = mesh.origin[axis]! + mesh.scale * mesh.positions[3 * vertex + axis]!;
          const value: number = corners[3 * corner + axis]!;
          const drawn = origin[axis]! + step * steps;
          const tolerance = 0.5 * step + 1e-12 * Math.abs(value);
          if (!(Math.abs(drawn - value) <= tolerance)) expect.fail(`triangle ${id}: ${drawn} for ${value}`);
          if (!(value >= node.bounds.min[axis]! && value <= node.bounds.max[axis]!))
            expect.fail(`triangle ${id} is outside its node`);
        }
      }
    }
  }
  expect(seen.size).toBe(triangles.length);
}

/** For every node and vertex: members are counted if and only if they are below. */
function checkMembers(built: BuiltTiles, members: ReadonlySet<number>): void {
  const { tiles } = built;
  const range = tiles.slots;
  const slots = slotsOf(built, members, range);
  expect(slots.size).toBe(members.size);
  const nodes = [...tiles.listNodes()];
  const idOfSlot: number[] = [];
  for (const node of nodes) for (const id of tiles.ids(node) ?? []) idOfSlot.push(id);
  for (const node of nodes) {
    const isMember = (slot: number) => members.has(idOfSlot[slot]!);
    let expected = 0;
    for (let slot = node.first; slot < node.first + node.count; slot++) if (isMember(slot)) expected++;
    expect(countMembers(slots, node.first, node.count)).toBe(expected);
    const mesh = tiles.mesh(node);
    const counts = countByVertex(slots, node.first, mesh);
    let slot = node.first;
    for (let vertex = 0; vertex < counts.length; vertex++) {
      let some = 0;
      for (const end = slot + mesh.slots[vertex]!; slot < end; slot++) if (isMember(slot)) some++;
      if (counts[vertex] !== some)
        expect.fail(`node ${node.id}, vertex ${vertex}: ${counts[vertex]}, not ${some}`);
    }
    expect(counts.reduce((sum, some) => sum + some, 0)).toBe(expected);
  }
}

const tube = [...makeTube(150, 120)];
const TRIANGLES = tube.length;

describe('tiles', () => {
  it('have each triangle in one leaf, at its place', async () => {
    const built = await tilesOf(toBinaryStl(tube), 'stl');
    checkTiles(built);
    expect(built.tiles.leaves).toBeGreaterThan(3);
    expect(built.tiles.nodes).toBeGreaterThan(built.tiles.leaves);
  });

  it('count members of any set below every node and vertex', async () => {
    const built = await tilesOf(toBinaryStl(shuffle(tube)), 'stl');
    checkTiles(built);
    checkMembers(built, new Set());
    checkMembers(built, new Set(Array.from({ length: TRIANGLES }, (_, id) => id)));
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(TRIANGLES - 1), { maxLength: 40 }), (ids) => {
        checkMembers(built, new Set(ids));
      }),
      { numRuns: 5 },
    );
    for (const id of [0, 1, 777, TRIANGLES - 1]) checkMembers(built, new Set([id]));
  });
});
