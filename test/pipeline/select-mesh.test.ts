/**
 * Covers: database/components, database/migrate, database/rows/row-mapper, database/rows/vertex-rows,
 * database/spatial-index, filter/candidates.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { compileShape } from '../../src/geometry/shape-tests.ts';
import type { Shape } from '../../src/geometry/shapes.ts';
import {
  DatabaseError,
  EmptyError,
  type ExportOptions,
  explainExport,
  exportMesh,
  findComponents,
  importMesh,
  indexMesh,
  UsageError,
} from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { type Corners, makeTube, shuffle, toAsciiStl, toBinaryStl, toRaw } from '../support/meshes.js';
import { rewindSchema } from '../support/old-schema.js';
import { findComponents as componentsOf, type Point, weldExactly } from '../support/reference.js';

const tube = [...makeTube(60, 20)];
const MIB = 2 ** 20;

async function importText(text: string | Buffer, ending: string) {
  const folder = freshFolder();
  const input = join(folder, `in.${ending}`);
  const database = join(folder, 'mesh.db');
  writeFileSync(input, text);
  await importMesh(input, database);
  const output = join(folder, 'out.off');
  const write = async (options: ExportOptions) => {
    const result = await exportMesh(database, output, { ...options, force: true });
    return { ...result, text: readFileSync(output, 'latin1') };
  };
  return { folder, database, output, write };
}

const importTube = () => importText(toBinaryStl(tube), 'stl');

/** Ids of triangles, asked of SQLite. */
function idsOf(database: string, condition: string): number[] {
  const db = new Database(database, { readonly: true });
  try {
    return db.prepare(`SELECT id FROM triangles WHERE ${condition}`).pluck().all() as number[];
  } finally {
    db.close();
  }
}

const bySql = (ids: readonly number[]): ExportOptions => ({
  filter: { sql: [`SELECT value FROM json_each('${JSON.stringify(ids)}')`] },
});

describe('a place', () => {
  const shapes: readonly Shape[] = [
    { kind: 'box', min: [0, 0, -1], max: [9, 9, 1], touching: true },
    { kind: 'box', min: [0, 0, -1], max: [9, 9, 1], touching: false },
    { kind: 'sphere', center: [10, 0, 0], radius: 2, touching: true },
    { kind: 'sphere', center: [10, 0, 0], radius: 6, touching: false },
    { kind: 'plane', normal: [1, 1, 0], offset: -3, touching: true },
  ];

  it.each(shapes)('is the same with an R*Tree and without: %j', async (shape) => {
    const { database, write } = await importTube();
    const isWanted = compileShape(shape);
    const wanted = tube.flatMap((corners, id) => (isWanted(Float64Array.from(corners)) ? [id] : []));
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.length).toBeLessThan(tube.length);
    const plain = await write({ filter: { shapes: [shape] } });
    expect(plain.text).toBe((await write(bySql(wanted))).text);
    const { boxes, triangles } = await indexMesh(database);
    expect(triangles).toBe(tube.length);
    expect(boxes).toBeLessThan(tube.length / 8);
    const indexed = await write({ filter: { shapes: [shape] } });
    expect(indexed.text).toBe(plain.text);
    expect(indexed.selection.steps[0]!.by).toMatch(shape.kind === 'plane' ? /scan/ : /R\*Tree/);
  });

  it('is found among triangles in random order and beyond float32', async () => {
    const far: Corners[] = [
      [1e300, 0, 0, 1e300, 1, 0, 1e300, 0, 1],
      [1e-320, 0, 0, 1e-310, 1e-320, 0, 0, 1e-315, 5e-324],
    ];
    const { database, write } = await importText(toRawExact([...shuffle(tube), ...far]), 'raw');
    const boxes: Shape[] = [
      { kind: 'box', min: [1e299, -1, -1], max: [1e301, 1, 1], touching: false },
      { kind: 'box', min: [-1e-300, -1e-300, -1e-300], max: [1e-300, 1e-300, 1e-300], touching: false },
      { kind: 'box', min: [0, 0, -1], max: [9, 9, 1], touching: false },
    ];
    const before = await Promise.all(
      boxes.map((box) => explainExport(database, { filter: { shapes: [box] } })),
    );
    expect(before.map(({ triangles }) => triangles).slice(0, 2)).toEqual([1, 1]);
    expect((await indexMesh(database)).boxes).toBeGreaterThan(tube.length / 2);
    for (const [k, box] of boxes.entries()) {
      expect((await write({ filter: { shapes: [box] } })).triangles).toBe(before[k]!.triangles);
    }
  });
});

