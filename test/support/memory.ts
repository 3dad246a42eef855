/** The promise of --memory, held against runs of the built program. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCli } from './cli.js';
import { freshFolder } from './files.js';
import { countTube, makeTube, writeBinaryStl } from './meshes.js';

/** The smallest budget: 192 MiB, in the decimal megabytes of the summary. */
const BUDGET = '192M';
const BUDGET_MB = (192 * 2 ** 20) / 1e6;

/** Imports and converts a tube of rings x sides within the smallest budget, and checks counts and peak memory. */
export async function expectFlatMemory(rings: number, sides: number): Promise<void> {
  const folder = freshFolder();
  const { triangles, vertices } = countTube(rings, sides);
  writeBinaryStl(join(folder, 'in.stl'), makeTube(rings, sides), triangles);
  for (const args of [
    ['convert', 'in.stl', 'out.off'],
    ['import', 'in.stl', 'mesh.db'],
    ['export', 'mesh.db', 'again.off'],
  ]) {
    const { code, stderr } = await runCli([...args, '--memory', BUDGET], { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`${triangles.toLocaleString('en-US')} triangles, `);
    expect(stderr).toContain(` ${vertices.toLocaleString('en-US')} vertices`);
    const [, peak] = /peak memory ([\d.]+) MB/.exec(stderr)!;
    expect(Number(peak), `${args[0]} of ${triangles} triangles`).toBeLessThan(BUDGET_MB);
    if (args[0] === 'convert') rmSync(join(folder, 'out.off'));
  }
}
