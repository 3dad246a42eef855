/**
 * Requested columns have the values of the view of measures.
 *
 * Covers: filter/expression/measures.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportMesh, importMesh, MeshDatabase } from '../../../src/index.js';
import { OUTPUT_COLUMNS } from '../../../src/pipeline/run/measures.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toAsciiStl } from '../../support/meshes.js';
import { readParquetFile } from '../../support/parquet.js';

/** A tube of two solids, and a triangle without an area. */
const tube = [...makeTube(30, 20)];
const SOURCE = `${toAsciiStl(tube, 'tube')}${toAsciiStl([[1, 2, 3, 1, 2, 3, 4, 5, 6]], 'flat')}`;

async function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), SOURCE);
  await importMesh(at('in.stl'), at('mesh.db'));
  return at;
}

const measures = OUTPUT_COLUMNS.filter((name) => !['part', 'material', 'source'].includes(name));

describe('requested columns', () => {
  it('equal the measures of SQL', async () => {
    const at = await setUp();
    const columns = [...measures].reverse();
    for (const soup of [false, true]) {
      const output = at(`${soup}.parquet`);
      await exportMesh(at('mesh.db'), output, { parquet: { soup, columns } });
      const rows = await readParquetFile(soup ? output : join(output, 'triangles.parquet'));
      const db = MeshDatabase.open(at('mesh.db'));
      const expected = db.ask((connection) =>
        connection.prepare(`SELECT ${measures.join(', ')} FROM triangle_measures ORDER BY id`).all(),
      ) as Record<string, number | null>[];
      db.close();
      expect(rows).toHaveLength(tube.length + 1);
      expect(rows.map((row) => Object.fromEntries(measures.map((name) => [name, row[name]])))).toEqual(
        expected,
      );
      expect(rows.at(-1)).toMatchObject({ area: 0, normal_x: null, aspect: null });
      expect(Object.keys(rows[0]!).slice(soup ? 10 : 4)).toEqual(columns);
    }
  });

  it('measure what is written, and name its parts', async () => {
    const at = await setUp();
    const options = { parquet: { columns: ['area', 'part', 'area'] }, filter: { where: ['area < 1e9'] } };
    await exportMesh(at('mesh.db'), at('a.parquet'), options);
    const scale = { kind: 'scale', factors: [2, 2, 2] } as const;
    await exportMesh(at('mesh.db'), at('b.parquet'), { ...options, transform: [scale] });
    const [one, two] = await Promise.all(
      ['a', 'b'].map((name) => readParquetFile(join(at(`${name}.parquet`), 'triangles.parquet'))),
    );
    expect(two!.map(({ area }) => area)).toEqual(one!.map(({ area }) => 4 * (area as number)));
    expect(one!.map(({ part }) => part)).toEqual([...tube.map(() => 'tube'), 'flat']);
  });

  it('are refused if no triangle has them', async () => {
    const at = await setUp();
    const output = exportMesh(at('mesh.db'), at('a.parquet'), { parquet: { columns: ['area', 'arae'] } });
    await expect(output).rejects.toMatchObject({
      message: expect.stringMatching(
        /^parquet\.columns: unknown column 'arae'; expected some of part, /,
      ) as string,
      hint: expect.stringContaining('area') as string,
    });
  });
});