it('a place is the same with and without an R*Tree, among numbers close to 0 in float32', async () => {
  const values = [1.4e-45, 1e-45, 7e-46, 3e-46, 1e-50, 2.1e-45, 1e-39, 1.17e-38, 1.2e-38, 5e-324];
  const triangles = [...values, ...values.map((v) => -v)].map((v): Corners => [v, v, v, v, v, 1, v, 1, v]);
  const { database, write } = await importText(toRawExact(triangles), 'raw');
  const shapes = values.flatMap((v): Shape[] =>
    [true, false].flatMap((touching): Shape[] => [
      { kind: 'box', min: [-1, -1, -1], max: [v, 2, 2], touching },
      { kind: 'box', min: [v, -1, -1], max: [1, 2, 2], touching },
      { kind: 'box', min: [-v, -1, -1], max: [v, 2, 2], touching },
    ]),
  );
  const before: string[] = [];
  for (const shape of shapes) before.push((await write({ filter: { shapes: [shape] } })).text);
  expect(new Set(before).size).toBeGreaterThan(20);
  await indexMesh(database);
  for (const [k, shape] of shapes.entries()) {
    expect((await write({ filter: { shapes: [shape] } })).text, JSON.stringify(shape)).toBe(before[k]);
  }
});

it('a position that SQL changed in a float32 mesh keeps its digits', async () => {
  const { database, write } = await importTube();
  const db = new Database(database);
  db.exec('UPDATE vertices SET x = 4.37589643001556, y = -0.1 WHERE id = 3');
  db.close();
  for (const threads of [1, 2]) {
    const { text } = await write({ threads });
    expect(text.split('\n')[5]).toMatch(/^4\.37589643001556 -0\.1 /);
  }
});

function toRawExact(triangles: readonly Corners[]): string {
  return triangles.map((corners) => `${corners.join(' ')}\n`).join('');
}

describe('a sample', () => {
  it('is deterministic, close to its share, and different for another seed', async () => {
    const { write } = await importTube();
    const take = (share: number, seed: number) => write({ filter: { sample: { share, seed } } });
    const first = await take(0.25, 0);
    expect((await take(0.25, 0)).text).toBe(first.text);
    expect((await take(0.25, 1)).text).not.toBe(first.text);
    expect(first.triangles / tube.length).toBeGreaterThan(0.21);
    expect(first.triangles / tube.length).toBeLessThan(0.29);
    expect((await take(0, 0)).triangles).toBe(0);
    expect((await take(1, 7)).triangles).toBe(tube.length);
  });
});

