/** Covers: commands/describe/describe-check, commands/describe/describe-shells. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkToJson, describeCheck } from '../../src/commands/describe/describe-check.js';
import type { Paint } from '../../src/commands/terminal/paint.js';
import { checkMesh } from '../../src/index.js';
import { type CliOptions, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';
import { makeBoxShell, turnShell } from '../support/shells.js';

let folder: string;

const plain: Paint = (_, text) => text;
const box = (low: number, high: number) => makeBoxShell([low, low, low], [high, high, high]);

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
  it('reports a solid', async () => {
    const { code, stdout, stderr } = await run(['check', 'whole.stl', '--strict']);
    expect(stdout).toMatch(/^mesh +whole\.stl\ntriangles +420\nvertices +212\nedges +630\nbounds +-?\d/);
    expect(stdout).toMatch(/\ngenus +0\nboundary edges +0\n/);
    expect(stdout).toMatch(/\nclosed +yes\nmanifold +yes\noriented +yes\nprintable +yes\n$/);
    expect(stdout).not.toContain('SELECT');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '420 triangles, 1,260 corners welded into 212 vertices\n',
    });
    expect(readdirSync(folder).sort()).toEqual(['open.stl', 'whole.stl']);
  });

  it('reports defects, with queries that list them', async () => {
    await run(['import', 'open.stl', 'open.db']);
    const { code, stdout, stderr } = await run(['check', 'open.db', '--strict']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/\nvolume +[\d.]+ \(relative to the origin: the mesh is not a solid\)\n/);
    expect(stdout).toMatch(/\nprintable +no\n +- it is open: 3 boundary edges in 1 loop\n$/);
    const [, query] = /\nboundary edges +3 +(SELECT .*)\n/.exec(stdout)!;
    const listed = await run(['sql', 'open.db', query!, '--json']);
    expect(JSON.parse(listed.stdout)).toHaveLength(3);
    expect((await run(['check', 'open.db'])).code).toBe(0);
  });

  it.each([
    [
      'two tips',
      '5 2 0\n0 0 0\n1 0 0\n0 1 0\n-1 0 0\n0 -1 0\n3 0 1 2\n3 0 3 4',
      '1 vertex where the surface touches itself at a point',
    ],
    [
      'a fin',
      '5 3 0\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n0 -1 0\n3 0 1 2\n3 0 1 3\n3 0 1 4',
      '1 edge shared by more than two triangles',
    ],
    [
      'a flipped triangle',
      '4 2 0\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 1 2\n3 0 1 3',
      '1 misoriented edge: some triangles are flipped',
    ],
    ['a needle', '2 1 0\n0 0 0\n1 0 0\n3 0 0 1', 'all its triangles are degenerate'],
    ['nothing', '1 0 0\n0 0 0', 'it has no triangles'],
  ])('explains why it is not printable: %s', async (_, text, reason) => {
    const { stdout } = await run(['check', '-'], { input: `OFF\n${text}\n` });
    expect(stdout).toMatch(/\nprintable +no\n/);
    expect(stdout).toContain(`- ${reason}\n`);
  });

  it('names the import command that makes the queries possible', async () => {
    const { stderr } = await run(['check', 'open.stl']);
    const command = /\nto run the queries, import the mesh: offload (import open\.stl open\.db)\n$/.exec(
      stderr,
    )!;
    expect((await run(command[1]!.split(' '))).code).toBe(0);
    expect((await run(['check', 'open.db'])).stderr).toBe('');
    expect((await run(['check', 'whole.stl'])).stderr).not.toContain('queries');
    const piped = await run(['check', '-'], { input: readFileSync(join(folder, 'open.stl')) });
    expect(piped.stderr).toMatch(
      /\nto run the queries, import the mesh: pipe it into offload import - mesh\.db\n$/,
    );
  });

  it('prints all figures and working queries as JSON', async () => {
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

  it('lists the shells that are inside out, and export flips them', async () => {
    const hollow = [...turnShell(box(0, 9)), ...box(1, 8)];
    // Their triangles take turns, so that neither has consecutive ids.
    const mixed = hollow.map((_, k) => hollow[(k % 2) * 12 + (k >> 1)]!);
    const shells = [...box(20, 21), ...mixed, ...turnShell(box(30, 31)), ...box(40, 49), ...box(41, 48)];
    writeFileSync(join(folder, 'shells.stl'), toBinaryStl(shells.map((triangle) => triangle.flat())));
    await run(['import', 'shells.stl', 'shells.db']);
    const { stdout } = await run(['check', 'shells.db']);
    expect(stdout).toMatch(/\nclosed shells +6\ncavities +0\ninside-out shells +3 +WITH RECURSIVE .* UNION /);
    expect(stdout).toMatch(
      /\n {36}SELECT \* FROM triangles WHERE id BETWEEN 36 AND 47\nwrongly nested shells +1 +SELECT/,
    );
    expect(stdout).toMatch(
      /\nprintable +no\n +- 3 shells are inside out; offload export --orient outward flips them\n +- 1 shell is wrongly nested: a body in a body, or a cavity in a cavity\n$/,
    );
    const found = JSON.parse((await run(['check', 'shells.db', '--json'])).stdout);
    expect(found).toMatchObject({
      printable: false,
      closedShells: 6,
      shellVerdicts: { outward: 2, cavity: 0, insideOut: 3, nestedWrongly: 1 },
    });
    const list = found.shellList as {
      first: number;
      triangles: number;
      within: number | null;
      query: string;
    }[];
    expect(list.map(({ first, within }) => [first, within])).toEqual([
      [12, null],
      [13, 12],
      [36, null],
      [60, 48],
      [0, null],
      [48, null],
    ]);
    for (const { first, query } of list) {
      const rows = JSON.parse((await run(['sql', 'shells.db', query, '--json'])).stdout);
      expect(rows.map(({ id }: { id: number }) => id)).toEqual(
        Array.from({ length: 12 }, (_, k) => (first === 12 || first === 13 ? first + 2 * k : first + k)),
      );
    }
    const exported = await run(['export', 'shells.db', 'one.off', '--sql', list[0]!.query]);
    expect(exported.stderr).toMatch(/^12 triangles, 8 vertices;/m);

    const turned = await run(['export', 'shells.db', 'right.off', '--orient', 'outward']);
    expect(turned.stderr).toMatch(
      /^3 shells \(36 triangles\) flipped to face outward\nshells left unchanged: 1 wrongly nested\n/,
    );
    const right = JSON.parse((await run(['check', 'right.off', '--json'])).stdout);
    expect(right.shellVerdicts).toMatchObject({ outward: 4, cavity: 1, insideOut: 0, nestedWrongly: 1 });
    const explained = await run(['export', 'shells.db', '--orient', 'outward', '--explain', '--json']);
    expect(JSON.parse(explained.stdout).oriented).toMatchObject({ turnedShells: 3, leftOpen: 0 });
    const summed = await run(['export', 'shells.db', 'more.off', '--orient', 'outward', '--json']);
    expect(JSON.parse(summed.stdout).selection.oriented).toEqual({
      turnedShells: 3,
      turnedTriangles: 36,
      left: { nestedWrongly: 1, crossing: 0, flat: 0, unjudged: 0 },
      leftOpen: 0,
    });
    const wrong = await run(['convert', 'shells.stl', 'no.off', '--orient', 'inward']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^offload: --orient \w+: expected outward\n/);
  });

  it('reports that shells are not judged', async () => {
    writeFileSync(join(folder, 'box.stl'), toBinaryStl(box(0, 9).map((triangle) => triangle.flat())));
    await run(['import', 'box.stl', 'box.db']);
    const found = await checkMesh(join(folder, 'box.db'));
    const unjudged = { ...found, shellVerdicts: undefined, shellList: [], isPrintable: undefined };
    const text = describeCheck('box.db', unjudged, plain);
    expect(text).toMatch(/\nclosed shells +1\nclosed +yes\n/);
    expect(text).toMatch(/\nprintable +unknown\n +- its shells were not judged: .* raise --memory\n$/);
    const many = Array.from({ length: 9 }, () => ({ ...found.shellList[0]!, verdict: 'insideOut' as const }));
    const shellVerdicts = { ...found.shellVerdicts!, insideOut: 1009 };
    expect(describeCheck('box.db', { ...found, shellVerdicts, shellList: many }, plain)).toMatch(
      /\ninside-out shells +1,009 +SELECT .*\n(?: +SELECT .*\n){4} +and 1,004 more; --json lists up to 1,000 shells\nwrongly/,
    );
    const marked: Paint = (meaning, words) => `<${meaning} ${words}>`;
    expect(describeCheck('box.db', { ...found, shellVerdicts, shellList: many }, marked)).toMatch(
      /\ncavities +0\ninside-out shells +<bad 1,009 +> SELECT .*\n +SELECT/,
    );
    expect(describeCheck('box.db', unjudged, marked)).toMatch(/\noriented +<good yes>\nprintable +unknown\n/);
    expect(JSON.parse(checkToJson('box.db', unjudged))).toMatchObject({
      printable: null,
      shellVerdicts: null,
      shellList: [],
    });
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
