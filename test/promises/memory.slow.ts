import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { expectFlatMemory, expectFlatStream, expectWithinBudget, hasHardLimit } from '../support/memory.js';

it.each([
  ['1 M', 2500, 200],
  ['10 M', 25_000, 200],
  ['50 M', 50_000, 500],
])('stays within --memory at %s triangles', (_, rings, sides) => expectFlatMemory(rings, sides));

it.each([
  ['20 M', 50_000, 200],
  ['100 M', 100_000, 500],
])('stays within --memory at %s triangles from a pipe', (_, rings, sides) => expectFlatStream(rings, sides));

describe.skipIf(!hasHardLimit)('if the system allows hardly more than --memory', () => {
  it.each([1, 2])('imports and converts 20 M triangles, with %i threads', (threads) =>
    expectFlatStream(50_000, 200, { isHard: true, threads }),
  );
});

it('stays within --memory with a million connected components', async () => {
  const folder = freshFolder();
  const file = openSync(join(folder, 'in.raw'), 'w');
  for (let y = 0; y < 1000; y++) {
    const triangle = (_: unknown, x: number) =>
      `${2 * x} ${2 * y} 0 ${2 * x + 1} ${2 * y} 0 ${2 * x} ${2 * y + 1} 0\n`;
    writeSync(file, Array.from({ length: 1000 }, triangle).join(''));
  }
  closeSync(file);
  await runCli(['import', 'in.raw', 'mesh.db'], { cwd: folder });
  const args = ['export', 'mesh.db', 'out.off', '--component', 'largest', '--memory', '192M'];
  const { code, stderr } = await runCli(args, { cwd: folder });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const [, peak] = /peak memory ([\d.]+) MB/.exec(stderr)!;
  expect(Number(peak)).toBeLessThan(192);
});

it.each([1, 2])('stays within --memory with a million solids, with %i threads', async (threads) => {
  const folder = freshFolder();
  const file = openSync(join(folder, 'in.stl'), 'w');
  for (let y = 0; y < 1000; y++) {
    const solid = (_: unknown, x: number) =>
      `solid part_${x}_${y}\nfacet normal 0 0 1\nouter loop\nvertex ${x} ${y} 0\nvertex ${x + 1} ${y} 0\n` +
      `vertex ${x} ${y + 1} 0\nendloop\nendfacet\nendsolid\n`;
    writeSync(file, Array.from({ length: 1000 }, solid).join(''));
  }
  closeSync(file);
  const args = ['convert', 'in.stl', 'out.off', '--memory', '192M', '--threads', String(threads)];
  const { code, stderr } = await runCli(args, { cwd: folder });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expectWithinBudget(stderr, 'convert of a million solids');
});