describe('parts and components', () => {
  const solids = ['left wheel', 'right wheel', 'body'].map((name, k) => ({
    name,
    triangles: [...makeTube(3, 5)].map((corners) => corners.map((value) => value + 100 * k)),
  }));
  const text = solids.map(({ name, triangles }) => toAsciiStl(triangles, name)).join('');
  const count = solids[0]!.triangles.length;

  it('are selected by name, by pattern, and in SQL', async () => {
    const { database, write } = await importText(text, 'stl');
    const ids = (k: number) => idsOf(database, `id / ${count} = ${k}`);
    const wheels = (await write(bySql([...ids(0), ...ids(1)]))).text;
    expect((await write({ filter: { parts: ['*wheel'] } })).text).toBe(wheels);
    expect((await write({ filter: { parts: ['left wheel', 'right*'] } })).text).toBe(wheels);
    expect((await write({ filter: { where: ["part like '%wheel'"] } })).text).toBe(wheels);
    expect((await write({ filter: { where: ['material is not null'] } })).triangles).toBe(0);
    await expect(write({ filter: { parts: ['wheel'] } })).rejects.toMatchObject({
      code: 'NOT_IN_MESH',
      message: "no part is named 'wheel'",
      hint: '`MeshDatabase.parts` lists the parts',
    });
    await expect(write({ filter: { parts: ['leg*'] } })).rejects.toThrow(/^no part matches 'leg\*'$/);
    const { write: writeBare } = await importTube();
    await expect(writeBare({ filter: { parts: ['leg*'] } })).rejects.toThrow(
      /^no part 'leg\*': the mesh has no parts$/,
    );
  });

  it('are stored in the database, and agree with a plain program', async () => {
    const { database, write } = await importText(text, 'stl');
    const isTaken = (_: unknown, id: number) => id % 3 > 0;
    const some = await importText(toRaw(solids.flatMap(({ triangles }) => triangles).filter(isTaken)), 'raw');
    for (const path of [database, some.database]) await findComponents(path);
    const db = new Database(some.database, { readonly: true });
    const rows = db.prepare('SELECT a, b, c FROM triangles').raw().all() as [number, number, number][];
    const vertices = db.prepare('SELECT x, y, z FROM vertices').raw().all() as Point[];
    const expected = componentsOf({ vertices, triangles: rows });
    const runs = db.prepare('SELECT first, last, component FROM component_runs').raw().all() as number[][];
    const found = runs.flatMap(([first, last, component]) =>
      Array<number>(last! - first! + 1).fill(component!),
    );
    expect(found).toEqual(expected);
    const sizes = db
      .prepare('SELECT id, triangles, vertices, first FROM components')
      .raw()
      .all() as number[][];
    expect(sizes).toEqual(
      [...new Set(expected)]
        .sort((x, y) => x - y)
        .map((component) => {
          const own = rows.filter((_, id) => expected[id] === component);
          return [component, own.length, new Set(own.flat()).size, expected.indexOf(component)];
        }),
    );
    db.close();
    const body = await write({ filter: { components: [{ kind: 'number', number: 2 }] } });
    expect(body.text).toBe((await write({ filter: { parts: ['body'] } })).text);
    expect((await write({ filter: { where: ['component = 2'] } })).text).toBe(body.text);
    const over = await write({ filter: { components: [{ kind: 'over', triangles: count - 1 }] } });
    expect(over.text).toBe((await write({})).text);
    await expect(write({ filter: { components: [{ kind: 'number', number: 3 }] } })).rejects.toThrow(
      /0 to 2/,
    );
  });
});

