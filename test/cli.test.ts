import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CLI, runCli, runProgram } from './support/cli.js';
import { freshFolder } from './support/files.js';

const { engines } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'),
);

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
