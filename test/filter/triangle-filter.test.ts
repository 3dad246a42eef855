/** Covers: filter/thin, filter/triangle-scan. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TriangleFilter } from '../../src/filter/triangle-filter.ts';
import type { Shape } from '../../src/geometry/shapes.ts';
import { exportMesh, importMesh, indexMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { exportReference, type Point, type ReferenceFilter, weldExactly } from '../support/reference.js';
import { runs } from '../support/runs.js';

/** Corners on a small grid: shared, degenerate and duplicate ones are common. */
const coordinate = fc.integer({ min: -2, max: 2 });
const point = fc.tuple(coordinate, coordinate, coordinate);
const soup = fc.array(fc.tuple(point, point, point), { minLength: 1, maxLength: 40 });

type Condition = ReferenceFilter['isWanted'];

const crossOf = ([a, b, c]: readonly Point[]): Point => {
  const [ux, uy, uz] = [0, 1, 2].map((d) => b![d]! - a![d]!) as unknown as Point;
  const [vx, vy, vz] = [0, 1, 2].map((d) => c![d]! - a![d]!) as unknown as Point;
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
};
const squareOf = ([x, y, z]: Point) => x * x + y * y + z * z;

/** Conditions in SQL, each beside what it means. The second half is beyond what is evaluated without SQLite. */
const CONDITIONS: readonly (readonly [string, Condition])[] = [
  ['id % 3 = 1', (id) => id % 3 === 1],
  ['ax > 0 or not (bz <= 1)', (_, [a, b]) => a![0] > 0 || b![2] > 1],
  ['max_x - min_x between 1 and 2', (_, p) => [1, 2].includes(span(p, 0))],
  ['centroid_z < 0.5', (_, p) => (p[0]![2] + p[1]![2] + p[2]![2]) / 3 < 0.5],
  ['area > 1.5', (_, p) => 0.5 * Math.sqrt(squareOf(crossOf(p))) > 1.5],
  ['normal_z > 0', (_, p) => crossOf(p)[2] > 0],
  ['normal_x is null', (_, p) => squareOf(crossOf(p)) === 0],
  ["cast(az as text) = '1.0'", (_, [a]) => a![2] === 1],
  ['id in (select id from main.triangles where id < 7)', (id) => id < 7],
  [
    'iif(area > 1, by, -by) >= 1',
    (_, p) => (Math.sqrt(squareOf(crossOf(p))) > 2 ? p[1]![1] : -p[1]![1]) >= 1,
  ],
];

function span(points: readonly Point[], axis: number): number {
  const values = points.map((corner) => corner[axis]!);
  return Math.max(...values) - Math.min(...values);
}

/** Shapes that are held wholly, beside what they mean; touching ones have a test of their own. */
const shape: fc.Arbitrary<readonly [Shape, Condition]> = fc.oneof(
  fc.tuple(point, point).map(([p, q]): readonly [Shape, Condition] => {
    const min = p.map((value, d) => Math.min(value, q[d]!)) as unknown as Point;
    const max = p.map((value, d) => Math.max(value, q[d]!)) as unknown as Point;
    const isInside = (corner: Point) => corner.every((value, d) => value >= min[d]! && value <= max[d]!);
    return [{ kind: 'box', min, max, touching: false }, (_, points) => points.every(isInside)];
  }),
  fc
    .tuple(point, fc.integer({ min: 2, max: 5 }))
    .map(([center, radius]): readonly [Shape, Condition] => [
      { kind: 'sphere', center, radius, touching: false },
      (_, points) =>
        points.every((p) => squareOf(p.map((v, d) => v - center[d]!) as unknown as Point) <= radius * radius),
    ]),
  fc
    .tuple(
      point.filter((p) => squareOf(p) > 0),
      coordinate,
    )
    .map(([normal, offset]): readonly [Shape, Condition] => [
      { kind: 'plane', normal, offset, touching: false },
      (_, points) => points.every(([x, y, z]) => normal[0] * x + normal[1] * y + normal[2] * z + offset >= 0),
    ]),
);

/** Most of the time absent, so that combinations leave something. */
const rarely = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 1 });

const filters = fc
  .record({
    where: rarely(fc.subarray([...CONDITIONS], { minLength: 1, maxLength: 2 })).map((list) => list ?? []),
    ids: rarely(fc.array(fc.nat(39), { maxLength: 30 })),
    shapes: rarely(fc.array(shape, { minLength: 1, maxLength: 2 })).map((list) => list ?? []),
    component: rarely(
      fc.constantFrom(
        { kind: 'largest' } as const,
        { kind: 'over', triangles: 2 } as const,
        {
          kind: 'number',
          number: 0,
        } as const,
      ),
    ),
    drop: fc.subarray(['degenerate', 'duplicate', 'unreferenced'] as const),
    limit: rarely(fc.nat(10)),
    weld: rarely(fc.constantFrom(0.5, 1, 1.5)),
    flip: fc.boolean(),
  })
  .map(({ where, ids, shapes, component, drop, limit, weld, flip }) => {
    const conditions = [...where, ...shapes].map(([, condition]) => condition);
    const filter: TriangleFilter = {
      where: where.map(([text]) => text),
      sql: ids && [`SELECT id FROM triangles WHERE id IN (${ids.join(', ')})`],
      shapes: shapes.map(([one]) => one),
      components: component && [component],
      drop,
      limit,
    };
    const isWanted: Condition = (id, points) =>
      conditions.every((condition) => condition(id, points)) && (ids === undefined || ids.includes(id));
    return { filter, isWanted, weld, flip } satisfies ReferenceFilter;
  });

async function importSoup(corners: readonly (readonly Point[])[], folder: string): Promise<string> {
  const input = join(folder, 'in.raw');
  const database = join(folder, 'mesh.db');
  writeFileSync(input, corners.map((triangle) => `${triangle.flat().join(' ')}\n`).join(''));
  await importMesh(input, database, { force: true });
  return database;
}

describe('filters', () => {
  it('agree with a plain program, in any combination', async () => {
    const folder = freshFolder();
    const output = join(folder, 'out.off');
    let written = 0;
    await fc.assert(
      fc.asyncProperty(
        soup,
        fc.array(filters, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (corners, asked, isIndexed) => {
          const mesh = weldExactly(corners);
          const database = await importSoup(corners, folder);
          if (isIndexed) await indexMesh(database);
          for (const reference of asked) {
            const { filter, weld, flip } = reference;
            const { triangles, vertices } = await exportMesh(database, output, {
              filter,
              weld,
              flip,
              force: true,
            });
            const text = readFileSync(output, 'latin1');
            expect(text).toBe(exportReference(mesh, reference));
            expect(text.split('\n')[1]).toBe(`${vertices} ${triangles} 0`);
            written += triangles;
          }
        },
      ),
      { numRuns: runs(20, 60), seed: 41 },
    );
    expect(written).toBeGreaterThan(100);
    expect(readdirSync(folder).sort()).toEqual(['in.raw', 'mesh.db', 'out.off']);
  });
});
