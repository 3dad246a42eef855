import { describe, expect, it } from 'vitest';
import { readSeamIds } from '../../src/formats/seam-ids.js';
import { openBytes } from '../support/sources.js';

const LIMITS = { vertices: 100_000, base: 2 ** 53 };

async function read(content: string, piece = 1000): Promise<number[][]> {
  const source = await openBytes(content, { piece });
  const pairs: number[][] = [];
  for await (const { count, vertices, ids } of readSeamIds(source, LIMITS)) {
    for (let k = 0; k < count; k++) pairs.push([vertices[k]!, ids[k]!]);
  }
  await source.close();
  return pairs;
}

describe('ids of seams', () => {
  it.each([
    ['lines', '1,2\n30,4\n'],
    ['a header', 'vertex,id\n1,2\n30,4\n'],
    ['a quoted header in capitals', '"VERTEX","ID"\n1,2\n30,4'],
    ['CRLF, empty lines and a byte order mark', '\ufeffvertex,id\r\n1,2\r\n\r\n30,4\r\n\r\n'],
  ])('are read with %s, in pieces of any size', async (_, content) => {
    for (const piece of [1, 5, 1000]) {
      expect(await read(content, piece)).toEqual([
        [1, 2],
        [30, 4],
      ]);
    }
  });

  it('are read up to 2^53 - 1, in any number', async () => {
    expect(await read(`0,${2 ** 53 - 1}`)).toEqual([[0, 2 ** 53 - 1]]);
    expect(await read('')).toEqual([]);
    const pairs = Array.from({ length: 70_000 }, (_, k) => [k, 7 * k]);
    expect(await read(pairs.map((pair) => `${pair.join()}\n`).join(''))).toEqual(pairs);
  });

  it.each([
    ['1,2\n3', "line 2: '3'; expected a vertex and its id, such as 12,3456"],
    ['1,2\n\n3,x\n', "line 3: '3,x'; expected"],
    ['1,2\nvertex,id\n', "line 2: 'vertex,id'; expected"],
    ['1,-2\n', "line 1: '1,-2'; expected"],
    ['1,2,3\n', "line 1: '1,2,3'; expected"],
    ['1,\n', "line 1: '1,'; expected"],
    ['1, 2\n', "line 1: '1, 2'; expected"],
    [`1,${2 ** 53}\n`, "line 1: '1,9007199254740992'; expected"],
    ['1,1.0\n', "line 1: '1,1.0'; expected"],
    [`1,${'2'.repeat(5000)}\n`, 'line 1: '],
  ])('are refused in %j', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });
});
