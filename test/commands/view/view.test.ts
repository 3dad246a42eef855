/** Covers: commands/view/open-browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLI, runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { beginQuery, ENDLESS, listJobs } from '../../support/jobs.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';
import { databaseOf } from '../../support/views.js';

interface Running {
  readonly child: ChildProcess;
  readonly url: URL;
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
}

/** Starts `offload view` and waits for its URL. */
async function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const child = spawn(process.execPath, [CLI, 'view', ...args], { env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => resolve(String(chunk)));
    void ended.then((code) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  return { child, url: new URL(url), stderr: () => stderr, ended };
}

/** Makes a program that opens a URL by writing it to the file `opened`; `env` has offload find it. */
function makeOpener(): { readonly opened: string; readonly env: NodeJS.ProcessEnv } {
  const folder = freshFolder();
  const opener = join(folder, 'xdg-open');
  const opened = join(folder, 'opened');
  writeFileSync(opener, `#!/bin/sh\nprintf %s "$1" > ${opened}.part\nmv ${opened}.part ${opened}\n`);
  chmodSync(opener, 0o755);
  return { opened, env: { PATH: [folder, process.env.PATH].join(delimiter) } };
}

/** Asks for the mesh with the token of the URL. */
async function askMesh({ url }: Running): Promise<Response> {
  const token = new URLSearchParams(url.hash.slice(1)).get('token');
  return fetch(new URL('/api/mesh', url), { headers: { authorization: `Bearer ${token}` } });
}

describe('view', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('prints its URL and ends by %s', async (signal) => {
    const running = await start([await databaseOf(), '--no-open']);
    expect(running.url.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32}$/);
    expect(await (await askMesh(running)).json()).toMatchObject({ triangles: 984 });
    running.child.kill(signal);
    expect(await running.ended).toBe(0);
    expect(running.stderr()).toBe('the page is open to this machine only; Ctrl-C ends it\n');
  });

  it('prints a URL with the axis that points up', async () => {
    const running = await start([await databaseOf(), '--no-open', '--up', 'y']);
    expect(running.url.href).toMatch(/#token=[\w-]{32}&up=y$/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  });

  it('shows a mesh file, and leaves no file after it was stopped', async () => {
    const folder = freshFolder();
    const source = join(folder, 'scan.stl');
    writeFileSync(source, toBinaryStl(makeTube(40, 12)));
    const running = await start([source, '--no-open', '-q']);
    for (;;) {
      const answer = await askMesh(running);
      if (answer.status === 200) break;
      expect(answer.status).toBe(503);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(readdirSync(folder)).toEqual(['scan.stl']);
    expect(running.stderr()).toBe('');
  });

  it.skipIf(process.platform !== 'linux')('opens the browser, if there is one', async () => {
    const path = await databaseOf();
    const { opened, env } = makeOpener();
    const running = await start([path], env);
    while (!existsSync(opened)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(readFileSync(opened, 'utf8')).toBe(running.url.href);
    const without = await start([path], { PATH: dirname(path) });
    expect((await askMesh(without)).status).toBe(200);
  });

  it.skipIf(process.platform !== 'linux')(
    'tells the page that it opened why it fails, then ends',
    async () => {
      const source = join(freshFolder(), 'scan.stl');
      writeFileSync(source, toBinaryStl(makeTube(40, 12)).subarray(0, 30_000));
      const running = await start([source], makeOpener().env);
      const { url } = running;
      for (;;) {
        const { message } = (await (await askMesh(running)).json()) as { readonly message: string };
        if (message.includes('truncated: ')) break;
        expect(message).toBe('the mesh is being prepared');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // The browser takes a moment.
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await fetch(new URL('/', url))).status).toBe(200);
      const token = new URLSearchParams(url.hash.slice(1)).get('token');
      const events = await fetch(new URL('/api/events', url), {
        headers: { authorization: `Bearer ${token}` },
      });
      const { value } = await events.body!.getReader().read();
      expect(JSON.parse(Buffer.from(value!).toString())).toMatchObject({
        state: 'failed',
        error: {
          message: expect.stringContaining('truncated: '),
          hint: expect.stringContaining('--salvage'),
        },
      });
      expect(await running.ended).toBe(1);
      expect(running.stderr()).toContain(`offload: ${source}: byte 29984: truncated: `);
    },
  );

  it('does not wait for a page if there is no browser', async () => {
    const source = join(freshFolder(), 'scan.stl');
    writeFileSync(source, toBinaryStl(makeTube(40, 12)).subarray(0, 30_000));
    const began = performance.now();
    const running = await start([source], { PATH: dirname(source) });
    expect(await running.ended).toBe(1);
    expect(performance.now() - began).toBeLessThan(9000);
  });

  it.skipIf(process.platform !== 'linux')(
    'leaves no process behind if it is killed',
    { timeout: 60_000 },
    async () => {
      const { child, url } = await start([await databaseOf(), '--no-open']);
      const token = new URLSearchParams(url.hash.slice(1)).get('token')!;
      const query = beginQuery({ port: Number(url.port), token }, ENDLESS);
      await query.first;
      const filter = fetch(new URL('/api/sets', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ sql: [`SELECT id FROM triangles WHERE id < (${ENDLESS})`] }),
      }).catch((error: Error) => error);
      await expect.poll(() => listJobs(child.pid).length, { timeout: 10_000 }).toBe(2);
      // Both are busy in SQLite, and notice nothing.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const jobs = listJobs(child.pid);
      child.kill('SIGKILL');
      expect(await filter).toBeInstanceOf(Error);
      const isAlive = (pid: string) =>
        existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`).length > 0;
      await expect.poll(() => jobs.filter(isAlive), { timeout: 10_000 }).toEqual([]);
    },
  );

  it('removes what a killed view has left, but nothing of one that runs', async () => {
    const folder = freshFolder();
    const source = join(folder, 'scan.stl');
    writeFileSync(source, toBinaryStl(makeTube(40, 12)));
    const startReady = async () => {
      const before = readdirSync(folder);
      const running = await start([source, '--no-open']);
      while ((await askMesh(running)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
      return { ...running, made: readdirSync(folder).filter((name) => !before.includes(name)) };
    };
    const killed = await startReady();
    const running = await startReady();
    expect(readdirSync(folder).sort()).toEqual(['scan.stl', ...killed.made, ...running.made].sort());
    killed.child.kill('SIGKILL');
    await killed.ended;
    const next = await startReady();
    expect(readdirSync(folder).sort()).toEqual(['scan.stl', ...running.made, ...next.made].sort());
    expect((await askMesh(running)).status).toBe(200);
  });

  it('fails with the reason', async () => {
    const folder = freshFolder();
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCli(['view', ...args], { cwd: folder });
      return { code, stdout: stdout.toString(), stderr };
    };
    writeFileSync(join(folder, 'scan.stl'), 'solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0\n');
    expect(await run('absent.db')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/absent\.db: .*no such file/),
    });
    expect(await run('scan.stl', '--no-open')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('offload: scan.stl: line 4: '),
    });
    expect(await run('scan.stl', '--port', '70000')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('-')).toMatchObject({ code: 2, stdout: '' });
  });
});
