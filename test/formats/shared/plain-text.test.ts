/**
 * Plain lines are read like any others: with form feeds in place of blanks, no line is plain. Covers:
 * formats/obj/plain-lines, formats/ply/text/plain-lines, formats/stl/keywords, formats/stl/plain-facets.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Format } from '../../../src/formats/format.js';
import { obj } from '../../../src/formats/obj/obj.js';
import { ply } from '../../../src/formats/ply/ply.js';
import { raw } from '../../../src/formats/raw.js';
import { readInteger, readNumber } from '../../../src/formats/shared/plain-text.js';
import { stl } from '../../../src/formats/stl/stl.js';
import type { MeshItem } from '../../../src/mesh.js';
import { openBytes } from '../../support/sources.js';

interface Options {
  readonly batchTriangles: number;
  readonly piece: number;
  readonly salvage: boolean;
}

/** All that a reader yields of a text: items with the places of all their rows, saved states, warnings, the error. */
async function readAll(format: Format, text: string, { piece, ...options }: Options): Promise<unknown[]> {
  const found: unknown[] = [];
  const warn = (warning: unknown) => found.push(warning);
  try {
    const reader = await format.open(await openBytes(text, { piece }), { ...options, warn, placeBytes: 0 });
    for await (const item of reader.items()) found.push(copyItem(item));
    found.push(reader.colorScales?.());
  } catch (error) {
    found.push(String(error));
  }
  return found;
}

/** Copies the rows of an item: its arrays are lent. */
function copyItem(item: MeshItem): unknown {
  if (item.kind === 'part') return item;
  const { kind, count, places } = item;
  if (item.kind === 'soup') return { kind, places, positions: [...item.positions.subarray(0, 9 * count)] };
  const colors = item.colors && [...item.colors.subarray(0, 4 * count)];
  if (item.kind === 'vertices') {
    const normals = item.normals && [...item.normals.subarray(0, 3 * count)];
    return { kind, places, colors, normals, positions: [...item.positions.subarray(0, 3 * count)] };
  }
  const sizes = [...(item.sizes?.subarray(0, count) ?? Array<number>(count).fill(3))];
  const used = sizes.reduce((sum, size) => sum + size, 0);
  return { kind, places, colors, sizes, corners: [...item.corners.subarray(0, used)] };
}

async function compare(format: Format, text: string, options: Options): Promise<void> {
  const expected = await readAll(format, text.replaceAll(/[ \t]/g, '\f'), options);
  const found = await readAll(format, text, options);
  // Messages show blanks as they are, and form feeds escaped.
  const shown = (results: unknown[]) =>
    JSON.parse(JSON.stringify(results).replaceAll(/\\\\(x0c|x09|f|t)/g, ' '));
  expect(shown(found)).toEqual(shown(expected));
  // JSON knows neither -0 nor NaN.
  if (!found.some((result) => typeof result === 'string')) {
    const numbers = (results: unknown[]) => results.filter((result) => Object.hasOwn(result ?? {}, 'places'));
    expect(numbers(found)).toEqual(numbers(expected));
  }
}

const often = { weight: 12 };
const digits = (max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max }).map((list) => list.join(''));
const sign = fc.constantFrom('', '', '-');
const number = fc.oneof(
  { ...often, arbitrary: fc.tuple(sign, digits(5)).map((parts) => parts.join('')) },
  { ...often, arbitrary: fc.tuple(sign, digits(4), digits(6)).map(([s, p, q]) => `${s}${p}.${q}`) },
  { ...often, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { ...often, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => x.toExponential(6)) },
  { weight: 2, arbitrary: digits(25) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['.5', '5.', '-0', '-.0', '1E5', '+1', '-', '.', '1.2.3', 'nan', '-inf', '1-2', '1e999', '1,5', ''],
    ),
  },
);
const gap = fc.oneof(
  { weight: 30, arbitrary: fc.constant(' ') },
  { weight: 2, arbitrary: fc.constantFrom('  ', '\t') },
  { weight: 1, arbitrary: fc.constantFrom('', ', ', ' \\\n', ' # ') },
);
const lineEnd = fc.oneof(
  { weight: 20, arbitrary: fc.constant('\n') },
  { weight: 2, arbitrary: fc.constantFrom('\r\n', ' \n', '\t \r\n') },
  { weight: 1, arbitrary: fc.constantFrom('\r', '\n\n', '#\n', ' 1\n', ' 1 2 3\n', ' \\\n') },
);
const joined = (...words: fc.Arbitrary<string>[]) => fc.tuple(...words).map((parts) => parts.join(''));
const lineOf = (...words: fc.Arbitrary<string>[]) =>
  joined(...words.flatMap((word, k) => (k === 0 ? [word] : [gap, word])), lineEnd);
