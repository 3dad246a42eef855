import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

describe('names with control characters', () => {
  it('are escaped in everything that is printed', async () => {
    const folder = freshFolder();
    const name = 'a\x1b[31m\x07';
    writeFileSync(join(folder, `${name}.stl`), toBinaryStl(makeTube(60, 12)));
    const run = (...args: string[]) => runCli(args, { cwd: folder });
    const said = [
      await run('import', `${name}.stl`, `${name}.db`, '-v'),
      await run('convert', `${name}.stl`, `${name}.off`, '-v'),
      await run('export', `${name}.db`, `${name}.2.off`, '-v'),
      await run('index', `${name}.db`),
      await run('check', `${name}.db`),
      await run('info', `${name}.db`),
      await run('locate', `${name}.db`, '0'),
      await run('verify', `${name}.db`, `${name}.stl`, '-v'),
      await run('lint', `${name}.off`),
      await run('convert', `${name}.txt`),
      await run('export', `${name}.stl`),
    ];
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    for (const { stdout, stderr } of said) {
      const text = stdout.toString() + stderr;
      expect(text).not.toMatch(new RegExp(`[${String.fromCharCode(27, 7)}]`));
    }
    expect(
      said.filter(({ stdout, stderr }) => (stdout.toString() + stderr).includes('a\\x1b[31m\\x07')).length,
    ).toBe(11);
  });
});
