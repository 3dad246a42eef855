import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { indexMesh } from '../../src/pipeline/derive-mesh.js';
import { importMesh } from '../../src/pipeline/import-mesh.js';
import type { Progress } from '../../src/pipeline/run/progress.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

describe('offload index', () => {
  it('reports surveyed triangles, then boxes in the index', async () => {
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
