/** Covers: commands/describe/locate-output. */
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toAsciiStl, toBinaryStl } from '../support/meshes.js';

const tube = [...makeTube(3, 4)];

async function setUp(content: Buffer | string, name = 'in.mesh') {
  const folder = freshFolder();
  writeFileSync(join(folder, name), content);
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    return { code, stdout: stdout.toString(), stderr };
  };
  await run('import', name, 'mesh.db', '-q');
  return {
    folder,
    input: join(folder, name),
    run,
    locate: (...args: string[]) => run('locate', 'mesh.db', ...args),
  };
}

describe('locate', () => {
  it('shows a triangle of a text file with the lines of the source', async () => {
    const { input, locate } = await setUp(toAsciiStl(tube, 'a \x1b[31mtube').replaceAll(' outer', '\touter'));
    const { code, stdout, stderr } = await locate('5');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const offset = toAsciiStl(tube, 'a \x1b[31mtube').split('facet normal', 6).join('facet normal').length;
    const size = /facet normal[^f]*endfacet/.exec(stdout.replaceAll(/^\d+ {2}/gm, ''))![0].length;
    expect(stdout).toBe(
      `triangle   5 in ${input}, stl (ascii)
place      line 37, 7 lines; byte ${offset}, ${size} bytes
part       solid 'a \\x1b[31mtube'
a          vertex 2 at 10.3000002 0 -3
b          vertex 5 at 6.34465953e-16 10.3616152 -2.9000001
c          vertex 6 at 10.6616154 0 -2.9000001

37  facet normal 0 0 0
38   outer loop
39    vertex 10.3000002 0.00000000 -3.00000000
40    vertex 6.34465953e-16 10.3616152 -2.90000010
41    vertex 10.6616154 0.00000000 -2.90000010
42   endloop
43  endfacet
`,
    );
  });

  it('shows a facet of a binary file as bytes and numbers, and the first place of a vertex', async () => {
    const { input, locate } = await setUp(toBinaryStl(tube, { attribute: (k) => 256 + k }));
    expect((await locate('1')).stdout).toMatch(
      /\nplace {6}byte 134, 50 bytes\n(.*\n){3}\n134 ( 00){12} {2}normal 0 0 0\n146 ( \w\w){12} {2}a 0 0 -3\n(.*\n){2}182 {2}01 01 {32}attribute 257\n$/,
    );
    const { stdout } = await locate('--vertex', '3');
    expect(stdout).toMatch(
      `vertex     3 in ${input}, stl (binary)\nplace      byte 158, 12 bytes\nfirst in   triangle 1, corner b\nposition   `,
    );
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^158 ( \w\w){12} {2}b /);
  });

  it('reports the face of a triangle, and truncates long lines', async () => {
    const far = Array.from({ length: 60 }, (_, k) => `v ${Math.cos(k / 10)} ${Math.sin(k / 10)} 0`);
    const face = `f ${far.map((_, k) => `${k + 1}/${'7'.repeat(10)}`).join(' ')}`;
    const spread = `f ${far.map((_, k) => `${k + 1} \\`).join('\n')}\n`;
    const { locate } = await setUp(`${far.join('\n')}\n# made for a test\n${face}\n${spread}`, 'in.obj');
    const { stdout } = await locate('3');
    expect(stdout).toMatch(/\nface {7}0 of the source, counted from 0, triangle 4 of 58\n/);
    expect(stdout).toMatch(/\n62 {2}f 1\/7777777777 2\/.{130,160}…\n$/);
    const long = await locate('60');
    expect(long.stdout).toMatch(
      /\nplace {6}line 63, 60 lines; .*\nface {7}1 of the source.*triangle 3 of 58\n/,
    );
    expect(long.stdout).toMatch(/\n102 {2}40 \\\nand 20 more lines\n$/);
    const vertex = await locate('2', '--vertex');
    expect(vertex.stdout).toMatch(/\nfirst as {3}vertex 2 of the source, counted from 0\n/);
    expect(vertex.stdout).toMatch(/\n\n3 {2}v 0\.98.* 0\n$/);
  });

  it('prints JSON', async () => {
    const { input, locate } = await setUp(toAsciiStl(tube));
    const text = 'facet normal 0 0 0\n outer loop\n  vertex';
    expect(JSON.parse((await locate('0', '--json')).stdout)).toMatchObject({
      ...{ database: 'mesh.db', kind: 'triangle', id: 0, file: input, format: 'stl', encoding: 'ascii' },
      ...{
        offset: 11,
        line: 2,
        lines: 7,
        text: expect.stringContaining(text),
        hex: null,
        face: null,
        isCut: false,
      },
      ...{ vertices: [0, 1, 2], parts: [{ kind: 'solid', name: 'tube' }], compression: null, fields: [] },
    });
    const binary = await setUp(toBinaryStl(tube));
    const vertex = JSON.parse((await binary.locate('0', '--vertex', '--json')).stdout) as object;
    expect(vertex).toMatchObject({
      ...{ kind: 'vertex', id: 0, position: [0, 0, -3], corner: { triangle: 0, corner: 0 }, number: null },
      ...{ offset: 96, bytes: 12, line: null, lines: null, text: null, hex: '0000000000000000000040c0' },
      fields: [{ name: 'a', from: 0, to: 12, values: [0, 0, -3] }],
    });
  });

  it('explains with -v why the source is the same, and how much was read', async () => {
    const { input, locate } = await setUp(toAsciiStl(tube));
    const same = await locate('1', '-v');
    expect(same.stderr).toMatch(
      / has the same size and modification time as when it was imported\n[\d,]+ bytes were read\n$/,
    );
    utimesSync(input, 1000, 1000);
    expect((await locate('1', '-v')).stderr).toMatch(
      / has a different modification time .*: computing its digest\n/,
    );
    expect((await locate('1', '-q')).stderr).toBe('');
  });

  it.each([
    [['32'], 2, /^offload: mesh\.db: no triangle 32; expected 0 to 31\n$/],
    [['18', '--vertex'], 2, /^offload: mesh\.db: no vertex 18; expected 0 to 17\n$/],
    [['x'], 2, /^offload: <id> x: expected a whole number from 0\n$/],
    [['1.5'], 2, /expected a whole number/],
    [[], 2, /^offload: missing required argument 'id'\n$/],
    [['1', '--source', '-'], 2, /^offload: --source -: standard input .*; expected a file\n$/],
    [['1', '--source', 'no.stl'], 1, /^offload: no\.stl: cannot read: no such file or directory\n$/],
    [['1', '--source', '.'], 1, /^offload: \.: is a directory; expected a mesh file\n$/],
    [
      ['1', '--source', 'mesh.db'],
      1,
      /^offload: mesh\.db: is not the imported file, sha256 \w{64} \(.*\); expected sha256 \w{64} \(.*\)\nhint: /,
    ],
  ] as const)('refuses %j', async (args, code, message) => {
    const { locate } = await setUp(toAsciiStl(tube));
    const result = await locate(...args);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('reports what is known about standard input as a source', async () => {
    const { folder, input, locate } = await setUp(toAsciiStl(tube));
    await runCli(['import', '-', 'mesh.db', '--force', '-q'], { cwd: folder, input: toAsciiStl(tube) });
    expect(await locate('5')).toMatchObject({
      code: 1,
      stderr:
        'offload: mesh.db: its source was standard input, which cannot be read again; ' +
        'triangle 5 is at line 2 or later\nhint: set --source to a file with the same bytes\n',
    });
    expect((await locate('5', '--source', input)).stdout).toMatch(/\nplace {6}line 37, 7 lines; /);
  });
});
