import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../../src/collections/id-set.js';
import { SpillFiles } from '../../../src/collections/spill-file.js';
import { SequentialPositions } from '../../../src/database/rows/corner-positions.js';
import { importMesh, MeshDatabase } from '../../../src/index.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, writeBinaryStl } from '../../support/meshes.js';
import { runs } from '../../support/runs.js';

type Corners = readonly (readonly number[])[];

/** Holds the positions of a set of triangles against their corners; returns how many were. */
function compare(
  folder: string,
  corners: Corners,
  ids: readonly number[] | undefined,
  arenaRows: number,
): number {
  const db = MeshDatabase.open(join(folder, 'mesh.db'));
  const files = new SpillFiles(join(folder, 'spill'));
  let compared = 0;
  try {
    const rows = db.rows();
    const asked = ids && IdSet.create(rows.triangleRange);
    for (const id of ids ?? []) if (id < corners.length) asked!.add(id);
    const gathering = SequentialPositions.gather(rows, asked, new ArrayBuffer(24 * arenaRows), files);
    let step = gathering.next();
    while (!step.done) step = gathering.next();
    const found = new Float64Array(9);
    for (const [id, values] of corners.entries()) {
      if (asked?.has(id) === false) continue;
      step.value.copyNext(0, 0, 0, found);
      expect([...found]).toEqual(values);
      compared++;
    }
    step.value.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('spill'))).toEqual([]);
  } finally {
    files.remove();
    db.close();
  }
  return compared;
}

function ofOneSize(value: number): number {
  const narrow = Math.fround(value % 1000);
  return Math.abs(narrow) < 0.001 ? 1 : narrow;
}

describe('SequentialPositions', () => {
  const coordinate = fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const soup = fc.array(fc.array(coordinate, { minLength: 9, maxLength: 9 }), {
    minLength: 1,
    maxLength: 60,
    size: 'max',
  });
  const someIds = fc.option(fc.array(fc.nat(59), { maxLength: 30, size: 'max' }), { nil: undefined });

  it.each(['float32', 'float64'])('are correct for a set of triangles in order, %s', async (precision) => {
    const folder = freshFolder();
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(soup, someIds, fc.integer({ min: 1, max: 40 }), async (triangles, ids, arenaRows) => {
        const isNarrow = precision === 'float32';
        // The database has no -0, and a binary STL of numbers of every size would be no mesh.
        const corners = triangles.map((values) =>
          values.map((value) => (isNarrow ? ofOneSize(value) : value) + 0),
        );
        const input = join(folder, isNarrow ? 'in.stl' : 'in.raw');
        if (isNarrow) writeBinaryStl(input, corners, corners.length);
        else writeFileSync(input, corners.map((values) => `${values.join(' ')}\n`).join(''));
        await importMesh(input, join(folder, 'mesh.db'), { force: true });
        compared += compare(folder, corners, ids, arenaRows);
      }),
      { numRuns: runs(20, 60), seed: 41 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it('continue from batch to batch', async () => {
    const folder = freshFolder();
    const corners = Array.from(makeTube(100, 100), (values) =>
      [...values].map((value) => Math.fround(value) + 0),
    );
    writeBinaryStl(join(folder, 'in.stl'), corners, corners.length);
    await importMesh(join(folder, 'in.stl'), join(folder, 'mesh.db'));
    const odd = corners.map((_, id) => id).filter((id) => id % 2 === 1);
    expect(compare(folder, corners, undefined, 900)).toBe(corners.length);
    expect(compare(folder, corners, odd, 900)).toBe(corners.length / 2);
  });
});
