import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, runCli, runProgram } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

/** What makes a program an ordinary user's: root may write everywhere. */
const AS_NOBODY =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];

async function setUp() {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(30, 10)));
  await runCli(['import', 'in.stl', 'mesh.db'], { cwd: folder });
  await runCli(['export', 'mesh.db', 'in.off'], { cwd: folder });
  chmodSync(folder, 0o555);
  const run = async (...args: string[]) => {
    const [program, ...more] = [...AS_NOBODY, process.execPath, CLI, ...args];
    const { code, stdout, stderr } = await runProgram(program!, more, { cwd: folder });
    return { code, stdout: stdout.toString(), stderr };
  };
  return { folder, run };
}

/** Whether an ordinary user can be had, and may read the program. */
async function canRun(): Promise<boolean> {
  const [program, ...more] = [...AS_NOBODY, process.execPath, CLI, '--version'];
  return await runProgram(program!, more).then(
    ({ code }) => code === 0,
    () => false,
  );
}

describe.skipIf(!(await canRun()))('in a read-only folder', () => {
  it.each([
    ['check', 'in.stl'],
    ['check', 'in.off'],
    ['check', 'mesh.db'],
    ['verify', 'in.off', 'in.stl'],
    ['verify', 'mesh.db', 'in.off'],
    ['info', 'mesh.db', '--plots'],
    ['export', 'mesh.db', '-', '--weld', '0.1', '--drop', 'duplicate'],
    ['export', 'mesh.db', '--explain', '--weld', '0.1'],
    ['convert', 'in.stl', '-'],
    ['sql', 'mesh.db', 'SELECT count(*) FROM edges'],
  ])('runs without a folder for temporary files: %s %s', async (...args) => {
    const { folder, run } = await setUp();
    const { code, stderr } = await run(...args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(readdirSync(folder).sort()).toEqual(['in.off', 'in.stl', 'mesh.db']);
    chmodSync(folder, 0o755);
  });

  it.each([
    ['import', 'in.stl', 'new.db'],
    ['convert', 'in.stl', 'new.off'],
    ['convert', 'in.stl', '-', '--tmp', '.'],
    ['export', 'mesh.db', 'parts', '--split', 'grid=2,1,1'],
  ])('reports that no file can be created there: %s %s %s', async (...args) => {
    const { folder, run } = await setUp();
    expect(await run(...args)).toMatchObject({
      code: 1,
      stderr: 'offload: .: cannot create files in this folder: permission denied\n',
    });
    chmodSync(folder, 0o755);
  });

  it('distinguishes an unreadable database from a missing one', async () => {
    const { folder, run } = await setUp();
    chmodSync(join(folder, 'mesh.db'), 0o200);
    const message = 'offload: mesh.db: cannot open: permission denied\n';
    expect(await run('info', 'mesh.db')).toMatchObject({ code: 1, stderr: message });
    chmodSync(folder, 0o755);
  });

  it('reports why an index cannot be stored', async () => {
    const { folder, run } = await setUp();
    expect((await run('index', 'mesh.db')).stderr).toMatch(
      /^offload: mesh\.db: is read-only; components, the index and saved filters are stored in it\nhint: /,
    );
    chmodSync(folder, 0o755);
  });
});
