import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { writePillow } from './encode.js';
import { makePillow, ORDERS, placeTriangle } from './generate.js';
import { compileInMemory } from './in-memory.js';

const SOURCE = fileURLToPath(new URL('./in-memory.cpp', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'offload-in-memory-'));
const program = compileInMemory(SOURCE, folder, () => undefined);
afterAll(() => rmSync(folder, { recursive: true }));

const input = join(folder, 'in.stl');
const output = join(folder, 'out.off');

/** What stands in the OFF as numbers, or the message. */
function convert(): number[][] | string {
  const { status, stderr } = spawnSync(program!, [input, output], { encoding: 'utf8' });
  if (status !== 0) return stderr;
  const [head, ...lines] = readFileSync(output, 'latin1').trimEnd().split('\n');
  expect(head).toBe('OFF');
  return lines.map((line) => line.split(' ').map((text) => Math.fround(Number(text))));
}

function writeStl(triangles: readonly (readonly number[])[], announced = triangles.length): void {
  const bytes = Buffer.alloc(84 + 50 * triangles.length);
  bytes.writeUInt32LE(announced, 80);
  for (const [t, corners] of triangles.entries()) {
    for (const [k, value] of corners.entries()) bytes.writeFloatLE(value, 84 + 50 * t + 12 + 4 * k);
  }
  writeFileSync(input, bytes);
}

describe.skipIf(program === undefined)('the in-memory yardstick', () => {
  it.each(ORDERS)('welds %s in the order of first use', (order) => {
    const pillow = makePillow(70, 60);
    writePillow(input, pillow, 'stl', order);
    const ids = new Map<string, number>();
    const vertices: number[][] = [];
    const corners = new Float32Array(9);
    const triangles = Array.from({ length: pillow.triangles }, (_, index) => {
      placeTriangle(pillow, order, index, corners);
      return [0, 3, 6].map((at) => {
        const vertex = [...corners.subarray(at, at + 3)];
        const key = vertex.join(' ');
        if (!ids.has(key)) ids.set(key, vertices.push(vertex) - 1);
        return ids.get(key)!;
      });
    });
    const head = [pillow.vertices, pillow.triangles, 0];
    expect(convert()).toEqual([head, ...vertices, ...triangles.map((triangle) => [3, ...triangle])]);
  });

  it('has room if no corner is shared', () => {
    writeStl(Array.from({ length: 5000 }, (_, t) => Array.from({ length: 9 }, (_, k) => 9 * t + k)));
    expect(convert()[0]).toEqual([15_000, 5000, 0]);
  });

  it('treats -0 as 0', () => {
    writeStl([[0, -0, 5, -0, 0, 5, 1e-30, 3e38, -3e38]]);
    const vertices = [[0, 0, 5], [1e-30, 3e38, -3e38].map(Math.fround)];
    expect(convert()).toEqual([[2, 1, 0], ...vertices, [3, 0, 0, 1]]);
  });

  it('refuses truncated files and coordinates that are not finite', () => {
    writeStl([Array(9).fill(1)], 2);
    expect(convert()).toMatch(/in\.stl: its size is not that/);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      writeStl([[0, 1, 2, 3, value, 5, 6, 7, 8]]);
      expect(convert()).toMatch(/in\.stl: a coordinate is not a finite number/);
    }
  });
});
