import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CLI, runCli, runProgram } from './support/cli.js';
import { freshFolder } from './support/files.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Runs the command in a Node that claims to be another version. */
function runAs(version: string) {
  const claim = join(freshFolder(), 'claim.cjs');
  const versions = `{ ...process.versions, node: '${version}' }`;
  writeFileSync(claim, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
  return runProgram(process.execPath, ['--require', claim, CLI, '--version']);
}

it.each(['18.20.8', '20.20.2', '22.14.0', '23.11.0'])('refuses Node %s in one line', async (version) => {
  const { code, stdout, stderr } = await runAs(version);
  expect(stderr).toBe(
    `offload: needs Node 22.15, 24 or newer; this is Node ${version} (${process.execPath})\n`,
  );
  expect(stdout).toHaveLength(0);
  expect(code).toBe(1);
});

it.each(['22.15.0', '24.0.0', '26.1.0'])('starts on Node %s', async (version) => {
  expect((await runAs(version)).code).toBe(0);
});

it('needs the version that package.json names', () => expect(engines.node).toBe('^22.15.0 || >=24'));

it.each([
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, 'offload: absent.stl'],
  [{ NO_COLOR: '', FORCE_COLOR: '1' }, '\x1b[1m\x1b[31moffload:'],
])('prints no warnings of Node about colors, with %j', async (env, beginning) => {
  const { code, stderr } = await runCli(['convert', 'absent.stl'], { env });
  expect(code).toBe(1);
  expect(stderr.startsWith(beginning), stderr).toBe(true);
  expect(stderr).not.toContain('Warning');
});

it('keeps compiled code where NODE_COMPILE_CACHE says, and works where that is not possible', async () => {
  const folder = freshFolder();
  const cache = join(folder, 'cache');
  const runWith = (path: string) => runCli(['--version'], { env: { NODE_COMPILE_CACHE: path } });
  const first = await runWith(cache);
  expect(readdirSync(cache).length).toBeGreaterThan(0);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(await runWith(join(file, 'cache'))).toEqual(first);
  expect(first).toMatchObject({ code: 0, stderr: '' });
});

it('consists of files of which each can be loaded first', async () => {
  const probe = join(freshFolder(), 'probe.cjs');
  const program = join(ROOT, 'dist');
  const files = readdirSync(program).filter((name) => /^(?!main|thread\.).*\.cjs$/.test(name));
  const paths = JSON.stringify(files.map((name) => join(program, name)));
  writeFileSync(
    probe,
    `for (const path of ${paths}) {
      for (const loaded of Object.keys(require.cache)) delete require.cache[loaded];
      require(path);
    }`,
  );
  expect(files.length).toBeGreaterThan(20);
  expect(await runProgram(process.execPath, [probe])).toMatchObject({ code: 0, stderr: '' });
});

/** The modules of Node and the files of the program that a command loads, without the hash in their names. */
async function loadedBy(...args: string[]): Promise<readonly string[]> {
  const folder = freshFolder();
  const probe = join(folder, 'probe.cjs');
  const list = join(folder, 'list.json');
  writeFileSync(
    probe,
    `process.on('exit', () => {
      const files = Object.keys(require('node:module')._cache).map((path) => require('node:path').basename(path));
      const modules = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '));
      const names = [...files, ...modules].map((name) => name.replace(/^NativeModule |-.{8}\\.cjs$/g, ''));
      require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(names));
    });`,
  );
  await runProgram(process.execPath, ['--require', probe, CLI, ...args], { cwd: folder });
  return JSON.parse(readFileSync(list, 'utf8')) as readonly string[];
}

it('loads nothing of a mesh to print its version', async () => {
  const loaded = await loadedBy('--version');
  expect(loaded).toContain('main.cjs');
  for (const name of [
    'crypto',
    'zlib',
    'child_process',
    'worker_threads',
    'fs/promises',
    'convert',
    'formats',
  ]) {
    expect(loaded).not.toContain(name);
  }
});

it('loads a command and what it uses, and no other command', async () => {
  const loaded = await loadedBy('convert', join(ROOT, 'fixtures/knot/in.stl'), 'knot.off', '--threads', '1');
  expect(loaded).toContain('convert');
  for (const name of ['child_process', 'sql', 'lint', 'judge-shells']) expect(loaded).not.toContain(name);
});
