import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { importMesh } from '../../src/index.js';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { runImport } from '../support/kill.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';
import { BUDGETS, SOURCES, survive } from '../support/survive.js';

describe('an import that is killed', () => {
  let resumptions = 0;
  const budgets = Object.keys(BUDGETS) as (keyof typeof BUDGETS)[];
  const cases = Object.keys(SOURCES).map(
    (name, k) => [name, budgets[k % 2]!, 1 + (k % 3 === 0 ? 1 : 0)] as const,
  );

  it.each(cases)('ends as one that is not: %s, %s, threads: %d', async (name, budget, threads) => {
    const { kills, resumed } = await survive(name, budget, threads, { stepMs: 60, most: 4 });
    expect(kills).toBeGreaterThan(0);
    if (!SOURCES[name]![0]) expect(resumed).toBe(0);
    resumptions += resumed;
  });

  afterAll(() => expect(resumptions).toBeGreaterThan(0));
});

/** A folder with an import that was killed after its first checkpoint. */
async function leaveHalf() {
  const folder = freshFolder();
  const input = join(folder, 'in.stl');
  writeFileSync(input, toBinaryStl(makeTube(800, 100)));
  const database = join(folder, 'mesh.db');
  const log = `${database}.partial.log`;
  for (let wait = 20; ; wait += 20) {
    const { end } = await runImport(input, database, { batchTriangles: 200, intervalMs: 1 }, wait);
    if (end !== undefined) throw new Error(`not killed: ${end}`);
    if (existsSync(log) && readFileSync(log, 'utf8').includes('"phase"'))
      return { folder, input, database, log };
  }
}

describe('what a killed import has left', () => {
  it('is gone on with by the same command, which says so', async () => {
    const { folder } = await leaveHalf();
    const { code, stderr } = await runCli(['import', 'in.stl', 'mesh.db'], { cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^goes on where an import was killed, with triangle [\d,]+\n160,200 triangles, /);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('is refused for a source that has been changed, and removed by --restart', async () => {
    const { folder, input } = await leaveHalf();
    utimesSync(input, new Date(1e12), new Date(1e12));
    const before = readdirSync(folder).sort();
    const refused = await runCli(['import', 'in.stl', 'mesh.db'], { cwd: folder });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^offload: in\.stl: has been changed since its import was interrupted, its time of change is 2001-09-09T\S+; expected \S+\nhint: offload import --restart begins again, and so does removing mesh\.db\.partial\.log\n$/,
    );
    expect(readdirSync(folder).sort()).toEqual(before);
    const again = await runCli(['import', 'in.stl', 'mesh.db', '--restart'], { cwd: folder });
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/^160,200 triangles, /);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('is begun anew where the command is another one, or files are gone', async () => {
    const { folder, input, database, log } = await leaveHalf();
    const resumed: number[] = [];
    const onResume = ({ triangles }: { triangles: number }) => resumed.push(triangles);
    const other = await importMesh(input, database, { salvage: true, onResume });
    expect(other.triangles).toBe(160_200);
    expect(resumed).toEqual([]);
    writeFileSync(log, '{"process":{"id":1,"started":"x"}}');
    await importMesh(input, database, { force: true, onResume });
    expect(resumed).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it.each([
    [
      'is shorter than it was',
      ({ database }: { database: string }) => truncateSync(`${database}.partial`, 40_000),
    ],
    ['is gone but for its log', ({ database }: { database: string }) => rmSync(`${database}.partial`)],
    ['has another text for a log', ({ log }: { log: string }) => writeFileSync(log, 'not { a log')],
  ])('is begun anew where it %s', async (_, spoil) => {
    const left = await leaveHalf();
    spoil(left);
    const resumed: number[] = [];
    const onResume = ({ triangles }: { triangles: number }) => resumed.push(triangles);
    const { triangles, vertices } = await importMesh(left.input, left.database, { onResume });
    expect({ triangles, vertices, resumed }).toEqual({ triangles: 160_200, vertices: 80_102, resumed: [] });
    expect(readdirSync(left.folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('is given up when it is aborted while it goes on', async () => {
    const { folder, input, database } = await leaveHalf();
    const controller = new AbortController();
    const onResume = () => controller.abort(new Error('enough'));
    const run = importMesh(input, database, { onResume, signal: controller.signal });
    await expect(run).rejects.toThrow('enough');
    expect(readdirSync(folder).sort()).toEqual(['in.stl']);
  });

  it.skipIf(!existsSync('/proc/self/stat'))('is left alone while another process is at it', async () => {
    const { folder, input, database, log } = await leaveHalf();
    const other: ChildProcess = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    onTestFinished(() => void other.kill('SIGKILL'));
    const started = readFileSync(`/proc/${other.pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[19];
    const entry = JSON.parse(readFileSync(log, 'utf8')) as object;
    writeFileSync(log, JSON.stringify({ ...entry, process: { id: other.pid, started } }));
    const before = readdirSync(folder).sort();
    await expect(importMesh(input, database)).rejects.toThrow(`process ${other.pid} is making it`);
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});
