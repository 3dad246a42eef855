import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { off } from '../../../src/formats/off/off.js';
import { attributed, grid, lettersOf, type OffMesh, toBinaryOff } from '../../support/off-files.js';
import { type ReadCase, type ReadResult, readMesh } from '../../support/sources.js';

const read = (content: Buffer | string, options: ReadCase = {}): Promise<ReadResult> =>
  readMesh(content, { format: off, ...options });

const kinds = ({ warnings }: ReadResult): string[] => warnings.map(([kind]) => kind);
const none = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];

describe('any mesh', () => {
  const number = fc.oneof(
    fc.integer({ min: -3, max: 9 }),
    fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e6, max: 1e6 }),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
  );
  const share = fc.integer({ min: 0, max: 64 }).map((k) => k / 64);
  const byte = fc.integer({ min: 0, max: 255 });
  const tuple = (value: fc.Arbitrary<number>, count: number) =>
    fc.array(value, { minLength: count, maxLength: count });
  const tuples = (value: fc.Arbitrary<number>, count: number, length: number) =>
    tuple(value, count * length).map((flat) =>
      Array.from({ length }, (_, k) => flat.slice(count * k, count * (k + 1))),
    );
  /** With `count` numbers a color, bytes or shares; 0 of face colors for some with one, some with none. */
  const mesh = (colorSizes: readonly number[]) =>
    fc
      .record({
        vertexCount: fc.integer({ min: 3, max: 12 }),
        faceCount: fc.integer({ min: 0, max: 10 }),
        colorSize: fc.constantFrom(...colorSizes),
        component: fc.constantFrom(share, byte),
        has: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
      })
      .chain(({ vertexCount, faceCount, colorSize, component, has }) =>
        fc.record({
          vertices: tuples(number, 3, vertexCount),
          faces: fc.array(
            fc.array(fc.integer({ min: 0, max: vertexCount - 1 }), { minLength: 3, maxLength: 6 }),
            {
              minLength: faceCount,
              maxLength: faceCount,
            },
          ),
          normals: has[0] ? tuples(number, 3, vertexCount) : fc.constant(undefined),
          colors: has[1] ? tuples(component, colorSize, vertexCount) : fc.constant(undefined),
          textures: has[2] ? tuples(share, 2, vertexCount) : fc.constant(undefined),
          faceColors: has[3] ? tuples(component, colorSize, faceCount) : fc.constant(undefined),
        }),
      );

  const rgba = (color: readonly number[] | undefined) => [...(color ?? []), ...none].slice(0, 4);
  const scaleOf = (colors: OffMesh['colors']) => (colors?.flat().some((value) => value > 1) ? 255 : 1);
  const expectMesh = (result: ReadResult, expected: OffMesh) => {
    const { vertices: positions, faces: corners, normals, colors, faceColors } = expected;
    const plus = (rows: OffMesh['vertices']) => rows.map((row) => row.map((value) => value + 0));
    expect(plus(result.vertices)).toEqual(plus(positions));
    expect(result.faces).toEqual(corners);
    expect(plus(result.vertexNormals)).toEqual(normals ? plus(normals) : positions.map(() => none.slice(1)));
    expect(result.vertexColors).toEqual(positions.map((_, k) => rgba(colors?.[k])));
    expect(result.faceColors).toEqual(corners.map((_, k) => rgba(faceColors?.[k])));
    expect(result.colorScales).toEqual({ vertex: scaleOf(colors), face: scaleOf(faceColors) });
    expect(result.warnings).toEqual([]);
  };
  const reading = fc.record({
    piece: fc.integer({ min: 1, max: 60 }),
    batchTriangles: fc.integer({ min: 1, max: 8 }),
  });

  it('round-trips in every form of text', async () => {
    const form = fc.record({
      end: fc.constantFrom('\n', '\r\n', '\r', ' # 1 2 3\n', '#x\r\n', '\n\n \t\n'),
      gap: fc.constantFrom(' ', '\t', '  '),
      start: fc.constantFrom('', ' ', '\ufeff', '# 8 6 12\n'),
      counts: fc.constantFrom('\n', ' ', '', '# 3\n'),
      edges: fc.boolean(),
      faceGap: fc.constantFrom(' ', '\n', ' # 5\n '),
      order: fc.constantFrom('line', 'number'),
      isPlain: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(mesh([3, 4]), form, reading, async (shape, f, options) => {
        // Colors stand in a plain file too, but texture coordinates would be taken for some.
        const letters = f.isPlain && !shape.normals && !shape.textures ? '' : lettersOf(shape);
        const isLined =
          f.order === 'line' || shape.colors?.[0]?.length === 3 || (shape.colors && letters === '');
        const rows = shape.vertices.map((row, k) =>
          [row, shape.normals?.[k], shape.colors?.[k], shape.textures?.[k]]
            .flatMap((values) => values ?? [])
            .join(isLined ? f.gap : f.end),
        );
        const lines = shape.faces.map((face, k) =>
          [[face.length, ...face].join(f.faceGap), ...(shape.faceColors?.[k] ?? [])].join(f.gap),
        );
        const counts = [rows.length, lines.length, ...(f.edges ? [7] : [])].join(' ');
        const text = [`${f.start}${letters}OFF${f.counts}${counts}`, ...rows, ...lines, ''].join(f.end);
        expectMesh(await read(text, options), shape);
      }),
      { numRuns: 400, seed: 31 },
    );
  });

  it('round-trips in every binary variant', async () => {
    const float32 = (rows: OffMesh['vertices'] | undefined) =>
      rows?.map((row) => row.map((value) => Math.fround(value % 1e6)));
    await fc.assert(
      fc.asyncProperty(
        mesh([4]),
        fc.boolean(),
        fc.boolean(),
        reading,
        async (shape, isBare, isStream, options) => {
          const floats: OffMesh = {
            ...shape,
            vertices: float32(shape.vertices)!,
            normals: float32(shape.normals),
            faceColors: isBare ? undefined : shape.faceColors,
          };
          expectMesh(await read(toBinaryOff(floats, { isBare }), { ...options, isStream }), floats);
        },
      ),
      { numRuns: 300, seed: 32 },
    );
  });

  const text = `STCNOFF\n${attributed.vertices.length} ${attributed.faces.length} 0 # x\n${attributed.vertices
    .map((row, k) =>
      [...row, ...attributed.normals![k]!, ...attributed.colors![k]!, ...attributed.textures![k]!].join(' '),
    )
    .join(
      '\n',
    )}\n${attributed.faces.map((face, k) => [3, ...face, ...attributed.faceColors![k]!].join(' ')).join('\n')}\n`;
  const samples = [
    Buffer.from(text),
    Buffer.from('OFF\n4 2 0\n0 0 0\n1.5 0 0\n0 2.5 0\n0 0 -3\n3 0 1 2\n4 3 2 1 0\n'),
    toBinaryOff(attributed),
    toBinaryOff(grid, { isBare: true, isLittleEndian: true }),
  ];
  /** The mesh, or the message of a FormatError; anything else that is thrown is a bug. */
  const outcome = (content: Buffer, options: ReadCase = {}) =>
    read(content, { batchTriangles: 5, ...options }).catch((error: unknown) => {
      if (error instanceof FormatError) return error.message;
      throw error;
    });

  it('truncated anywhere is refused or recovered', async () => {
    for (const sample of samples) {
      // The color of the last face may end sooner.
      for (
        let size = 0;
        size < sample.length - (sample === samples[0] ? 20 : 2);
        size += sample.length > 3000 ? 7 : 1
      ) {
        const cut = sample.subarray(0, size);
        const whole = await outcome(cut);
        expect(whole).toEqual(expect.stringMatching(/^(line|byte) \d+: /));
        expect(await outcome(cut, { piece: 64 })).toEqual(whole);
        const salvaged = await outcome(cut, { salvage: true });
        if (typeof salvaged !== 'string') expect(kinds(salvaged)).toContain('salvaged');
      }
    }
  });

  it('with changed bytes is read or refused, alike in chunks of any size', async () => {
    const change = fc.array(
      fc.tuple(fc.nat(), fc.oneof(byte, fc.constantFrom(10, 13, 32, 35, 45, 46, 48, 57))),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), change, reading, async (sample, changes, options) => {
        const content = Buffer.from(sample);
        for (const [at, value] of changes) content[at % content.length] = value;
        const result = await outcome(content);
        if (typeof result !== 'string') {
          expect(result.vertices.flat().every(Number.isFinite)).toBe(true);
          expect(result.faces.flat().every((corner) => corner < result.vertices.length)).toBe(true);
        }
        const other = await outcome(content, options);
        const withoutPlaces = (value: ReadResult | string) =>
          typeof value === 'string' ? value : { ...value, places: [] };
        expect(withoutPlaces(other)).toEqual(withoutPlaces(result));
      }),
      { numRuns: 1000, seed: 33 },
    );
  });
});
