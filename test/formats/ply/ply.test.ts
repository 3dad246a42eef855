/**
 * Covers: formats/ply/text/ascii, formats/ply/binary-faces, formats/ply/binary-records, formats/ply/binary-vertices,
 * formats/ply/binary, formats/ply/body, formats/ply/collect, formats/ply/dissect, formats/ply/header,
 * formats/ply/plan, formats/ply/scalars, formats/ply/sizes, formats/ply/text/tokens.
 */
import { describe, expect, it } from 'vitest';
import type { SavedReader } from '../../../src/formats/format.js';
import { ply } from '../../../src/formats/ply/ply.js';
import {
  type Element,
  ENCODINGS,
  type Property,
  TYPE_NAMES,
  type TypeName,
  toElements,
  toPly,
} from '../../support/ply.js';
import { openBytes, type ReadCase, type ReadResult, readMesh, refuseMesh } from '../../support/sources.js';

const read = (content: Buffer | string, options: ReadCase = {}): Promise<ReadResult> =>
  readMesh(content, { format: ply, ...options });

const refusal = async (content: Buffer | string, options: ReadCase = {}) =>
  (await refuseMesh(content, { format: ply, ...options })).message;

const square = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 0],
];
const halves = [
  [0, 1, 2],
  [0, 2, 3],
];
const [vertexElement, faceElement] = toElements(square, halves) as [Element, Element];
const body = '0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2\n3 0 2 3\n';
const axes = 'property float x\nproperty float y\nproperty float z\n';
const list = 'property list uchar int vertex_indices\n';
const header = `ply\nformat ascii 1.0\nelement vertex 4\n${axes}element face 2\n${list}end_header\n`;

const asList = (name: string, type: TypeName = 'int', countType: TypeName = 'uchar'): Property => ({
  name,
  type,
  countType,
});
const asValues = (names: string, type: TypeName): Property[] =>
  names.split(' ').map((name) => ({ name, type }));

/** Where a record begins: `record` records and `bytes` bytes behind the header. */
function placeOf(content: Buffer, record: number, bytes: number): string {
  const start = content.indexOf('end_header\n') + 11;
  const text = content.toString('latin1', 0, start);
  return text.includes('ascii') ? `line ${text.split('\n').length + record}` : `byte ${start + bytes}`;
}

