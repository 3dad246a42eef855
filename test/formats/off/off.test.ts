/**
 * Covers: formats/off/header, formats/off/read/ascii, formats/off/read/faces, formats/off/read/layout,
 * formats/off/read/text-values, formats/off/read/vertices, formats/off/refusals, formats/shared/word-scanner.
 */
import { describe, expect, it } from 'vitest';
import { off } from '../../../src/formats/off/off.js';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import { makeTube } from '../../support/meshes.js';
import { weld } from '../../support/off-files.js';
import { openBytes, type ReadCase, type ReadResult, readMesh, refuseMesh } from '../../support/sources.js';

const read = (content: Buffer | string, options: ReadCase = {}): Promise<ReadResult> =>
  readMesh(content, { format: off, ...options });

const refusal = (content: Buffer | string, options: ReadCase = {}) =>
  refuseMesh(content, { format: off, ...options });

const kinds = ({ warnings }: ReadResult): string[] => warnings.map(([kind]) => kind);

const vertices = [
  [0, 0, 0],
  [1.5, 0, 0],
  [0, 2.5, 0],
  [0, 0, -3],
];
const faces = [
  [0, 1, 2],
  [3, 2, 1, 0],
];
const vertexLines = '0 0 0\n1.5 0 0\n0 2.5 0\n0 0 -3\n';
const faceLines = '3 0 1 2\n4 3 2 1 0\n';
const plain = `OFF\n4 2 0\n${vertexLines}${faceLines}`;
const none = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];

