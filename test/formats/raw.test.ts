/** Covers: formats/shared/soup-text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/errors.js';
import { raw } from '../../src/formats/raw.js';
import { type ReadCase, readMesh } from '../support/sources.js';

const read = (content: Buffer | string, options: ReadCase = {}) =>
  readMesh(content, { format: raw, ...options });
const line = '0 0 0 1 0 0 0 1 0';
const corners = [0, 0, 0, 1, 0, 0, 0, 1, 0];

describe('raw triangles', () => {
  it.each([
    ['blanks', line],
    ['tabs', line.replaceAll(' ', '\t')],
    ['commas', line.replaceAll(' ', ',')],
    ['commas and blanks', line.replaceAll(' ', ' , ')],
    ['blanks at both ends', `  ${line}\t \n`],
    ['a comment behind', `${line} # corner\n`],
    ['a comment glued on', `${line}#corner\n`],
    ['comments and blank lines', `# one\n\n  # two\n${line}\n\n#three`],
    ['CRLF', `${line}\r\n`],
    ['CR', `# one\r${line}\r`],
    ['a byte order mark', `\ufeff${line}\n`],
    ['numbers in other forms', '0000 -0 .0 +1.0E+000 0. 0e5 0 10e-1 0\n'],
  ])('are read with %s', async (_, content) => {
    for (const piece of [1, 1000]) {
      const { triangles, warnings } = await read(content, { piece });
      expect(triangles.map((values) => values.map((value) => value + 0))).toEqual([corners]);
      expect(warnings).toEqual([]);
    }
  });

  it.each([
    [
      'eight numbers',
      `${line}\n0 0 0 1 0 0 0 1\n${line}\n`,
      "line 2: 8 numbers in '0 0 0 1 0 0 0 1'; expected nine, the corners of one triangle",
    ],
    [
      'ten numbers',
      `${line} 5\n`,
      "line 1: 10 numbers in '0 0 0 1 0 0 0 1 0 5'; expected nine, the corners of one triangle",
    ],
    [
      'twelve numbers',
      `\n${line} 1 1 1\n`,
      "line 2: 12 numbers in '0 0 0 1 0 0 0 1 0 1 1 1'; expected nine, the corners of one triangle",
    ],
    [
      'a name',
      `Hans_Peter\n${line}\n`,
      "line 1: 'Hans_Peter' is not a number; expected a coordinate, a finite number",
    ],
    [
      'nan',
      `${line.replace('1', 'nan')}\n`,
      "line 1: 'nan' is not finite; expected a coordinate, a finite number",
    ],
    [
      'two commas',
      `0,,0 0 1 0 0 0 1 0\n`,
      "line 1: ',' without a number before it; expected one comma between two numbers",
    ],
    [
      'a comma first',
      `,${line}\n`,
      "line 1: ',' without a number before it; expected one comma between two numbers",
    ],
    ['a comma last', `${line},\n`, "line 1: ',' after the last number; expected the line to end"],
    [
      'a last line that is cut',
      `${line}\n0 0 0 1`,
      'line 2: truncated: the file ends after 4 numbers of its last line; expected nine',
    ],
    [
      'binary data',
      Buffer.from([0x44, 0x4c, 0x67, 0x46, 0, 0, 0, 7]),
      'byte 0: binary data, a control character (0x00) at byte 4; expected nine numbers a line as text',
    ],
  ])('are refused for %s', async (_, content, message) => {
    const run = read(content);
    await expect(run).rejects.toThrow(FormatError);
    await expect(run).rejects.toThrow(expect.objectContaining({ message }));
  });

  it('are recovered up to a truncated last line', async () => {
    const { triangles, warnings } = await read(`${line}\n0 0 0 1`, { salvage: true });
    expect(triangles).toEqual([corners]);
    expect(warnings).toEqual([['salvaged', expect.stringContaining('line 2: truncated')]]);
  });

  it('may be absent', async () => {
    for (const content of ['', '\n\n', '# nothing']) expect((await read(content)).triangles).toEqual([]);
  });

  it('are not buffered if a line is endless', async () => {
    const endless = `${line}\n${'1 '.repeat(1_500_000)}`;
    await expect(read(endless)).rejects.toThrow('line 2: an item longer than 1,048,576 bytes');
  });

  it('neither crash nor hang on any text', async () => {
    const token = fc.constantFrom(
      '0',
      '-1.5',
      '2e3',
      ' ',
      ',',
      '\t',
      '\n',
      '\r',
      '\r\n',
      '#',
      'x',
      line,
      `${line}\n`,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(token, { maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        async (tokens, piece) => {
          const run = (options: ReadCase) =>
            read(tokens.join(''), { ...options, batchTriangles: 2 }).catch((error: unknown) => {
              if (error instanceof FormatError) return error.message;
              throw error;
            });
          expect(await run({ piece })).toEqual(await run({}));
        },
      ),
      { numRuns: 300, seed: 13 },
    );
  });
});
