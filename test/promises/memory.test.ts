/** Covers: memory, pipeline/threads/complete-thread, pipeline/threads/roles/complete-role. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../support/files.js';
import {
  expectFlatMemory,
  expectFlatParts,
  expectFlatStream,
  hasHardLimit,
  runWithin,
} from '../support/memory.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

it('stays within --memory at 400,000 triangles', () => expectFlatMemory(1000, 200));

it('stays within --memory at 300,000 parts', () => expectFlatParts(300_000));

describe.skipIf(!hasHardLimit)('if the system allows hardly more than --memory', () => {
  it.each([1, 2])('imports and converts 1 M triangles, with %i threads', (threads) =>
    expectFlatStream(2600, 200, { isHard: true, threads }),
  );

  it('reports a lower limit and leaves no files', async () => {
    const folder = freshFolder();
    const args = ['convert', '-', 'out.off', '--threads', '1'];
    const input = toBinaryStl(makeTube(100, 20));
    const { code, stderr } = await runWithin(72, 1, args, { cwd: folder, input });
    expect(stderr).toBe(
      'offload: the system refused to allocate the memory that --memory allows\nhint: lower --memory, or raise the limit of the shell or container\n',
    );
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});

it(
  'stays within --memory at 5 M triangles',
  () => expectFlatStream(12_500, 200, { verbs: ['convert'] }),
  300_000,
);