describe('text OFF', () => {
  it.each([
    ['is plain', plain],
    ['has a last line without an end', plain.trimEnd()],
    ['has CRLF', plain.replaceAll('\n', '\r\n')],
    ['has CR', plain.replaceAll('\n', '\r')],
    ['has a byte order mark', `\ufeff${plain}`],
    [
      'has blank lines, tabs and blanks',
      `\n \n\t${plain.replaceAll('\n', ' \n\n\t').replaceAll(' ', ' \t ')}`,
    ],
    ['has comments', `#one\n# two\n${plain.replaceAll('\n', '#8 6 0\n  # 3 0 1 2\n')}#`],
    ['has its counts on the first line', plain.replace('OFF\n', 'OFF ')],
    ['has its counts glued to the keyword', plain.replace('OFF\n', 'OFF')],
    ['has each count on a line', plain.replace('4 2 0', '4\n2\n0')],
    ['has two counts, each on a line', plain.replace('4 2 0', '4\n2')],
    ['has its counts on two lines', plain.replace('OFF\n4 2', 'OFF 4\n2')],
    ['has no edge count', plain.replace('4 2 0', '4 2')],
    ['has no edge count and a comment', plain.replace('4 2 0', '4 2 # 7')],
    ['has vertices on the line of its counts', plain.replace('4 2 0\n', '4 2 0 ')],
    ['has no keyword', plain.replace('OFF\n', '# from some program\n')],
    ['has no keyword and no edge count', plain.replace('OFF\n4 2 0', '4 2')],
    ['is smooth', plain.replace('OFF', 'SOFF')],
    ['has three dimensions', plain.replace('OFF', 'nOFF 3')],
    ['has three dimensions on a line', plain.replace('OFF', 'nOFF\n# and so on\n3')],
    ['has a number a line', `OFF\n4 2 0\n${(vertexLines + faceLines).replaceAll(' ', '\n')}`],
    ['has two vertices a line', plain.replace('0\n1.5', '0 1.5').replace('0\n0 0 -3', '0 0 0 -3')],
    ['has three vertices a line', plain.replace('0\n1.5', '0 1.5').replace('0\n0 2', '0 0 2')],
    ['has all vertices on a line', `OFF 4 2 0\n${vertexLines.replaceAll('\n', ' ')}\n${faceLines}`],
    ['has a vertex on two lines', plain.replace('1.5 0 0', '1.5 0\n0')],
    ['has a face on many lines', plain.replace('3 0 1 2', '3 0 #\n1\n\n 2').replace('4 3', '4\n3')],
    ['writes whole numbers as floats', plain.replace(faceLines, '3.0 0.0 1 2.\n4e0 3 2.0 1 0\n')],
    ['writes numbers in other forms', plain.replace('1.5 0 0', '+15.0E-001 -0.000 .0e9')],
  ])('%s', async (_, content) => {
    for (const piece of [1, 3, 1000]) {
      const result = await read(content, { piece });
      expect(result.vertices.map((row) => row.map((value) => value + 0))).toEqual(vertices);
      expect(result.faces).toEqual(faces);
      expect(result.faceColors).toEqual([none, none]);
      expect(result.warnings).toEqual([]);
    }
  });

  it('in two dimensions lies in the plane z = 0', async () => {
    const result = await read('nOFF 2\n3 1 0\n1 2\n3 4\n5 6\n3 0 1 2\n');
    expect(result.triangles).toEqual([[1, 2, 0, 3, 4, 0, 5, 6, 0]]);
  });

  it('may be empty', async () => {
    for (const content of ['OFF\n0 0 0\n', 'OFF 0 0', 'OFF 0 0 0', 'OFF BINARY\n'.padEnd(23, '\0')]) {
      expect(await read(content)).toMatchObject({ vertices: [], faces: [], warnings: [] });
    }
    expect((await read('OFF\n1 0 0\n1 2 3')).vertices).toEqual([[1, 2, 3]]);
  });

  it('is read in float64, as an indexed mesh, with a forecast', async () => {
    const reader = off.open(await openBytes(plain), {
      batchTriangles: 10,
      salvage: false,
      warn: () => undefined,
    });
    expect(reader).toMatchObject({
      encoding: 'ascii',
      precision: 'float64',
      layout: 'indexed',
      expectedTriangles: 2,
    });
    const stream = await openBytes(plain + ' '.repeat(70_000), { isStream: true });
    const options = { batchTriangles: 10, salvage: false, warn: () => undefined };
    expect(off.open(stream, options).expectedTriangles).toBeUndefined();
  });

  it('reports where each batch begins', async () => {
    const content = `# x\n${plain.replace('4 3', '# y\r\n\t 4 3')}`;
    const { places } = await read(content, { batchTriangles: 1, piece: 5 });
    expect(places).toEqual([
      [0, content.indexOf('3 0 1 2'), 8],
      [1, content.indexOf('4 3 2'), 10],
    ]);
  });

  it('may have any blanks and comments between its items', async () => {
    const blanks = ' '.repeat(3_000_000);
    const comment = `${'# comment of a line\n'.repeat(150_000)}`;
    for (const between of [blanks, comment]) {
      const content = plain.replace('\n0 2.5', `\n${between}0 2.5`).replace('\n4 3', `\n${between}4 3`);
      expect((await read(content + between)).faces).toEqual(faces);
    }
  });
});

