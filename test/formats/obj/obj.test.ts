/**
 * Covers: formats/obj/face-reader, formats/obj/forward-references, formats/obj/head, formats/obj/keywords,
 * formats/obj/parser, formats/obj/part-name, formats/obj/statement, formats/obj/vertex-reader, formats/obj/words,
 * formats/shared/indexed-batches, formats/shared/unusable-vertices.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { FORWARD_REFERENCES_MAX, ForwardReferences } from '../../../src/formats/obj/forward-references.js';
import { obj } from '../../../src/formats/obj/obj.js';
import { FACE_CORNERS_MAX, NAME_BYTES_MAX } from '../../../src/memory.js';
import { makeTube } from '../../support/meshes.js';
import { toObj } from '../../support/obj.js';
import { openBytes, type ReadCase, type ReadResult, readMesh, refuseMesh } from '../../support/sources.js';

const read = (content: Buffer | string, options: ReadCase = {}): Promise<ReadResult> =>
  readMesh(content, { format: obj, ...options });

const square = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n';

const refusal = (content: Buffer | string, options: ReadCase = {}) =>
  refuseMesh(content, { format: obj, ...options });

describe('vertices of OBJ', () => {
  it.each([
    ['three numbers', 'v 1 2 3\n'],
    ['a weight', 'v 1 2 3 1.0\n'],
    ['a color', 'v 1 2 3 0.5 0 1\n'],
    ['a color and alpha', 'v 1 2 3 0.5 0 1 1\n'],
    ['tabs and other blanks', '\tv\t1 \v2\f3 \t\n'],
    ['CRLF', 'v 1 2 3\r\n\r\n'],
    ['CR', '\r\rv 1 2 3\r'],
    ['no line end', 'v 1 2 3'],
    ['a byte order mark', '\ufeffv 1 2 3\n'],
    ['a comment behind', 'v 1 2 3 # 4\n'],
    ['a comment glued to a number', 'v 1 2 3# 4\n'],
    ['continued lines', 'v\\\n1 2\\  \r\n  \\\r3\\\n\n'],
    ['a continued line before them', '\\\nv 1 2 3\n'],
    ['numbers in other forms', 'v 0001 .2e+1 +3.0E+000\n'],
  ])('are read with %s', async (_, content) => {
    for (const piece of [1, 2, 1000]) {
      const { vertices, warnings } = await read(content, { piece });
      expect(vertices).toEqual([[1, 2, 3]]);
      expect(warnings).toEqual([]);
    }
  });

  it('have colors as written if they are numbers', async () => {
    const content = 'v 0 0 0\nv 0 0 0 1 0.5 0.25\nv 0 0 0 nan 1 1\nv 0 0 0 0 0 0 1\nv 0 0 0 0 0 1 -1.#IND\n';
    const none = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    const { vertexColors, colorScales, warnings } = await read(content);
    expect(vertexColors).toEqual([
      none,
      [1, 0.5, 0.25, Number.NaN],
      none,
      [0, 0, 0, 1],
      [0, 0, 1, Number.NaN],
    ]);
    expect(colorScales).toEqual({ vertex: 1, face: 1 });
    expect(warnings).toEqual([]);
  });

  it('have colors from 0 to 255 if one exceeds 1', async () => {
    expect((await read('v 0 0 0 1 1 1\nv 0 0 0 0 0 2\n')).colorScales?.vertex).toBe(255);
    expect((await read('v 0 0 0 0 0 0 255\n')).colorScales?.vertex).toBe(255);
    expect((await read('v 0 0 0 7\n')).colorScales?.vertex).toBe(1);
  });

  it.each([
    ['v 1 2 3 4 5', 'obj-extra-numbers', 'line 1: a vertex of 5 numbers; expected 3, 4, 6 or 7'],
    ['v 1 2 3 4 5 6 7 8 9', 'obj-extra-numbers', 'line 1: a vertex of 9 numbers; expected 3, 4, 6 or 7'],
    ['v 1 2 3 2', 'obj-weight', 'line 1: a vertex with the weight 2; the position is read unchanged'],
    ['v 1 2 3 red', 'obj-extra-words', "line 1: 'red' after the position of a vertex is not a number"],
  ])('may be followed by more: %s', async (content, kind, message) => {
    const { vertices, vertexColors, warnings } = await read(content);
    expect(vertices).toEqual([[1, 2, 3]]);
    expect(vertexColors).toEqual([Array(4).fill(Number.NaN)]);
    expect(warnings).toEqual([[kind, expect.stringContaining(message)]]);
  });

  it.each([
    ['two coordinates', 'v 0 0\n', 'line 1: a vertex with 2 coordinates; expected three'],
    ['one, on continued lines', '\nv \\\n1\\\n\nf', 'line 2: a vertex with 1 coordinate; expected three'],
    ['none', 'v # 1 2 3\n', 'line 1: a vertex with 0 coordinates; expected three'],
    ['nan', 'v 1 nan 3\nf 1 1 1\n', "line 1: 'nan' is not finite; expected y of a vertex, a finite number"],
    [
      'infinity',
      'v 1 2 1e999\nf 1 1 1\n',
      "line 1: '1e999' is not finite; expected z of a vertex, a finite number",
    ],
    [
      '1.#IND',
      'v 1.#IND 0 0\nf 1 1 1\n',
      "line 1: '1.#IND' is not finite; expected x of a vertex, a finite number",
    ],
    [
      'a face before one that is no point',
      'f 1 1 1\nv nan 0 0\n',
      "line 2: 'nan' is not finite; expected x of a vertex, a finite number",
    ],
    ['a comma', 'v 1,5 0 0\n', "line 1: '1,5' is not a number; expected x of a vertex, a finite number"],
    [
      'a backslash',
      'v 1\\2 0 0\n',
      "line 1: '1\\2' is not a number; expected x of a vertex, a finite number",
    ],
    ['NUL', 'v 1\0 0 0\n', "line 1: '1\\x00' is not a number; expected x of a vertex, a finite number"],
  ])('are refused for %s', async (_, content, message) => {
    for (const piece of [1, 1000]) expect((await refusal(content, { piece })).message).toBe(message);
  });

  it('that are invalid are skipped if unused, with salvage together with their faces', async () => {
    const points = 'v nan 0 0\nv 0 0 0\nv 1 0 0\nv inf 2 3 1 1 1\nv 0 1 0\n';
    for (const piece of [1, 1000]) {
      const { triangles, vertices, warnings } = await read(`${points}f 2 3 5\n`, { piece });
      expect(triangles).toEqual([[0, 0, 0, 1, 0, 0, 0, 1, 0]]);
      // Each stands where another one does, so that none is left of it when they are welded.
      expect(vertices).toEqual([
        [0, 0, 0],
        [0, 0, 0],
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
      ]);
      expect(warnings.map(([kind]) => kind)).toEqual(['vertex-not-finite', 'vertex-not-finite']);
      const salvaged = await read(`${points}f 2 3 5\nf 2 3 4\n`, { piece, salvage: true });
      expect(salvaged.triangles).toEqual(triangles);
      expect(salvaged.warnings.at(-1)).toEqual([
        'salvaged',
        'line 7: face refers to vertex 3 (counted from 0), which is not finite; the face is skipped',
      ]);
    }
  });
});

describe('faces of OBJ', () => {
  it.each([
    ['vertices alone', 'f 1 2 3'],
    ['texture coordinates', 'f 1/5 2/6 3/7'],
    ['normals', 'f 1//5 2//6 3//7'],
    ['both', 'f 1/5/1 2/6/1 3/7/-1'],
    ['all forms in one', 'f 1 2/6 3//7'],
    ['slashes without end', 'f 1/ 2// 3/1/1/1/x'],
    ['negative indices', 'f -4 -3 -2'],
    ['a sign', 'f +1 2 -2/-1'],
    ['the obsolete keyword', 'fo 1 2 3'],
    ['a comment behind', 'f 1 2 3 # 4'],
    ['continued lines', 'f 1\\\n2 \\\r\n\\\r 3 \\\n'],
    ['leading zeros', 'f 0001 02 3'],
  ])('are read with %s', async (_, face) => {
    for (const piece of [1, 2, 1000]) {
      const { faces, warnings } = await read(`${square}${face}\n`, { piece });
      expect(faces).toEqual([[0, 1, 2]]);
      expect(warnings).toEqual([]);
    }
  });

  it('are polygons of any size', async () => {
    const { faces } = await read(`${square}f 1 2 3\nf 1 2 3 4\nf 4 3 2 1 4\nf 1 1 1\n`);
    expect(faces).toEqual([
      [0, 1, 2],
      [0, 1, 2, 3],
      [3, 2, 1, 0, 3],
      [0, 0, 0],
    ]);
  });

  it('may come before their vertices, and between them', async () => {
    const { faces } = await read(`f 1 2 7\n${square}f -1 -2 5\n${square.replaceAll('1', '2')}f -1 -4 -8\n`);
    expect(faces).toEqual([
      [0, 1, 6],
      [3, 2, 4],
      [7, 4, 0],
    ]);
  });

  it.each(['f 1', 'f 1 2', 'f 1/1 2/2 # 3'])(
    'of fewer than three corners are passed over: %s',
    async (face) => {
      const { faces, warnings } = await read(`${square}${face}\nf 1 2 3\n`);
      expect(faces).toEqual([[0, 1, 2]]);
      expect(warnings).toEqual([
        ['obj-short-face', expect.stringMatching(/^line 5: a face with [12] corners? is no/)],
      ]);
    },
  );

  it.each([
    ['f 1 2 0\n', "line 5: vertex index 0 in '0'; expected 1 for the first vertex, -1 for the last"],
    ['f 1 0/1/1 3\n', "line 5: vertex index 0 in '0/1/1'; expected 1 for the first vertex, -1 for the last"],
    ['f -5 2 3\n', 'line 5: face refers to vertex -5, but only 4 vertices are defined so far'],
    ['f 1 2 5\n', 'line 5: face refers to vertex 5, but only 4 vertices are defined'],
    ['f 5 2\n', 'line 5: face refers to vertex 5, but only 4 vertices are defined'],
    [
      '\n\nf 1 2 3\nf 1 2 6\nf 1 2 9\nf 6 7 8\n',
      'line 8: face refers to vertex 6, but only 4 vertices are defined',
    ],
    [
      'f 1 2 6\nf 1 2 7\nv 0 0 0\nv 0 0 0',
      'line 6: face refers to vertex 7, but only 6 vertices are defined',
    ],
    ['f 1 2 9999999999999999\n', "line 5: '9999999999999999' in a face; expected a vertex index below 2^53"],
    [`f 1 2 -${'9'.repeat(400)}\n`, /^line 5: '-9{39}…' in a face; expected a vertex index below 2\^53$/],
    ['f 1 2 x\n', /^line 5: 'x' in a face; expected a vertex index, an integer/],
    ['f 1 2 3.0\n', /^line 5: '3\.0' in a face; expected a vertex index/],
    ['f 1 2 -\n', /^line 5: '-' in a face; expected a vertex index/],
    ['f 1 \\\n 2 3;4\n', /^line 5: '3;4' in a face; expected a vertex index/],
    ['f /1/1\n', /^line 5: '\/1\/1' in a face; expected a vertex index/],
  ])('are refused: %j', async (face, message) => {
    for (const piece of [1, 1000]) {
      const error = await refusal(square + face, { piece });
      if (typeof message === 'string') expect(error.message).toBe(message);
      else expect(error.message).toMatch(message);
    }
  });

  it('may have as many corners as a batch can hold, on lines longer than the window', async () => {
    const corners = Array.from(
      { length: FACE_CORNERS_MAX },
      (_, k) => `${1 + (k % 4)}/1234567890/1234567890`,
    );
    const content = `${square}f ${corners.join(' \\\n')}\nf 1 2 3\n`;
    expect(content.length).toBeGreaterThan(1_500_000);
    const { faces } = await read(content, { batchTriangles: 1 });
    expect(faces.map((face) => face.length)).toEqual([FACE_CORNERS_MAX, 3]);
    expect(faces[0]!.slice(-5)).toEqual([3, 0, 1, 2, 3]);
    expect((await refusal(content.replace('\nf 1 2', ' 1\nf 1 2'))).message).toBe(
      'line 5: a face with more than 65,536 corners; expected no more',
    );
  });

  it('report where their batches begin', async () => {
    const content = `# one\r\n${square}f 1 2 \\\n 3\n\n  f 1 3 4\nf 2 3 4`;
    const { places } = await read(content, { batchTriangles: 1 });
    expect(places).toEqual([
      [0, content.indexOf('f 1 2'), 6],
      [1, content.indexOf('f 1 3'), 9],
      [2, content.indexOf('f 2 3'), 10],
    ]);
  });
});

describe('forward references', () => {
  it('name the first invalid face among those kept', () => {
    const references = new ForwardReferences();
    for (let k = 0; k < FORWARD_REFERENCES_MAX; k++) {
      references.add(k, k + 1, 0);
      references.add(k - 1, 0, 0);
    }
    for (const defined of [0, 1, 1000, FORWARD_REFERENCES_MAX - 1]) {
      expect(references.findBeyond(defined)).toEqual({ vertex: defined, line: defined + 1 });
    }
    expect(references.findBeyond(FORWARD_REFERENCES_MAX)).toBeUndefined();
  });

  it('name an invalid face if there are more than kept', () => {
    const references = new ForwardReferences();
    const total = 5 * FORWARD_REFERENCES_MAX;
    for (let k = 0; k < total; k++) references.add(k, k + 1, 0);
    references.add(10 * total, total + 1, 0);
    const middle = references.findBeyond(1000)!;
    expect(middle.line).toBe(middle.vertex + 1);
    expect(middle.vertex).toBeGreaterThanOrEqual(1000);
    expect(middle.vertex).toBeLessThan(1100);
    expect(references.findBeyond(total)).toEqual({ vertex: 10 * total, line: total + 1 });
  });

  it('are dropped once their vertices are read', () => {
    const references = new ForwardReferences();
    const total = 5 * FORWARD_REFERENCES_MAX;
    for (let k = 0; k < total; k++) references.add(k, k + 1, Math.max(0, k - 100));
    expect(references.findBeyond(total - 1)).toEqual({ vertex: total - 1, line: total });
    expect(references.findBeyond(total - 50)).toEqual({ vertex: total - 50, line: total - 49 });
  });
});

describe('parts of OBJ', () => {
  it('begin between the right faces', async () => {
    const content = [
      ...['o box', square, 'g left', 'f 1 2 3', 'usemtl red', 'f 1 2 3 4', 'usemtl red', 'g left', 'f 1 2 3'],
      ...['g right', 'usemtl blue', 'f 1 2 3', 'o box', 'o ball', 'usemtl red', ''],
    ].join('\n');
    for (const batchTriangles of [1, 2, 100]) {
      const { parts, warnings } = await read(content, { batchTriangles });
      expect(parts).toEqual([
        ...[
          ['box', 0],
          ['left', 0],
          ['red', 1],
          ['right', 4],
          ['blue', 4],
          ['ball', 5],
          ['red', 5],
        ],
      ]);
      expect(warnings).toEqual([]);
    }
  });

  it('have a kind', async () => {
    const source = await openBytes('usemtl x\no x\ng x\n');
    const items = [];
    const reader = obj.open(source, { batchTriangles: 4, salvage: false, warn: () => undefined });
    for await (const item of reader.items()) items.push(item);
    expect(items).toEqual(
      ['material', 'object', 'group'].map((partKind) => ({ kind: 'part', partKind, name: 'x' })),
    );
  });

  it.each([
    ['o a  b', 'a  b'],
    ['g a \t b   f 1 2 3 ', 'a b f 1 2 3'],
    ['g', ''],
    ['usemtl # none', ''],
    ['usemtl \t a#b#c #d', 'a#b#c #d'],
    ['usemtl Material #25', 'Material #25'],
    ['g #1', '#1'],
    ['o a\\b', 'a\\b'],
    ['g a\\\nb \\\r\n c', 'a b c'],
    ['o größe ✓', 'größe ✓'],
    ['usemtl v 1 2 3', 'v 1 2 3'],
  ])('are named: %j', async (statement, name) => {
    for (const piece of [1, 1000]) {
      for (const end of ['', '\n', '\r']) {
        const { parts, warnings } = await read(`${statement}${end}`, { piece });
        expect(parts).toEqual([[name, 0]]);
        expect(warnings).toEqual([]);
      }
    }
  });

  it('may have names that are not UTF-8', async () => {
    const { parts } = await read(Buffer.concat([Buffer.from('g a'), Buffer.from([0xe4, 0xff, 0x0a])]));
    expect(parts).toEqual([['aäÿ', 0]]);
  });

  it('have names that are truncated if too long', async () => {
    for (const [name, isCut] of [
      ['x'.repeat(NAME_BYTES_MAX), false],
      ['x'.repeat(NAME_BYTES_MAX + 1), true],
      ['x'.repeat(3_000_000), true],
      [`x${' '.repeat(3_000_000)}`, false],
    ] as const) {
      const { parts, warnings } = await read(`\ng ${name}\n${square}f 1 2 3\n`);
      expect(parts).toEqual([[name.slice(0, NAME_BYTES_MAX).trim(), 0]]);
      const warning = ['name-cut', 'line 2: the name of a group is cut to 4096 bytes'];
      expect(warnings).toEqual(isCut ? [warning] : []);
    }
  });
});

describe('other statements of OBJ', () => {
  it('are skipped, with a warning if a shape is lost', async () => {
    const content = [
      ...['mtllib a b.mtl', 's off', 'vt 0 0 # f 1 2 3', 'vn 0 0 1 \\', 'f 1 1 1', 'vp 1', 'lod 3', 'p 1 2'],
      ...['l 1 2', 'l 2 3', 'cstype bezier', 'deg 3', 'surf 0 1 0 1 1 2', 'curv2 1 2', 'end', 'usemap x', ''],
    ].join('\n');
    for (const piece of [1, 1000]) {
      const { faces, vertices, warnings } = await read(content, { piece });
      expect([...faces, ...vertices]).toEqual([]);
      expect(warnings).toEqual([
        ['obj-points', "line 8: a point ('p') is not a triangle; it is skipped"],
        ['obj-lines', "line 9: a line ('l') is not a triangle; it is skipped"],
        ['obj-lines', "line 10: a line ('l') is not a triangle; it is skipped"],
        ['obj-free-form', "line 11: a kind of curve or surface ('cstype') is not a triangle; it is skipped"],
        ['obj-free-form', "line 13: a surface ('surf') is not a triangle; it is skipped"],
        ['obj-free-form', "line 14: a curve ('curv2') is not a triangle; it is skipped"],
      ]);
    }
  });

  it('are refused if a line begins with a number instead of a keyword', async () => {
    for (const first of ['0', '-1.5', '+2', '.5']) {
      expect((await refusal(`v 0 0 0\n${first} 1 2\n`)).message).toBe(
        `line 2: '${first}' at the beginning of a line; expected 'v', 'f' or another OBJ keyword`,
      );
    }
  });

  it('are skipped with a warning if their keywords are unknown', async () => {
    const content = 'V 1 2 3\nvc 1 0 0 \\\nf 1 1 1\nx12 13\nv 0 0 0\nfoo#bar \\\nv 1 1 1\nf#\n';
    for (const piece of [1, 1000]) {
      const { faces, vertices, warnings } = await read(content, { piece });
      expect(faces).toEqual([]);
      expect(vertices).toEqual([
        [0, 0, 0],
        [1, 1, 1],
      ]);
      expect(warnings).toEqual(
        [
          "line 1: 'V' is not an OBJ keyword; the line is skipped",
          "line 2: 'vc' is not an OBJ keyword; the line is skipped",
          "line 4: 'x12' is not an OBJ keyword; the line is skipped",
          "line 6: 'foo' is not an OBJ keyword; the line is skipped",
        ]
          .map((message) => ['obj-unknown-word', message])
          .concat([['obj-short-face', 'line 8: a face with no corners is not a triangle; it is skipped']]),
      );
    }
  });

  it('may begin with lines of numbers, with a warning', async () => {
    const { vertices, warnings } = await read('3 1\nv 0 0 0\n');
    expect(vertices).toEqual([[0, 0, 0]]);
    expect(warnings).toEqual([
      [
        'obj-leading-numbers',
        "line 1: '3' before the first statement is not an OBJ keyword; the line is skipped",
      ],
    ]);
    expect((await refusal('1 2 3\n4 5 6\n')).message).toMatch(
      /^line 1: no OBJ statements, the first word is '1'/,
    );
    expect((await refusal('v 0 0 0\n3 1\n')).message).toMatch(/^line 2: '3' at the beginning of a line/);
  });

  it('that a backslash joins to a name are reported', async () => {
    const { faces, warnings } = await read(`${square}usemtl C:\\mat\\\nf 1 2 3\nf 1 3 4\n`);
    expect(faces).toEqual([[0, 2, 3]]);
    expect(warnings).toEqual([['obj-continued-name', expect.stringContaining("'C:\\mat f 1 2 3'")]]);
  });

  it('cannot be binary data', async () => {
    const bytes = Buffer.concat([Buffer.from('v 0 0 0\n'.repeat(200)), Buffer.alloc(2000, 1)]);
    expect((await refusal(bytes)).message).toMatch(
      /^byte 0: binary data, a control character \(0x01\) at byte 1600/,
    );
    const trailing = Buffer.concat([Buffer.from(`${square}f 1 2 3\n`), Buffer.alloc(9000)]);
    expect((await read(trailing)).faces).toEqual([[0, 1, 2]]);
  });

  it('are not buffered, however long', async () => {
    const long = 'x'.repeat(3_000_000);
    const content = `# ${long}\n${long}\nfoo ${long} #${long}\\\n\nvt ${'0 '.repeat(1_500_000)}\\\n 1\n${square}f 1 2 3 #${long}`;
    const { faces, warnings } = await read(content);
    expect(faces).toEqual([[0, 1, 2]]);
    expect(warnings.map(([kind]) => kind)).toEqual(['obj-unknown-word', 'obj-unknown-word']);
    expect(warnings[0]![1]).toMatch(/^line 2: 'x{40}…' is not an OBJ keyword/);
    expect((await refusal(`${square}f 1 2 ${'3'.repeat(3_000_000)}`)).message).toMatch(
      /^line 5: an item longer than 1,048,576 bytes/,
    );
  });

  it('may be absent', async () => {
    for (const content of ['', '\n\n', ' \t\r\n', '# nothing', '\ufeff']) {
      expect(await read(content)).toMatchObject({ faces: [], vertices: [], warnings: [] });
    }
  });

  it('must not all be unknown', async () => {
    expect((await refusal('# one\n\nsome text\nmore\n')).message).toBe(
      "line 3: no OBJ statements, the first word is 'some'; expected 'v', 'f' or another OBJ keyword",
    );
    expect((await refusal(Buffer.from([0x61, 0, 0x1b, 0x20]))).message).toMatch(
      /^line 1: binary data, 'a\\x00\\x1b' at the beginning of a line/,
    );
  });
});

describe('an OBJ file whose last line is truncated', () => {
  it.each([
    ['v 1 2', 'line 6: truncated, the last line is incomplete: a vertex with 2 coordinates; expected three'],
    [
      'v 1 2 -',
      "line 6: truncated, the last line is incomplete: '-' is not a number; expected z of a vertex",
    ],
    ['f 1 2 -', "line 6: truncated, the last line is incomplete: '-' in a face; expected a vertex index"],
    ['f ', 'line 6: truncated, the last line is incomplete: a face without a vertex index; expected'],
  ])('is refused or recovered: %j', async (rest, message) => {
    const content = `${square}f 1 2 3\n${rest}`;
    for (const piece of [1, 1000]) {
      const error = await refusal(content, { piece });
      expect(error.message).toContain(message);
      expect(error.hint).toBe('the copy may be incomplete; `salvage: true` recovers the complete triangles');
      const { vertices, faces, warnings } = await read(content, { piece, salvage: true });
      expect(vertices).toHaveLength(4);
      expect(faces).toEqual([[0, 1, 2]]);
      expect(warnings).toEqual([['salvaged', expect.stringContaining(message)]]);
    }
  });

  it('is not reported as truncated if the error is elsewhere', async () => {
    for (const rest of ['v 1 x 3', 'f x 2 3', 'v 1 2\n', 'f 1 2 0', 'f 1 2 -9', 'f 1 2 9']) {
      const error = await refusal(square + rest, { salvage: true });
      expect(error.message).not.toContain('truncated');
      expect(error.hint).toBeUndefined();
    }
  });

  it('may end in a face of two corners, or in a shorter number', async () => {
    const { faces, warnings } = await read(`${square}f 1 2 3\nf 1 2`);
    expect(faces).toEqual([[0, 1, 2]]);
    expect(warnings).toEqual([['obj-short-face', expect.stringMatching(/^line 6: a face with 2 corners/)]]);
  });
});

describe('the head of an OBJ file', () => {
  const isObj = (text: string) => obj.sniff(Buffer.from(text)) !== undefined;

  it('is detected by its first statements', () => {
    for (const text of [
      'v 0 0 0\n',
      '\ufeff\r\n\tv  -.5 1e3 0\r\n',
      'mtllib a.mtl\n',
      'o x\ng y\ns off\nusemtl z\n',
      'vt 0 0\n',
      'f 1/1 2/2 3/3\n',
      'f -3 -2 -1\n',
      'p 1\nl 1 2\nv 0 0 0\n',
      'g a \\\n b\nv 0 0\n',
      `${'# a long comment\n'.repeat(3800)}v 0 0 0\n`,
    ]) {
      expect(isObj(text), text.slice(0, 40)).toBe(true);
    }
  });

  it.each([
    '',
    '# only this\n',
    'o once upon a time\nthere was\n',
    'ply\nformat ascii 1.0\n',
    'OFF\n8 6 0\n',
    '8 6 0\n',
    'solid x\nfacet normal 0 0 1\n',
    '0 0 0 1 0 0 0 1 0\n',
    'P 0.3 0.3 0.4 10 1 2562\n 1.0 2.0 3.0\n',
    'p 0.3 0.3 0.4 10 1 2562\n 1.0 2.0 3.0\n',
    'V 0 0 0\n',
    'vertex 0 0 0\n',
    'f of x\n',
  ])('is not detected in other text: %j', (text) => {
    expect(isObj(text)).toBe(false);
  });

  it('gives a forecast with and without faces', async () => {
    const forecast = async (text: string, isStream = false) =>
      obj.open(await openBytes(text, { isStream }), {
        batchTriangles: 9,
        salvage: false,
        warn: () => undefined,
      }).expectedTriangles;
    expect(await forecast(`${square}f 1 2 3 4\nf 1 2 3`)).toBe(3);
    expect(await forecast('# nothing')).toBe(0);
    const large = [...makeTube(400, 50)];
    const text = toObj(large);
    expect(text.lastIndexOf('v')).toBeGreaterThan(200_000);
    const parts = Array.from({ length: 200 }, () => `${square}f -1 -2 -3 -4\n`.repeat(20)).join('');
    for (const [content, triangles] of [
      [text, large.length],
      [parts, 200 * 40],
    ] as const) {
      const expected = (await forecast(content))!;
      expect(expected / triangles).toBeGreaterThan(0.8);
      expect(expected / triangles).toBeLessThan(1.2);
    }
    expect(await forecast(text, true)).toBeUndefined();
  });
});

/** Something to be written into an OBJ file, and how. */
const coordinate = fc.double({ noNaN: true, noDefaultInfinity: true });
const style = fc.nat({ max: 4 });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant('v'), at: fc.tuple(coordinate, coordinate, coordinate), style }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('f'),
      corners: fc.array(fc.record({ vertex: fc.nat(), style, isRelative: fc.boolean() }), {
        minLength: 3,
        maxLength: 6,
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constantFrom('o', 'g', 'usemtl'),
      name: fc.stringMatching(/^[a-cf#]{1,2}$/),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constantFrom('# f 1 2 3', '', 'vt 0 0', 'vn 0 0 1', 's 1', '#\\') }),
  },
);
type Step = { is: string } & Partial<{
  at: number[];
  style: number;
  corners: { vertex: number; style: number; isRelative: boolean }[];
  name: string;
}>;

/** What a list of steps is as text, in words of each line, and what reading it is to give. */
function write(steps: readonly Step[]) {
  const total = Math.max(1, steps.filter(({ is }) => is === 'v').length);
  const lines: string[][] = [];
  const vertices: number[][] = [];
  const faces: number[][] = [];
  const parts: [string, number][] = [];
  const names = new Map<string, string>();
  let triangles = 0;
  for (const { is, at = [], corners = [], name = '', style: form = 0 } of steps) {
    if (is === 'v') {
      vertices.push(at);
      lines.push([
        'v',
        ...at.map((value) => (Object.is(value, -0) ? '-0' : String(value))),
        ...[[], ['1'], ['1', '.5', '0'], ['1', '0', '0', '1'], []][form]!,
      ]);
    } else if (is === 'f') {
      const face = corners.map(({ vertex }) => vertex % total);
      faces.push(face);
      triangles += face.length - 2;
      const words = corners.map(({ style: slashes, isRelative }, k) => {
        const vertex = face[k]!;
        const index = isRelative && vertex < vertices.length ? vertex - vertices.length : vertex + 1;
        return `${index}${['', '/1', '//1', '/1/-1', '/'][slashes]}`;
      });
      lines.push(['f', ...words]);
    } else if (['o', 'g', 'usemtl'].includes(is)) {
      const known = name === '#' ? '' : name;
      if (names.get(is) !== known) parts.push([known, triangles]);
      names.set(is, known);
      lines.push([is, name]);
    } else {
      lines.push([is]);
    }
  }
  if (vertices.length === 0) {
    vertices.push([0, 0, 0]);
    lines.push(['v', '0', '0', '0']);
  }
  return { lines, vertices, faces, parts };
}

describe('OBJ files', () => {
  it('round-trip in any form, in chunks and batches of any size', async () => {
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const gaps = fc.array(fc.constantFrom(' ', ' ', '\t', '  ', '\\', ' \\', ' \\ '), {
      minLength: 1,
      maxLength: 7,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        lineEnd,
        gaps,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 8 }),
        async (steps, end, between, piece, batchTriangles) => {
          const { lines, ...expected } = write(steps);
          let gap = 0;
          const join = (words: string[]) =>
            words.reduce((line, word) => {
              const blank = between[gap++ % between.length]!;
              return `${line}${blank}${blank.includes('\\') ? end : ''}${word}`;
            });
          const content = lines.map(join).join(end);
          const { vertices, faces, parts, warnings } = await read(content, { piece, batchTriangles });
          expect({ vertices, faces, parts }).toEqual(expected);
          expect(warnings).toEqual([]);
        },
      ),
      { numRuns: 500, seed: 7 },
    );
  });

  const sample = `# x\r\no a\n${square}v 1 2 3 .5 .5 1\ng b c\\\n d\nf 1 2/1 3//1 \\\n -1\nl 1 2\nusemtl m\rfo 1 2 9\n${square}`;

  it('are read or refused if truncated anywhere, alike in chunks of any size', async () => {
    for (const salvage of [false, true]) {
      for (let size = 0; size <= sample.length; size++) {
        const run = (options: ReadCase) =>
          read(sample.slice(0, size), { ...options, salvage }).catch((error: unknown) => {
            if (error instanceof FormatError) return error.message;
            throw error;
          });
        expect(await run({ piece: 1 })).toEqual(await run({}));
      }
    }
  });

  it('are read or refused with any byte flipped, alike in chunks of any size', async () => {
    const bytes = Buffer.from(sample);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: bytes.length - 1 }),
        fc.constantFrom(0, 0x0a, 0x0d, 0x20, 0x23, 0x2d, 0x2f, 0x39, 0x5c, 0x66, 0xff),
        async (at, byte) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = byte;
          const run = (options: ReadCase) =>
            read(damaged, { ...options }).catch((error: unknown) => {
              if (error instanceof FormatError) return error.message;
              throw error;
            });
          expect(await run({ piece: 1 })).toEqual(await run({}));
        },
      ),
      { numRuns: 1000, seed: 11 },
    );
  });

  it('neither crash nor hang on any text, alike in chunks of any size', async () => {
    const words = [
      'v',
      'f',
      'g',
      'o',
      'usemtl',
      'vt',
      'l',
      'x',
      '1',
      '-1',
      '2',
      '3/1',
      '0.5',
      '1e3',
      'nan',
      '#',
      '\\',
    ];
    const token = fc.constantFrom(
      ...words,
      ' ',
      ' ',
      ' ',
      '\n',
      '\n',
      '\r',
      '\r\n',
      '\nv 0 0 0\n',
      '\nf 1 1 1\n',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(token, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (tokens, piece) => {
          const run = (options: ReadCase) =>
            read(tokens.join(''), { ...options, batchTriangles: 2, salvage: true }).catch(
              (error: unknown) => {
                if (error instanceof FormatError) return error.message;
                throw error;
              },
            );
          expect(await run({ piece })).toEqual(await run({}));
        },
      ),
      { numRuns: 500, seed: 17 },
    );
  });
});
