import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { ply } from '../../../src/formats/ply/ply.js';
import {
  type Element,
  ENCODINGS,
  type Property,
  TYPE_NAMES,
  type TypeName,
  toPly,
} from '../../support/ply.js';
import { type ReadCase, readMesh } from '../../support/sources.js';

const anyType = fc.constantFrom(...TYPE_NAMES);

/** A value that the type holds exactly; -0 has no text of its own in all encodings. */
function anyValue(type: TypeName): fc.Arbitrary<number> {
  if (type === 'double') return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  if (type === 'float') return fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const bits = { char: 8, uchar: 8, short: 16, ushort: 16, int: 32, uint: 32 }[type];
  const isSigned = !type.startsWith('u');
  return fc.integer({ min: isSigned ? -(2 ** (bits - 1)) : 0, max: 2 ** (bits - (isSigned ? 1 : 0)) - 1 });
}

interface Column {
  readonly property: Property;
  /** The value in each row. */
  readonly values: readonly (number | readonly number[])[];
}

function column(name: string, type: TypeName, rows: number): fc.Arbitrary<Column> {
  return fc
    .array(anyValue(type), { minLength: rows, maxLength: rows })
    .map((values) => ({ property: { name, type }, values }));
}

function listColumn(name: string, rows: number): fc.Arbitrary<Column> {
  return fc
    .tuple(anyType, anyType)
    .chain(([type, countType]) =>
      fc
        .array(fc.array(anyValue(type), { maxLength: 4 }), { minLength: rows, maxLength: rows })
        .map((values) => ({ property: { name, type, countType }, values })),
    );
}

/** Columns that no reader asks for, single values and lists. */
function extraColumns(rows: number): fc.Arbitrary<Column[]> {
  const extra = fc
    .boolean()
    .chain((isList) =>
      isList ? listColumn('extra', rows) : anyType.chain((type) => column('extra', type, rows)),
    );
  return fc.array(extra, { maxLength: 3 });
}

function elementOf(name: string, rows: number, columns: readonly Column[]): Element {
  return {
    name,
    properties: columns.map(({ property }) => property),
    rows: Array.from({ length: rows }, (_, k) => columns.map(({ values }) => values[k]!)),
  };
}

/** Columns in any order, with extra ones among them. */
const mixed = (name: string, rows: number, columns: readonly Column[]): fc.Arbitrary<Element> =>
  extraColumns(rows)
    .chain((extras) =>
      fc.shuffledSubarray([...columns, ...extras], { minLength: columns.length + extras.length }),
    )
    .map((shuffled) => elementOf(name, rows, shuffled));

const colors = (rows: number): fc.Arbitrary<Column[]> =>
  fc
    .constantFrom([], ['red', 'green', 'blue'], ['red', 'green', 'blue', 'alpha'])
    .chain((names) => anyType.chain((type) => fc.tuple(...names.map((name) => column(name, type, rows)))));

const vertexElement = fc
  .integer({ min: 1, max: 6 })
  .chain((rows) =>
    fc
      .tuple(
        fc.tuple(
          ...['x', 'y', 'z', 'nx', 'ny', 'nz'].map((name) =>
            anyType.chain((type) => column(name, type, rows)),
          ),
        ),
        colors(rows),
      )
      .chain(([position, color]) => mixed('vertex', rows, [...position, ...color])),
  );

const faceElement = (vertices: number): fc.Arbitrary<Element> =>
  fc.tuple(fc.integer({ min: 0, max: 6 }), anyType, anyType).chain(([rows, type, countType]) => {
    const corners = fc.array(fc.integer({ min: 0, max: vertices - 1 }), { minLength: 3, maxLength: 5 });
    return fc
      .tuple(
        fc.array(fc.oneof(corners, fc.constant([0, 0, 0])), { minLength: rows, maxLength: rows }),
        colors(rows),
      )
      .chain(([values, color]) =>
        mixed('face', rows, [{ property: { name: 'vertex_indices', type, countType }, values }, ...color]),
      );
  });

const otherElement: fc.Arbitrary<Element> = fc
  .integer({ min: 0, max: 3 })
  .chain((rows) => extraColumns(rows).map((columns) => elementOf('other', rows, columns)));

