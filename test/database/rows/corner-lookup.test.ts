import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../../src/collections/id-set.js';
import { SpillFiles } from '../../../src/collections/spill-file.js';
import { CornerLookup } from '../../../src/database/rows/corner-lookup.js';
import type { RowMap } from '../../../src/database/rows/row-mapper.js';
import { importMesh, MeshDatabase } from '../../../src/index.js';
import type { SoupSelection } from '../../../src/mesh.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, shuffle, toBinaryStl } from '../../support/meshes.js';

const VERTICES = 2 ** 17;
const TRIANGLES = 2 ** 19;
const WHOLE: RowMap = { transform: [], flip: false };
/** A cache for a quarter of the vertices. */
const SMALL = 6 * VERTICES;

/** A mesh whose triangle `id` has the corners that a function chooses. */
function lookupOf(cornerOf: (id: number) => number, map = WHOLE, triangles = TRIANGLES): CornerLookup {
  const rows = {
    vertexRange: VERTICES,
    triangleRange: triangles,
    positionsOf: () => [],
    *cornersOf(set?: IdSet) {
      for (let id = 0; id < triangles; id++) {
        if (set !== undefined && !set.has(id)) continue;
        const corner = cornerOf(id);
        yield { count: 1, ids: Float64Array.of(id), corners: Float64Array.of(corner, corner, corner) };
      }
    },
  };
  const positions = { width: 3, count: VERTICES, load: () => undefined };
  return new CornerLookup(rows, () => positions, map, triangles, SMALL);
}

const inOrder = (id: number) => Math.floor(id / 4);
const anywhere = (id: number) => (id * 40_503) % VERTICES;
/** Vertices are numbered as they appear: at first, all of them are near each other. */
const late = (id: number) => (id < TRIANGLES / 2 ? inOrder(id) : anywhere(id));

describe('the lookup of corners', () => {
  it('knows whether triangles are in spatial order, if the cache does not hold all vertices', () => {
    expect(lookupOf(inOrder).isScattered()).toBe(false);
    expect(lookupOf(anywhere).isScattered()).toBe(true);
    expect(lookupOf(late).isScattered()).toBe(true);
    expect(lookupOf(anywhere).isScattered(25 * VERTICES)).toBe(false);
    expect(lookupOf(anywhere, WHOLE, 1000).isScattered()).toBe(false);
    const few = IdSet.create(TRIANGLES);
    few.addRange(0, 1000);
    few.seal();
    expect(lookupOf(anywhere, { ...WHOLE, triangles: few.share() }).isScattered()).toBe(false);
  });

  it('finds the same positions in sequence as in a cache, of any selection', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'in.stl'), toBinaryStl(shuffle(makeTube(40, 30))));
    await importMesh(join(folder, 'in.stl'), join(folder, 'mesh.db'));
    const db = MeshDatabase.open(join(folder, 'mesh.db'));
    const files = new SpillFiles(join(folder, 'spill'));
    try {
      const rows = db.rows();
      const { triangleRange } = rows;
      const some = IdSet.create(triangleRange);
      for (let id = 0; id < triangleRange; id += 3) some.add(id);
      const turned = IdSet.create(triangleRange);
      turned.addRange(100, 1000);
      for (const set of [some, turned]) set.seal();
      const maps: RowMap[] = [
        WHOLE,
        { ...WHOLE, triangles: some.share() },
        {
          triangles: some.share(),
          turned: turned.share(),
          transform: [{ kind: 'scale', factors: [1, 2, -3] }],
          flip: true,
        },
      ];
      for (const map of maps) {
        const expected = soupOf(rows.selectSome(map, 2 ** 20));
        expect(expected.length).toBeGreaterThan(2 * triangleRange);
        // An arena for a few vertices, and one for all.
        for (const bytes of [2400, 2 ** 20]) {
          const selection = rows.selectSome(map, bytes);
          for (const _ of selection.corners.prepare(files));
          expect(soupOf(selection)).toEqual(expected);
          expect(readdirSync(folder).filter((name) => name.startsWith('spill'))).toEqual([]);
          // The next pass uses the cache again.
          expect(soupOf(selection)).toEqual(expected);
        }
      }
    } finally {
      files.remove();
      db.close();
    }
  });
});

/** The positions of a selection, in the order of its triangles. */
function soupOf(selection: SoupSelection): number[] {
  return [...selection.soup()].flatMap(({ count, positions }) => [...positions.subarray(0, 9 * count)]);
}
