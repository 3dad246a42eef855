/**
 * Covers: formats/stl/ascii, formats/stl/binary, formats/stl/evidence,
 * formats/stl/facet-parser, formats/stl/layout, formats/stl/salvage, formats/stl/statement-text.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { stl } from '../../../src/formats/stl/stl.js';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import { makeTube, toAsciiStl, toBinaryStl } from '../../support/meshes.js';
import { type ReadCase, type ReadResult, readMesh, refuseMesh } from '../../support/sources.js';

const four = [...makeTube(1, 3)].slice(0, 4);
const binary = toBinaryStl(four);

const read = (content: Buffer | string, options: ReadCase = {}): Promise<ReadResult> =>
  readMesh(content, { format: stl, ...options });

const refusal = async (content: Buffer | string, options: ReadCase = {}) =>
  (await refuseMesh(content, { format: stl, ...options })).message;

describe('binary STL', () => {
  it('is detected by its size, whatever its first words', async () => {
    const content = toBinaryStl(four, { header: 'solid x\nfacet normal 0 0 1\nouter loop vertex' });
    expect((await read(content)).triangles).toEqual((await read(binary)).triangles);
  });

  it.each([0, 3, 0xffffffff])(
    'whose count of %i is missing or too small is read to its end, with a warning',
    async (count) => {
      const content = toBinaryStl(four, { count });
      for (const isStream of [false, true]) {
        const { triangles, warnings } = await read(content, { isStream });
        expect(triangles).toHaveLength(4);
        expect(warnings).toEqual([
          ['stl-count', expect.stringContaining('the file holds 4 and ends with the last one')],
        ]);
      }
    },
  );

  it.each([1, 12, 49, 51, 1001])('passes over %i trailing bytes, with a warning', async (extra) => {
    const content = Buffer.concat([binary, Buffer.alloc(extra, 'x')]);
    for (const isStream of [false, true]) {
      const { triangles, warnings } = await read(content, { isStream });
      expect(triangles).toHaveLength(4);
      const bytes = extra === 1 ? '1 byte' : `${extra.toLocaleString('en-US')} bytes`;
      const message = `${bytes} after the last triangle (from byte 284) ${extra === 1 ? 'is' : 'are'} ignored`;
      expect(warnings).toEqual([['trailing-bytes', message]]);
    }
  });

  const tube = [...makeTube(20, 12)];
  const whole = toBinaryStl(tube);
  const insert = (bytes: Buffer, at: number, length: number) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.alloc(length, 0x31), bytes.subarray(at)]);
  const swap = (from: number, isCount: boolean) => {
    const swapped = Buffer.from(whole);
    if (isCount) swapped.subarray(80, 84).swap32();
    for (let at = from; at < swapped.length; at += 50) swapped.subarray(at, at + 48).swap32();
    return swapped;
  };
  const doubles = () => {
    const file = Buffer.alloc(84 + 98 * tube.length);
    file.writeUInt32LE(tube.length, 80);
    for (const [k, corners] of tube.entries()) {
      for (const [d, value] of corners.entries()) file.writeDoubleLE(value, 84 + 98 * k + 24 + 8 * d);
    }
    return file;
  };

  it.each([
    [
      'an inserted byte',
      insert(whole, 4000, 1),
      /numbers do not look like a mesh|tiny and huge|do not end where/,
    ],
    ['its count repeated as text', insert(whole, 84, 4), /numbers do not look like a mesh|misaligned/],
    [
      'a removed byte',
      Buffer.concat([whole.subarray(0, 4000), whole.subarray(4001)]),
      /^byte \d+: truncated/,
    ],
    [
      'a second STL behind it',
      Buffer.concat([whole, whole]),
      /a second STL of 504 triangles follows the first/,
    ],
    ['big-endian numbers', swap(84, true), /^byte 0: a big-endian STL/],
    ['big-endian numbers and a little-endian count', swap(84, false), /^byte 0: a big-endian STL/],
    ['float64 numbers', doubles(), /^byte 0: an STL of float64 numbers/],
    ['no header', whole.subarray(80), /^byte 0: an STL without its header of 80 bytes/],
    ['no header and no count', whole.subarray(84), /^byte 0: an STL without its header of 84 bytes/],
    [
      'random bytes',
      Buffer.from(Array.from({ length: 5000 }, (_, k) => (k * k * 7919) >>> 3)),
      /^byte 84: not STL/,
    ],
    ['bytes of one value', Buffer.alloc(134, 1), /^byte 84: not STL/],
    [
      'more facets announced than it holds',
      toBinaryStl(tube, { count: 505 }),
      /^byte 25284: truncated: .* holds 504$/,
    ],
    [
      'a part of NUL bytes',
      Buffer.concat([whole.subarray(0, 84 + 50 * 300), Buffer.alloc(50 * 204)]),
      /^byte 15084: damaged: only NUL bytes/,
    ],
  ])('is refused for %s', async (_, content, message) => {
    expect(await refusal(content)).toMatch(message);
  });

  it('is refused if each facet is followed by the bytes that its attribute word announces', async () => {
    const records = tube.slice(0, 50).map((corners, k) => {
      const facet = toBinaryStl([corners], { attribute: () => 4 }).subarray(84);
      return Buffer.concat([facet, Buffer.alloc(4, 65 + (k % 20))]);
    });
    const content = Buffer.concat([toBinaryStl([], { count: 50 }), ...records]);
    const { message, hint } = await refuseMesh(content, { format: stl });
    expect(message).toMatch(/^byte \d+: (damaged|not STL)/);
    if (message.includes('damaged')) expect(hint).toContain('attribute word');
  });

  it('gives with salvage only triangles of the file', async () => {
    const cut = Buffer.concat([whole.subarray(0, 10_000), whole.subarray(10_013)]);
    const { triangles, warnings } = await read(cut, { salvage: true });
    const { triangles: all } = await read(whole);
    expect(triangles.length).toBeGreaterThan(190);
    expect(triangles).toEqual(all.slice(0, triangles.length));
    expect(warnings.map(([kind]) => kind)).toContain('salvaged');
    expect(await refusal(insert(whole, 10_000, 13), { salvage: true })).toMatch(
      /damaged|do not look like a mesh/,
    );
  });

  it('gives with salvage no misaligned last facet with far smaller numbers', async () => {
    const { triangles: all } = await read(whole);
    const last = 84 + 50 * (all.length - 2);
    const cut = Buffer.concat([whole.subarray(0, last + 37), whole.subarray(last + 38)]);
    const { triangles } = await read(cut, { salvage: true });
    expect(triangles.length).toBeGreaterThan(all.length - 5);
    expect(triangles).toEqual(all.slice(0, triangles.length));
  });

  it('does not depend on whether its size is known, at sizes beyond its head', async () => {
    const many = [...makeTube(100, 20)];
    for (const [count, tail] of [
      [many.length, 0],
      [many.length, 1],
      [0, 0],
      [10, 0],
    ] as const) {
      const content = Buffer.concat([toBinaryStl(many, { count }), Buffer.alloc(tail)]);
      const { places: _, ...known } = await read(content);
      expect(await read(content, { isStream: true })).toMatchObject(known);
    }
  });

  it('is refused if far more follows than announced, and no complete triangles', async () => {
    const content = Buffer.concat([binary, Buffer.alloc(2_000_001, 'x')]);
    for (const isStream of [false, true]) {
      expect(await refusal(content, { isStream })).toBe(
        'byte 284: damaged: the header announces 4 triangles (284 bytes), 2,000,001 bytes follow them; ' +
          'expected no bytes after them, or complete triangles of 50 bytes',
      );
    }
    expect(await refusal(toBinaryStl(four, { count: 0 }).subarray(0, 280))).toMatch(/^byte 84: damaged: /);
  });

  it('without triangles is valid, with or without a final newline', async () => {
    expect((await read(toBinaryStl([]))).triangles).toEqual([]);
    const { triangles, warnings } = await read(Buffer.concat([toBinaryStl([]), Buffer.from('\n')]));
    expect(triangles).toEqual([]);
    expect(warnings.map(([kind]) => kind)).toEqual(['trailing-bytes']);
  });

  it.each([
    [0, 'byte 0: the file is empty; expected STL'],
    [1, 'byte 1: truncated: the file ends in its header; expected 84 bytes and the triangles after them'],
    [83, 'byte 83: truncated: the file ends in its header; expected 84 bytes and the triangles after them'],
    [85, 'byte 84: truncated: the header announces 4 triangles (284 bytes), the file holds 0'],
    [133, 'byte 84: truncated: the header announces 4 triangles (284 bytes), the file holds 0'],
    [135, 'byte 134: truncated: the header announces 4 triangles (284 bytes), the file holds 1'],
    [283, 'byte 234: truncated: the header announces 4 triangles (284 bytes), the file holds 3'],
  ])('truncated to %i bytes is refused', async (size, message) => {
    expect(await refusal(binary.subarray(0, size))).toBe(message);
    if (size >= 84) {
      const { triangles, warnings } = await read(binary.subarray(0, size), { salvage: true });
      expect(triangles).toHaveLength(Math.floor((size - 84) / 50));
      expect(warnings.map(([kind]) => kind)).toEqual(['salvaged']);
    }
  });

  it.each([
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [-Infinity, '-Infinity'],
  ])('with %d in a vertex is refused at its byte', async (value, text) => {
    const content = Buffer.from(binary);
    content.writeFloatLE(value, 134 + 12 + 16);
    expect(await refusal(content)).toBe(`byte 162: y of a vertex is ${text}; expected a finite number`);
    const harmless = Buffer.from(binary);
    harmless.writeFloatLE(value, 134 + 4);
    expect((await read(harmless)).triangles).toHaveLength(4);
  });

  it('is refused if it shrinks after it is opened', async () => {
    const many = toBinaryStl(makeTube(100, 20));
    const source = await ByteSource.of('shrinking', [many.subarray(0, 100_000)], many.length);
    const reader = stl.open(source, { batchTriangles: 100, salvage: false, warn: () => undefined });
    const readAll = async () => {
      for await (const item of reader.items()) expect(item.kind).toBe('soup');
    };
    const size = many.length.toLocaleString('en-US');
    await expect(readAll()).rejects.toThrow(
      `byte 100000: the file ends here now; expected ${size} bytes, its size when it was opened`,
    );
  });

  it('keeps attribute words', async () => {
    const { attributes } = await read(toBinaryStl(four, { attribute: (k) => (k === 2 ? 0xffff : k) }));
    expect(attributes).toEqual([0, 1, 0xffff, 3]);
  });
});

/** One facet of an ASCII STL, on four lines. */
const facet = 'facet normal 0 0 1\nouter loop\nvertex 0 0 0 vertex 1 0 0 vertex 0 1 0\nendloop endfacet\n';
const solid = (body: string) => `solid s\n${body}endsolid s\n`;
const corners = [0, 0, 0, 1, 0, 0, 0, 1, 0];