const anyMesh = vertexElement.chain((vertices) =>
  fc
    .tuple(faceElement(vertices.rows.length), fc.array(otherElement, { maxLength: 2 }))
    .chain(([faces, others]) =>
      fc.shuffledSubarray([vertices, faces, ...others], { minLength: 2 + others.length }),
    ),
);

/** Rows of the named properties, NaN for those that are not there. */
function pick({ properties, rows }: Element, names: readonly string[]): number[][] {
  const indices = names.map((name) => properties.findIndex((property) => property.name === name));
  return rows.map((row) => indices.map((index) => (index < 0 ? Number.NaN : (row[index] as number))));
}

/** What comes of bytes: the mesh, or the message of the refusal. Anything else thrown is a bug. */
async function outcome(content: Buffer, options: ReadCase = {}): Promise<unknown> {
  return readMesh(content, { format: ply, batchTriangles: 3, ...options }).catch((error: unknown) => {
    if (error instanceof FormatError) return error.message;
    throw error;
  });
}

describe('any PLY mesh', () => {
  it('round-trips in every encoding, in chunks and batches of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyMesh,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (elements, piece, batchTriangles, end) => {
          const vertices = elements.find(({ name }) => name === 'vertex')!;
          const faces = elements.find(({ name }) => name === 'face')!;
          const list = faces.properties.findIndex(({ name }) => name === 'vertex_indices');
          for (const encoding of ENCODINGS) {
            const content = toPly(encoding, elements, end);
            const result = await readMesh(content, { format: ply, piece, batchTriangles });
            expect(result.vertices).toEqual(pick(vertices, ['x', 'y', 'z']));
            expect(result.vertexNormals).toEqual(pick(vertices, ['nx', 'ny', 'nz']));
            expect(result.vertexColors).toEqual(pick(vertices, ['red', 'green', 'blue', 'alpha']));
            expect(result.faces).toEqual(faces.rows.map((row) => row[list]));
            expect(result.faceColors).toEqual(pick(faces, ['red', 'green', 'blue', 'alpha']));
            expect(result.warnings).toEqual([]);
          }
        },
      ),
      { numRuns: 150, seed: 5 },
    );
  });

  it('that is truncated or damaged is read or refused, alike in chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyMesh,
        fc.constantFrom(...ENCODINGS),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (elements, encoding, place, mask, piece, salvage) => {
          const content = toPly(encoding, elements);
          const at = place % content.length;
          const cut = content.subarray(0, at);
          expect(await outcome(cut, { piece, salvage })).toEqual(await outcome(cut, { salvage }));
          const damaged = Buffer.from(content);
          damaged[at]! ^= mask;
          expect(await outcome(damaged, { piece, salvage })).toEqual(await outcome(damaged, { salvage }));
        },
      ),
      { numRuns: 400, seed: 6 },
    );
  });

  it.each(ENCODINGS)('is refused or salvaged at every byte, in %s', async (encoding) => {
    const elements: Element[] = [
      elementOf(
        'vertex',
        3,
        ['x', 'y', 'z'].map((name, d) => ({ property: { name, type: 'float' }, values: [0, 1, d] })),
      ),
      elementOf('face', 2, [
        {
          property: { name: 'vertex_index', type: 'int', countType: 'uchar' },
          values: [
            [0, 1, 2],
            [2, 1, 0],
          ],
        },
        { property: { name: 'texcoord', type: 'float', countType: 'uchar' }, values: [[0, 0.5], []] },
      ]),
      elementOf('tristrips', 1, [
        {
          property: { name: 'vertex_indices', type: 'int', countType: 'int' },
          values: [[0, 1, 2, -1, 2, 1, 0]],
        },
      ]),
    ];
    const content = toPly(encoding, elements);
    const whole = await readMesh(content, { format: ply });
    expect(whole.faces).toHaveLength(4);
    // The last byte of a text is the newline that it may lack.
    for (let size = 0; size < content.length - (encoding === 'ascii' ? 2 : 0); size++) {
      const cut = content.subarray(0, size);
      expect(await outcome(cut), `${size} bytes`).toMatch(/^(byte|line) \d+: .*(truncated|the first line)/);
      const salvaged = await outcome(cut, { salvage: true });
      if (typeof salvaged === 'string') continue;
      const { vertices, faces } = salvaged as typeof whole;
      expect(whole.vertices.slice(0, vertices.length)).toEqual(vertices);
      expect(whole.faces.slice(0, faces.length)).toEqual(faces);
    }
  });
});