describe('the colors of a text OFF', () => {
  const colored = (line: string) => plain.replace('0 0 0\n', `0 0 0 ${line}\n`);

  it.each([
    ['three integers', '255 128 0', [255, 128, 0, Number.NaN], 255],
    ['four integers', '255 128 0 7', [255, 128, 0, 7], 255],
    ['three floats', '0.5 1 .25', [0.5, 1, 0.25, Number.NaN], 1],
    ['four floats', '0.5 1 0 0.125 # x', [0.5, 1, 0, 0.125], 1],
    ['a nan', '0.5 nan 0.5', [0.5, Number.NaN, 0.5, Number.NaN], 1],
  ])('may be %s on the line of a vertex, with C or without', async (_, text, color, vertex) => {
    for (const content of [colored(text), colored(text).replace('OFF', 'COFF')]) {
      for (const piece of [1, 1000]) {
        const result = await read(content.replace('4 2 0 ', '4 2 0'), { piece });
        expect(result.vertices).toEqual(vertices);
        expect(result.vertexColors).toEqual([color, none, none, none]);
        expect(result.colorScales).toEqual({ vertex, face: 1 });
        expect(result.warnings).toEqual([]);
      }
    }
  });

  it('may be on the line of a face', async () => {
    const lines = '3 0 1 2 255 0 7\n4 3 2 1 0 1 2 3 4 # red\n';
    for (const piece of [1, 1000]) {
      const result = await read(plain.replace(faceLines, lines), { piece });
      expect(result.faces).toEqual(faces);
      expect(result.faceColors).toEqual([
        [255, 0, 7, Number.NaN],
        [1, 2, 3, 4],
      ]);
      expect(result.colorScales).toEqual({ vertex: 1, face: 255 });
    }
    const spread = await read(plain.replace(faceLines, '3 0\n1 2 0 0 .5\n4\n3 2 1 0\n'));
    expect(spread.faceColors).toEqual([[0, 0, 0.5, Number.NaN], none]);
  });

  it('that are indices of a map are ignored and counted', async () => {
    const result = await read(
      `COFF\n4 2 0\n0 0 0 34#red\n1.5 0 0 36\n0 2.5 0\n0 0 -3 1\n${faceLines.replace('2\n', '2 9\n')}`,
    );
    expect(result).toMatchObject({ vertices, faces });
    expect(result.vertexColors[0]).toEqual(none);
    expect(kinds(result)).toEqual(Array(4).fill('off-color-index'));
    expect(result.warnings[3]![1]).toBe('line 7: a face has a color index, but the file has no color map');
  });

  it.each([
    [
      'two values of a vertex',
      colored('1 2'),
      'line 3: 2 more numbers after the numbers of a vertex; skipped',
    ],
    [
      'six values of a vertex',
      colored('1 2 3 4 5 6'),
      'line 3: 6 more numbers after the numbers of a vertex; skipped',
    ],
    ['a word behind a vertex', colored('red'), "line 3: 'red' after the numbers of a vertex; skipped"],
    [
      'two values of a face',
      plain.replace('1 2\n', '1 2 9 9\n'),
      'line 7: 2 numbers after the corners of a face, where a color may be; skipped',
    ],
    [
      'five values of a face',
      plain.replace('1 2\n', '1 2 1 2 3 4 5\n'),
      'line 7: 5 numbers after the corners of a face, where a color may be; skipped',
    ],
    [
      'a word behind a face',
      plain.replace('1 2\n', '1 2 red\n'),
      "line 7: 'red' after the corners of a face, where a color may be; skipped",
    ],
  ])('are not %s', async (_, content, message) => {
    for (const piece of [1, 1000]) {
      const result = await read(content, { piece });
      expect(result).toMatchObject({ vertices, faces, vertexColors: Array(4).fill(none) });
      expect(result.warnings).toEqual([['off-extra-values', message]]);
    }
  });
});

