/** A source beyond 4 GiB: a binary STL of facets of one point, but for a few. They have normals: NUL bytes alone are refused. */
import { closeSync, createReadStream, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { expectWithinBudget } from '../support/memory.js';
import { type Corners, toBinaryStl } from '../support/meshes.js';

const FACETS = 90_000_000;
/** Facets written at a time. */
const BLOCK_FACETS = 1_000_000;
const HEADER_BYTES = 84;
const FACET_BYTES = 50;
/** The facet that stands across byte 2^32. */
const BORDER = Math.floor((2 ** 32 - HEADER_BYTES) / FACET_BYTES);
/** Facets that are no point: in the beginning, next to the border, at the end. */
const REAL = [0, 1, BORDER - 1, BORDER, BORDER + 1, FACETS - 2, FACETS - 1];

function cornersOf(index: number): Corners {
  return [index, 0, 0, index, 1, 0, index, 0, 1].map((value, k) => value + (k % 3 === 0 ? 1 : 0));
}

it('is imported, exported and looked up', async () => {
  const folder = freshFolder();
  const file = openSync(join(folder, 'in.stl'), 'w');
  writeSync(file, toBinaryStl([], { count: FACETS }));
  const block = Buffer.alloc(FACET_BYTES * BLOCK_FACETS);
  for (let at = 8; at < block.length; at += FACET_BYTES) block.writeFloatLE(1, at);
  for (let facet = 0; facet < FACETS; facet += BLOCK_FACETS) writeSync(file, block);
  for (const [k, facet] of REAL.entries()) {
    const bytes = toBinaryStl([cornersOf(k)]).subarray(HEADER_BYTES);
    writeSync(file, bytes, 0, FACET_BYTES, HEADER_BYTES + FACET_BYTES * facet);
  }
  closeSync(file);
  expect(statSync(join(folder, 'in.stl')).size).toBe(HEADER_BYTES + FACET_BYTES * FACETS);

  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    expect(code, stderr).toBe(0);
    if (args.includes('--memory')) expectWithinBudget(stderr, args[0]!);
    return stdout.toString();
  };
  await run('import', 'in.stl', 'mesh.db', '--memory', '192M');
  const facts = JSON.parse(await run('info', 'mesh.db', '--json'));
  expect(facts).toMatchObject({ triangles: FACETS, vertices: 3 * REAL.length + 1 });
  expect(facts.degenerate).toBe(FACETS - REAL.length);

  await run('export', 'mesh.db', 'out.off', '--memory', '192M');
  const lines = createInterface({ input: createReadStream(join(folder, 'out.off')) });
  const vertexLines = 3 * REAL.length + 1;
  const found: number[] = [];
  let number = 0;
  for await (const line of lines) {
    const facet = number++ - 2 - vertexLines;
    if (number === 2) expect(line).toBe(`${vertexLines} ${FACETS} 0`);
    if (facet < 0) continue;
    const [count, a, b, c] = line.split(' ').map(Number);
    if (count === 3 && a !== b && b !== c) found.push(facet);
  }
  expect(found).toEqual(REAL);
  expect(number).toBe(2 + vertexLines + FACETS);

  for (const [k, facet] of REAL.entries()) {
    const located = JSON.parse(await run('locate', 'mesh.db', String(facet), '--json'));
    expect(located).toMatchObject({ offset: HEADER_BYTES + FACET_BYTES * facet, bytes: FACET_BYTES });
    expect(located.positions.flat()).toEqual(cornersOf(k));
  }
});
