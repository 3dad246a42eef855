/** Sources whose bytes are needed out of order: what is copied of them, and what remains of that. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { convertMesh, type Forecast, importMesh, type Progress, verifyMesh } from '../../src/index.js';
import { toThreeMf } from '../support/3mf.js';
import { freshFolder } from '../support/files.js';
import { buildMesh } from '../support/gltf.js';
import { makeTube, toOff } from '../support/meshes.js';
import { toIndexed } from '../support/ply.js';

const tube = [...makeTube(40, 30)];
const { vertices, faces } = toIndexed(tube);
const glb = buildMesh(vertices, faces).toGlb();

function write(content: Buffer): { folder: string; input: string; output: string } {
  const folder = freshFolder();
  const input = join(folder, 'in.glb');
  writeFileSync(input, content);
  return { folder, input, output: join(folder, 'out.off') };
}

describe('a source that is read out of order', () => {
  it('is copied only if it is compressed; the copy is forecast and leaves nothing', async () => {
    for (const content of [glb, gzipSync(glb)]) {
      const { folder, input, output } = write(content);
      const temp = freshFolder();
      const forecasts: Forecast[] = [];
      await convertMesh(input, output, {
        tempFolder: temp,
        onForecast: (forecast) => forecasts.push(forecast),
      });
      expect(readFileSync(output, 'utf8')).toBe(toOff(tube));
      const copies = forecasts.flatMap(({ items }) => items.filter(({ what }) => what === 'input'));
      expect(copies).toEqual(content === glb ? [] : [{ what: 'input', bytes: glb.length }]);
      expect(readdirSync(folder)).toHaveLength(2);
      expect(readdirSync(temp)).toEqual([]);
    }
  });

  it('does not fill the disk with its copy', async () => {
    const data = `,"extras":"data:;base64,${'A'.repeat(20e6)}"}`;
    const text = buildMesh(vertices, faces).toText().replace(/}$/, data);
    const { folder, input, output } = write(gzipSync(Buffer.from(text)));
    const spaceOf = () => ({ freeBytes: 1e6, totalBytes: 1e12 });
    await expect(convertMesh(input, output, { spaceOf })).rejects.toThrow('disk space is running out');
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('reports progress up to its size, and is verified', async () => {
    for (const content of [glb, gzipSync(glb)]) {
      const { input, folder, output } = write(content);
      const done: number[] = [];
      const database = join(folder, 'mesh.db');
      const result = await importMesh(input, database, {
        batchTriangles: 100,
        onProgress: (event) => event.stage === 'import' && done.push(event.done),
      });
      expect(result.sourceBytes).toBe(content.length);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(done.at(-1)).toBeGreaterThan(0.5 * content.length);
      expect(Math.max(...done)).toBeLessThanOrEqual(content.length);
      expect((await verifyMesh(database, input)).isEqual).toBe(true);
      await convertMesh(input, output);
      expect((await verifyMesh(output, input)).isEqual).toBe(true);
    }
  });

  it('is spooled if it is an archive; nothing of that remains, and the disk is not filled', async () => {
    const archive = toThreeMf(vertices, faces);
    for (const content of [archive, gzipSync(archive)]) {
      const { folder, input, output } = write(content);
      const temp = freshFolder();
      await convertMesh(input, output, { tempFolder: temp });
      expect(readdirSync(folder)).toHaveLength(2);
      expect(readdirSync(temp)).toEqual([]);
      expect((await verifyMesh(output, input)).isEqual).toBe(true);
    }
    const spaceOf = () => ({ freeBytes: 1e6, totalBytes: 1e12 });
    const { folder, input, output } = write(toThreeMf(Array(200_000).fill([1, 2, 3]), faces));
    await expect(convertMesh(input, output, { spaceOf })).rejects.toThrow('disk space is running out');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('reports progress while it is spooled', async () => {
    const many = Array.from({ length: 100_000 }, (_, k) => [k / 7, k / 11, k / 13]);
    const content = toThreeMf(many, faces);
    const { input, output } = write(content);
    const events: Progress[] = [];
    await convertMesh(input, output, { onProgress: (event) => events.push(event) });
    expect(events[0]).toMatchObject({ stage: 'import', total: content.length, triangles: 0, vertices: 0 });
    expect(events[0]!.done).toBeLessThan(0.9 * content.length);
  });
});