describe('the letters before OFF', () => {
  const rows = [
    ['0 0 1', '255 0 0', '.5 .25'],
    ['0 1 0', '0 255 0', '.5 .75'],
    ['nan -nan(ind) inf', '0 0 255', 'nan nan'],
    ['-1.#IND 1.#QNAN -1.#INF00', '9 9 9', '0 0'],
  ];
  const file = (keyword: string, ...columns: readonly (0 | 1 | 2)[]) => {
    const lines = vertexLines.trimEnd().split('\n');
    const full = lines.map((line, k) => [line, ...columns.map((column) => rows[k]![column])].join(' '));
    return `${keyword}\n4 2 0\n${full.join('\n')}\n${faceLines}`;
  };

  it.each([
    ['NOFF', file('NOFF', 0), true, false],
    ['COFF', file('COFF', 1), false, true],
    ['STOFF', file('STOFF', 2), false, false],
    ['CNOFF', file('CNOFF', 0, 1), true, true],
    ['STNOFF', file('STNOFF', 0, 2), true, false],
    ['STCOFF', file('STCOFF', 1, 2), false, true],
    ['STCNOFF', file('STCNOFF', 0, 1, 2), true, true],
    ['CNnOFF', file('CNnOFF 3', 0, 1), true, true],
    ['NOFF with colors', file('NOFF', 0, 1), true, true],
  ])('are read: %s', async (_, content, hasNormals, hasColors) => {
    for (const piece of [1, 7, 1000]) {
      const result = await read(content, { piece });
      expect(result).toMatchObject({ vertices, faces, warnings: [] });
      const normals = [[0, 0, 1], [0, 1, 0], none.slice(1), none.slice(1)];
      expect(result.vertexNormals).toEqual(hasNormals ? normals : Array(4).fill(none.slice(1)));
      const red = [255, 0, 0, Number.NaN];
      expect(result.vertexColors[0]).toEqual(hasColors ? red : none);
    }
  });

  const noColorNormals = ['0 0 1', '0 1 0', '1 0 0', '0 0 1'];
  const meshlab = (keyword: string, isColorFirst: boolean, tail: string) =>
    `${keyword}\n4 2 0\n${vertexLines
      .trimEnd()
      .split('\n')
      .map((line, k) => `${line} ${isColorFirst ? `${k} 2 3 255 ` : ''}${noColorNormals[k]}${tail} \n`)
      .join('')}${faceLines}`;

  it.each([
    ['NCOFF', meshlab('NCOFF', true, ''), true],
    ['NCSTOFF', meshlab('NCSTOFF', true, ' 0.5 0.25'), true],
    ['NSTOFF', meshlab('NSTOFF', false, ' 0.5 0.25'), false],
  ])("are read in MeshLab's order: %s", async (_, content, hasColors) => {
    const result = await read(content, { piece: 9 });
    expect(result).toMatchObject({ vertices, faces });
    expect(result.vertexNormals).toEqual(noColorNormals.map((text) => text.split(' ').map(Number)));
    expect(result.vertexColors[3]).toEqual(hasColors ? [3, 2, 3, 255] : none);
    expect(kinds(result)).toEqual(['off-meshlab-order']);
  });

  it('give vertices that do not follow the lines', async () => {
    const numbers = vertices.map((row) => [...row, 0, 0, 1, 0, 255, 0, 77, 0.5, 0.25].join(' ')).join(' ');
    for (const text of [numbers, numbers.replaceAll(' ', '\n'), numbers.replaceAll(' 1 ', '\n1 ')]) {
      for (const piece of [1, 1000]) {
        const result = await read(`STCNOFF\n4 2 0\n${text}\n${faceLines}`, { piece });
        expect(result).toMatchObject({ vertices, faces, warnings: [] });
        expect(result.vertexColors).toEqual(Array(4).fill([0, 255, 0, 77]));
        expect(result.vertexNormals).toEqual(Array(4).fill([0, 0, 1]));
      }
    }
  });

  it.each(['off', 'Off', 'noff', 'coff', 'stcnoff'])(
    'may be lower case, with a warning: %s',
    async (keyword) => {
      const columns = [
        ...(keyword.includes('n') ? [0 as const] : []),
        ...(keyword.includes('c') ? [1 as const] : []),
        ...(keyword.includes('s') ? [2 as const] : []),
      ];
      const result = await read(file(keyword, ...columns));
      expect(result).toMatchObject({ vertices, faces });
      expect(result.warnings).toEqual([
        ['off-keyword-case', `line 1: '${keyword}' is read as ${keyword.toUpperCase()}`],
      ]);
    },
  );
});

