/** How long runs take that have next to nothing to do: whole processes, against Node alone. */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatCount } from '../../src/wording.js';
import { CLI } from './command.js';
import { writePillow } from './encode.js';
import { sizePillow } from './generate.js';
import { measure } from './measure.js';
import { median } from './rates.js';

export interface StartRow {
  readonly command: string;
  /** Median of the runs. */
  readonly seconds: number;
  /** Median of the runs' ratios to Node alone, in the same run. */
  readonly ratio: number;
}

/** The triangles of the small mesh. */
const TRIANGLES = 4000;

/** Runs each command `runs` times in turn, after one that warms up Node's compile cache. */
export async function measureStarts(runs: number, folder: string): Promise<StartRow[]> {
  mkdirSync(folder);
  const pillow = sizePillow(TRIANGLES);
  const [input, off, db] = ['in.stl', 'out.off', 'out.db'].map((name) => join(folder, name));
  writePillow(input!, pillow, 'stl', 'grid');
  const commands: readonly (readonly [name: string, ...args: string[]])[] = [
    ['node -e 0', '-e', '0'],
    ['offload --version', CLI, '--version'],
    ['offload --help', CLI, '--help'],
    [`convert, ${formatCount(TRIANGLES)} triangles`, CLI, 'convert', input!, off!, '--force', '--quiet'],
    [`import, ${formatCount(TRIANGLES)} triangles`, CLI, 'import', input!, db!, '--force', '--quiet'],
    [`export, ${formatCount(TRIANGLES)} triangles`, CLI, 'export', db!, off!, '--force', '--quiet'],
  ];
  const seconds = commands.map((): number[] => []);
  for (let run = -1; run < runs; run++) {
    for (const [k, [name, ...args]] of commands.entries()) {
      const result = await measure({ program: process.execPath, args, peak: 'none' });
      if (result.failure !== undefined) throw new Error(`${name}: ${result.failure}`);
      if (run >= 0) seconds[k]!.push(result.seconds);
    }
  }
  rmSync(folder, { recursive: true });
  return commands.map(([command], k) => ({
    command,
    seconds: median(seconds[k]!),
    ratio: median(seconds[k]!.map((value, run) => value / seconds[0]![run]!)),
  }));
}
