import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { IdLinks } from '../../../src/collections/id-links.js';
import { IdSet } from '../../../src/collections/id-set.js';
import { SpillFiles } from '../../../src/collections/spill-file.js';
import * as offload from '../../../src/index.js';
import { Pace } from '../../../src/pipeline/run/pace.js';
import { MeshScan } from '../../../src/pipeline/scan/scan-mesh.js';
import { ThreadPool } from '../../../src/pipeline/threads/thread.js';
import { freshFolder } from '../../support/files.js';
import { type Corners, countTube, makeTube, shuffle, toBinaryStl } from '../../support/meshes.js';
import { toElements, toIndexed, toPly } from '../../support/ply.js';

/** What the disk is said to have free. */
const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY }));
vi.mock('../../../src/io/disk.js', async (load) => ({
  ...(await load<typeof import('../../../src/io/disk.js')>()),
  freeBytes: () => disk.free,
}));

const tube = [...makeTube(400, 100)];
const small = [...makeTube(300, 50)];
// A step that has no factor with the count visits each triangle once.
const scattered = tube.map((_, k) => tube[(k * 30_011) % tube.length]!);
const ANYWHERE = { kind: 'box', min: [-1e9, -1e9, -1e9], max: [1e9, 1e9, 1e9], touching: false } as const;
/** For a few blocks of positions. */
const LITTLE = 100_000;

interface Watch {
  readonly folder: string;
  readonly onProgress: () => void;
  readonly onForecast: (forecast: offload.Forecast) => void;
}

/** What takes spill files, where the memory holds little. */
const RUNS: Readonly<Record<string, (watch: Watch, at: (name: string) => string) => Promise<unknown>>> = {
  'positions of corners': async ({ folder, onProgress, onForecast }, at) => {
    const db = offload.MeshDatabase.open(at('mesh.db'));
    const files = new SpillFiles(join(folder, 'offload.partial'));
    const pool = new ThreadPool();
    try {
      const rows = db.rows();
      const sets = {
        candidates: undefined,
        triangles: IdSet.create(rows.triangleRange),
        vertices: IdSet.create(rows.vertexRange),
      };
      const options = { threads: 0, positionsBytes: LITTLE, onForecast };
      const scan = new MeshScan(rows, pool, files, new Pace(rows, { onProgress }), options);
      await scan.run({ expressions: [], shapes: [ANYWHERE] }, sets);
    } finally {
      files.remove();
      await pool.stop();
      db.close();
    }
  },
  'vertices by cell': ({ onProgress, onForecast }, at) => {
    const welding = { weld: 0.001, threads: 1, force: true };
    return offload.exportMesh(at('mesh.db'), at('out.off'), { ...welding, onProgress, onForecast });
  },
  components: ({ onProgress, onForecast }, at) =>
    offload.findComponents(at('mesh.db'), { onProgress, onForecast }),
};

async function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), toBinaryStl(scattered));
  await offload.importMesh(at('in.stl'), at('mesh.db'));
  return { folder, at };
}

