import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NUMBER_COLUMNS, selectTriangles } from '../../src/filter/expression/columns.js';
import { importMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { computeViews } from '../support/topology.js';

const PAGE = readFileSync(new URL('../../docs/schema.md', import.meta.url), 'utf8');

/** What the page says of a table or view. */
interface Described {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly query: string;
}

const described: readonly Described[] = PAGE.split(/^## /m)
  .slice(1)
  .map((section) => ({
    name: section.slice(0, section.indexOf('\n')),
    columns: [...section.matchAll(/^\| (\w+) \| ([A-Z]+) \|/gm)].map(
      ([, name, type]) => [name!, type!] as const,
    ),
    query: /```sql\n(.*?)```/s.exec(section)?.[1] ?? '',
  }));

const VIEWS = described
  .map(({ name }) => name)
  .slice(described.findIndex(({ name }) => name === 'triangle_corners'));

type Point = readonly [number, number, number];
type Soup = readonly (readonly [Point, Point, Point])[];

/** Two solids that share an edge, a degenerate triangle and a duplicate one, one turned round, one that touches by a tip. */
const SOUP: Soup = [
  [
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
  ],
  [
    [0, 0, 0],
    [1, 0, 0],
    [0, 0, 1],
  ],
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [1, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
  ],
  [
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 0],
  ],
  [
    [1, 0, 0],
    [0, 1, 0],
    [2, 2, 0.1],
  ],
  [
    [2, 2, 0.1],
    [3, 2, 1],
    [2, 3, 1],
  ],
];

async function importSoup(soup: Soup, folder: string): Promise<string> {
  const input = join(folder, 'in.stl');
  const database = join(folder, 'mesh.db');
  const solid = (name: string, triangles: Soup) =>
    `solid ${name}\n${triangles
      .map(
        (corners) =>
          `facet\nouter loop\n${corners.map((p) => `vertex ${p.join(' ')}\n`).join('')}endloop\nendfacet\n`,
      )
      .join('')}endsolid ${name}\n`;
  const half = Math.floor(soup.length / 2);
  writeFileSync(input, solid('first', soup.slice(0, half)) + solid('second', soup.slice(half)));
  await importMesh(input, database, { force: true });
  return database;
}

describe('docs/schema.md', () => {
  it('names every table and view with its columns, in order', async () => {
    const db = new Database(await importSoup(SOUP, freshFolder()), { readonly: true });
    const objects = db
      .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all() as string[];
    expect(described.map(({ name }) => name).sort()).toEqual(objects.sort());
    for (const { name, columns } of described) {
      const known = db.pragma(`table_xinfo(${name})`) as { name: string; type: string }[];
      expect(
        columns.map(([column]) => column),
        name,
      ).toEqual(known.map((column) => column.name));
      if (VIEWS.includes(name)) continue;
      expect(
        columns.map(([, type]) => type),
        name,
      ).toEqual(known.map(({ type }) => type));
    }
    expect(PAGE).toContain(`which is ${db.pragma('user_version', { simple: true })} here`);
    expect(PAGE).toContain(`\nis ${db.pragma('application_id', { simple: true })}, the letters`);
    db.close();
  });

  it('states the type of each numeric column of a view', async () => {
    const db = new Database(await importSoup(SOUP, freshFolder()), { readonly: true });
    for (const { name, columns } of described.filter((one) => VIEWS.includes(one.name))) {
      for (const [column, type] of columns) {
        const found = db.prepare(`SELECT DISTINCT typeof(${column}) FROM ${name}`).pluck().all();
        for (const one of found) expect(['null', type.toLowerCase()], `${name}.${column}`).toContain(one);
      }
    }
    db.close();
  });

  it.each(described)('has a working query of $name', async ({ query }) => {
    const db = new Database(await importSoup(SOUP, freshFolder()), { readonly: true });
    expect(query).not.toBe('');
    expect(db.prepare(query).all()).toBeInstanceOf(Array);
    db.close();
  });
});

describe('views', () => {
  // Few points, so that edges are shared by many triangles.
  const coordinate = fc.integer({ min: 0, max: 1 });
  const point = fc.tuple(coordinate, coordinate, coordinate);
  const soups = fc.array(fc.tuple(point, point, point), { minLength: 1, maxLength: 30, size: 'max' });

  it('agree with a plain program', async () => {
    const folder = freshFolder();
    const seen: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(soups, async (soup) => {
        const db = new Database(await importSoup(soup, folder), { readonly: true });
        const rowsOf = (sql: string) => db.prepare(sql).raw().all() as number[][];
        const triangles = rowsOf('SELECT a, b, c FROM triangles ORDER BY id') as [number, number, number][];
        for (const [view, expected] of Object.entries(computeViews(triangles))) {
          const all = rowsOf(`SELECT * FROM ${view}`);
          // The name of the source is the only text.
          const rows = all.map((row) => row.filter((value) => typeof value === 'number'));
          expect(rows.sort(compareRows), view).toEqual(expected.sort(compareRows));
          seen[view] = (seen[view] ?? 0) + rows.length;
        }
        db.close();
      }),
      { numRuns: runs(30, 100), seed: 42 },
    );
    for (const [view, rows] of Object.entries(seen)) expect(rows, view).toBeGreaterThan(10);
  });

  it('measure triangles exactly as filters do', async () => {
    const folder = freshFolder();
    const anywhere = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const spot = fc.tuple(anywhere, anywhere, anywhere);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(spot, spot, spot), { minLength: 1, maxLength: 20 }),
        async (soup) => {
          const db = new Database(await importSoup(soup, folder), { readonly: true });
          const columns = [...NUMBER_COLUMNS.keys()].join(', ');
          const rowsOf = (source: string) =>
            db.prepare(`SELECT ${columns} FROM ${source} ORDER BY id`).raw().all();
          expect(rowsOf('triangle_measures')).toEqual(rowsOf(`(${selectTriangles()})`));
          db.close();
        },
      ),
      { numRuns: runs(10, 30) },
    );
  });

  it('give lengths and aspect ratios', async () => {
    const root3 = Math.sqrt(3);
    const soup: Soup = [
      [
        [0, 0, 0],
        [2, 0, 0],
        [1, root3, 0],
      ],
      [
        [0, 0, 0],
        [3, 0, 0],
        [0, 4, 0],
      ],
    ];
    const db = new Database(await importSoup(soup, freshFolder()), { readonly: true });
    const rows = db
      .prepare('SELECT area, ab, bc, ca, aspect FROM triangle_measures')
      .raw()
      .all() as number[][];
    // Of 3, 4, 5 the circle inside has the radius 1.
    const expected = [
      [root3, 2, 2, 2, 1],
      [6, 3, 5, 4, 5 / (2 * root3)],
    ];
    for (const [k, row] of rows.entries())
      for (const [column, value] of row.entries()) expect(value).toBeCloseTo(expected[k]![column]!, 12);
    db.close();
  });

  it('give the bounds of parts', async () => {
    const db = new Database(await importSoup(SOUP, freshFolder()), { readonly: true });
    expect(db.prepare('SELECT * FROM part_bounds').raw().all()).toEqual([
      [0, 'first', 'solid', 4, 0, 0, 0, 1, 1, 1],
      [1, 'second', 'solid', 4, 0, 0, 0, 3, 3, 1],
    ]);
    db.close();
  });

  it('name the source of each triangle', async () => {
    const folder = freshFolder();
    // Each source has some triangles of SOUP, all with edges in common, and one has none.
    const sources = [
      ['a/x.off', SOUP.slice(0, 3)],
      ['b/empty.off', []],
      ['b/x.off', SOUP.slice(3, 4)],
      ['b/y z.off', SOUP.slice(4)],
    ] as const;
    const inputs = sources.map(([name, soup]) => {
      const input = join(folder, name);
      mkdirSync(dirname(input), { recursive: true });
      const faces = soup.map((_, k) => `3 ${3 * k} ${3 * k + 1} ${3 * k + 2}`);
      const points = soup.flat().map((p) => p.join(' '));
      writeFileSync(
        input,
        `${['OFF', `${3 * soup.length} ${soup.length} 0`, ...points, ...faces].join('\n')}\n`,
      );
      return input;
    });
    await importMesh(inputs, join(folder, 'mesh.db'));
    const db = new Database(join(folder, 'mesh.db'), { readonly: true });
    const owners = sources.flatMap(([name, soup]) => soup.map(() => basename(name)));
    for (const [view, id] of [
      ['triangle_corners', 'id'],
      ['triangle_measures', 'id'],
      ['boundary_edges', 'triangle'],
      ['misoriented_edges', 'triangle'],
      ['degenerate_triangles', 'id'],
      ['duplicate_triangles', 'id'],
    ] as const) {
      const rows = db.prepare(`SELECT ${id}, source FROM ${view}`).raw().all() as [number, string][];
      expect(rows.length, view).toBeGreaterThan(0);
      expect(rows, view).toEqual(rows.map(([triangle]) => [triangle, owners[triangle]]));
    }
    expect(db.prepare('SELECT * FROM source_runs').raw().all()).toEqual([
      [1, 'x.off', 0, 2],
      [3, 'x.off', 3, 3],
      [4, 'y z.off', 4, 7],
    ]);
    expect(db.prepare('SELECT * FROM source_bounds').raw().all()).toEqual([
      [1, 'x.off', 3, 0, 0, 0, 1, 1, 1],
      [3, 'x.off', 1, 0, 0, 0, 0, 1, 1],
      [4, 'y z.off', 4, 0, 0, 0, 3, 3, 1],
    ]);
    db.close();
  });

  it('list unreferenced vertices', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'in.off'), 'OFF\n4 1 0\n0 0 0\n1 0 0\n5 6 7\n0 1 0\n3 0 1 3\n');
    await importMesh(join(folder, 'in.off'), join(folder, 'mesh.db'));
    const db = new Database(join(folder, 'mesh.db'), { readonly: true });
    expect(db.prepare('SELECT * FROM unreferenced_vertices').raw().all()).toEqual([[2, 5, 6, 7]]);
    expect(db.prepare('SELECT degree, corners FROM vertex_degrees WHERE vertex = 2').raw().get()).toEqual([
      0, 0,
    ]);
    db.close();
  });
});

