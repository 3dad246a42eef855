/** Covers: index, pipeline/import-mesh, pipeline/load/load-run, pipeline/load/load-source, pipeline/run/progress. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as offload from '../src/index.js';
import { freshFolder } from './support/files.js';
import { countTube, makeTube, toAsciiStl, toBinaryStl, toOff } from './support/meshes.js';

const tube = [...makeTube(100, 20)];
const counts = countTube(100, 20);

function setUp(content: Buffer | string = toBinaryStl(tube)) {
  const folder = freshFolder();
  const input = join(folder, 'in.stl');
  writeFileSync(input, content);
  return { folder, input, output: join(folder, 'out.off'), database: join(folder, 'mesh.db') };
}

describe('the library', () => {
  it('reports what it did', async () => {
    const { input, output } = setUp();
    const result = await offload.convertMesh(input, output);
    expect(result).toMatchObject({ ...counts, degenerate: 0, format: 'stl', fitMemory: true, warnings: [] });
    expect(result.written.bytes).toBe(readFileSync(output).length);
    expect(result.bounds!.min[2]).toBe(-3);
    expect(result.bounds!.max[2]).toBe(7);
  });

  it('reports progress up to the end, warnings by kind, and the forecast', async () => {
    const { input, output } = setUp(`${toAsciiStl(tube).replaceAll('endfacet', 'endfacet extra')}`);
    const progress: offload.Progress[] = [];
    const warnings: offload.Warning[] = [];
    const forecasts: offload.Forecast[] = [];
    const result = await offload.convertMesh(input, output, {
      batchTriangles: 500,
      onProgress: (event) => progress.push(event),
      onWarning: (warning) => warnings.push(warning),
      onForecast: (forecast) => forecasts.push(forecast),
    });
    expect(warnings).toHaveLength(1);
    expect(result.warnings).toEqual([{ ...warnings[0], count: counts.triangles }]);
    const reading = progress.filter(({ stage }) => stage === 'import');
    expect(reading.at(-1)).toMatchObject({ done: readFileSync(input).length, triangles: counts.triangles });
    expect(reading.map(({ triangles }) => triangles)).toEqual(
      [...reading.map(({ triangles }) => triangles)].sort((a, b) => a - b),
    );
    const last = progress.at(-1)!;
    expect(last).toMatchObject({ stage: 'export', unit: 'rows', done: counts.triangles + counts.vertices });
    expect(last.total).toBe(last.done);
    expect(forecasts[0]!.items.map(({ what }) => what)).toEqual(['database', 'output']);
  });

  it.each([
    ['import', 1],
    ['export', 1],
    ['import', 2],
    ['export', 2],
  ] as const)('can be aborted in %s without a trace, with %d threads', async (stage, threads) => {
    const { folder, input, output } = setUp();
    const controller = new AbortController();
    const reason = new Error('enough');
    const run = offload.convertMesh(input, output, {
      batchTriangles: 100,
      threads,
      signal: controller.signal,
      onProgress: (event) => {
        if (event.stage === stage) controller.abort(reason);
      },
    });
    // One chunk of output may be all there is; then the export is over when it is told of.
    if (stage === 'import') await expect(run).rejects.toBe(reason);
    else await run.catch((error: unknown) => expect(error).toBe(reason));
    const left = readdirSync(folder).filter((name) => name !== 'in.stl' && name !== 'out.off');
    expect(left).toEqual([]);
  });

  it('can be aborted in an import without a trace', async () => {
    const { folder, input, database } = setUp();
    const run = offload.importMesh(input, database, {
      signal: AbortSignal.abort(new Error('before it began')),
    });
    await expect(run).rejects.toThrow('before it began');
    expect(readdirSync(folder)).toEqual(['in.stl']);
  });

  it('runs several times at once in one process', async () => {
    const one = setUp();
    const two = setUp(toAsciiStl(tube.slice(0, 500)));
    await Promise.all([
      offload.convertMesh(one.input, one.output, { batchTriangles: 100 }),
      offload.convertMesh(two.input, two.output, { batchTriangles: 100, weldBytes: 8192 }),
      offload.importMesh(one.input, one.database, { batchTriangles: 100 }),
    ]);
    expect(readFileSync(one.output, 'utf8')).toBe(toOff(tube));
    expect(readFileSync(two.output, 'utf8')).toMatch(/^OFF\n\d+ 500 0\n/);
    const db = offload.MeshDatabase.open(one.database);
    expect(db.countVertices()).toBe(counts.vertices);
    db.close();
  });

  it('keeps the former output until the new one is complete', async () => {
    const { input, output, database } = setUp();
    writeFileSync(output, 'precious');
    writeFileSync(database, 'SQLite format 3\0, precious');
    await expect(offload.convertMesh(input, output)).rejects.toThrow(offload.FileError);
    await expect(offload.importMesh(input, database)).rejects.toThrow(offload.FileError);
    writeFileSync(input, toBinaryStl(tube).subarray(0, 1000));
    await expect(offload.convertMesh(input, output, { force: true })).rejects.toThrow(offload.FormatError);
    await expect(offload.importMesh(input, database, { force: true })).rejects.toThrow(offload.FormatError);
    expect(readFileSync(output, 'utf8')).toBe('precious');
    expect(readFileSync(database, 'utf8')).toBe('SQLite format 3\0, precious');
  });

  it('refuses a memory below the minimum', async () => {
    const { folder, input, output } = setUp();
    for (const memoryBytes of [offload.MEMORY_MINIMUM - 1, Number.NaN]) {
      await expect(offload.convertMesh(input, output, { memoryBytes })).rejects.toThrow(offload.UsageError);
    }
    expect(readdirSync(folder)).toEqual(['in.stl']);
  });

  it('refuses an output that is an input', async () => {
    const { input, output, database } = setUp();
    await offload.importMesh(input, database);
    await expect(offload.convertMesh(input, input, { force: true })).rejects.toThrow(offload.UsageError);
    await expect(offload.importMesh(input, input, { force: true })).rejects.toThrow(offload.UsageError);
    await expect(offload.exportMesh(database, database, { force: true })).rejects.toThrow(offload.UsageError);
    await expect(offload.convertMesh(input, output, { keep: output })).rejects.toThrow(offload.UsageError);
    expect(existsSync(output)).toBe(false);
  });
});
