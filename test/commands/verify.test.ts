/** Covers: commands/describe/describe-verification. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { PACK } from '../support/compressed.js';
import { freshFolder } from '../support/files.js';
import { countTube, makeTube, toBinaryStl, toOff } from '../support/meshes.js';
import { toObj } from '../support/obj.js';

const tube = [...makeTube(40, 12)];
const { triangles } = countTube(40, 12);
const stl = toBinaryStl(tube);
const count = triangles.toLocaleString('en-US');

function setUp(files: Readonly<Record<string, Buffer | string>> = {}) {
  const folder = freshFolder();
  const all = { 'in.stl': stl, 'out.off': toOff(tube), ...files };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, name), content);
  const run = async (args: readonly string[], input?: Buffer | string) => {
    const { code, stdout, stderr } = await runCli(args, {
      cwd: folder,
      ...(input !== undefined && { input }),
    });
    // Nothing is made but what a test asks for.
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
    return { code, stdout: stdout.toString(), stderr };
  };
  return { folder, run };
}

describe('verify', () => {
  it('reports in one line that meshes are equal, and exits with 0', async () => {
    const { run } = setUp();
    await run(['import', 'in.stl', 'mesh.db']);
    const stored = await run(['verify', 'mesh.db', 'in.stl']);
    expect(stored).toEqual({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^equal: ${count} triangles, checksum [0-9a-f]{32}\n$`)),
      stderr: expect.stringMatching(/^[\d.]+ s, peak memory [\d.]+ MB\n$/),
    });
    const text = await run(['verify', 'out.off', 'in.stl']);
    expect(text).toEqual({
      code: 0,
      stdout: stored.stdout.replace('\n', ', compared as float32, the precision of in.stl\n'),
      stderr: expect.stringMatching(/^[\d.]+ s, peak memory [\d.]+ MB\n$/),
    });
  });

  it('reports differences and their places, and exits with 1', async () => {
    const [first, second, third, ...rest] = tube;
    const turned = [...second!.slice(0, 3), ...second!.slice(6), ...second!.slice(3, 6)];
    const { run } = setUp({ 'out.off': toOff([first!, turned, third!, third!, ...rest.slice(0, -1)]) });
    const { code, stdout } = await run(['verify', 'out.off', 'in.stl']);
    expect(code).toBe(1);
    const hex = '[0-9a-f]{32}';
    const point = '\\S+ \\S+ \\S+';
    const corners = `${point}, ${point}, ${point}`;
    const lines = [
      'different: out\\.off does not hold exactly the triangles of in\\.stl, compared as float32, the precision of in\\.stl',
      `  out\\.off  ${count} triangles, checksum ${hex}`,
      `  in\\.stl   ${count} triangles, checksum ${hex}`,
      '1 triangle is flipped in out\\.off',
      `  triangle 1, byte 134: ${corners}; closest triangle 1, line \\d+, flipped`,
      '1 triangle is missing from out\\.off',
      `  triangle ${triangles - 1}, byte ${84 + 50 * (triangles - 1)}: ${corners}`,
      '1 triangle is not in in\\.stl',
      `  triangle 2, line \\d+: ${corners}; repeated fewer times in the other mesh`,
    ];
    expect(stdout).toMatch(new RegExp(`^${lines.join('\n')}\n$`));
  });

  it('recognizes a filter and lost digits', async () => {
    const { run } = setUp();
    await run(['import', 'in.stl', 'mesh.db']);
    await run(['export', 'mesh.db', 'some.off', '--limit', '100']);
    await run(['export', 'mesh.db', 'short.off', '--precision', '4']);
    const some = await run(['verify', 'some.off', 'in.stl']);
    expect(some.code).toBe(1);
    expect(some.stdout).toContain(
      `\n${triangles - 100} triangles are missing from some.off\n  triangle 100, byte 5084: `,
    );
    expect(some.stdout).toMatch(
      /\n {2}and \d+ more\nall triangles of some\.off are in in\.stl, as after a filter\n$/,
    );
    const short = await run(['verify', 'short.off', 'in.stl']);
    expect(short.code).toBe(1);
    expect(short.stdout).toContain('\nshort.off has the numbers of in.stl rounded to 4 significant digits\n');
  });

  it('prints JSON for scripts', async () => {
    const { run } = setUp({ 'less.stl': toBinaryStl(tube.slice(2)) });
    const equal = await run(['verify', 'out.off', 'in.stl', '--json']);
    const side = { triangles, checksum: expect.stringMatching(/^[0-9a-f]{32}$/) };
    expect(equal).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(equal.stdout)).toEqual({
      isEqual: true,
      comparedAs: 'float32',
      mesh: { name: 'out.off', files: 1, format: 'off', precision: 'float64', ...side },
      source: { name: 'in.stl', files: 1, format: 'stl', precision: 'float32', ...side },
      warnings: [],
    });
    const less = await run(['verify', 'out.off', 'less.stl', '--json']);
    expect(less.code).toBe(1);
    expect(JSON.parse(less.stdout)).toMatchObject({
      isEqual: false,
      parting: {
        missing: { count: 0 },
        turned: { count: 0 },
        extra: { count: 2, examples: [{ triangle: 0 }, { triangle: 1 }] },
      },
    });
  });

  it.each(['stl', 'obj'])(
    'names the file of a difference from several sources, one of them %s',
    async (last) => {
      const { folder, run } = setUp();
      mkdirSync(join(folder, 'tiles'));
      for (let tile = 0; tile < 12; tile++) {
        const own = tube.filter((_, index) => index % 12 === tile);
        const name = tile < 11 ? `tile${tile}.stl` : `tile11.${last}`;
        writeFileSync(
          join(folder, 'tiles', name),
          tile < 11 || last === 'stl' ? toBinaryStl(own) : toObj(own),
        );
      }
      await run(['convert', 'tiles', 'all.off']);
      const equal = await run(['verify', 'all.off', 'tiles']);
      expect(equal.stdout).toMatch(new RegExp(`^equal: ${count} triangles`));
      expect(equal.code).toBe(0);

      const other = [100, 100, 100, 101, 100, 100, 100, 101, 100];
      writeFileSync(join(folder, 'tiles', 'tile7.stl'), toBinaryStl([other]));
      const different = await run(['verify', 'all.off', 'tiles/*.*']);
      expect(different.code).toBe(1);
      expect(different.stdout).toContain('all.off does not hold exactly the triangles of 12 sources');
      expect(different.stdout).toContain(', tiles/tile7.stl: byte 84: ');
      writeFileSync(join(folder, 'list'), 'tiles\n');
      const listed = await run(['verify', 'all.off', '--files-from', 'list', '--json']);
      const { source, parting } = JSON.parse(listed.stdout);
      expect(source).toMatchObject({ name: null, files: 12, format: last === 'stl' ? 'stl' : 'mixed' });
      expect(parting.missing.examples[0].place).toEqual({ offset: 84, file: 'tiles/tile7.stl' });
    },
  );

  it('warns of several sources by name, once each', async () => {
    const { run } = setUp({ 'a.stl': toBinaryStl(tube, { count: 2 }), 'b.stl': toBinaryStl([]) });
    const { code, stderr } = await run(['verify', 'out.off', 'a.stl', 'b.stl']);
    expect(code).toBe(0);
    expect(stderr.match(/^warning: a\.stl: the header announces 2 triangles/gm)).toHaveLength(1);
    expect(stderr.match(/^warning: b\.stl: the source holds no triangle$/gm)).toHaveLength(1);
  });

  it('reads standard input on either side, once', async () => {
    const { run } = setUp({ 'less.stl': toBinaryStl(tube.slice(2)) });
    expect(await run(['verify', '-', 'in.stl', '-q'], toOff(tube))).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['verify', 'out.off', '-', '-q'], PACK.gzip(stl))).toMatchObject({
      code: 0,
      stderr: '',
    });
    // An OFF is in a database by then, soup is gone.
    const indexed = await run(['verify', '-', 'less.stl'], toOff(tube));
    expect(indexed.code).toBe(1);
    expect(indexed.stdout).toContain('\n2 triangles are not in less.stl\n  triangle 0: ');
    const soup = await run(['verify', 'less.stl', '-'], stl);
    expect(soup.code).toBe(1);
    expect(soup.stdout).toMatch(
      /\nthe differences are not listed: that needs files, as a pipe cannot be read twice\n$/,
    );
  });

  it('applies --salvage, --from and --tmp', async () => {
    const { folder, run } = setUp({ 'cut.stl': stl.subarray(0, -7), 'short.off': toOff(tube.slice(0, -1)) });
    const cut = await run(['verify', 'short.off', 'cut.stl', '--salvage', '--from', 'stl']);
    expect(cut.code).toBe(0);
    expect(cut.stderr).toMatch(/^warning: cut\.stl: truncated: /);
    mkdirSync(join(folder, 'elsewhere'));
    const { code, stderr } = await run(['verify', 'out.off', 'in.stl', '--tmp', 'elsewhere', '-v']);
    expect(code).toBe(0);
    expect(stderr).toContain('disk space in elsewhere: ');
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('escapes control characters of names', async () => {
    const { folder, run } = setUp();
    const name = 'a\x1b[31m.stl';
    writeFileSync(join(folder, name), toBinaryStl(tube.slice(0, 3), { count: 2 }));
    const { code, stdout, stderr } = await run(['verify', name, 'in.stl']);
    expect(code).toBe(1);
    expect(stdout).toContain('different: a\\x1b[31m.stl does');
    expect(stderr).toContain('warning: a\\x1b[31m.stl: the header announces 2 triangles');
    expect(stdout + stderr).not.toContain('\x1b');
  });

  it.each([
    [['out.off'], 2, /missing required argument 'sources'/],
    [['-', '-'], 2, /^offload: standard input cannot be both meshes; expected at least one file name\n$/],
    [['out.off', 'out.off'], 2, /^offload: out\.off: compared with itself; expected two files\n$/],
    [['out.off', 'in.stl', '--from', 'step'], 2, /^offload: --from step: expected one of stl, /],
    [['out.off', 'in.stl', '--force'], 2, /unknown option '--force'/],
    [['out.off', 'none.stl'], 2, /^offload: none\.stl: cannot read: no such file or directory\n$/],
    [['none.off', 'in.stl'], 2, /^offload: none\.off: cannot read: no such file or directory\n$/],
    [['out.off', '.'], 2, /^offload: out\.off: compared with itself; expected two files\n$/],
    [['out.off', 'in.stl', 'none.stl'], 2, /^offload: none\.stl: cannot read: no such file or directory\n$/],
    [
      ['empty.off', 'in.stl'],
      2,
      /^offload: empty\.off: byte 0: the file is empty \(0 bytes\); expected a mesh\n/,
    ],
    [['out.off', 'cut.stl'], 2, /^offload: cut\.stl: byte \d+: truncated: .*\nhint: .*--salvage/],
    [['out.off', 'other.db'], 2, /^offload: other\.db: /],
  ] as const)('refuses %j', async (args, code, message) => {
    const { folder, run } = setUp({ 'empty.off': '', 'cut.stl': stl.subarray(0, -7) });
    writeFileSync(join(folder, 'other.db'), Buffer.from(`SQLite format 3\0${'x'.repeat(200)}`));
    const result = await run(['verify', ...args]);
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ code, stdout: '' });
  });
});
