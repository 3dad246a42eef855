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

describe('tiles', () => {
  it('are built by index --tiles and shown by info', async () => {
    const { run } = await setUp();
    expect((await run('info', 'mesh.db')).stdout).not.toMatch(/tiles/);
    const { code, stderr } = await run('index', 'mesh.db', '--tiles');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^984 triangles in 1 tile, [\d.]+ kB, in mesh\.db; /);
    expect((await run('info', 'mesh.db')).stdout).toMatch(/\ntiles +1\n/);
    const summary = JSON.parse((await run('index', 'mesh.db', '--tiles', '--json')).stdout);
    expect(summary).toMatchObject({ database: 'mesh.db', triangles: 984, nodes: 1, leaves: 1 });
    expect(JSON.parse((await run('info', 'mesh.db', '--json')).stdout)).toMatchObject({ tiles: 1, boxes: 0 });
  });
});