describe('text OFF is refused', () => {
  it.each([
    ['nothing', '', 'byte 0: the file is empty; expected OFF'],
    [
      'a comment alone',
      ' # OFF',
      "line 1: no word in the first 6 bytes; expected 'OFF', or a form of it such as 'COFF' or 'STCNOFF'",
    ],
    [
      'no keyword',
      'appearance {\n  +texturing\n}\n',
      "line 1: no OFF keyword, found 'appearance'; expected 'OFF', or a form of it such as 'COFF' or 'STCNOFF'",
    ],
    [
      'braces',
      '# x\n{ OFF 3 1 0',
      "line 2: no OFF keyword, found '{'; expected 'OFF', or a form of it such as 'COFF' or 'STCNOFF'",
    ],
    [
      'lines of numbers',
      '0 0 0 1 0 0 0 1 0\n',
      "line 1: no OFF keyword, found '0'; expected 'OFF', or a form of it such as 'COFF' or 'STCNOFF'",
    ],
    [
      'a letter in the wrong place',
      plain.replace('OFF', 'CSTNOFF'),
      "line 1: unknown keyword 'CSTNOFF'; expected 'OFF', or a form of it such as 'COFF' or 'STCNOFF'",
    ],
    [
      '4OFF',
      plain.replace('OFF', '4OFF'),
      'line 1: 4OFF: vertices in homogeneous coordinates; expected x y z',
    ],
    ['four dimensions', plain.replace('OFF', '\nnOFF 4'), 'line 2: nOFF of 4 dimensions; expected 1 to 3'],
    [
      'no counts',
      'OFF\n# 3 1 0\n',
      'line 3: truncated: the file ends before the number of vertices; expected it after the keyword',
    ],
    [
      'one count',
      'OFF\n3',
      'line 2: truncated: the file ends before the number of faces; expected it after the keyword',
    ],
    [
      'a negative count',
      plain.replace('4 2 0', '-4 2 0'),
      "line 2: '-4' is not a valid number of vertices; expected a whole number",
    ],
    [
      'a count that is no number',
      plain.replace('4 2 0', '4 two 0'),
      "line 2: 'two' is not a valid number of faces; expected a whole number",
    ],
    [
      'a broken count',
      plain.replace('4 2 0', '4 2.5 0'),
      "line 2: '2.5' is not a valid number of faces; expected a whole number",
    ],
    [
      'a word in a vertex',
      plain.replace('2.5', 'x2.5'),
      "line 5: 'x2.5' is not a number; expected y of a vertex, a finite number",
    ],
    [
      'a decimal comma',
      plain.replace('1.5', '1,5'),
      "line 4: '1,5' is not a number; expected x of a vertex, a finite number",
    ],
    [
      'nan',
      plain.replace('-3', 'nan'),
      "line 6: 'nan' is not finite; expected z of a vertex, a finite number",
    ],
    [
      'infinity',
      plain.replace('-3', '1e999'),
      "line 6: '1e999' is not finite; expected z of a vertex, a finite number",
    ],
    [
      "Microsoft's nan",
      plain.replace('-3', '-1.#IND00'),
      "line 6: '-1.#IND00' is not finite; expected z of a vertex, a finite number",
    ],
    [
      'a word in a normal',
      `NOFF 1 0 0\n0 0 0 0 up 0\n`,
      "line 2: 'up' is not a number; expected the normal of a vertex, a finite number",
    ],
    [
      'a corner too high',
      plain.replace('3 2 1 0', '4 2 1 0'),
      'line 8: face refers to vertex 4, but the file has 4 vertices, 0 to 3',
    ],
    [
      'a negative corner',
      plain.replace('4 3', '4\n\n-1'),
      'line 10: face refers to vertex -1, but the file has 4 vertices, 0 to 3',
    ],
    [
      'a corner without vertices',
      'OFF 0 1 0\n3 0 0 0',
      'line 2: face refers to vertex 0, but the file has 0 vertices',
    ],
    [
      'a broken corner',
      plain.replace('3 2 1', '3 2.5 1'),
      "line 8: '2.5' is not a vertex number; expected a whole number",
    ],
    [
      'a word for a corner',
      plain.replace('3 2 1', '3 two 1'),
      "line 8: 'two' is not a vertex number; expected a whole number",
    ],
    [
      'a broken number of corners',
      plain.replace('4 3 2', '.5 3 2'),
      "line 8: '.5' is not a number of corners; expected the size of a face",
    ],
    [
      'a negative number of corners',
      plain.replace('4 3 2', '-4 3 2'),
      "line 8: '-4' is not a number of corners; expected the size of a face",
    ],
    [
      'too many corners',
      plain.replace('4 3 2', '65537 3 2'),
      'line 8: a face with 65,537 corners; expected at most 65,536',
    ],
    [
      'a vertex count too small',
      plain.replace('4 2 0', '1 2 0'),
      "line 4: '1.5' is not a number of corners; expected the size of a face",
    ],
  ])('for %s', async (_, content, message) => {
    expect((await refusal(content)).message).toBe(message);
    expect((await refusal(content.replaceAll('\n', '\r\n'), { piece: 1 })).message).toBe(message);
  });

  it('for too large a vertex count, at the line that is no vertex', async () => {
    const triangles = '3 0 1 2\n3 3 1 0\n3 3 2 1\n3 3 0 2\n';
    const error = await refusal(`OFF\n5 4 0\n\n${vertexLines}\n${triangles}`);
    expect(error.message).toBe('line 9: a face in place of a vertex, one number too many; expected x y z');
    expect(error.hint).toMatch(/^check the counts on line 2, vertices first/);
  });

  it('for counts that exceed its size, at once', async () => {
    const head = Buffer.alloc(65_536, 32);
    head.write('OFF\n353535235358 6 0\n0 0 0\n');
    const pull = async () => {
      throw new Error('must not be read');
    };
    const source = Object.assign(await ByteSource.of('test', [head], 3_000_000), { pull });
    const open = () => off.open(source, { batchTriangles: 10, salvage: false, warn: () => undefined });
    expect(open).toThrow(
      'line 2: truncated: 353,535,235,358 vertices and 6 faces are announced, at least 2,121,211,412,179 bytes; the file holds 3,000,000',
    );
  });

  it('for counts that it does not reach, at its end', async () => {
    const content = plain.replace('4 2 0', '353535235358 6 0');
    for (const isStream of [true, false]) {
      const error = await refusal(content + '\n'.repeat(100_000), { isStream });
      expect(error.message).toBe('line 7: a face in place of a vertex, one number too many; expected x y z');
    }
  });

  it('for an endless word', async () => {
    const error = await refusal(plain.replace('1.5', '1'.repeat(3_000_000)));
    expect(error.message).toBe('line 4: an item longer than 1,048,576 bytes; expected a shorter one');
  });

  it.each([1, 4, 1000])('for its end before the last face, or recovered (chunks of %i)', async (piece) => {
    const tube = weld(makeTube(3, 4));
    const lines = tube.vertices.map((row) => row.join(' '));
    const rows = tube.faces.map((row) => `3 ${row.join(' ')}`);
    const begin = `OFF\n${lines.length} ${rows.length} 0\n${lines.join('\n')}\n`;
    for (const [tail, whole] of [
      [`${rows.slice(0, 6).join('\n')}\n3 1`, 6],
      [`${rows.slice(0, 6).join('\n')}\n\n\n`, 6],
      // The last number may be cut.
      [rows.slice(0, 6).join('\n'), 5],
      ['', 0],
    ] as const) {
      const line = (begin + tail).trimEnd().split('\n').length;
      const problem = `line ${line}: truncated: the file ends after ${whole} of ${rows.length} faces`;
      const error = await refusal(begin + tail, { piece });
      expect(error.message).toBe(problem);
      expect(error.hint).toBe('the copy may be incomplete; `salvage: true` recovers the complete triangles');
      const result = await read(begin + tail, { piece, salvage: true, batchTriangles: 4 });
      expect(result.faces).toEqual(tube.faces.slice(0, whole));
      expect(result.vertices).toHaveLength(lines.length);
      expect(result.warnings).toEqual([['salvaged', `${problem}; the complete ones were read`]]);
    }
    const cut = await read(begin.slice(0, 60), { piece, salvage: true });
    expect(cut.faces).toEqual([]);
    expect(kinds(cut)).toEqual(['salvaged']);
  });
});