describe('ASCII STL', () => {
  it.each([
    ['as it should be', solid(facet)],
    ['in capitals', solid(facet).toUpperCase()],
    ['in mixed case', solid(facet.replaceAll('vertex', 'VerTex'))],
    ['on one line', solid(facet).replaceAll('\n', ' ')],
    ['a word a line', solid(facet).replaceAll(' ', '\n').replaceAll('solid\ns', 'solid s')],
    ['with CR', solid(facet).replaceAll('\n', '\r')],
    ['with CRLF', solid(facet).replaceAll('\n', '\r\n')],
    ['with mixed line ends', solid(facet).replace('\n', '\r').replace('loop\n', 'loop\r\n')],
    [
      'with tabs and runs of blanks',
      solid(facet).replaceAll(' ', ' \t  ').replace('solid \t  s', 'solid\ts'),
    ],
    ['with a byte order mark', `\ufeff${solid(facet)}`],
    ['without a last newline', solid(facet).trimEnd()],
    ['with endsolid alone', `solid s\n${facet}endsolid`],
    ['with end solid', `solid s\n${facet}end solid s\n`],
    ['without solid', `${facet}endsolid\n`],
    ['with end loop', solid(facet.replace('endloop', 'end loop'))],
    ['with end facet', solid(facet.replace('endfacet', 'END\nFacet'))],
    [
      'with control characters in its name',
      solid(facet).replace('solid s', `solid ${'\x1c\x01'.repeat(40)}`),
    ],
    ['without a name', `solid\n${facet}endsolid\n`],
    ['with nonsense for a normal', solid(facet.replace('0 0 1', 'nan x -1.#IND'))],
    ['with comments', `# a\n${solid(facet.replaceAll('\n', ' # b\n#c\n'))}# d`],
    ['with comments glued to numbers', solid(facet.replace('0 1 0\n', '0 1 0# glued\n'))],
    ['with blank lines', solid(facet.replaceAll('\n', '\n\n \n'))],
  ])('is read %s', async (_, content) => {
    for (const piece of [1, 2, 1000]) {
      const { triangles, warnings } = await read(content, { piece });
      expect(triangles).toEqual([corners]);
      expect(warnings).toEqual([]);
    }
  });

  it('reads numbers in every form, as float64', async () => {
    const numbers = [
      '.8e-1',
      '-.7e+2',
      '+1.0E+003',
      '16.6480e-001',
      '0000',
      '5.',
      '0.1',
      '1e-310',
      '123456789.123456789',
    ];
    const body = facet.replace(
      /vertex.*/,
      [0, 3, 6].map((k) => `vertex ${numbers.slice(k, k + 3).join(' ')}`).join('\n'),
    );
    expect((await read(solid(body))).triangles).toEqual([numbers.map(Number)]);
  });

  it('warns if it ends without endsolid', async () => {
    for (const content of [`solid s\n${facet}`, facet, `${solid(facet)}solid t\n${facet}`]) {
      const { triangles, warnings } = await read(content);
      expect(triangles[0]).toEqual(corners);
      expect(warnings).toEqual([['stl-no-endsolid', expect.stringContaining('it may be truncated')]]);
    }
  });

  it('skips NUL bytes at its end, after endsolid', async () => {
    for (const piece of [7, 100_000]) {
      const { triangles, warnings } = await read(`${solid(facet)}${'\0'.repeat(9000)}`, { piece });
      expect(triangles).toEqual([corners]);
      expect(warnings).toEqual([
        ['stl-nul-bytes', 'line 7: 9,000 NUL bytes at the end of the file are skipped'],
      ]);
      const cut = `solid s\n${facet.repeat(3)}${'\0'.repeat(9000)}`;
      expect(await refusal(cut, { piece })).toMatch(
        /: truncated: the file ends in 9,000 NUL bytes; expected 'endsolid'$/,
      );
      expect((await read(cut, { piece, salvage: true })).triangles).toHaveLength(3);
      expect(await refusal(`${solid(facet)}\0\0${facet}`, { piece })).toMatch(
        /2 NUL bytes between statements/,
      );
    }
  });

  it('is refused if it has neither facets nor endsolid, as with invalid line ends', async () => {
    expect(await refusal(solid(facet).replaceAll('\n', '\u0085'))).toMatch(
      /^line 1: no facet and no 'endsolid'/,
    );
    expect(await refusal('solid nothing at all\n')).toMatch(/no facet and no 'endsolid'/);
    expect((await read('solid s\nendsolid s\n')).triangles).toEqual([]);
  });

  it('distinguishes names that are not UTF-8', async () => {
    const latin1 = Buffer.from(
      `${solid(facet).replaceAll(' s\n', ' Bä\n')}${solid(facet).replaceAll(' s\n', ' Bö\n')}`,
      'latin1',
    );
    expect((await read(latin1)).parts.map(([name]) => name)).toEqual(['Bä', 'Bö']);
  });

  it('makes a part of each solid', async () => {
    const content = `solid  left  wing \n${facet}${facet}endsolid\nsolid\nendsolid\nSOLID Flügel\r\n${facet}`;
    const { triangles, parts } = await read(content);
    expect(triangles).toHaveLength(3);
    expect(parts).toEqual([
      ['left  wing', 0],
      ['', 2],
      ['Flügel', 2],
    ]);
    expect((await read(facet)).parts).toEqual([]);
  });

  it('separates solids on one line', async () => {
    const content = `${solid(facet)}${solid(facet)}`.replaceAll('\n', ' ');
    const { triangles, parts } = await read(content);
    expect(triangles).toHaveLength(2);
    expect(parts).toEqual([
      ['s', 0],
      ['s', 1],
    ]);
  });

  it('accepts a name with keywords', async () => {
    expect((await read(`solid facet normal vertex\n${facet}`)).parts).toEqual([['facet normal vertex', 0]]);
  });

  it('truncates a long name, with a warning', async () => {
    const { parts, warnings } = await read(`solid ${'n'.repeat(5000)}\n${facet}endsolid\n`);
    expect(parts[0]![0]).toMatch(/^n{4000,4096}$/);
    expect(warnings.map(([kind]) => kind)).toEqual(['name-cut']);
  });

  it.each([
    [
      'stl-extra-words',
      solid(facet.replace('endloop', 'endloop foo').replace('endfacet', 'endfacet bar')),
      "'foo'",
    ],
    ['stl-normal', solid(facet.replace(' normal 0 0 1', '')), 'line 2: the facet has no normal'],
    ['stl-unknown-line', solid(`color 1 0 0\n${facet}`), "line 2: 'color' is not an STL keyword"],
  ])('warns of %s and continues', async (kind, content, message) => {
    const { triangles, warnings } = await read(content);
    expect(triangles).toEqual([corners]);
    expect(warnings[0]).toEqual([kind, expect.stringContaining(message)]);
  });

  it.each([
    [
      'loop first',
      'solid s\nouter loop\n',
      "line 2: unexpected 'outer loop'; expected 'facet' or 'endsolid'",
    ],
    [
      'vertex first',
      'solid s\nvertex 0 0 0\n',
      "line 2: unexpected 'vertex'; expected 'facet' or 'endsolid'",
    ],
    [
      'facet in a facet',
      'solid s\nfacet normal 0 0 1\nfacet\n',
      "line 3: unexpected 'facet'; expected 'outer loop'",
    ],
    [
      'vertex in a facet',
      'solid s\nfacet normal 0 0 1\nvertex 0 0 0\n',
      "line 3: unexpected 'vertex'; expected 'outer loop'",
    ],
    ['a word in a facet', 'solid s\nfacet normal 0 0 1\nfoo\n', "line 3: 'foo'; expected 'outer loop'"],
    [
      'outer without loop',
      'solid s\nfacet normal 0 0 1\nouter pool\n',
      "line 3: 'outer' is followed by 'pool'; expected 'loop'",
    ],
    [
      'a word in a loop',
      'solid s\nfacet normal 0 0 1\nouter loop\nfoo\n',
      "line 4: 'foo'; expected 'vertex' or 'endloop'",
    ],
    [
      'solid in a loop',
      'solid s\nfacet normal 0 0 1\nouter loop\nsolid t\n',
      "line 4: unexpected 'solid'; expected 'vertex' or 'endloop'",
    ],
    [
      'endsolid in a facet',
      'solid s\nfacet normal 0 0 1\nendsolid\n',
      "line 3: unexpected 'endsolid'; expected 'outer loop'",
    ],
    [
      'vertex after a loop',
      solid(facet.replace('endloop', 'endloop\nvertex 0 0 0')),
      "line 6: unexpected 'vertex'; expected 'endfacet'",
    ],
    [
      'two vertices',
      solid(facet.replace('vertex 1 0 0 ', '')),
      'line 5: a facet with 2 vertices; expected 3',
    ],
    [
      'four vertices',
      solid(facet.replace('vertex 1 0 0', 'vertex 1 0 0 vertex 1 1 0')),
      'line 5: a facet with 4 vertices; expected 3',
    ],
    [
      'a word for a number',
      solid(facet.replace('1 0 0', '1 blah 0')),
      "line 4: 'blah' is not a number; expected y of a vertex, a finite number",
    ],
    [
      'nan',
      solid(facet.replace('1 0 0', '1 0 nan')),
      "line 4: 'nan' is not finite; expected z of a vertex, a finite number",
    ],
    [
      'infinity',
      solid(facet.replace('1 0 0', '-Inf 0 0')),
      "line 4: '-Inf' is not finite; expected x of a vertex, a finite number",
    ],
    [
      'overflow',
      solid(facet.replace('1 0 0', '1e999 0 0')),
      "line 4: '1e999' is not finite; expected x of a vertex, a finite number",
    ],
    [
      'a decimal comma',
      solid(facet.replace('1 0 0', '1,5 0 0')),
      "line 4: '1,5' is not a number; expected x of a vertex, a finite number",
    ],
    [
      'a bad exponent',
      solid(facet.replace('1 0 0', '3.1+e2 0 0')),
      "line 4: '3.1+e2' is not a number; expected x of a vertex, a finite number",
    ],
    [
      'two coordinates',
      solid(facet.replace('1 0 0 ', '1 0\n')),
      "line 5: 'vertex' is not a number; expected z of a vertex, a finite number",
    ],
    [
      'a stray control byte',
      solid(facet.replace('1 0 0', '1 \x10 0')),
      "line 4: '\\x10' is not a number; expected y of a vertex, a finite number",
    ],
    [
      'an escape sequence',
      solid(facet.replace('1 0 0', '\x1b[31m 0 0')),
      "line 4: '\\x1b[31m' is not a number; expected x of a vertex, a finite number",
    ],
    [
      'nothing but words',
      'solid s\nthis is no mesh\n',
      "line 2: 'this' is not an STL keyword; expected 'facet'",
    ],
  ])('is refused for %s', async (_, content, message) => {
    expect(await refusal(content)).toBe(message);
    expect(await refusal(content.replaceAll('\n', '\r'), { piece: 1 })).toBe(message);
  });

  it.each([
    ['facet normal 0 0 1\nouter', 7],
    ['facet normal 0 0 1\nouter loop\nvertex 0 0', 8],
    ['facet normal 0 0 1\nouter loop\nvertex 0 0 0\n', 8],
    ['facet normal 0 0 1\nouter loop\nvertex 0 0 0 vertex 0 0 0 vertex 0 0 0 endloop', 8],
  ])('that ends in a facet is truncated: %j', async (tail, line) => {
    const content = `solid s\n${facet}${tail}`;
    const begin = `line ${line}: truncated: the file ends inside the facet that begins on line 6; expected `;
    expect(await refusal(content)).toContain(begin);
    const { triangles, warnings } = await read(content, { salvage: true });
    expect(triangles).toEqual([corners]);
    expect(warnings[0]![0]).toBe('salvaged');
  });

  it('does not buffer endless words', async () => {
    const endless = Buffer.alloc(3_000_000, 'x');
    for (const start of [
      `${facet}solid `,
      `${facet}# `,
      `${facet}`,
      'facet normal 0 0 1 outer loop vertex ',
    ]) {
      const message = await refusal(Buffer.concat([Buffer.from(start), endless]));
      expect(message).toMatch(/^line \d+: an item longer than 1,048,576 bytes/);
    }
    // Blanks are no item: they may go on for ever.
    const { triangles } = await read(facet.replace('\n', ' '.repeat(3_000_000)));
    expect(triangles).toEqual([corners]);
  });

  it('is detected with a damaged first word', async () => {
    const { triangles, warnings } = await read(toAsciiStl(four).replace('solid', 'soli d'), {
      name: 'in.stl',
    });
    expect(triangles).toHaveLength(4);
    expect(warnings[0]![1]).toBe("line 1: 'soli' is not an STL keyword; the line is skipped");
  });

  it('neither crashes nor hangs on any sequence of its words', async () => {
    const token = fc.constantFrom(
      ...[
        'solid',
        's\n',
        'facet',
        'normal',
        'outer',
        'loop',
        'vertex',
        'endloop',
        'endfacet',
        'endsolid\n',
        'end',
        '1',
      ],
      ...['-2.5e1', 'nan', '\n', '\r', '\r\n', '#', 'ü', '\x00', facet, 'x'.repeat(50)],
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(token, { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        async (tokens, piece) => {
          const content = `solid ${tokens.join(' ')}`;
          const run = (options: ReadCase) =>
            read(content, { ...options, batchTriangles: 2 }).catch((error: unknown) => {
              if (error instanceof FormatError) return error.message;
              throw error;
            });
          const whole = await run({});
          expect(await run({ piece })).toEqual(whole);
        },
      ),
      { numRuns: 300, seed: 11 },
    );
  });

  it('neither crashes nor hangs on damaged files', async () => {
    const texts = [Buffer.from(toAsciiStl(four)), toBinaryStl(four)];
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...texts), damage, fc.nat(), async (text, bytes, cut) => {
        const content = Buffer.from(text.subarray(0, text.length - (cut % 60)));
        for (const [at, byte] of bytes) content[at % content.length] = byte;
        try {
          for (const corner of (await read(content)).triangles)
            expect(corner.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500, seed: 12 },
    );
  });
});