describe('a filtered export', () => {
  it('has the same bytes with any number of threads and any memory', async () => {
    const big = [...makeTube(200, 150)];
    const { write } = await importText(toBinaryStl(big), 'stl');
    const asked: ExportOptions[] = [
      { filter: { where: ['centroid_x > 0.5 and id % 7 > 1'] } },
      { filter: { shapes: [{ kind: 'sphere', center: [0, 0, 0], radius: 11, touching: true }] }, flip: true },
      { filter: { drop: ['unreferenced'] } },
      { weld: 0.05, filter: { drop: ['duplicate'], where: ['max_z < 10'] } },
      { transform: [{ kind: 'rotate', axis: [0, 0, 1], degrees: 30 }], filter: { limit: 9999 } },
      { transform: [{ kind: 'units', from: 'mm', to: 'inch' }] },
    ];
    for (const options of asked) {
      const one = await write({ ...options, threads: 1 });
      expect(one.triangles).toBeGreaterThan(1000);
      // The smallest memory has room for three threads.
      for (const [threads, mebibytes] of [
        [2, 900],
        [64, 192],
      ] as const) {
        const more = await write({ ...options, threads, memoryBytes: mebibytes * MIB });
        expect(more.text === one.text, `${JSON.stringify(options)}, ${threads} threads`).toBe(true);
      }
    }
  });

  it('welds the same vertices for any order of the triangles', async () => {
    const options: ExportOptions = { weld: 0.4 };
    const sizes: (readonly number[])[] = [];
    for (const triangles of [tube, shuffle(tube, 3), shuffle(tube, 8)]) {
      const { write } = await importText(toBinaryStl(triangles), 'stl');
      const { triangles: count, vertices, selection } = await write(options);
      sizes.push([count, vertices, selection.welded, selection.collapsed]);
      expect(selection.welded).toBeGreaterThan(10);
      expect(count + selection.collapsed).toBe(tube.length);
    }
    expect(sizes[1]).toEqual(sizes[0]);
    expect(sizes[2]).toEqual(sizes[0]);
  });

  it('keeps colors and normals with their vertices, and rotates normals', async () => {
    const header = `ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z
property float nx\nproperty float ny\nproperty float nz\nproperty uchar red\nproperty uchar green\nproperty uchar blue
element face 2\nproperty list uchar int vertex_indices\nend_header\n`;
    const vertices = [
      '0 0 0 1 0 0 255 0 0',
      '1 0 0 0 1 0 0 255 0',
      '0 1 0 0 0 1 0 0 255',
      '5 5 5 0 1 0 9 9 9',
      '6 5 5 1 0 0 0 0 0',
    ];
    const { write } = await importText(`${header}${vertices.join('\n')}\n3 0 1 2\n3 1 3 4\n`, 'ply');
    const { text } = await write({
      off: { colors: true, normals: true, dialect: 'int255' },
      filter: { where: ['id = 1'] },
      transform: [{ kind: 'rotate', axis: [0, 0, 1], degrees: 90 }],
      flip: true,
    });
    expect(text).toBe(
      'CNOFF\n3 1 0\n0 1 0 1 0 0 0 255 0 255\n-5 5 5 1 0 0 9 9 9 255\n-5 6 5 0 -1 0 0 0 0 255\n3 0 2 1\n',
    );
  });

  it('writes computed values exactly', async () => {
    const { write } = await importText('0.1 0.2 0.3 1 2 3 -7 0 25.4\n', 'raw');
    const { text } = await write({
      transform: [
        { kind: 'translate', by: [0.2, 0, 0] },
        { kind: 'units', from: 'mm', to: 'inch' },
      ],
    });
    const lines = [
      [0.1, 0.2, 0.3],
      [1, 2, 3],
      [-7, 0, 25.4],
    ].map(([x, y, z]) => [(x! + 0.2) / 25.4, y! / 25.4, z! / 25.4].join(' '));
    expect(text).toBe(`${['OFF', '3 1 0', ...lines, '3 0 1 2'].join('\n')}\n`);
  });

  it('reads back to the same mesh', async () => {
    const { folder, output, write } = await importTube();
    const { text, triangles, vertices } = await write({ filter: { where: ['min_z > 0'] } });
    const again = join(folder, 'again.db');
    const result = await importMesh(output, again);
    expect(result).toMatchObject({ triangles, vertices, indexed: { unreferenced: 0 } });
    await exportMesh(again, join(folder, 'again.off'));
    expect(readFileSync(join(folder, 'again.off'), 'latin1')).toBe(text);
  });

  it('that is empty gives an OFF and a warning, or an error', async () => {
    const { folder, database, write } = await importTube();
    for (const filter of [
      { where: ['min_z > 1000'] },
      { limit: 0 },
      { sample: { share: 0, seed: 0 } },
      { where: ['area < 1000'], limit: 0 },
    ]) {
      const { text, warnings } = await write({ filter });
      expect(text).toBe('OFF\n0 0 0\n');
      expect(warnings).toMatchObject([{ kind: 'export-empty', count: 1 }]);
    }
    const failing = exportMesh(database, join(folder, 'none.off'), {
      filter: { where: ['id < 0'] },
      failIfEmpty: true,
    });
    await expect(failing).rejects.toThrow(EmptyError);
    expect(() => readFileSync(join(folder, 'none.off'))).toThrow(/ENOENT/);
  });

  it('is the same from a database in WAL mode, or of the first schema version', async () => {
    const { database, write } = await importTube();
    const options: ExportOptions = {
      filter: { where: ['area > 0.3'], components: [{ kind: 'largest' }], drop: ['degenerate'] },
      weld: 0.1,
    };
    const { text, triangles } = await write(options);
    expect(triangles).toBeGreaterThan(100);
    const db = new Database(database);
    rewindSchema(db);
    db.pragma('journal_mode = WAL');
    db.close();
    expect((await write({ filter: { where: ['area > 0.3'] } })).triangles).toBeGreaterThanOrEqual(triangles);
    expect((await write(options)).text).toBe(text);
  });

  it('refuses missing corners and vertices', async () => {
    const { database, write } = await importTube();
    const db = new Database(database);
    db.pragma('foreign_keys = OFF');
    db.exec('UPDATE triangles SET b = 999999 WHERE id = 77');
    db.close();
    await expect(write({ filter: { where: ['area > 0'] } })).rejects.toThrow(DatabaseError);
    await expect(write({ filter: { where: ['id > 70'] }, weld: 0.1 })).rejects.toThrow(DatabaseError);
  });

  it('is refused if its sets do not fit in memory', async () => {
    const { database, write } = await importTube();
    const db = new Database(database);
    db.exec('UPDATE triangles SET id = 9000000000 WHERE id = 5');
    db.close();
    await expect(write({ filter: { limit: 3 } })).rejects.toThrow(
      /does not fit in memory; expected at least \d+M/,
    );
  });
});

