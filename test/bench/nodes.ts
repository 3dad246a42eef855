/** The same commands on each version of Node that people run, as whole processes. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatCount } from '../../src/wording.js';
import { fetchNode, MAJORS } from '../node/fetch-node.js';
import { CLI } from './command.js';
import { writePillow } from './encode.js';
import { type Pillow, sizePillow } from './generate.js';
import { measure } from './measure.js';
import { median } from './rates.js';

export interface NodeRow {
  readonly command: string;
  readonly versions: readonly {
    readonly version: string;
    /** Median of the runs. */
    readonly seconds: number;
    /** Median of the runs' ratios to the first version, in the same run. */
    readonly ratio: number;
  }[];
}

const SMALL = 4000;

/**
 * Runs each command on each version in turn, `runs` times after one to warm up. `root` is the project's folder, where versions
 * are kept.
 */
export async function measureNodes(
  pillow: Pillow,
  { root, folder, runs, say }: { root: string; folder: string; runs: number; say: (text: string) => void },
): Promise<NodeRow[]> {
  const at = (name: string) => join(folder, name);
  const [small, stl, ascii, obj, db, off] = [
    'small.stl',
    'in.stl',
    'ascii.stl',
    'in.obj',
    'in.db',
    'out.off',
  ].map(at) as [string, string, string, string, string, string];
  say('making the inputs');
  writePillow(small, sizePillow(SMALL), 'stl', 'grid');
  writePillow(stl, pillow, 'stl', 'grid');
  writePillow(ascii, pillow, 'ascii', 'grid');
  writePillow(obj, pillow, 'obj', 'grid');
  execFileSync(process.execPath, [CLI, 'import', stl, db, '--quiet']);
  const count = formatCount(pillow.triangles);
  const commands: readonly (readonly [name: string, ...args: string[]])[] = [
    ['node -e 0', '-e', '0'],
    ['offload --version', CLI, '--version'],
    [`convert, ${formatCount(SMALL)} triangles`, CLI, 'convert', small, off],
    [`convert binary STL, ${count}`, CLI, 'convert', stl, off],
    [`convert ASCII STL, ${count}`, CLI, 'convert', ascii, off],
    [`convert OBJ, ${count}`, CLI, 'convert', obj, off],
    [`export, ${count}`, CLI, 'export', db, off],
    [`export to .off.zst, ${count}`, CLI, 'export', db, `${off}.zst`],
    [`check, ${count}`, CLI, 'check', db, '--quiet'],
  ];
  const nodes = MAJORS.map((major) => fetchNode(root, major));
  const versions = nodes.map((node) =>
    execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1),
  );
  const seconds = commands.map(() => nodes.map((): number[] => []));
  for (let run = 0; run <= runs; run++) {
    say(run === 0 ? 'warming up' : `run ${run} of ${runs}`);
    for (const [c, [name, ...args]] of commands.entries()) {
      for (const [n, program] of nodes.entries()) {
        for (const output of [off, `${off}.zst`]) rmSync(output, { force: true });
        const result = await measure({ program, args, peak: 'none' });
        if (result.failure !== undefined) throw new Error(`Node ${versions[n]}, ${name}: ${result.failure}`);
        if (run > 0) seconds[c]![n]!.push(result.seconds);
      }
    }
  }
  return commands.map(([command], c) => ({
    command,
    versions: versions.map((version, n) => ({
      version,
      seconds: median(seconds[c]![n]!),
      ratio: median(seconds[c]![n]!.map((value, run) => value / seconds[c]![0]![run]!)),
    })),
  }));
}
