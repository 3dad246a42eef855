/** Plain lines are read like any others: with form feeds in place of blanks, no line is plain. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { off } from '../../../../src/formats/off/off.js';
import { type ReadCase, readMesh } from '../../../support/sources.js';

const VERTICES = 12;

/** The result of reading a text, or the error. */
async function outcome(content: string, options: ReadCase): Promise<unknown> {
  try {
    return await readMesh(content, { format: off, ...options });
  } catch (error) {
    return String(error);
  }
}

const digits = (max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max }).map((list) => list.join(''));
const often = { weight: 9 };
const number = fc.oneof(
  { ...often, arbitrary: fc.tuple(fc.constantFrom('', '-'), digits(5)).map((parts) => parts.join('')) },
  {
    ...often,
    arbitrary: fc
      .tuple(fc.constantFrom('', '-'), digits(4), digits(7))
      .map(([sign, p, q]) => `${sign}${p}.${q}`),
  },
  { weight: 1, arbitrary: digits(25) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('.5', '5.', '-0', '-.0', '1e5', '+1', '-', '.', '1.2.3', 'nan', '1-2', ''),
  },
);
const corner = fc.oneof(
  { weight: 99, arbitrary: fc.nat({ max: VERTICES - 1 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom(String(VERTICES), '-1', '1.0', '1e0', '0000000001', '+2', '') },
);
const gap = fc.oneof(
  { ...often, arbitrary: fc.constant(' ') },
  { weight: 1, arbitrary: fc.constantFrom('  ', '') },
);
const lineEnd = fc.oneof(
  { ...often, arbitrary: fc.constant('\n') },
  { weight: 1, arbitrary: fc.constantFrom('\r\n', '\r', ' \n', '\n\n', '#\n', ' 1\n', ' 1 2 3\n') },
);
const lineOf = (words: fc.Arbitrary<string>[]) =>
  fc
    .tuple(...words.flatMap((word, k) => (k === 0 ? [word] : [gap, word])), lineEnd)
    .map((parts) => parts.join(''));
const vertexLine = lineOf([number, number, number]);
const faceLine = fc.oneof(
  { weight: 20, arbitrary: lineOf([fc.constant('3'), corner, corner, corner]) },
  { weight: 1, arbitrary: lineOf([fc.constant('4'), corner, corner, corner, corner]) },
);

describe('plain lines', () => {
  it('are read like lines with form feeds, to the same numbers, places and errors', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(vertexLine, { minLength: VERTICES, maxLength: VERTICES }),
        fc.array(faceLine, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(1, 3, 100),
        fc.constantFrom(7, 50, 10_000),
        async (vertices, faces, batchTriangles, piece) => {
          const content = `OFF\n${VERTICES} ${faces.length} 0\n${vertices.join('')}${faces.join('')}`;
          const options = { batchTriangles, piece };
          const others = await outcome(content.replaceAll(' ', '\f'), options);
          const blanks = await outcome(content, options);
          if (typeof others === 'string') expect(blanks).toBe(others);
          else expect(blanks).toEqual(others);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are no longer looked for after many that are not plain, and count from the first on', async () => {
    const quads = Array.from({ length: 40 }, () => '4 0 1 2 3\n').join('');
    const content = `OFF\n4 41 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n${quads}3 0 1 2\n`;
    const { faces, places } = await readMesh(content, { format: off, batchTriangles: 1 });
    expect(faces).toHaveLength(41);
    expect(places.at(-1)![2]).toBe(47);
  });

  it('give the hint that vertices are counted from 1', async () => {
    const content = 'OFF\n4 3 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 1 2 3\n3 2 3 1\n3 2 3 4\n';
    const error = await readMesh(content, { format: off }).catch((reason: unknown) => reason);
    expect((error as { hint?: string }).hint).toBe(
      'number the vertices from 0; here they seem to start at 1',
    );
  });
});
