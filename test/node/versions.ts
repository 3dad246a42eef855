/** A core of the tests on each version of Node that people run, and a comparison of what they write: `npm run test:node`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchNode, MAJORS } from './fetch-node.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(ROOT, 'dist/cli.js');

/** What aborted once: each is run so many times. */
const TIMES = 20;
const REPEATED = [
  ['export', 'mesh.db', 'out.off', '--force'],
  ['index', 'mesh.db'],
  ['info', 'mesh.db', '--plots'],
  ['convert', 'in.stl', 'out.off', '--force'],
  ['verify', 'in.stl', 'mesh.db'],
  ['locate', 'mesh.db', '77'],
];

/** Outputs to compare; the golden cases hold the bytes of others. */
const VARIANTS = [
  ['out.off.gz'],
  ['out.off.zst'],
  ['out.off', '--binary'],
  ['out.off', '--precision', '6'],
  ['out.off', '--where', 'normal_z > 0.3', '--rotate', 'x,30'],
  ['out.off', '--weld', '0.01', '--threads', '2'],
];

/** Runs offload; returns what it printed. Ends the script if it fails. */
function offload(node: string, args: readonly string[], cwd: string): Buffer {
  const { status, signal, stdout, stderr } = spawnSync(node, [CLI, ...args], { cwd, maxBuffer: 2 ** 28 });
  if (status === 0) return stdout;
  fail(`offload ${args.join(' ')} ended with ${status ?? signal}:\n${stderr}`);
}

/** SHA-256 of each output by its command. */
function digestOutputs(node: string, folder: string): Map<string, string> {
  const digests = new Map<string, string>();
  for (const [output, ...options] of VARIANTS) {
    const args = ['export', 'mesh.db', output!, '--force', ...options];
    offload(node, args, folder);
    const bytes = readFileSync(join(folder, output!));
    digests.set(args.join(' '), createHash('sha256').update(bytes).digest('hex'));
  }
  return digests;
}

function compare(first: Map<string, string>, other: Map<string, string>, version: string): void {
  const different = [...first].filter(([name, digest]) => other.get(name) !== digest);
  if (different.length === 0) return;
  fail(`Node ${version} writes other bytes for:\n${different.map(([name]) => `  ${name}`).join('\n')}`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

let first: Map<string, string> | undefined;
for (const major of MAJORS) {
  const node = fetchNode(ROOT, major);
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(join(tmpdir(), 'offload-node-'));
  const began = performance.now();
  writeFileSync(join(folder, 'in.stl'), readFileSync(join(ROOT, 'fixtures/knot/in.stl')));
  offload(node, ['import', 'in.stl', 'mesh.db'], folder);
  for (const args of REPEATED) for (let k = 0; k < TIMES; k++) offload(node, args, folder);
  const digests = digestOutputs(node, folder);
  first ??= digests;
  compare(first, digests, version);
  rmSync(folder, { recursive: true });
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(node, [vitest, 'run', '--mode', 'core'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) fail(`the tests failed on Node ${version}`);
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(
    `Node ${version}: ${REPEATED.length * TIMES} commands, ${digests.size} outputs with the same bytes, tests passed; ${seconds} s\n`,
  );
}