const word = (text: string) => fc.constant(text);
const numbers = (count: number) => Array.from({ length: count }, () => number);
const options = fc.record({
  batchTriangles: fc.constantFrom(1, 3, 100),
  piece: fc.constantFrom(7, 50, 10_000),
  salvage: fc.boolean(),
});

const index = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 1, max: 4 }).map(String) },
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 4 }).map((k) => `${k}/${k}/${k}`) },
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 4 }).map((k) => `${k}//-${k}`) },
  { weight: 4, arbitrary: fc.constantFrom('-1', '9', '1/x', '1/1#', '2/', '+2') },
  { weight: 1, arbitrary: fc.constantFrom('0', '1.0', '-9', 'x', '', '0000000001') },
);
const objLine = fc.oneof(
  { ...often, arbitrary: lineOf(word('v'), ...numbers(3)) },
  { ...often, arbitrary: lineOf(word('f'), index, index, index) },
  { weight: 2, arbitrary: lineOf(word('v'), ...numbers(6)) },
  { weight: 2, arbitrary: lineOf(word('f'), index, index, index, index) },
  { weight: 2, arbitrary: fc.oneof(lineOf(word('vn'), ...numbers(3)), lineOf(word('vt'), ...numbers(2))) },
  { weight: 1, arbitrary: lineOf(word('v'), ...numbers(4)) },
  { weight: 1, arbitrary: lineOf(word('v'), ...numbers(7)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('g a\n', 'o b\n', 'usemtl c\n', '# a\n', 'f 1 2\n', 'vx 1\n', 'l 1 2\n'),
  },
);
const corner = fc.oneof(
  { weight: 60, arbitrary: fc.nat({ max: 3 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('4', '-1', '1.0', '1e0', '0000000001', '+2', '') },
);
const triangle = lineOf(word('3'), corner, corner, corner);

describe('plain lines', () => {
  it('of OBJ are read to the same items, places, warnings and errors', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(objLine, { maxLength: 40 }), options, async (lines, how) => {
        const vertices = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n';
        await compare(obj, `${vertices}${lines.join('')}`, how);
      }),
      { numRuns: 300 },
    );
  });

  it('of PLY are read to the same items, places, warnings and errors', async () => {
    const vertexForms = [
      ['x', 'y', 'z'],
      ['x', 'y', 'z', 'nx', 'ny', 'nz', 'red', 'green', 'blue'],
      ['quality', 'z', 'x', 'y'],
    ];
    const list = 'property list uchar int vertex_indices\n';
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom(...vertexForms)
          .chain((names) =>
            fc.tuple(
              fc.constant(names),
              fc.array(lineOf(...numbers(names.length)), { minLength: 4, maxLength: 4 }),
            ),
          ),
        fc.array(
          fc.oneof(
            { weight: 20, arbitrary: triangle },
            { weight: 1, arbitrary: lineOf(word('4'), corner, corner, corner, corner) },
            { weight: 1, arbitrary: fc.constantFrom('2 0 1\n', '# a\n', 'comment b\n', '0\n') },
          ),
          { maxLength: 25 },
        ),
        fc.boolean(),
        options,
        async ([names, vertices], faces, isFacesFirst, how) => {
          const elements = [
            `element vertex 4\n${names.map((name) => `property float ${name}\n`).join('')}`,
            `element face ${faces.length}\n${list}`,
          ];
          const data = [vertices.join(''), faces.join('')];
          if (isFacesFirst) for (const some of [elements, data]) some.reverse();
          const header = `ply\nformat ascii 1.0\n${elements.join('')}end_header\n`;
          const text = data.join('');
          const expected = await readAll(ply, header + text.replaceAll(/[ \t]/g, '\f'), how);
          expect(await readAll(ply, header + text, how)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of ASCII STL are read to the same items, places, warnings and errors', async () => {
    const normal = fc.oneof(
      { ...often, arbitrary: number },
      fc.constantFrom('endloop', 'vertex', 'x', '-nan(ind)'),
    );
    const keyword = (text: string) =>
      fc.oneof(
        { weight: 60, arbitrary: fc.constant(text) },
        fc.constantFrom(text.toUpperCase(), `${text}s`, ` ${text}`, text.slice(1)),
      );
    const vertex = lineOf(keyword('vertex'), ...numbers(3));
    const facet = joined(
      lineOf(keyword('facet'), keyword('normal'), normal, normal, normal),
      lineOf(keyword('outer'), keyword('loop')),
      ...[vertex, vertex, vertex],
      lineOf(keyword('endloop')),
      lineOf(keyword('endfacet')),
    );
    const usual =
      'facet normal 0 0 1\n\touter loop\n  vertex 0 0 0\n vertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n';
    const item = fc.oneof(
      { weight: 6, arbitrary: facet },
      { weight: 6, arbitrary: fc.constant(usual) },
      { weight: 1, arbitrary: fc.constantFrom('endsolid\nsolid a\n', '# a\n', 'a\n', '\n') },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 12 }), options, async (items, how) => {
        await compare(stl, `solid\n${items.join('')}endsolid\n`, how);
      }),
      { numRuns: 300 },
    );
  });

  it('of raw triangles are read to the same items, places, warnings and errors', async () => {
    const separator = fc.oneof({ weight: 200, arbitrary: fc.constantFrom(' ', ',', ' , ', '\t') }, gap);
    const line = joined(
      ...numbers(9).flatMap((value, k) => (k === 0 ? [value] : [separator, value])),
      lineEnd,
    );
    const usual = joined(...Array.from({ length: 9 }, () => fc.integer().map((x) => `${x} `)), lineEnd);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(line, usual, fc.constantFrom('1 2 3\n', '\n')), { minLength: 1, maxLength: 12 }),
        options,
        (lines, how) => compare(raw, `0 0 0 1 0 0 0 1 0\n${lines.join('')}`, how),
      ),
      { numRuns: 300 },
    );
  });

  it('are no longer looked for after many that are not plain', async () => {
    const text = `v 0 0 0\nv 1 0 0\nv 0 1 0\n${'f -3 -2 -1\n'.repeat(40)}f 1 2 3\n`;
    await compare(obj, text, { batchTriangles: 1, piece: 10_000, salvage: false });
  });
});

describe('plain numbers', () => {
  it('are exactly those of Number()', () => {
    fc.assert(
      fc.property(number, (text) => {
        const bytes = Buffer.from(`${text} `);
        const target = new Float64Array(1);
        const end = readNumber(bytes, 0, bytes.length, target, 0);
        if (end >= 0 && bytes[end] === 0x20) expect(target[0]).toBe(Number(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('end before the end of the bytes', () => {
    const target = new Float64Array(1);
    for (const text of ['12', '1.5', '1e5', '1234567890123', '']) {
      const bytes = Buffer.from(text);
      expect(readNumber(bytes, 0, bytes.length, target, 0)).toBe(-1);
    }
    expect(readInteger(Buffer.from('12'), 0, 2, target, 0)).toBe(-1);
    expect(readInteger(Buffer.from('123456789 '), 0, 10, target, 0)).toBe(9);
    expect(target[0]).toBe(123456789);
    expect(readInteger(Buffer.from('1234567890 '), 0, 11, target, 0)).toBe(-1);
    expect(readNumber(Buffer.from('1234567890 '), 0, 11, target, 0)).toBe(10);
    expect(target[0]).toBe(1234567890);
  });
});