describe('unusual text OFF is read', () => {
  it('with faces of fewer than three corners', async () => {
    const result = await read(plain.replace('4 2 0', '4 5 0').replace('4 3', '0\n1 0 9\n2 0 1 255 0 0\n4 3'));
    expect(result.faces).toEqual(faces);
    expect(result.faceColors).toEqual([none, none]);
    expect(result.warnings).toEqual([
      ['off-short-face', 'line 8: a face with 0 corners is skipped'],
      ['off-short-face', 'line 9: a face with 1 corner is skipped'],
      ['off-short-face', 'line 10: a face with 2 corners is skipped'],
    ]);
  });

  it('with lines after the last face', async () => {
    for (const piece of [1, 1000]) {
      const result = await read(`${plain}\n# edges\n0 1\n1 2\n`, { piece });
      expect(result).toMatchObject({ vertices, faces });
      expect(result.warnings).toEqual([['off-extra-lines', 'line 11: text after the last face is ignored']]);
    }
  });

  it('with a face of the most corners', async () => {
    const corners = Array.from({ length: 65_536 }, (_, k) => k % 4);
    const result = await read(`OFF 4 1 0\n${vertexLines}65536 ${corners.join(' ')} 1 2 3`, {
      batchTriangles: 3,
    });
    expect(result.faces).toEqual([corners]);
  });
});