/** Whether a program is there to be asked. */
function isThere(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const PYTHON = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(json.dumps({view: [list(row) for row in db.execute("SELECT * FROM " + view)] for view in sys.argv[2:]}))
`;

import { runs } from '../support/runs.js';

/** All rows of the views as other builds of SQLite give them. */
const READERS: readonly (readonly [string, boolean, (path: string) => Record<string, unknown[][]>])[] = [
  [
    'the sqlite3 shell',
    isThere('sqlite3', ['--version']),
    (path) =>
      Object.fromEntries(
        VIEWS.map((view) => {
          const json = execFileSync('sqlite3', [
            '-readonly',
            '-json',
            path,
            `SELECT * FROM ${view}`,
          ]).toString();
          return [view, (JSON.parse(json === '' ? '[]' : json) as object[]).map((row) => Object.values(row))];
        }),
      ),
  ],
  [
    "Python's sqlite3",
    isThere('python3', ['-c', 'import sqlite3']),
    (path) => JSON.parse(execFileSync('python3', ['-c', PYTHON, path, ...VIEWS]).toString()) as never,
  ],
];

describe.each(READERS)('views in %s', (_, isPossible, readViews) => {
  it.skipIf(!isPossible)('have the same rows', async () => {
    const path = await importSoup(SOUP, freshFolder());
    const db = new Database(path, { readonly: true });
    const found = readViews(path);
    for (const view of VIEWS) {
      const rows = db.prepare(`SELECT * FROM ${view}`).raw().all() as unknown[][];
      if (view !== 'unreferenced_vertices') expect(rows.length, view).toBeGreaterThan(0);
      // The shell prints fifteen digits.
      const round = (row: unknown[]) =>
        row.map((value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value));
      expect(found[view]!.map(round), view).toEqual(rows.map(round));
    }
    db.close();
  });
});

function compareRows(p: readonly number[], q: readonly number[]): number {
  const k = p.findIndex((value, at) => value !== q[at]);
  return k < 0 ? 0 : p[k]! - q[k]!;
}
