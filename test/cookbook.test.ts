import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { importMesh } from '../src/index.js';
import { freshFolder } from './support/files.js';

const PAGE = readFileSync(new URL('../docs/cookbook.md', import.meta.url), 'utf8');

/** Questions and their queries. */
const RECIPES = PAGE.split(/^## /m)
  .slice(1)
  .map(
    (section) =>
      [section.slice(0, section.indexOf('\n')), /```sql\n(.*?)```/s.exec(section)?.[1] ?? ''] as const,
  );

/** A cube of edge 1 without its lid, and a plate of 1 by 0.1 above it. */
const MESH: Readonly<Record<string, readonly string[]>> = {
  box: [
    '0 0 0  0 1 0  1 1 0',
    '0 0 0  1 1 0  1 0 0',
    '0 0 0  1 0 0  1 0 1',
    '0 0 0  1 0 1  0 0 1',
    '1 0 0  1 1 0  1 1 1',
    '1 0 0  1 1 1  1 0 1',
    '1 1 0  0 1 0  0 1 1',
    '1 1 0  0 1 1  1 1 1',
    '0 1 0  0 0 0  0 0 1',
    '0 1 0  0 0 1  0 1 1',
  ],
  plate: ['0 0 2  1 0 2  1 0.1 2', '0 0 2  1 0.1 2  0 0.1 2'],
};

/** What is true of it: vertices are numbered as they come, (0, 0, 1) is 5 and the plate begins with 8. */
const ANSWERS: Readonly<Record<string, readonly unknown[][]>> = {
  'Which triangles are the largest?': [
    [0, 0.5],
    [1, 0.5],
    [2, 0.5],
  ],
  // Equal but for the last digit, which rounding has left.
  'Which triangles are slivers?': [
    [11, (Math.sqrt(1.01) * (Math.sqrt(1.01) + 1.1)) / (0.2 * Math.sqrt(3))],
    [10, (Math.sqrt(1.01) * (Math.sqrt(1.01) + 1.1)) / (0.2 * Math.sqrt(3))],
  ],
  'How large is the surface?': [[5.1]],
  // What the lid would have closed is missing: a third of the cube, and the plate's cone to the origin is there.
  'How large is the volume?': [[2 / 3 + 0.2 / 3]],
  'Is the surface closed?': [[0]],
  'Where are its holes?': [
    [0, 0, 1, 0, 1, 1],
    [0, 0, 2, 1, 0, 2],
    [0, 0.1, 2, 0, 0, 2],
    [0, 1, 1, 1, 1, 1],
    [1, 0, 1, 0, 0, 1],
    [1, 0, 2, 1, 0.1, 2],
    [1, 0.1, 2, 0, 0.1, 2],
    [1, 1, 1, 1, 0, 1],
  ],
  'How many rims are there, and how long are they?': [
    [4, 4, 4],
    [8, 4, 2.2],
  ],
  'Which triangles have a vertex?': [[3], [8], [9]],
  'Which vertices are the neighbors of a vertex?': [[0], [1], [4], [7]],
  'Which triangles are the neighbors of a triangle?': [[2], [8]],
  'What is around a place?': [[4]],
  'What are the bounds of a part?': [[0, 0, 2, 1, 0.1, 2]],
  'Which parts are thin?': [
    ['plate', 0],
    ['box', 1],
  ],
  'How large is the surface of each part?': [
    ['box', 5],
    ['plate', 0.1],
  ],
  'Which triangles does a slice at a height meet?': [[2], [3], [4], [5], [6], [7], [8], [9]],
  'What is the outline at that height?': [
    [2, 0.5, 0, 1, 0],
    [3, 0, 0, 0.5, 0],
    [4, 1, 0.5, 1, 1],
    [5, 1, 0, 1, 0.5],
    [6, 0, 1, 0.5, 1],
    [7, 0.5, 1, 1, 1],
    [8, 0, 0, 0, 0.5],
    [9, 0, 0.5, 0, 1],
  ],
  'Which triangles face down?': [[0], [1]],
  // The plate's short edges; twelve of the cube, two of the plate and its diagonal; diagonals of five faces.
  'How are the lengths of edges distributed?': [
    [0, 2],
    [1, 15],
    [1.25, 5],
  ],
  'How many triangles meet at a vertex?': [
    [1, 2],
    [2, 2],
    [3, 4],
    [4, 2],
    [5, 2],
  ],
  'What is its Euler characteristic?': [[2]],
  'Where is the middle of the surface?': [
    [(5 * 0.5 + 0.1 * 0.5) / 5.1, (5 * 0.5 + 0.1 * 0.05) / 5.1, (4 * 0.5 + 0.1 * 2) / 5.1],
  ],
  'Is a triangle there twice?': [],
  'What do two meshes have in common?': [[12]],
  // All of the file is in the block that begins with the first facet, on line 2.
  'Where in its source is a triangle?': [[0, 2]],
};

async function importExample(folder: string): Promise<string> {
  const solids = Object.entries(MESH).map(([name, triangles]) => {
    const facets = triangles.map((corners) => {
      const vertices = corners.split('  ').map((corner) => `vertex ${corner}\n`);
      return `facet normal 0 0 0\nouter loop\n${vertices.join('')}endloop\nendfacet\n`;
    });
    return `solid ${name}\n${facets.join('')}endsolid ${name}\n`;
  });
  writeFileSync(join(folder, 'in.stl'), solids.join(''));
  await importMesh(join(folder, 'in.stl'), join(folder, 'mesh.db'));
  return join(folder, 'mesh.db');
}

describe('docs/cookbook.md', () => {
  it('has twenty questions with known answers', () => {
    expect(RECIPES.length).toBeGreaterThanOrEqual(20);
    expect(RECIPES.map(([question]) => question)).toEqual(Object.keys(ANSWERS));
  });

  it('states what each question costs', () => {
    const costs = /^# What they cost\n(.*?)^# /ms.exec(PAGE)![1]!;
    for (const [question] of RECIPES) expect(costs.split(question), question).toHaveLength(2);
  });

  it.each(RECIPES)('%s', async (question, text) => {
    const folder = freshFolder();
    const path = await importExample(folder);
    copyFileSync(path, join(folder, 'other.db'));
    const db = new Database(path, { readonly: true });
    const statements = text.replace("'other.db'", `'${join(folder, 'other.db')}'`).split(';\n');
    for (const statement of statements.slice(0, -1)) db.exec(statement);
    const rows = db.prepare(statements.at(-1)!).raw().all() as unknown[][];
    const expected = ANSWERS[question]!;
    expect(rows.length).toBe(expected.length);
    for (const [k, row] of rows.entries()) {
      expect(row.length).toBe(expected[k]!.length);
      for (const [column, value] of row.entries()) {
        const known = expected[k]![column];
        if (typeof known === 'number') expect(value, `row ${k}`).toBeCloseTo(known, 12);
        else expect(value).toBe(known);
      }
    }
    db.close();
  });
});
