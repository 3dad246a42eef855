import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

async function setUp() {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(40, 12)));
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    return { code, stdout: stdout.toString(), stderr };
  };
  await run('import', 'in.stl', 'mesh.db');
  return { folder, run };
}

describe('an R*Tree', () => {
  it('is built by index and shown by info', async () => {
    const { run } = await setUp();
    const { code, stderr } = await run('index', 'mesh.db');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^984 triangles indexed in \d+ boxes in mesh\.db; /);
    expect((await run('info', 'mesh.db')).stdout).toMatch(/\nindex +R\*Tree of \d+ boxes\n/);
    expect(await run('index', 'absent.db')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot open/),
    });
  });
});
