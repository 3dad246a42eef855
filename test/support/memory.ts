/** The promise of --memory, held against runs of the built program. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'vitest';
import { CLI, type CliOptions, type CliResult, runCli, runProgram } from './cli.js';
import { freshFolder } from './files.js';
import { countTube, makeTube, streamOpenTube, writeBinaryStl } from './meshes.js';
import { writeScatteredPly } from './ply.js';

/** The smallest budget: 192 MiB, in the decimal megabytes of the summary. */
const BUDGET = '192M';
const BUDGET_MB = (192 * 2 ** 20) / 1e6;

type WriteInput = (path: string, rings: number, sides: number) => void;

/** What is imported and converted within the smallest budget: a scan, and a worst case of corners by number. */
const INPUTS: Readonly<Record<string, WriteInput>> = {
  'in.stl': (path, rings, sides) =>
    writeBinaryStl(path, makeTube(rings, sides), countTube(rings, sides).triangles),
  'in.ply': (path, rings, sides) =>
    writeScatteredPly(path, makeTube(rings, sides), countTube(rings, sides).triangles),
};

const EXPORTS: readonly (readonly string[])[] = [
  ['export', 'mesh.db', 'out.off'],
  ['export', 'mesh.db', 'out.ply'],
  ['export', 'mesh.db', 'out.stl'],
  ['export', 'mesh.db', 'tables', '--to', 'parquet', '--columns', 'area'],
  // A condition that SQLite need not be asked for, and every triangle fulfils.
  ['export', 'mesh.db', 'out.off', '--where', 'max_x >= min_x'],
];

/**
 * Imports, converts, exports, filters, verifies and tiles a tube of rings x sides within the smallest budget; checks counts
 * and peak memory. Databases of all inputs hold the same mesh, so only that of the first is exported.
 */
export async function expectFlatMemory(rings: number, sides: number): Promise<void> {
  const folder = freshFolder();
  const { triangles, vertices } = countTube(rings, sides);
  for (const [input, write] of Object.entries(INPUTS)) {
    write(join(folder, input), rings, sides);
    const isFirst = input === Object.keys(INPUTS)[0];
    for (const args of [
      ['convert', input, 'out.off'],
      ['import', input, 'mesh.db', '--threads', '1'],
      ['import', input, 'mesh.db'],
      ...(isFirst ? EXPORTS : []),
    ]) {
      const { code, stderr } = await runCli([...args, '--force', '--memory', BUDGET], { cwd: folder });
      expect(code, stderr).toBe(0);
      expect(stderr).toContain(`${triangles.toLocaleString('en-US')} triangles, `);
      expect(stderr).toMatch(
        new RegExp(
          ` (${vertices.toLocaleString('en-US')} vertices|welded into ${vertices.toLocaleString('en-US')})`,
        ),
      );
      expectWithinBudget(stderr, `${args.join(' ')} of ${triangles} triangles`);
      if (args[0] === 'convert' && isFirst) rmSync(join(folder, 'out.off'));
    }
    // The condition has left all of them.
    const verified = await runCli(['verify', 'out.off', input, '--memory', BUDGET], { cwd: folder });
    expect(verified.code, verified.stdout.toString()).toBe(0);
    expectWithinBudget(verified.stderr, `verify of ${triangles} triangles`);
    rmSync(join(folder, input));
    if (!isFirst) continue;
    const tiled = await runCli(['index', 'mesh.db', '--tiles', '--memory', BUDGET], { cwd: folder });
    expect(tiled.code, tiled.stderr).toBe(0);
    expectWithinBudget(tiled.stderr, `tiles of ${triangles} triangles`);
  }
}

/** Exports a mesh of so many parts, a triangle each, to the formats that name them, within the smallest budget. */
export async function expectFlatParts(parts: number): Promise<void> {
  const folder = freshFolder();
  const objects = Array.from({ length: parts }, (_, k) => {
    const [x, y] = [k % 1000, Math.floor(k / 1000)];
    return `o part ${k}\nv ${x} ${y} 0\nv ${x + 1} ${y} 0\nv ${x} ${y + 1} 0\nf -3 -2 -1\n`;
  });
  writeFileSync(join(folder, 'in.obj'), objects.join(''));
  for (const args of [
    ['import', 'in.obj', 'mesh.db'],
    ['export', 'mesh.db', 'out.obj'],
    ['export', 'mesh.db', 'out.stl', '--ascii'],
    ['export', 'mesh.db', 'tables', '--to', 'parquet', '--columns', 'part'],
  ]) {
    const { code, stderr } = await runCli([...args, '--memory', BUDGET], { cwd: folder });
    expect(code, stderr).toBe(0);
    expectWithinBudget(stderr, `${args.join(' ')} of ${parts} parts`);
  }
}

/** The kernel's own limit on what a process may allocate, where the shell can set one: no mere reading of a peak. */
export const hasHardLimit = process.platform === 'linux';

/** An idle process with so many idle threads prints what the system knows of it. */
const IDLE = `
const { Worker } = require('node:worker_threads');
const start = async () => {
  const worker = new Worker('require("node:worker_threads").parentPort.ref()', { eval: true, resourceLimits: { codeRangeSizeMb: 16 } });
  await new Promise((go) => worker.once('online', go));
};
Promise.all(Array.from({ length: Number(process.argv[1]) }, start)).then(() => {
  fs.writeSync(1, fs.readFileSync('/proc/self/status'));
  process.exit();
});`;

/** KiB that a process with so many threads reserves and does not use: V8 of Node 24 reserves 512 MiB for code. */
function readReservedKib(threads: number): number {
  const status = execFileSync(process.execPath, ['-e', IDLE, String(threads)], { encoding: 'latin1' });
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)![1]);
  return read('VmData') - read('RssAnon');
}

/**
 * Imports and converts an open tube that comes through a pipe, within the smallest budget; under the kernel's limit
 * where `isHard`.
 */
export async function expectFlatStream(
  rings: number,
  sides: number,
  { verbs = ['import', 'convert'], isHard = false, threads = 2 } = {},
): Promise<void> {
  const folder = freshFolder();
  const triangles = 2 * rings * sides;
  for (const verb of verbs) {
    const args = [verb, '-', 'out', '--memory', BUDGET, '--threads', String(threads)];
    const mebibytes = isHard ? Number.parseInt(BUDGET, 10) : undefined;
    const input = Readable.from(streamOpenTube(rings, sides));
    const { code, stderr } = await runWithin(mebibytes, threads, args, { cwd: folder, input });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      `${triangles.toLocaleString('en-US')} triangles, ${(3 * triangles).toLocaleString('en-US')} corners welded into ${((rings + 1) * sides).toLocaleString('en-US')} vertices`,
    );
    expectWithinBudget(stderr, `${verb} of ${triangles} triangles`);
    rmSync(join(folder, 'out'));
  }
}

/** Runs the program where the system gives it so many MiB beside what it only reserves, or no limit. */
export function runWithin(
  mebibytes: number | undefined,
  threads: number,
  args: readonly string[],
  options: CliOptions,
): Promise<CliResult> {
  if (mebibytes === undefined) return runCli(args, options);
  const script = `ulimit -d ${readReservedKib(threads) + 1024 * mebibytes} && exec "$0" "$@"`;
  return runProgram('sh', ['-c', script, process.execPath, CLI, ...args], options);
}

/** Reads the peak in the summary of a run, which had the smallest budget. */
export function expectWithinBudget(stderr: string, what: string): void {
  const [, peak] = /peak memory ([\d.]+) MB/.exec(stderr)!;
  expect(Number(peak), what).toBeLessThan(BUDGET_MB);
}