describe('SQL in a filter', () => {
  it.each([
    ['DELETE FROM triangles', /not a query/],
    ['SELECT 1; DELETE FROM triangles', /more than one statement/],
    ['WITH x AS (SELECT 1) DELETE FROM triangles RETURNING id', /would change the database/],
    ["ATTACH 'other.db' AS other", /not a query/],
    ['PRAGMA user_version = 7', /not a query/],
    ['/* */ -- x\n UPDATE triangles SET a = 0', /not a query/],
    ["SELECT load_extension('x')", /not authorized/],
    ['SELECT ?', /no value for \?$/],
    ['SELECT nothing FROM vertices', /no such column: nothing|"nothing"/],
    ["SELECT 'text'", /yields a text/],
    ['SELECT NULL', /yields NULL/],
    ['SELECT 1.5', /yields 1.5/],
    ['SELECT 123456789', /yields 123456789; expected triangle ids, 0 to \d+/],
    ['', /not a query/],
  ])('that is no SELECT of ids is refused: %s', async (text, message) => {
    const { database, write } = await importTube();
    const before = readFileSync(database);
    await expect(write({ filter: { sql: [text] } })).rejects.toThrow(message);
    await expect(write({ filter: { sql: [text] } })).rejects.toThrow(UsageError);
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it('may be any SELECT of ids, in any order', async () => {
    const { write } = await importTube();
    const some = await write({
      filter: { sql: [' -- some\n SELECT id, a FROM triangles WHERE id < 9 ORDER BY id DESC'] },
    });
    expect(some.text).toBe((await write({ filter: { limit: 9 } })).text);
    expect((await write({ filter: { sql: ['VALUES (3), (5), (3)'] } })).triangles).toBe(2);
    expect((await write({ filter: { sql: ['WITH t AS (SELECT 4) SELECT * FROM t'] } })).triangles).toBe(1);
  });

  it('is refused if its first of several columns is no triangle id', async () => {
    const { write } = await importTube();
    await expect(write({ filter: { sql: ['SELECT a, id FROM triangles'] } })).rejects.toThrow(
      'filter.sql: SELECT a, id FROM triangles: the first column is a; expected triangle ids, named id or triangle',
    );
  });

  it('suggests the column that a condition may mean', async () => {
    const { write } = await importTube();
    const failing = write({ filter: { where: ['arae > 1'] } });
    await expect(failing).rejects.toMatchObject({
      message: 'filter.where: arae > 1: no such column: arae',
      hint: "did you mean 'area'?",
    });
  });

  it.each([
    ['normalz > 0', 'normal_z'],
    ['asepct > 1', 'aspect'],
    ['triangle.sourc is null', 'source'],
    ['Components = 1', 'component'],
    ['q > 1', undefined],
    ['nothing_like_it > 1', undefined],
  ])('suggests the column that was meant: %s', async (text, meant) => {
    const { database } = await importTube();
    const hint =
      meant === undefined ? /^columns: id, a, b, c, ax\/y\/z, / : new RegExp(`^did you mean '${meant}'\\?$`);
    await expect(explainExport(database, { filter: { where: [text] } })).rejects.toMatchObject({
      hint: expect.stringMatching(hint),
    });
  });
});

describe('an explanation', () => {
  it('has the counts of the export and tells how each part is evaluated', async () => {
    const { database, write } = await importTube();
    const filter = { where: ['area > 0.3', 'sin(ax) > 0'], sql: ['SELECT id FROM triangles'], limit: 50 };
    const { triangles, vertices, selection } = await explainExport(database, { filter });
    expect(await write({ filter })).toMatchObject({ triangles, vertices });
    expect(selection.steps.map(({ by }) => by)).toEqual([
      'a scan of pages',
      expect.stringMatching(/^SQLite: SCAN t; SEARCH va/),
      'SQLite: SCAN triangles',
    ]);
  });
});

it('the reference program welds as offload does', async () => {
  const corners = tube.map((c): Point[] => [0, 3, 6].map((k) => c.slice(k, k + 3) as unknown as Point));
  const { vertices } = await (await importTube()).write({});
  expect(weldExactly(corners).vertices).toHaveLength(vertices);
});