function spilled(folder: string): number {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const names = all.filter((name) => /\.\d+-[a-z-]+$/.test(name));
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

beforeEach(() => {
  disk.free = Number.POSITIVE_INFINITY;
});

describe('the forecast of spill files', () => {
  it.each(Object.entries(RUNS))(
    'is close for %s, and refuses a run that cannot succeed',
    async (what, run) => {
      const { folder, at } = await setUp();
      const forecasts: offload.Forecast[] = [];
      let peak = 0;
      const watch: Watch = {
        folder,
        onProgress: () => {
          peak = Math.max(peak, spilled(folder));
        },
        onForecast: (forecast) => forecasts.push(forecast),
      };
      if (what !== 'components') await run(watch, at);
      const names = readdirSync(folder);
      disk.free = 1000;
      const refusal = await run(watch, at).then(
        () => undefined,
        (error: offload.FileError) => error,
      );
      expect(refusal).toBeInstanceOf(offload.FileError);
      expect(refusal!.message).toMatch(
        new RegExp(
          `^${folder}: not enough disk space: about [\\d.]+ [kM]B needed \\(${what} .*\\), 1\\.00 kB free$`,
        ),
      );
      expect(refusal!.hint).toBe(
        'make space, or choose another disk for the temporary files with `tempFolder`',
      );
      expect(readdirSync(folder)).toEqual(names);
      disk.free = Number.POSITIVE_INFINITY;
      if (what === 'components') await run(watch, at);
      const { items } = forecasts.findLast((forecast) => forecast.items[0]!.what !== 'output')!;
      expect(items.map((item) => item.what)).toEqual([what]);
      const { vertices } = countTube(400, 100);
      // What goes to 64 cells stays in their buffers, and so do labels, where there are no more than these.
      if (what === 'vertices by cell') expect(items[0]!.bytes).toBe(36 * vertices + 4 * vertices);
      else if (what === 'components') expect(items[0]!.bytes).toBe(4 * vertices);
      else expect(items[0]!.bytes / peak).toBeGreaterThan(0.95);
      if (what === 'positions of corners') expect(items[0]!.bytes / peak).toBeLessThan(1.5);
    },
  );

  const corners = (triangles: readonly Corners[]) =>
    triangles.flatMap((triangle) => [0, 3, 6].map((at) => triangle.slice(at, at + 3)));
  const numbers = (count: number) => Array.from({ length: count }, (_, k) => k);
  const toFaces = (vertices: number[][], faces: number[][]) =>
    toPly('binary_little_endian', toElements(vertices, faces));

  it.each([
    ['soup in order', 'least', () => toBinaryStl(small)],
    ['soup in random order', 'most', () => toBinaryStl(shuffle(small))],
    [
      'faces that share vertices',
      'least',
      () => {
        const { vertices, faces } = toIndexed(small);
        return toFaces(vertices, faces);
      },
    ],
    [
      'faces that share nothing, in random order',
      'most',
      () => {
        const ids = numbers(small.length).map((k) => [3 * k, 3 * k + 1, 3 * k + 2]);
        return toFaces(corners(shuffle(small)), ids);
      },
    ],
  ] as const)('is close for a weld of %s', async (_, which, write) => {
    for (const verb of ['import', 'convert']) {
      const folder = freshFolder();
      const at = (name: string) => join(folder, name);
      writeFileSync(at('in'), write());
      let peak = 0;
      let items: offload.Forecast['items'] = [];
      const options: offload.ConvertOptions = {
        weldBytes: 2 ** 17,
        batchTriangles: 500,
        threads: 1,
        onProgress: () => {
          peak = Math.max(peak, spilled(folder));
        },
        onForecast: (forecast) => {
          items = [...items, ...forecast.items];
        },
      };
      if (verb === 'import') await offload.importMesh(at('in'), at('out.db'), options);
      else await offload.convertMesh(at('in'), at('out.off'), options);
      const [item, ...others] = items.filter(({ what }) => what === 'welding');
      expect(others).toEqual([]);
      const forecast = which === 'least' ? item!.leastBytes! : item!.bytes;
      expect(item!.leastBytes).toBeLessThan(item!.bytes);
      // Files of positions that are removed early are smaller than their buffers here.
      expect(forecast / peak, verb).toBeGreaterThan(0.98);
      expect(forecast / peak, verb).toBeLessThan(1.5);
    }
  });

  it('of a weld refuses only what cannot succeed, and states a range', async () => {
    const folder = freshFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('in.stl'), toBinaryStl(small));
    const forecasts: offload.Forecast[] = [];
    const run = () =>
      offload.importMesh(at('in.stl'), at('out.db'), {
        weldBytes: 2 ** 17,
        force: true,
        onForecast: (forecast) => forecasts.push(forecast),
      });
    await run();
    const least = forecasts[0]!.items.reduce((sum, { bytes, leastBytes = bytes }) => sum + leastBytes, 0);
    disk.free = least - 1;
    await expect(run()).rejects.toThrow(
      /not enough disk space: about [\d.]+ MB to [\d.]+ MB needed \(database [\d.]+ MB, index [\d.]+ kB, welding [\d.]+ kB to [\d.]+ MB\), /,
    );
    disk.free = least;
    await run();
  });

  it('includes the output of an export if its size is known', async () => {
    const { folder, at } = await setUp();
    disk.free = 1000;
    const problem = `${folder}: not enough disk space: about 2.69 MB needed (output 2.69 MB), 1.00 kB free`;
    await expect(offload.exportMesh(at('mesh.db'), at('out.off'))).rejects.toThrow(problem);
    await expect(offload.exportMesh(at('mesh.db'), at('out.off.gz'))).rejects.toThrow(
      '(compressed output 1.21 MB)',
    );
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
    await offload.exportMesh(at('mesh.db'), at('rounded.off'), { off: { precision: 2 } });
    disk.free = Number.POSITIVE_INFINITY;
    const { bytes } = await offload.exportMesh(at('mesh.db'), at('out.off'));
    expect(bytes / 2.69e6).toBeGreaterThan(0.85);
    expect(bytes / 2.69e6).toBeLessThan(1.1);
  });

  it('includes the parts of a split and the links of a check', async () => {
    const { folder, at } = await setUp();
    disk.free = 1000;
    const division = { by: 'grid', cells: [2, 1, 1] } as const;
    const problem = `${folder}: not enough disk space: about 2.69 MB needed (output 2.69 MB), 1.00 kB free`;
    await expect(offload.splitMesh(at('mesh.db'), at('parts'), division)).rejects.toThrow(problem);
    await expect(offload.checkMesh(at('mesh.db'))).rejects.toThrow('(corners by vertex ');
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
    disk.free = Number.POSITIVE_INFINITY;
    const forecasts: offload.Forecast[] = [];
    await offload.checkMesh(at('mesh.db'), { onForecast: (forecast) => forecasts.push(forecast) });
    const triangles = tube.length;
    // Labels of the sides of all triangles.
    expect(forecasts[0]!.items[1]).toEqual({ what: 'links', bytes: 8 * triangles });
  });

  it('exists for a comparison of a database without spatial order', async () => {
    const { at } = await setUp();
    const forecasts: offload.Forecast[] = [];
    const onForecast = (forecast: offload.Forecast) => forecasts.push(forecast);
    const result = await offload.verifyMesh(at('mesh.db'), at('in.stl'), {
      positionsBytes: LITTLE,
      onForecast,
    });
    expect(result.isEqual).toBe(true);
    const corners = 3 * tube.length;
    expect(forecasts[0]!.items).toEqual([
      { what: 'positions of corners', bytes: 24 * (401 * 100 + 2) + 32 * corners },
    ]);
  });

  it('holds for links between more ids than fit in memory', () => {
    const folder = freshFolder();
    const files = new SpillFiles(join(folder, 'links.partial'));
    const [count, bytes] = [400_000, 600_000];
    const links = new IdLinks(count, new ArrayBuffer(bytes), files);
    let made = 0;
    // Strides that lead from one range to the next, as triangles in no order of place do.
    for (let id = 0; id < count; id++) {
      for (const other of [(id * 7919 + 13) % count, (id * 104_729 + 7) % count]) {
        links.link(id, other);
        made++;
      }
    }
    let peak = 0;
    for (const _ of links.finish()) peak = Math.max(peak, spilled(folder));
    files.remove();
    const forecast = IdLinks.bytesOf(count, made, bytes);
    expect(forecast / peak).toBeGreaterThan(0.6);
    expect(forecast / peak).toBeLessThan(2);
    expect(IdLinks.bytesOf(count, made, 4 * count)).toBe(4 * count);
  });
});