describe('a text OFF that announces too little', () => {
  const points = '0 0 0\n3 0 0\n0 5 0\n0 0 7\n';

  it.each([
    [
      'another face',
      `OFF\n4 1 0\n${points}3 0 1 2\n3 0 2 3\n`,
      'line 8: another face follows the 1 announced',
    ],
    ['another vertex', `OFF\n3 0 0\n${points}`, 'line 6: another vertex follows the 3 announced'],
    ['a second OFF', `OFF\n4 1 0\n${points}3 0 1 2\nOFF\n4 1 0\n`, 'line 8: a second OFF follows the first'],
  ])('is refused if %s follows', async (_, content, message) => {
    for (const piece of [1, 1000]) {
      expect((await refusal(content, { piece })).message).toBe(`${message}; expected the end of the file`);
    }
  });

  it('is read with a warning if edges follow', async () => {
    const { faces, warnings } = await read(`OFF\n4 1 2\n${points}3 0 1 2\n0 1\n1 2\n`);
    expect(faces).toEqual([[0, 1, 2]]);
    expect(warnings.map(([kind]) => kind)).toEqual(['off-extra-lines']);
  });

  it('is refused if its counts are swapped', async () => {
    const faces = '3 0 1 2\n3 0 2 1\n3 1 2 0\n3 2 1 0\n';
    expect((await refusal(`OFF\n4 3 0\n0 0 0\n1 0 0\n0 1 0\n${faces}`)).message).toBe(
      'line 6: a face in place of a vertex, one number too many; expected x y z',
    );
    expect((await refusal(`OFF\n3 4 0\n${points}3 0 1 2\n3 0 2 1\n3 1 2 0\n`)).message).toBe(
      'line 6: a vertex in place of the first face; expected 3 vertices before it',
    );
    expect((await refusal(`OFF\n4 1 0\n${points.replaceAll('\n', ' 9\n')}3 0 1 2\n`)).message).toBe(
      'line 6: one number too many on every vertex line; expected x y z',
    );
  });

  it('is refused if its keyword announces missing normals', async () => {
    const { message, hint } = await refusal(`NOFF\n4 2 0\n${points}3 0 1 2\n3 0 2 3\n`);
    expect(message).toBe(
      'line 3: a vertex with 3 numbers; the N of the keyword announces a normal; expected 6 numbers',
    );
    expect(hint).toBe('replace NOFF with OFF on line 1');
    const apart = points.replaceAll('\n', '\n0 0 1\n');
    expect((await read(`NOFF\n4 1 0\n${apart}3 0 1 2\n`)).vertexNormals[3]).toEqual([0, 0, 1]);
  });

  it('skips invalid vertices that no face uses', async () => {
    const { triangles, warnings } = await read(`OFF\n5 1 0\nnan nan nan\n${points}3 1 2 3\n`);
    expect(triangles).toEqual([[0, 0, 0, 3, 0, 0, 0, 5, 0]]);
    expect(warnings.map(([kind]) => kind)).toEqual(['vertex-not-finite']);
  });
});