describe('a PLY header', () => {
  const binary = toPly('binary_little_endian', [vertexElement, faceElement]);
  const text = binary.subarray(0, binary.indexOf('end_header\n') + 11).toString();
  const data = binary.subarray(text.length);

  it.each([
    ['LF', text],
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['CR', text.replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${text}`],
    ['blank lines', `\n \n${text.replace('element', '\n\t\nelement')}`],
    [
      'blanks and tabs around its words',
      `${text.replaceAll(' ', ' \t ').replaceAll('\n', ' \t\n  ').trimEnd()}\n`,
    ],
    [
      'comments anywhere',
      text.replaceAll('\n', '\ncomment  element x\nobj_info y\n').replace(/\ncomment.*\nobj_info y\n$/, '\n'),
    ],
    ['names of later writers', text.replaceAll('float', 'float32').replaceAll('uchar int', 'uint8 int32')],
    ['capitals', text.replaceAll('property', 'Property').replaceAll('float', 'FLOAT').replace('ply', 'PLY')],
    ['an element without records', text.replace('element v', 'element edge 0\nproperty int a\nelement v')],
    ['an element without properties', text.replace('element v', 'element x 9007199254740991\nelement v')],
    ['vertex_index', text.replace('vertex_indices', 'vertex_index')],
    ['another name of the list', text.replace('vertex_indices', 'corners')],
    ['a long comment', text.replace('made', 'x'.repeat(60_000))],
  ])('is read with %s', async (_, form) => {
    const content = Buffer.concat([Buffer.from(form), data]);
    for (const piece of [1, 1000]) {
      const { vertices, faces, warnings } = await read(content, { piece });
      expect({ vertices, faces, warnings }).toEqual({ vertices: square, faces: halves, warnings: [] });
    }
    expect(ply.sniff(content)).toBe("its first line is 'ply'");
  });

  it.each(['\n', '\r\n', '\r'])('ends with exactly one %j', async (end) => {
    // The first byte of the first coordinate is that of a line end.
    for (const first of [0x0a, 0x0d]) {
      const bytes = Buffer.from(data);
      bytes[0] = first;
      const { vertices } = await read(Buffer.concat([Buffer.from(text.replaceAll('\n', end)), bytes]));
      expect(vertices[0]).toEqual([bytes.readFloatLE(0), 0, 0]);
      expect(vertices.slice(1)).toEqual(square.slice(1));
    }
  });

  it.each([
    ['version', header.replace('1.0', '1.1'), "line 2: version '1.1' is read as 1.0, the only version"],
    [
      'extra-words',
      header.replace(' x\n', ' x here\n'),
      "line 4: 'here' at the end of a header line is skipped",
    ],
  ])('is read with a warning of %s', async (kind, form, message) => {
    const { faces, warnings } = await read(form + body);
    expect(faces).toEqual(halves);
    expect(warnings).toEqual([[`ply-${kind}`, message]]);
  });

  it.each([
    ['of another file', 'solid x\n', "byte 0: the first line is not 'ply'; expected a PLY header"],
    [
      'without an end',
      text.slice(0, -12),
      `byte ${text.length - 12}: truncated: the file ends in its header, without a line 'end_header'; expected one`,
    ],
    [
      'of too many bytes',
      `ply\n${'comment of some length, repeated\n'.repeat(520_000)}${text}`,
      "byte 16777216: a header of more than 16,777,216 bytes, without a line 'end_header'; expected one",
    ],
    [
      'of many comments without an end',
      `ply\n${'comment\n'.repeat(10_000)}`,
      "byte 80004: truncated: the file ends in its header, without a line 'end_header'; expected one",
    ],
    [
      'of another format',
      header.replace('ascii', 'text'),
      "line 2: unknown format 'text'; expected one of ascii, binary_little_endian, binary_big_endian",
    ],
    [
      'without a format',
      header.replace('format ascii 1.0\n', 'comment\n'),
      "line 3: no format in the header; expected 'format' and one of ascii, binary_little_endian, binary_big_endian",
    ],
    [
      'with two formats',
      header.replace('element', 'format ascii 1.0\nelement'),
      "line 3: a second 'format'; expected one",
    ],
    [
      'with an unknown word',
      header.replace('element', 'elment'),
      "line 3: 'elment'; expected 'format', 'element', 'property', 'comment', 'obj_info' or 'end_header'",
    ],
    [
      'with a count that is none',
      header.replace('vertex 4', 'vertex -4'),
      "line 3: element 'vertex' has the count '-4'; expected a whole number from 0 to 2^53",
    ],
    [
      'with a count that is too large',
      header.replace('vertex 4', 'vertex 18446744073709551615'),
      "line 3: element 'vertex' has the count '18446744073709551615'; expected a whole number from 0 to 2^53",
    ],
    [
      'with an unknown type',
      header.replace('float y', 'int128 y'),
      "line 5: unknown property type 'int128' in element 'vertex'; expected one of char, uchar, short, ushort, int, uint, float, double",
    ],
    [
      'with half a list',
      header.replace('list uchar int', 'list uchar'),
      "line 8: 'property list uchar vertex_indices'; expected 'property list', two types and a name",
    ],
    [
      'with a property too early',
      header.replace('element vertex 4\n', ''),
      'line 3: a property before the first element; expected an element first',
    ],
    [
      'without vertices',
      header.replace('vertex 4', 'point 4'),
      "line 9: the header has no element 'vertex', only 'point', 'face'; expected 'vertex' and 'face'",
    ],
    [
      'without elements',
      'ply\nformat ascii 1.0\nend_header\n',
      "line 3: the header has no element; expected 'vertex' and 'face'",
    ],
    [
      'without z',
      header.replace('float z', 'float w'),
      "line 9: element 'vertex' on line 3 has no property 'z'; expected one",
    ],
    [
      'with a list for z',
      header.replace('float z', 'list int int z'),
      "line 9: element 'vertex' on line 3 has no property 'z'; expected one",
    ],
    [
      'without a list of corners',
      header.replace(list, 'property int a\n'),
      "line 9: element 'face' on line 7 has no list of vertex numbers; expected one",
    ],
    [
      'with two elements of vertices',
      header.replace('face 2', 'vertex 2'),
      "line 7: a second element 'vertex'; expected one",
    ],
    [
      'with two x',
      header.replace('float z', 'float z\nproperty float x'),
      "line 7: a second property 'x' in element 'vertex'; expected one",
    ],
  ])('%s is refused', async (_, form, message) => {
    expect(await refusal(form)).toBe(message);
  });

  it('may have a face element without a list only if there are no faces', async () => {
    const form = header.replace('face 2', 'face 0').replace(list, '');
    const { vertices, faces } = await read(form + body.slice(0, 24));
    expect([vertices, faces]).toEqual([square, []]);
  });

  it('whose counts exceed the file size is refused at once', async () => {
    const count = 353_535_235_358;
    for (const encoding of ENCODINGS) {
      const form = Buffer.concat([toPly(encoding, [vertexElement, faceElement]), Buffer.alloc(70_000)])
        .toString('latin1')
        .replace('vertex 4', `vertex ${count}`);
      const source = await openBytes(Buffer.from(form, 'latin1'));
      const place = encoding === 'ascii' ? 'line 4' : `byte ${form.length}`;
      expect(() => ply.open(source, { batchTriangles: 10, salvage: false, warn: () => undefined })).toThrow(
        `${place}: truncated: the header announces 353,535,235,358 records of element 'vertex', which end at byte `,
      );
    }
    const small = header.replace('vertex 4', `vertex ${count}`) + body;
    expect(await refusal(small, { isStream: true })).toMatch(/^line 15: truncated: the file ends after /);
  });
});

describe('PLY data', () => {
  it.each(ENCODINGS)('gives colors and normals, in %s', async (encoding) => {
    const faces: Element = {
      name: 'face',
      properties: [
        ...asValues('flags', 'short'),
        asList('texcoord', 'float'),
        asList('vertex_index', 'uint', 'int'),
        ...asValues('red green blue', 'ushort'),
      ],
      rows: halves.map((face, k) => [k, [0.5, 0.25], face, 65_535, k, 0]),
    };
    const vertices: Element = {
      name: 'vertex',
      properties: [
        ...asValues('nx ny nz', 'float'),
        ...asValues('diffuse_red diffuse_green diffuse_blue', 'uchar'),
        ...asValues('z y x', 'double'),
        ...asValues('diffuse_alpha', 'uchar'),
      ],
      rows: square.map(([x, y, z], k) => [0, 1, k, 255, k, 7, z!, y!, x!, 9]),
    };
    const content = toPly(encoding, [vertices, faces]);
    for (const options of [{}, { piece: 1, batchTriangles: 1 }]) {
      const result = await read(content, options);
      expect(result).toMatchObject({ vertices: square, faces: halves, warnings: [] });
      expect(result.vertexNormals).toEqual([0, 1, 2, 3].map((k) => [0, 1, k]));
      expect(result.vertexColors).toEqual([0, 1, 2, 3].map((k) => [255, k, 7, 9]));
      expect(result.faceColors).toEqual([0, 1].map((k) => [65_535, k, 0, Number.NaN]));
      expect(result.colorScales).toEqual({ vertex: 255, face: 65_535 });
    }
  });

  it.each([
    ['uchar', [0, 1, 1], 255],
    ['int', [0, 255, 1], 255],
    ['float', [0, 0.5, 1], 1],
    ['float', [0, 0.5, 200], 255],
    ['double', [Number.NaN, 1, 1], 1],
  ] as const)('scales colors of %s %j by %i', async (type, color, scale) => {
    for (const encoding of ENCODINGS) {
      const elements = [vertexElement, faceElement].map((element) => ({
        ...element,
        properties: [...element.properties, ...asValues('r g b', type)],
        rows: element.rows.map((row) => [...row, ...color]),
      }));
      const result = await read(toPly(encoding, elements));
      expect(result.colorScales).toEqual({ vertex: scale, face: scale });
      expect(result.faceColors[1]).toEqual([...color, Number.NaN]);
      expect(result.vertexColors[3]).toEqual([...color, Number.NaN]);
    }
  });

  it('has the precision of its positions', async () => {
    const precisionOf = async (encoding: (typeof ENCODINGS)[number], type: TypeName) => {
      const source = await openBytes(toPly(encoding, toElements(square, halves, type)));
      return ply.open(source, { batchTriangles: 10, salvage: false, warn: () => undefined }).precision;
    };
    for (const type of TYPE_NAMES) {
      const isNarrow = !['int', 'uint', 'double'].includes(type);
      expect(await precisionOf('binary_big_endian', type)).toBe(isNarrow ? 'float32' : 'float64');
      expect(await precisionOf('ascii', type)).toBe('float64');
    }
    expect((await read(header + body.replace('0 0 0', '0.1 0 0'))).vertices[0]).toEqual([0.1, 0, 0]);
  });

  it.each(ENCODINGS)('may have faces before vertices, in %s', async (encoding) => {
    const content = toPly(encoding, [faceElement, vertexElement]);
    const { vertices, faces } = await read(content, { piece: 5 });
    expect([vertices, faces]).toEqual([square, halves]);
    expect(await refusal(content.subarray(0, -2), { salvage: true })).toMatch(
      /truncated: .* 3 of 4 records of element 'vertex'; earlier faces refer to the lost vertices$/,
    );
  });

  it.each(ENCODINGS)('may be vertices alone, in %s', async (encoding) => {
    const { vertices, faces, warnings } = await read(toPly(encoding, [vertexElement]));
    expect([vertices, faces, warnings]).toEqual([square, [], []]);
  });

  it.each(ENCODINGS)('with faces of fewer than three corners warns, in %s', async (encoding) => {
    const content = toPly(encoding, toElements(square, [[0, 1], halves[0]!, [1, 0], [3]]));
    const { faces, warnings } = await read(content);
    expect(faces).toEqual([halves[0]]);
    expect(warnings.map(([kind]) => kind)).toEqual(Array(3).fill('ply-short-face'));
    const place = placeOf(content, 4, 48);
    expect(warnings[0]![1]).toBe(`${place}: a face of 2 corners is skipped; expected three or more`);
    // Without corners they are none of a program's in binary.
    const empty = toPly(encoding, toElements(square, [halves[0]!, [], halves[1]!]));
    if (encoding === 'ascii') expect((await read(empty)).faces).toEqual(halves);
    else expect(await refusal(empty)).toMatch(/: a face has no corner; expected three or more$/);
    expect(await refusal(toPly(encoding, toElements(square, [[], halves[0]!])))).toMatch(
      /: the first face has no corner/,
    );
  });

  it('with a face of too many corners is refused', async () => {
    for (const encoding of ENCODINGS) {
      const elements = toElements(square, [Array(65_537).fill(0), Array(65_536).fill(1)]);
      const faces = { ...elements[1]!, properties: [asList('vertex_index', 'uchar', 'int')] };
      expect(await refusal(toPly(encoding, [elements[0]!, faces]))).toMatch(
        /: a face of 65,537 corners; expected at most 65,536$/,
      );
      const fitting = { ...faces, rows: faces.rows.slice(1) };
      expect((await read(toPly(encoding, [elements[0]!, fitting]))).faces[0]).toHaveLength(65_536);
    }
  });

  it.each([
    ['4', 'int', '4'],
    ['-1', 'int', '-1'],
    ['-1', 'uint', '4294967295'],
    ['1.5', 'float', '1.5'],
    ['nan', 'double', 'NaN'],
  ] as const)('with the corner %s is refused at its record', async (corner, type, shown) => {
    const value = corner === 'nan' ? Number.NaN : Number(corner);
    const expected = 'expected a whole number from 0 to less than 4, the count of vertices';
    for (const encoding of ENCODINGS) {
      const face: Element = {
        name: 'face',
        properties: [asList('vertex_index', type)],
        rows: [[halves[0]!], [[0, value, 2]]],
      };
      const content = toPly(encoding, [vertexElement, face]);
      const place = placeOf(content, 5, 48 + 1 + (type === 'double' ? 24 : 12));
      const found = encoding === 'ascii' ? `'${value}'` : shown;
      expect(await refusal(content)).toBe(`${place}: a face refers to vertex ${found}; ${expected}`);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'with %d as a coordinate is refused at its place',
    async (value) => {
      for (const encoding of ENCODINGS) {
        for (const extra of [undefined, asList('extra')]) {
          const rows = [...square.slice(0, 2), [0, value, 0], ...square.slice(3)];
          const vertices: Element = {
            name: 'vertex',
            properties: [...vertexElement.properties, ...(extra ? [extra] : [])],
            rows: rows.map((row) => [...row, ...(extra ? [[]] : [])]),
          };
          const content = toPly(encoding, [vertices, faceElement]);
          // Records with lists are placed by their beginning.
          const place = placeOf(content, 2, 2 * (extra ? 13 : 12) + (extra ? 0 : 4));
          const shown = encoding === 'ascii' ? 'not finite' : value;
          expect(await refusal(content)).toBe(
            `${place}: y of a vertex is ${shown}; expected a finite number`,
          );
          const alone = await read(toPly(encoding, [vertices]));
          const message = expect.stringContaining(
            `y of a vertex is ${shown}; expected a finite number; the vertex is skipped`,
          );
          expect(alone.warnings).toEqual([['vertex-not-finite', message]]);
          // Where the vertex before it stands.
          expect(alone.vertices[2]).toEqual(alone.vertices[1]);
        }
      }
    },
  );

  it('with a count of a list that is none is refused', async () => {
    expect(await refusal(header + body.replace('3 0 2', '-3 0 2'))).toBe(
      "line 15: the count of list 'vertex_indices' is '-3'; expected a whole number",
    );
    for (const [countType, count] of [
      ['char', -1],
      ['float', 2.5],
      ['double', Number.NaN],
    ] as const) {
      const form = toPly('binary_big_endian', [
        { ...faceElement, properties: [asList('vertex_index', 'int', countType)] },
        vertexElement,
      ]);
      const start = form.indexOf('end_header\n') + 11;
      const view = new DataView(form.buffer, form.byteOffset);
      if (countType === 'char') view.setInt8(start, count);
      else if (countType === 'float') view.setFloat32(start, count);
      else view.setFloat64(start, count);
      expect(await refusal(form)).toBe(
        `byte ${start}: the count of list 'vertex_index' is ${count}; expected a whole number`,
      );
    }
  });
});

describe('a PLY file that announces too little', () => {
  const small = (counts: string) => header.replace(/vertex 4/, counts);

  it('is refused if another face follows', async () => {
    const more = `${header}${body}3 0 1 2\n`;
    for (const piece of [1, 1000]) {
      expect(await refusal(more, { piece })).toMatch(
        /^line 16: another record of element 'face' follows the 2 announced; expected the end of the file$/,
      );
    }
  });

  it('is refused if a vertex is read as a face', async () => {
    expect(await refusal(`${small('vertex 3')}${body}`)).toMatch(/^line \d+: /);
  });

  it('is refused if a second PLY follows', async () => {
    expect(await refusal(`${header}${body}${header}${body}`)).toBe(
      'line 16: a second PLY follows the first; expected the end of the file',
    );
  });
});

describe('ASCII PLY', () => {
  const extra = 'ply-extra-values';

  it.each([
    ['with CRLF', header.replaceAll('\n', '\r\n') + body.replaceAll('\n', '\r\n'), []],
    ['with CR', header.replaceAll('\n', '\r') + body.replaceAll('\n', '\r'), []],
    ['without a last newline', header + body.trimEnd(), []],
    ['with blank lines and tabs', header + body.replaceAll('\n', ' \n \t\n\n').replaceAll(' ', '\t '), []],
    ['on one line', header + body.replaceAll('\n', ' '), []],
    ['on two lines', header + body.replaceAll('\n', ' ').replace('3', '\n3'), []],
    ['a number a line', header + body.replaceAll(' ', '\n'), []],
    ['broken elsewhere', header + body.replace(/(\S+\s\S+)\s/g, '$1\n'), []],
    [
      'with numbers in other forms',
      header + body.replaceAll('1', '+1.0E+000').replaceAll(' 0', ' .0').replaceAll('\n3', '\n3.0'),
      [],
    ],
    ['with more values a line', header + body.replaceAll('\n', ' 7 nan x\n'), Array(6).fill(extra)],
    ['with more values on the last line', `${header}${body.trimEnd()} 7`, [extra]],
    ['with comments', header + body.replace(/\n/g, '\ncomment 0 0 0\n# 1\n'), Array(12).fill('ply-comment')],
    ['with a comment in a record', header + body.replace('1 1 0', '1\nCOMMENT 1\n1 0'), ['ply-comment']],
    ['with more lines', `${header}${body}0 1\n1 2\n`, ['ply-extra-lines']],
    ['with blank lines at the end', `${header}${body}\n \n`, []],
  ])('is read %s', async (_, content, kinds) => {
    for (const options of [{}, { piece: 1, batchTriangles: 1 }]) {
      const { vertices, faces, warnings } = await read(content, options);
      expect(vertices).toEqual(square);
      expect(faces).toEqual(halves);
      expect(warnings.map(([kind]) => kind)).toEqual(kinds);
    }
  });

  it('distinguishes shared lines from longer ones, also in files longer than the head', async () => {
    const faces = Array.from({ length: 10_000 }, () => halves).flat();
    const content = toPly('ascii', toElements(square, faces)).toString();
    const start = content.indexOf('end_header\n') + 11;
    const form = (data: (text: string) => string) => content.slice(0, start) + data(content.slice(start));
    const whole = await read(content);
    expect(await read(form((text) => text.replaceAll('\n', ' ')))).toEqual({
      ...whole,
      places: expect.anything(),
    });
    const longer = await read(form((text) => text.replaceAll('\n', ' 1 2\n')));
    expect(longer.faces).toEqual(whole.faces);
    expect(longer.warnings).toHaveLength(20_004);
  });

  it('reports skipped values in its warnings', async () => {
    const { warnings } = await read(`${header}# note\n${body.replace('1 0 0', '1 0 0 9 9')}0 1\n`);
    expect(warnings.map(([, message]) => message)).toEqual([
      "line 10: '#' in the data, which cannot contain comments; the line is skipped",
      "line 12: '9' and the rest of the line after a complete record are skipped",
      "line 17: '0' and everything after the last record is ignored",
    ]);
  });

  it('is refused if a vertex takes a value of the next line and values are left over', async () => {
    expect(await refusal(`${header}${body.replace('0 1 0', '0 1')}`)).toBe(
      'line 13: a vertex with too few values on its line; expected all of them there',
    );
  });

  it('names the first record that spans lines if more lines follow than announced', async () => {
    const { warnings } = await read(`${header}${body.replace('0 1 0', '0 1\n0')}7\n`);
    expect(warnings).toEqual([
      [
        'ply-extra-lines',
        "line 17: '7' and everything after the last record is ignored; the record on line 13 is the first to continue past its line",
      ],
    ]);
  });

  it.each([
    [
      'a word',
      body.replace('1 1 0', '1 one 0'),
      "line 12: 'one' is not a number; expected y of a vertex, a finite number",
    ],
    [
      'a comma',
      body.replace('1 1 0', '1 1,5 0'),
      "line 12: '1,5' is not a number; expected y of a vertex, a finite number",
    ],
    [
      'an infinite number',
      body.replace('1 1 0', '1 1e999 0'),
      'line 12: y of a vertex is not finite; expected a finite number',
    ],
    [
      'a word for a count',
      body.replace('3 0 2', 'x 0 2'),
      "line 15: the count of list 'vertex_indices' is 'x'; expected a whole number",
    ],
    [
      'half a corner',
      body.replace('3 0 2', '3 .5 2'),
      "line 15: a face refers to vertex '.5'; expected a whole number from 0 to less than 4, the count of vertices",
    ],
    [
      'a record that lacks a number',
      body.replace('3 0 2 3', '3 0 2'),
      "line 15: truncated: the file ends after 1 of 2 records of element 'face'; expected all of them",
    ],
    [
      'a record that lacks a number, and a count that is none',
      body.replace('1 1 0', '1 1').replace('3 0 1 2', '3 0.5 0 1 2'),
      "line 14: the count of list 'vertex_indices' is '0.5'; expected a whole number; the record on line 12 is the first to continue past its line",
    ],
  ])('with %s is refused', async (_, data, message) => {
    expect(await refusal(header + data)).toBe(message);
  });

  it('is refused if a skipped value is no number', async () => {
    const content = toPly('ascii', [
      {
        ...vertexElement,
        properties: asValues('x y z quality', 'float'),
        rows: square.map((row) => [...row, 1]),
      },
    ]);
    expect((await read(content.toString().replace('1 1 0 1', '1 1 0 nan'))).vertices).toEqual(square);
    expect(await refusal(content.toString().replace('1 1 0 1', '1 1 0 much'))).toBe(
      "line 12: 'much' is not a number",
    );
  });
});

describe('triangle strips', () => {
  const points = Array.from({ length: 8 }, (_, k) => [k, k % 2, 0]);
  const stripsOf = (type: TypeName, ...rows: number[][]): Element[] => [
    toElements(points, [])[0]!,
    {
      name: 'tristrips',
      properties: [...asValues('id', 'short'), asList('vertex_indices', type, 'int')],
      rows: rows.map((row) => [0, row]),
    },
  ];

  it.each(ENCODINGS)('become triangles of one winding, in %s', async (encoding) => {
    const content = toPly(
      encoding,
      stripsOf('int', [0, 1, 2, 3, 4, -1, 5, 6, -1, -1, 5, 6, 7, 7], [], [2, 1, 0]),
    );
    const expected = [
      [0, 1, 2],
      [2, 1, 3],
      [2, 3, 4],
      [5, 6, 7],
      [7, 6, 7],
      [2, 1, 0],
    ];
    for (const options of [{}, { piece: 1, batchTriangles: 2 }]) {
      const { faces, warnings } = await read(content, options);
      expect([faces, warnings]).toEqual([expected, []]);
    }
  });

  it('may write their restarts as unsigned numbers', async () => {
    for (const [type, restart] of [
      ['uchar', 255],
      ['ushort', 65_535],
      ['uint', 4_294_967_295],
    ] as const) {
      for (const encoding of ENCODINGS) {
        const content = toPly(encoding, stripsOf(type, [0, 1, 2, restart, 3, 4, 5]));
        expect((await read(content)).faces).toEqual([
          [0, 1, 2],
          [3, 4, 5],
        ]);
      }
    }
  });

  it('are refused at a corner without a vertex', async () => {
    for (const encoding of ENCODINGS) {
      const content = toPly(encoding, stripsOf('int', [0, 1, 2, 8]));
      const place = placeOf(content, 8, 96 + 2 + 4 + 12);
      expect(await refusal(content)).toMatch(`${place}: a face refers to vertex`);
      const negative = toPly(encoding, stripsOf('int', [0, 1, -2, 3]));
      expect(await refusal(negative)).toMatch(/a face refers to vertex '?-2'?; expected/);
    }
  });

  it('and other lists may be longer than the window', async () => {
    const length = 700_000;
    const strip = Array.from({ length }, (_, k) => k % 8);
    const passed: Element = {
      name: 'history',
      properties: [asList('bytes', 'int', 'uint')],
      rows: [[strip]],
    };
    for (const encoding of ENCODINGS) {
      const content = toPly(encoding, [passed, ...stripsOf('int', strip)]);
      const source = await openBytes(content, { piece: 300_000 });
      let count = 0;
      const reader = ply.open(source, { batchTriangles: 16_384, salvage: false, warn: () => undefined });
      for await (const item of reader.items()) if (item.kind === 'faces') count += item.count;
      expect(count).toBe(length - 2);
    }
  });

  it('resume after a batch that ends with a strip, before the skipped values', async () => {
    const corners = Array.from({ length: 12 }, (_, k) => k % 8);
    const extra = Array.from({ length: 800_000 }, () => 7);
    const [vertices, strips] = stripsOf('int', corners) as [Element, Element];
    const wide: Element = {
      ...strips,
      properties: [...strips.properties, asList('extra', 'uchar', 'uint')],
      rows: Array.from({ length: 3 }, () => [0, corners, extra]),
    };
    for (const encoding of ENCODINGS) {
      const content = toPly(encoding, [vertices, wide]);
      const open = async () =>
        ply.open(await openBytes(content), { batchTriangles: 10, salvage: false, warn: () => undefined });
      const reader = await open();
      const saved: SavedReader[] = [];
      for await (const item of reader.items()) if (item.kind === 'faces') saved.push(reader.save()!);
      expect(saved.length).toBe(3);
      for (const [k, start] of saved.entries()) {
        let rest = 0;
        for await (const item of (await open()).items(undefined, start))
          if (item.kind === 'faces') rest += item.count;
        expect(rest).toBe(10 * (2 - k));
      }
    }
  });
});

describe('a PLY file that ends too early', () => {
  const edges: Element = {
    name: 'edge',
    properties: asValues('a b', 'int'),
    rows: square.slice(0, 2).map(([x, y]) => [x!, y!]),
  };

  it.each(ENCODINGS)('is refused with the element and its complete records, in %s', async (encoding) => {
    const content = toPly(encoding, [vertexElement, faceElement, edges]);
    const cut = (record: number, bytes: number) => {
      const place = placeOf(content, record, bytes);
      const line = content
        .toString('latin1')
        .split('\n')
        .slice(0, Number(place.slice(5)) - 1)
        .join('\n');
      return encoding === 'ascii' ? Buffer.from(`${line}\n`) : content.subarray(0, Number(place.slice(5)));
    };
    for (const [record, bytes, words, vertexCount, faceCount] of [
      [2, 24, "2 of 4 records of element 'vertex'", 2, 0],
      [4, 48, "0 of 2 records of element 'face'", 4, 0],
      [5, 61, "1 of 2 records of element 'face'", 4, 1],
      [7, 82, "1 of 2 records of element 'edge'", 4, 2],
    ] as const) {
      const part = Buffer.concat([cut(record, bytes), Buffer.from(encoding === 'ascii' ? '1' : '\x01')]);
      const problem = `${placeOf(content, record, bytes)}: truncated: the file ends after ${words}`;
      for (const isStream of [false, true]) {
        expect(await refusal(part, { isStream, piece: 3 })).toBe(`${problem}; expected all of them`);
        const { vertices, faces, warnings } = await read(part, { isStream, salvage: true });
        expect(vertices).toEqual(square.slice(0, vertexCount));
        expect(faces).toEqual(halves.slice(0, faceCount));
        expect(warnings).toEqual([['salvaged', `${problem}; the complete records before it were read`]]);
      }
    }
  });

  it('is not trusted in the number that ends it', async () => {
    const whole = header.replace('face 2', 'face 3') + body.trimEnd();
    const { faces } = await read(whole, { salvage: true });
    expect(faces).toEqual(halves.slice(0, 1));
    expect(await refusal(whole)).toMatch(/^line 15: truncated: .* 1 of 3 records of element 'face'/);
  });

  it('keeps the complete triangles of a strip', async () => {
    for (const encoding of ENCODINGS) {
      const strip: Element = {
        name: 'tristrips',
        properties: [asList('vertex_indices', 'int', 'int')],
        rows: [[[0, 1, 2, 3]]],
      };
      const content = toPly(encoding, [vertexElement, strip]);
      const { faces, warnings } = await read(content.subarray(0, -2), { salvage: true });
      expect(faces.slice(0, 1)).toEqual([[0, 1, 2]]);
      expect(warnings.map(([kind]) => kind)).toEqual(['salvaged']);
    }
  });
});

describe('binary PLY', () => {
  it('is refused if anything follows it', async () => {
    const content = toPly('binary_little_endian', [vertexElement, faceElement]);
    for (const isStream of [false, true]) {
      expect(await refusal(Buffer.concat([content, Buffer.from('\n\n')]), { isStream })).toBe(
        `byte ${content.length}: bytes follow the last record announced; expected the end of the file`,
      );
    }
  });

  it('is refused if many faces in a row have no corners, as in a part that was never written', async () => {
    const [vertices, faces] = toElements(square, Array(3000).fill([0, 1, 2]));
    const content = toPly('binary_little_endian', [vertices!, faces!]);
    content.fill(0, content.length - 13 * 2000);
    expect(await refusal(content)).toMatch(/^byte \d+: a face has no corner; expected three or more$/);
  });

  it('forecasts its triangles by its size', async () => {
    const expected = async (faces: readonly (readonly number[])[], isStream = false) => {
      const big = Array.from({ length: 5000 }, () => faces).flat();
      const source = await openBytes(toPly('binary_big_endian', toElements(square, big)), { isStream });
      const reader = ply.open(source, { batchTriangles: 10, salvage: false, warn: () => undefined });
      return reader.expectedTriangles! / 5000;
    };
    expect(
      await expected([
        [0, 1, 2, 3],
        [0, 1, 2],
      ]),
    ).toBe(3);
    expect(
      await expected(
        [
          [0, 1, 2, 3],
          [0, 1, 2],
        ],
        true,
      ),
    ).toBe(2);
    expect(await expected([])).toBe(0);
  });
});
