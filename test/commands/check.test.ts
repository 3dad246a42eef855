import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CliOptions, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

let folder: string;

beforeEach(() => {
  folder = freshFolder();
  const tube = [...makeTube(20, 10)];
  writeFileSync(join(folder, 'whole.stl'), toBinaryStl(tube));
  writeFileSync(join(folder, 'open.stl'), toBinaryStl(tube.slice(0, -1)));
});

async function run(args: readonly string[], options: CliOptions = {}) {
  const { code, stdout, stderr } = await runCli(args, { cwd: folder, ...options });
  return { code, stdout: stdout.toString(), stderr };
}

describe('offload check', () => {
  it('says that a solid is one', async () => {
    const { code, stdout, stderr } = await run(['check', 'whole.stl', '--strict']);
    expect(stdout).toMatch(/^mesh +whole\.stl\ntriangles +420\nvertices +212\nedges +630\nbounds +-?\d/);
    expect(stdout).toMatch(/\ngenus +0\nboundary edges +0\n/);
    expect(stdout).toMatch(/\nclosed +yes\nmanifold +yes\noriented +yes\nprintable +yes\n$/);
    expect(stdout).not.toContain('SELECT');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '420 triangles, 1,260 corners welded to 212 vertices\n',
    });
    expect(readdirSync(folder).sort()).toEqual(['open.stl', 'whole.stl']);
  });

  it('says what is in the way, with queries that list it', async () => {
    await run(['import', 'open.stl', 'open.db']);
    const { code, stdout, stderr } = await run(['check', 'open.db', '--strict']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/\nvolume +[\d.]+, from the origin: it encloses none\n/);
    expect(stdout).toMatch(/\nprintable +no\n +- it is open: 3 boundary edges in 1 loop\n$/);
    const [, query] = /\nboundary edges +3 +(SELECT .*)\n/.exec(stdout)!;
    const listed = await run(['sql', 'open.db', query!, '--json']);
    expect(JSON.parse(listed.stdout)).toHaveLength(3);
    expect((await run(['check', 'open.db'])).code).toBe(0);
  });

  it('names the command that keeps a database of a file, so that the queries can be asked', async () => {
    const { stderr } = await run(['check', 'open.stl']);
    const command = /\nthe queries need a database: offload (import open\.stl open\.db)\n$/.exec(stderr)!;
    expect((await run(command[1]!.split(' '))).code).toBe(0);
    expect((await run(['check', 'open.db'])).stderr).toBe('');
    expect((await run(['check', 'whole.stl'])).stderr).not.toContain('queries');
    const piped = await run(['check', '-'], { input: readFileSync(join(folder, 'open.stl')) });
    expect(piped.stderr).toMatch(
      /\nthe queries need a database: pipe the mesh into offload import - mesh\.db\n$/,
    );
  });

  it('gives scripts all figures, and queries that work', async () => {
    await run(['import', 'open.stl', 'open.db']);
    const { stdout } = await run(['check', 'open.db', '--json']);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      mesh: 'open.db',
      triangles: 419,
      boundaryEdges: 3,
      boundaryLoops: 1,
      genus: 0,
      closed: false,
      manifold: true,
      oriented: true,
      orientable: true,
      printable: false,
      reasons: ['it is open: 3 boundary edges in 1 loop'],
    });
    for (const [figure, query] of Object.entries(found.queries as Record<string, string>)) {
      const listed = await run(['sql', 'open.db', query, '--json']);
      expect(JSON.parse(listed.stdout), figure).toHaveLength(found[figure]);
    }
  });

  it('reads standard input', async () => {
    const input = readFileSync(join(folder, 'whole.stl'));
    const { code, stdout } = await run(['check', '-', '--tmp', '.'], { input });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mesh +standard input\ntriangles +420\n/);
    expect(readdirSync(folder).sort()).toEqual(['open.stl', 'whole.stl']);
  });

  it('refuses what it cannot check', async () => {
    writeFileSync(join(folder, 'cut.stl'), readFileSync(join(folder, 'whole.stl')).subarray(0, 1000));
    writeFileSync(join(folder, 'other.db'), Buffer.from('SQLite format 3\0'.padEnd(4096, '\0'), 'latin1'));
    for (const [name, message] of [
      ['absent.stl', /^offload: absent\.stl: cannot read: no such file or directory\n/],
      ['.', /^offload: \.: .*directory/],
      ['cut.stl', /^offload: cut\.stl: byte 984: truncated/],
      ['other.db', /^offload: other\.db: .*database/],
    ] as const) {
      const { code, stdout, stderr } = await run(['check', name]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
    }
    expect(readdirSync(folder).sort()).toEqual(['cut.stl', 'open.stl', 'other.db', 'whole.stl']);
  });
});
