import { closeSync, existsSync, openSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unnamedBytes } from '../../src/io/unnamed-files.js';
import { indexMesh } from '../../src/pipeline/derive-mesh.js';
import { importMesh } from '../../src/pipeline/import-mesh.js';
import { IndexWatch } from '../../src/pipeline/load/index-watch.js';
import type { Progress } from '../../src/pipeline/run/progress.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

/** What the files of an import of 1,000 vertices hold, one moment after the other. */
function watch(moments: readonly (readonly [database: number, unnamed: number])[]): number[] {
  let moment = 0;
  const sizes = { database: () => moments[moment]![0], unnamed: () => moments[moment]![1] };
  const watching = new IndexWatch('', 1000, sizes);
  return moments.slice(1).map((_, k) => {
    moment = k + 1;
    return watching.share();
  });
}

describe('the share of a unique index', () => {
  it('grows with what is sorted, and then with what is written', () => {
    const shares = watch([
      [90_000, 500],
      [90_000, 500],
      [90_000, 18_000],
      [90_100, 36_000],
      [107_500, 60_000],
      [125_000, 60_000],
    ]);
    expect(shares).toEqual([0, 0.35, expect.closeTo(0.7, 2), expect.closeTo(0.85), 0.99]);
  });

  it('knows that the sorting is over even if nobody sees it', () => {
    const shares = watch([
      [0, 0],
      [0, 0],
      [17_500, 0],
      [34_000, 0],
    ]);
    expect(shares).toEqual([0, expect.closeTo(0.85), expect.closeTo(0.99, 2)]);
  });

  it('never goes back, and is never all of it', () => {
    const shares = watch([
      [0, 0],
      [0, 35_000],
      [0, 10_000],
      [99_000, 99_000],
    ]);
    expect(shares).toEqual([0.7, 0.7, 0.99]);
  });

  it.skipIf(!existsSync('/proc/self/fd'))('sees files without names', () => {
    const path = join(freshFolder(), 'sorted');
    const file = openSync(path, 'w');
    const before = unnamedBytes();
    writeSync(file, Buffer.alloc(5_000_000));
    expect(unnamedBytes() - before).toBeLessThan(5_000_000);
    unlinkSync(path);
    expect(unnamedBytes() - before).toBeGreaterThanOrEqual(5_000_000);
    closeSync(file);
  });
});

describe('offload index', () => {
  it('tells how many triangles are surveyed, and then how many boxes are in the index', async () => {
    const folder = freshFolder();
    const database = join(folder, 'in.db');
    // In this order, hardly two triangles in a row are close together.
    const tube = [...makeTube(300, 100)];
    const scattered = tube.map((_, k) => tube[(k * 7919) % tube.length]!);
    writeFileSync(join(folder, 'in.stl'), toBinaryStl(scattered));
    await importMesh(join(folder, 'in.stl'), database);
    const told: Progress[] = [];
    const { boxes } = await indexMesh(database, { onProgress: (progress) => told.push(progress) });
    const stages = [...new Set(told.map(({ stage }) => stage))];
    expect(stages).toEqual(['survey', 'index']);
    for (const stage of stages) {
      const shares = told.filter((one) => one.stage === stage).map(({ done, total }) => done / total!);
      expect(shares.length).toBeGreaterThan(3);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      expect(shares.at(-1)).toBeGreaterThan(0.99);
      expect(shares.at(-1)).toBeLessThanOrEqual(1);
    }
    expect(told.at(-1)).toMatchObject({ done: boxes, total: boxes });
  });
});
