/** Outputs with three vertices for each triangle have the triangles of those that share vertices. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../../src/formats/index.js';
import type { WriteOptions } from '../../../src/formats/writer.js';
import { DEFAULT_WRITER } from '../../../src/formats/writers.js';
import { type ExportOptions, exportMesh, importMesh, splitMesh, UsageError } from '../../../src/index.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';
import { runs } from '../../support/runs.js';
import { readMesh } from '../../support/sources.js';
import { type Numbers, type OffMesh, selectFrom } from '../../support/written-off.js';

const STYLES = ['off', 'ply', 'obj'] as const;

const coordinate = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
const share = fc.nat(255).map((n) => n / 255);
const vertex = fc.tuple(coordinate, coordinate, coordinate);
const color = fc.option(fc.tuple(share, share, share, fc.constant(1)), { nil: undefined });
const normal = fc.option(fc.constantFrom([0, 0, 1], [0.6, 0, 0.8], [0, -1, 0]), { nil: undefined });

const mesh = fc.array(fc.tuple(vertex, color, normal), { minLength: 3, maxLength: 12 }).chain((vertices) =>
  fc.array(fc.tuple(fc.tuple(...Array(3).fill(fc.nat(vertices.length - 1))), color), { maxLength: 20 }).map(
    (faces): OffMesh => ({
      precision: 'float64',
      positions: vertices.map(([position]) => position),
      colors: vertices.map(([, one]) => one),
      normals: vertices.map(([, , one]) => one),
      triangles: faces.map(([corners]) => corners as number[]),
      faceColors: faces.map(([, one]) => one),
    }),
  ),
);

const selection: fc.Arbitrary<ExportOptions> = fc.record(
  {
    filter: fc.constantFrom({ where: ['id % 3 <> 1'] }, { where: ['max_x > 0'] }, { limit: 4 }),
    weld: fc.constantFrom(0.2, 0.5),
    transform: fc.constantFrom(
      [{ kind: 'scale' as const, factors: [2, 2, -3] as const }],
      [{ kind: 'rotate' as const, axis: [1, 0, 0] as const, degrees: 90 }],
    ),
    flip: fc.boolean(),
    threads: fc.constantFrom(1, 2),
  },
  { requiredKeys: [] },
);

async function read(path: string, id: string) {
  return readMesh(readFileSync(path), { format: FORMATS.find((format) => format.id === id)! });
}

describe('an output without shared vertices', () => {
  it('has the triangles, colors and normals of one with them', async () => {
    await fc.assert(
      fc.asyncProperty(
        mesh,
        selection,
        fc.constantFrom(...STYLES),
        fc.record({ colors: fc.boolean(), normals: fc.boolean() }),
        async (source, selecting, id, content) => {
          const folder = freshFolder();
          const at = (name: string) => join(folder, name);
          const all: WriteOptions = { colors: true, normals: true };
          const chunks = [...DEFAULT_WRITER.write(selectFrom(source, all), all, () => undefined)];
          writeFileSync(at('in.off'), Buffer.concat(chunks.map(({ bytes }) => bytes)));
          await importMesh(at('in.off'), at('mesh.db'));
          const shared = await exportMesh(at('mesh.db'), at(`shared.${id}`), { ...selecting, [id]: content });
          const soup = { ...content, soup: true };
          const unshared = await exportMesh(at('mesh.db'), at(`soup.${id}`), { ...selecting, [id]: soup });
          expect(unshared.triangles).toBe(shared.triangles);
          expect(unshared.vertices).toBe(3 * shared.triangles);
          const expected = await read(at(`shared.${id}`), id);
          const found = await read(at(`soup.${id}`), id);
          expect(found.triangles).toEqual(expected.triangles);
          expect(found.faces).toEqual(found.faces.map((_, k) => [3 * k, 3 * k + 1, 3 * k + 2]));
          expect(found.faceColors).toEqual(expected.faceColors);
          const corners = expected.faces.flat();
          const expand = (values: readonly Numbers[]) => corners.map((corner) => values[corner]!);
          expect(found.vertexColors).toEqual(expand(expected.vertexColors));
          expect(found.vertexNormals).toEqual(expand(expected.vertexNormals));
        },
      ),
      { numRuns: runs(6, 15) },
    );
  });

  it('is split, compressed, rounded and forecast like any other', async () => {
    const folder = freshFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('in.stl'), toBinaryStl(makeTube(30, 20)));
    const { triangles } = await importMesh(at('in.stl'), at('mesh.db'));
    const forecasts: number[] = [];
    const { bytes } = await exportMesh(at('mesh.db'), at('all.ply'), {
      ply: { soup: true },
      onForecast: ({ items }) => forecasts.push(items[0]!.bytes),
    });
    expect(bytes).toBeGreaterThan(forecasts[0]!);
    expect(bytes).toBeLessThan(forecasts[0]! + 300);
    const { files } = await splitMesh(
      at('mesh.db'),
      at('cells'),
      { by: 'grid', cells: [2, 1, 1] },
      { compress: 'gzip', off: { soup: true, precision: 3 } },
    );
    expect(files.map(({ vertices }) => vertices)).toEqual(files.map((file) => 3 * file.triangles));
    expect(files.reduce((sum, file) => sum + file.triangles, 0)).toBe(triangles);
  });

  it('is no option of STL, which never shares vertices', async () => {
    const stl = { soup: true } as object;
    await expect(exportMesh('mesh.db', 'out.stl', { stl })).rejects.toThrow(UsageError);
  });
});
