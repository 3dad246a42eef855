/** Covers: commands/describe/draw-page, commands/describe/histogram, commands/describe/mesh-facts. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';

let folder: string;

const FACETS = 'facet\nouter loop\nvertex 0 0 0\nvertex 4 0 0\nvertex 0 3 0\nendloop\nendfacet\n';

beforeEach(async () => {
  folder = freshFolder();
  writeFileSync(
    join(folder, 'in.stl'),
    `solid a<b>&"c\x1b\ufffe\n${FACETS}endsolid\nsolid second\n${FACETS}${FACETS.replace('vertex 4 0 0', 'vertex 0 0 0')}endsolid\n`,
  );
  expect((await run('import', 'in.stl', 'mesh.db')).code).toBe(0);
});

async function run(...args: string[]) {
  const { code, stdout, stderr } = await runCli(args, { cwd: folder });
  return { code, stdout: stdout.toString(), stderr };
}

describe('offload info', () => {
  it('shows the parts as a table', async () => {
    const { stdout, stderr } = await run('info', 'mesh.db');
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /\n\npart {2}kind {3}triangles {2}name\n0 {5}solid {2}1 {10}a<b>&"c\\x1b\ufffe\n1 {5}solid {2}2 {10}second\n$/,
    );
  });

  it('reports welded corners and vertices', async () => {
    expect((await run('info', 'mesh.db')).stdout).toContain(
      '\nwelded     9 corners welded into 3 vertices\n',
    );
    for (const [vertices, welded] of [
      ['0 0 0\n1 0 0\n0 1 0\n', '3 vertices in the source, none welded'],
      ['0 0 0\n1 0 0\n0 1 0\n0 1 0\n', '4 vertices in the source welded into 3 vertices'],
    ] as const) {
      writeFileSync(
        join(folder, 'in.off'),
        `OFF\n${vertices.split('\n').length - 1} 1 0\n${vertices}3 0 1 2\n`,
      );
      await run('import', 'in.off', 'off.db', '-f');
      expect((await run('info', 'off.db')).stdout).toContain(`\nwelded     ${welded}\n`);
    }
  });

  it('lists the first of many sources and their number', async () => {
    const db = new Database(join(folder, 'mesh.db'));
    const columns = db
      .prepare("SELECT name FROM pragma_table_info('sources') WHERE name <> 'id'")
      .pluck()
      .all()
      .join();
    db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)
      INSERT INTO sources (${columns}) SELECT ${columns} FROM n, (SELECT * FROM sources)`);
    db.close();
    const { stdout } = await run('info', 'mesh.db');
    expect(stdout).toContain('and 4,996 more sources, in the table sources\n');
    expect(stdout).toContain('sources    5,001 files');
    expect(stdout.match(/in\.stl, stl/g)).toHaveLength(5);
    const { sources, sourceCount, sourceBytes } = JSON.parse((await run('info', 'mesh.db', '--json')).stdout);
    expect([sources.length, sourceCount, sourceBytes]).toEqual([100, 5001, 5001 * sources[0].size]);
  });

  it('draws histograms on request', async () => {
    const { stdout } = await run('info', 'mesh.db', '--plots');
    const bar = '█'.repeat(40);
    expect(stdout).toContain(
      `\nareas of triangles\n          0  1  ${bar.slice(20)}\n  6 to 6.06  2  ${bar}\n`,
    );
    expect(stdout).toMatch(/\nlengths of triangle sides\n +0 {2}1 {2}█+\n/);
    expect(stdout).toContain(`\nedges per vertex\n  2  3  ${bar}\n`);
    const { plots } = JSON.parse((await run('info', 'mesh.db', '--json', '--plots')).stdout);
    expect(Object.keys(plots)).toEqual(['areas', 'sides', 'degrees']);
    expect(plots.areas).toEqual([
      { label: '0', from: 0, to: 0, count: 1 },
      { label: '6 to 6.06', from: 6, to: 6.0625, count: 2 },
    ]);
    expect(JSON.parse((await run('info', 'mesh.db', '--json')).stdout)).not.toHaveProperty('plots');
  });

  it('draws a well-formed page, and prints the same facts', async () => {
    const { code, stdout } = await run('info', 'mesh.db', '--svg', 'mesh.svg');
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await run('info', 'mesh.db')).stdout });
    const svg = readFileSync(join(folder, 'mesh.svg'), 'utf8');
    expect(svg).toContain('>a&#60;b&#62;&#38;&#34;c\\x1b\ufffd</text>');
    expect(svg.match(/<path /g)!.length).toBeGreaterThanOrEqual(3);
    const open: string[] = [];
    for (const [, end, name, empty] of svg.matchAll(/<(\/?)(\w+)(?:\s[\w:-]+="[^"<&]*")*(\/?)>/g)) {
      if (end === '/') expect(open.pop()).toBe(name);
      else if (empty === '') open.push(name!);
    }
    expect(open).toEqual([]);
    expect(svg.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>"]/);
    expect(svg).not.toContain('\x1b');
    const again = await run('info', 'mesh.db', '--svg', '-');
    expect(again.stdout).toBe(svg);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db', 'mesh.svg']);
  });

  it('draws a mesh without triangles', async () => {
    writeFileSync(join(folder, 'none.off'), 'OFF\n0 0 0\n');
    await run('import', 'none.off', 'none.db');
    const { code, stdout } = await run('info', 'none.db', '--plots', '--svg', 'none.svg');
    expect(code).toBe(0);
    expect(stdout).toContain('\nareas of triangles\n  none\n');
    expect(readFileSync(join(folder, 'none.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('neither replaces a page nor combines it with --json', async () => {
    writeFileSync(join(folder, 'mesh.svg'), 'mine');
    const refused = await run('info', 'mesh.db', '--svg', 'mesh.svg');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^offload: mesh\.svg: .*exists/);
    expect(readFileSync(join(folder, 'mesh.svg'), 'utf8')).toBe('mine');
    expect((await run('info', 'mesh.db', '--svg', 'mesh.svg', '--force')).code).toBe(0);
    expect(await run('info', 'mesh.db', '--svg', '-', '--json')).toMatchObject({ code: 2, stdout: '' });
  });
});