describe('a text OFF that lacks a number', () => {
  const vertices = '0 0 0\n1 0 0\n1 1 0\n0 1 0\n';

  it('is refused at the vertex that takes a number of the next line', async () => {
    const last = await refusal(`OFF\n4 2 0\n${vertices.replace('0 1 0', '0 1')}3 0 1 2\n3 0 2 3\n`);
    expect(last.message).toBe(
      'line 6: a vertex with too few numbers on its line; expected all of them there',
    );
    const inner = await refusal(`OFF\n4 2 0\n${vertices.replace('1 1 0', '1 1')}3 0 1 2\n3 0 2 3\n`);
    expect(inner.message).toMatch(/^line [57]: /);
  });

  it('or has too small a vertex count is refused if more follows than announced', async () => {
    const { message, hint } = await refusal(`OFF\n3 2 0\n${vertices}3 0 1 2\n3 0 2 1\n`);
    expect(message).toBe('line 6: a vertex in place of the first face; expected 3 vertices before it');
    expect(hint).toBe('check the counts on line 2, vertices first');
  });

  it('is distinguished from one whose vertices span lines', async () => {
    const faces = '3 0 1 2\n2 0 1\n0\n';
    for (const text of [
      '0 0 0\n1 0\n0\n1 1 0\n0 1 0\n',
      '0 0 0 1 0 0\n1 1 0\n0 1\n0\n',
      '0 0 0 1 0 0 1 1 0 0 1 0\n'.replaceAll(' ', '\n'),
    ]) {
      const result = await read(`OFF\n4 3 0\n${text}${faces}`);
      expect(result.vertices).toHaveLength(4);
      expect(kinds(result)).toEqual(['off-short-face', 'off-short-face']);
    }
  });
});

describe('a text OFF with few lines', () => {
  it.each(['OFF 3 1 0 0 0 0 1 0 0 1 1 0 3 0 1 2', 'OFF\n3 1 0\n0 0 0 1 0 0 1 1 0 3 0 1 2\n'])(
    'is read: %j',
    async (text) => {
      expect((await read(text)).faces).toEqual([[0, 1, 2]]);
    },
  );
});

describe('OFF is detected by its first word', () => {
  it.each([
    'OFF\n',
    'OFF',
    '# x\n\n  COFF # y\n',
    '\ufeffSTCNOFF\n',
    'OFF8 6 12',
    'OFF BINARY\n',
    'nOFF 3',
    '4OFF',
    'off\n8 6 12',
    'NCOFF 4',
  ])('%j', (text) => {
    expect(off.sniff(Buffer.from(text))).toMatch(/^its first word is \w*off$/i);
  });

  it.each(['', 'OFFICE', 'off and on', 'off', '8 6 12\n0 0 0', 'LIST', '{ OFF', 'XOFF', 'OFF-', '# OFF'])(
    'not %j',
    (text) => {
      expect(off.sniff(Buffer.from(text))).toBeUndefined();
    },
  );
});
