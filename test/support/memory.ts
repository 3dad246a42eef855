/** The promise of --memory, held against runs of the built program. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCli } from './cli.js';
import { freshFolder } from './files.js';
import { countTube, makeTube, writeBinaryStl } from './meshes.js';
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

/** Imports, converts, exports, filters and verifies a tube of rings x sides within the smallest budget; checks counts and peak memory. */
export async function expectFlatMemory(rings: number, sides: number): Promise<void> {
  const folder = freshFolder();
  const { triangles, vertices } = countTube(rings, sides);
  for (const [input, write] of Object.entries(INPUTS)) {
    write(join(folder, input), rings, sides);
    for (const args of [
      ['convert', input, 'out.off'],
      ['import', input, 'mesh.db'],
      ['export', 'mesh.db', 'out.off'],
      // A condition that SQLite need not be asked for, and every triangle fulfils.
      ['export', 'mesh.db', 'out.off', '--where', 'max_x >= min_x'],
    ]) {
      const { code, stderr } = await runCli([...args, '--force', '--memory', BUDGET], { cwd: folder });
      expect(code, stderr).toBe(0);
      expect(stderr).toContain(`${triangles.toLocaleString('en-US')} triangles, `);
      expect(stderr).toMatch(
        new RegExp(
          ` (${vertices.toLocaleString('en-US')} vertices|welded to ${vertices.toLocaleString('en-US')})`,
        ),
      );
      expectWithinBudget(stderr, `${args[0]} of ${triangles} triangles`);
      if (args[0] === 'convert') rmSync(join(folder, 'out.off'));
    }
    // The condition has left all of them.
    const verified = await runCli(['verify', 'out.off', input, '--memory', BUDGET], { cwd: folder });
    expect(verified.code, verified.stdout.toString()).toBe(0);
    expectWithinBudget(verified.stderr, `verify of ${triangles} triangles`);
    rmSync(join(folder, input));
  }
}

/** Reads the peak in the summary of a run. */
function expectWithinBudget(stderr: string, what: string): void {
  const [, peak] = /peak memory ([\d.]+) MB/.exec(stderr)!;
  expect(Number(peak), what).toBeLessThan(BUDGET_MB);
}
