/**
 * Covers: formats/off/write/binary, formats/off/write/color, formats/off/write/plain, formats/off/write/text.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../src/errors.ts';
import {
  checkOffOptions,
  formatOff,
  OFF_DEFAULTS,
  OFF_DIALECTS,
  type OffOptions,
} from '../../../../src/formats/off/write/write.ts';
import { CHUNK_BYTES } from '../../../../src/memory.js';
import type { Warning } from '../../../../src/mesh.ts';
import { runs } from '../../../support/runs.js';
import {
  type OffMesh as Mesh,
  type Numbers,
  type ParsedOff,
  parseOff,
  selectFrom,
} from '../../../support/written-off.ts';

function write(mesh: Mesh, options: OffOptions = {}, batch?: number) {
  const warnings: Warning[] = [];
  const chunks: Buffer[] = [];
  let rows = 0;
  for (const chunk of formatOff(selectFrom(mesh, options, batch), options, (w) => warnings.push(w))) {
    chunks.push(Buffer.from(chunk.bytes));
    expect(chunk.rows).toBeGreaterThanOrEqual(rows);
    rows = chunk.rows;
  }
  expect(rows).toBe(mesh.positions.length + mesh.triangles.length);
  const bytes = Buffer.concat(chunks);
  return { bytes, text: bytes.toString('latin1'), chunks, warnings, kinds: warnings.map(({ kind }) => kind) };
}

/** What the options should make of a mesh's numbers. */
function expectedOf(mesh: Mesh, options: OffOptions): ParsedOff {
  const { colors, normals, binary, dialect = 'geomview', precision } = options;
  const hasColors = colors && mesh.colors !== undefined;
  const hasNormals = normals && mesh.normals !== undefined;
  const isNarrow = binary || mesh.precision === 'float32';
  const narrow = (value: number) => (isNarrow ? Math.fround(value) : value);
  // The text of a float32 is another double; compared is what it means.
  const round = (value: number) =>
    precision === undefined ? narrow(value) : Number(narrow(value).toPrecision(precision));
  const color = (value: Numbers) =>
    dialect === 'int255' ? value.map((part) => Math.round(255 * part)) : value.map(narrow);
  const faceColor = (value: Numbers) => {
    const numbers = color(value);
    return dialect === 'int255' && numbers[3] === 255 ? numbers.slice(0, 3) : numbers;
  };
  return {
    keyword: `${hasColors ? 'C' : ''}${hasNormals ? 'N' : ''}OFF`,
    isBinary: binary ?? false,
    positions: mesh.positions.map((position) => position.map(round)),
    normals: mesh.positions.map((_, k) => (hasNormals ? (mesh.normals![k] ?? [0, 0, 0]).map(round) : [])),
    colors: mesh.positions.map((_, k) => (hasColors ? color(mesh.colors![k] ?? [1, 1, 1, 1]) : [])),
    faces: mesh.triangles.map((corners, k) => {
      const value = colors ? mesh.faceColors?.[k] : undefined;
      return { corners: [...corners], color: value === undefined ? [] : faceColor(value) };
    }),
  };
}

/** Numbers of float32 text to the float32 that it means. */
function normalize(parsed: ParsedOff, { precision }: Mesh, options: OffOptions): ParsedOff {
  if (precision === 'float64' || options.binary) return parsed;
  // A rounded number is what it says; an exact one is the shortest text of a float32.
  const narrow = options.precision === undefined ? Math.fround : (value: number) => value;
  const isByte = options.dialect === 'int255';
  const narrowColor = isByte ? (value: number) => value : Math.fround;
  return {
    ...parsed,
    positions: parsed.positions.map((value) => value.map(narrow)),
    normals: parsed.normals.map((value) => value.map(narrow)),
    colors: parsed.colors.map((value) => value.map(narrowColor)),
    faces: parsed.faces.map(({ corners, color }) => ({ corners, color: color.map(narrowColor) })),
  };
}

const clean = (parsed: ParsedOff) => JSON.parse(JSON.stringify(parsed)) as ParsedOff;

const OPTIONS: OffOptions[] = [];
for (const normals of [false, true]) {
  for (const precision of [undefined, 4]) {
    OPTIONS.push({ normals, precision }, { normals, precision, colors: true });
    for (const dialect of OFF_DIALECTS) OPTIONS.push({ normals, precision, colors: true, dialect });
  }
  OPTIONS.push({ normals, binary: true }, { normals, binary: true, colors: true });
  OPTIONS.push({ normals, binary: true, colors: true, dialect: 'geomview' });
}

const narrowAll = (values: readonly (Numbers | undefined)[]) => values.map((v) => v?.map(Math.fround));

const wide: Mesh = {
  precision: 'float64',
  positions: [
    [0, 0.1, -1e-7],
    [1 / 3, 1e10, 12],
    [-2.5, 1234.5678, 1e22],
    [1, 2, 3],
  ],
  triangles: [
    [0, 1, 2],
    [2, 1, 3],
    [3, 3, 0],
  ],
  colors: [[0, 0.5, 1, 1], [1, 1, 1, 0.25], undefined, [2e-7, 1 / 3, 0.75, 0]],
  normals: [[0, 0, 1], undefined, [0.6, -0.8, 0], [1 / 3, 2 / 3, -2 / 3]],
  faceColors: [[1, 0, 0, 1], undefined, [0.2, 0.4, 0.6, 0.5]],
};

const narrowed: Mesh = {
  ...wide,
  precision: 'float32',
  positions: narrowAll(wide.positions) as Numbers[],
};

describe('plain OFF', () => {
  it('is written by default, whatever the mesh has', () => {
    const { text, warnings } = write(wide);
    expect(text).toBe(
      'OFF\n4 3 0\n' +
        '0 0.1 -1e-7\n0.3333333333333333 10000000000 12\n-2.5 1234.5678 1e22\n1 2 3\n' +
        '3 0 1 2\n3 2 1 3\n3 3 3 0\n',
    );
    expect(warnings).toEqual([]);
    expect(write(wide, OFF_DEFAULTS_WITHOUT_DIALECT).text).toBe(text);
    expect(write(narrowed).text).toContain('\n0.33333334 10000000000 12\n');
  });

  it('has no more digits than requested', () => {
    expect(write(wide, { precision: 3 }).text).toBe(
      'OFF\n4 3 0\n0 0.1 -1e-7\n0.333 10000000000 12\n-2.5 1230 1e22\n1 2 3\n3 0 1 2\n3 2 1 3\n3 3 3 0\n',
    );
    expect(write(wide, { precision: 17 }).text).toBe(write(wide).text);
    expect(write(narrowed, { precision: 9 }).text).toContain('\n-2.5 1234.5677 ');
    expect(write(narrowed, { precision: 7 }).text).toContain('\n-2.5 1234.568 ');
  });

  it('is written with a warning if the mesh has nothing more', () => {
    const bare: Mesh = { precision: 'float64', positions: wide.positions, triangles: wide.triangles };
    const { text, warnings } = write(bare, { colors: true, normals: true });
    expect(text).toBe(write(bare).text);
    expect(warnings).toEqual([
      { kind: 'off-no-colors', message: 'the mesh has no colors' },
      { kind: 'off-no-normals', message: 'the mesh has no normals' },
    ]);
    expect(write(bare, { colors: true, binary: true }).kinds[0]).toBe('off-no-colors');
    expect(write({ ...bare, faceColors: wide.faceColors! }, { colors: true }).warnings).toEqual([]);
  });

  it('is written for a mesh without vertices', () => {
    const empty: Mesh = { precision: 'float64', positions: [], triangles: [] };
    expect(write(empty).text).toBe('OFF\n0 0 0\n');
    expect(write({ ...empty, colors: [], normals: [] }, { colors: true, normals: true }).text).toBe(
      'CNOFF\n0 0 0\n',
    );
    expect(write(empty, { binary: true }).bytes).toEqual(Buffer.from(`OFF BINARY\n${'\0'.repeat(12)}`));
  });
});

const { dialect: _, ...OFF_DEFAULTS_WITHOUT_DIALECT } = OFF_DEFAULTS;

describe('OFF with colors and normals', () => {
  it('follows the specification, in floats', () => {
    const { text, warnings } = write(wide, { colors: true, normals: true });
    expect(text).toBe(
      'CNOFF\n4 3 0\n' +
        '0 0.1 -1e-7 0 0 1 0.0 0.5 1.0 1.0\n' +
        '0.3333333333333333 10000000000 12 0 0 0 1.0 1.0 1.0 0.25\n' +
        '-2.5 1234.5678 1e22 0.6 -0.8 0 1.0 1.0 1.0 1.0\n' +
        '1 2 3 0.3333333333333333 0.6666666666666666 -0.6666666666666666 2.0e-7 0.3333333333333333 0.75 0.0\n' +
        '3 0 1 2 1.0 0.0 0.0 1.0\n' +
        '3 2 1 3\n' +
        '3 3 3 0 0.2 0.4 0.6 0.5\n',
    );
    expect(warnings).toEqual([
      {
        kind: 'off-vertex-colors',
        message: '1 of 4 vertices have no color and are written opaque white',
      },
      { kind: 'off-vertex-normals', message: '1 of 4 vertices have no normal and are written with 0 0 0' },
    ]);
  });

  it('has integers in the int255 dialect, three of them on opaque faces', () => {
    const { text } = write(wide, { colors: true, dialect: 'int255' });
    expect(text).toBe(
      'COFF\n4 3 0\n' +
        '0 0.1 -1e-7 0 128 255 255\n' +
        '0.3333333333333333 10000000000 12 255 255 255 64\n' +
        '-2.5 1234.5678 1e22 255 255 255 255\n' +
        '1 2 3 0 85 191 0\n' +
        '3 0 1 2 255 0 0\n' +
        '3 2 1 3\n' +
        '3 3 3 0 51 102 153 128\n',
    );
  });

  it('has the shortest float32 text if positions are float32', () => {
    const { text } = write(narrowed, { colors: true, normals: true });
    expect(text).toContain('\n1 2 3 0.33333334 0.6666667 -0.6666667 2.0e-7 0.33333334 0.75 0.0\n');
  });

  it('rounds positions and normals to the requested digits, but no colors', () => {
    const { text } = write(wide, { colors: true, normals: true, precision: 2 });
    expect(text).toContain('\n1 2 3 0.33 0.67 -0.67 2.0e-7 0.3333333333333333 0.75 0.0\n');
    expect(text).toContain('\n-2.5 1200 1e22 0.6 -0.8 0 1.0 1.0 1.0 1.0\n');
  });

  it('needs no letter for face colors', () => {
    const { colors, normals, ...faces } = wide;
    expect(write(faces, { colors: true }).text).toMatch(/^OFF\n4 3 0\n0 0\.1 -1e-7\n/);
    expect(write(faces, { colors: true }).text).toMatch(/\n3 0 1 2 1\.0 0\.0 0\.0 1\.0\n3 2 1 3\n/);
    expect(write(wide, { normals: true }).text).toMatch(/^NOFF\n/);
  });

  it('treats numbers that are not finite as absent', () => {
    const mesh: Mesh = {
      ...wide,
      normals: [
        [0, Number.NaN, 1],
        [0, 0, Number.POSITIVE_INFINITY],
        [1, 0, 0],
        [1e300, 0, 0],
      ],
      faceColors: [[0, Number.NaN, 0, 1], undefined, [0, 0, 0, 1]],
    };
    const { text, warnings } = write(mesh, { normals: true, colors: true, dialect: 'int255' });
    expect(text).not.toMatch(/NaN|Inf/);
    expect(warnings.at(-1)!.message).toMatch(/^2 of 4 vertices have no normal/);
    expect(text).toMatch(/\n3 0 1 2\n3 2 1 3\n3 3 3 0 0 0 0\n$/);
    // In 32 bits the last one is not finite, either.
    expect(write(mesh, { normals: true, binary: true }).warnings.at(-1)!.message).toMatch(/^3 of 4 vertices/);
    expect(
      write({ ...mesh, precision: 'float32', positions: narrowed.positions }, { normals: true }).text,
    ).not.toMatch(/NaN|Inf/);
  });

  it('writes float colors with a point, and integer colors without', () => {
    const parts = fc.tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 1, noNaN: true })));
    fc.assert(
      fc.property(parts, fc.boolean(), (color, isNarrow) => {
        const mesh: Mesh = {
          precision: isNarrow ? 'float32' : 'float64',
          positions: [[1, 2, 3]],
          triangles: [],
          colors: [color],
        };
        const words = write(mesh, { colors: true }).text.split('\n')[2]!.split(' ').slice(3);
        expect(words).toHaveLength(4);
        for (const [k, word] of words.entries()) {
          expect(word).toMatch(/^\d\.\d+(e-\d+)?$/);
          expect(isNarrow ? Math.fround(Number(word)) : Number(word)).toBe(
            isNarrow ? Math.fround(color[k]!) : color[k],
          );
        }
        const bytes = write(mesh, { colors: true, dialect: 'int255' }).text.split('\n')[2]!;
        expect(bytes).toMatch(/^1 2 3( (\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){4}$/);
      }),
    );
  });
});

describe('binary OFF', () => {
  it('is big-endian, with a color count after every face', () => {
    const mesh: Mesh = {
      precision: 'float32',
      positions: [
        [1, 2, -0.5],
        [0, 0, 0],
      ],
      triangles: [
        [0, 1, 1],
        [1, 0, 0],
      ],
      normals: [
        [0, 0, 1],
        [0, 1, 0],
      ],
      colors: [
        [1, 0, 0, 1],
        [0, 0, 0, 0.5],
      ],
      faceColors: [[0.25, 0, 0, 1], undefined],
    };
    const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
    expect(write(mesh, { colors: true, normals: true, binary: true }).bytes).toEqual(
      Buffer.concat([
        Buffer.from('CNOFF BINARY\n'),
        hex('00000002 00000002 00000000'),
        hex('3f800000 40000000 bf000000  00000000 00000000 3f800000  3f800000 00000000 00000000 3f800000'),
        hex('00000000 00000000 00000000  00000000 3f800000 00000000  00000000 00000000 00000000 3f000000'),
        hex('00000003 00000000 00000001 00000001  00000004 3e800000 00000000 00000000 3f800000'),
        hex('00000003 00000001 00000000 00000000  00000000'),
      ]),
    );
    expect(write(mesh, { binary: true }).bytes.length).toBe(11 + 12 + 2 * 12 + 2 * 20);
    expect(write(mesh, { binary: true }).warnings).toEqual([]);
  });

  it('reports how many positions it rounds, and refuses values beyond 32 bits', () => {
    const { warnings } = write(wide, { binary: true });
    expect(warnings).toEqual([
      { kind: 'off-rounded', message: '3 of 4 vertices are rounded to the 32 bits of binary OFF' },
    ]);
    expect(write(narrowed, { binary: true }).warnings).toEqual([]);
    const far: Mesh = { ...wide, positions: [...wide.positions, [0, -1e39, 0]] };
    expect(() => write(far, { binary: true })).toThrow(UsageError);
    expect(() => write(far, { binary: true })).toThrow(
      'vertex 4 has the coordinate -1e+39; expected at most 3.4028235e38, the largest number in binary OFF',
    );
  });

  it.each(['vertexCount', 'triangleCount'] as const)('refuses a %s of 2^31', (count) => {
    const selection = { ...selectFrom(wide, {}), [count]: 2 ** 31 };
    const what = count === 'vertexCount' ? 'vertices' : 'triangles';
    expect(() => [...formatOff(selection, { binary: true })]).toThrow(
      `2,147,483,648 ${what}; expected at most 2,147,483,647, the limit of binary OFF`,
    );
    expect([...formatOff(selection)].length).toBe(1);
    expect([...formatOff({ ...selection, [count]: 2 ** 31 - 1 }, { binary: true })].length).toBe(1);
  });
});

describe('every combination', () => {
  const meshes: Record<string, Mesh> = { float64: wide, float32: narrowed };
  for (const [name, mesh] of Object.entries(meshes)) {
    const { colors, normals, faceColors, ...bare } = mesh;
    meshes[`${name}, vertex colors alone`] = { ...bare, colors: colors! };
    meshes[`${name}, face colors and normals`] = { ...bare, faceColors: faceColors!, normals: normals! };
    meshes[`${name}, normals alone`] = { ...bare, normals: normals! };
    meshes[`${name}, nothing`] = bare;
  }

  it.each(Object.entries(meshes))('%s', (_name, mesh) => {
    expect(OPTIONS.length).toBe(22);
    for (const options of OPTIONS) {
      const { bytes } = write(mesh, options);
      const found = clean(normalize(parseOff(bytes), mesh, options));
      expect(found, JSON.stringify(options)).toEqual(clean(expectedOf(mesh, options)));
      for (const batch of [1, 2, 3]) {
        expect(write(mesh, options, batch).bytes, JSON.stringify(options)).toEqual(bytes);
        expect(write(mesh, options, batch).warnings).toEqual(write(mesh, options).warnings);
      }
    }
  });

  it('of any mesh', () => {
    const coordinate = fc.oneof(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: -1e-9, max: 1e-9, noNaN: true }),
      fc.integer({ min: -1000, max: 1000 }),
    );
    const triple = fc.tuple(coordinate, coordinate, coordinate);
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const color = fc.option(fc.tuple(part, part, part, part), { nil: undefined });
    const normal = fc.option(triple, { nil: undefined });
    const vertices = fc.array(fc.tuple(triple, color, normal), { minLength: 1, maxLength: 20 });
    const triangles = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), color), { maxLength: 20 });
    fc.assert(
      fc.property(
        vertices,
        triangles,
        fc.boolean(),
        fc.constantFrom(...OPTIONS),
        fc.integer({ min: 1, max: 17 }),
        fc.integer({ min: 1, max: 25 }),
        (list, faces, isNarrow, chosen, digits, batch) => {
          const options = chosen.precision === undefined ? chosen : { ...chosen, precision: digits };
          const mesh: Mesh = {
            precision: isNarrow ? 'float32' : 'float64',
            positions: list.map(([position]) => (isNarrow ? position.map(Math.fround) : position)),
            colors: list.map(([, value]) => value),
            normals: list.map(([, , value]) => value),
            triangles: faces.map((corners) => corners.slice(0, 3).map((id) => (id as number) % list.length)),
            faceColors: faces.map((face) => face[3]),
          };
          const { bytes } = write(mesh, options, batch);
          expect(bytes).toEqual(write(mesh, options).bytes);
          const found = parseOff(bytes);
          const expected = expectedOf(mesh, options);
          expect(found.keyword).toBe(expected.keyword);
          if (options.precision === undefined) {
            expect(clean(normalize(found, mesh, options))).toEqual(clean(expected));
            return;
          }
          // Where the exact text of a float32 has no more digits, it stands.
          const rounded = (is: number, was: number, exact: number) =>
            is === was || (isNarrow && Math.fround(is) === exact) || Math.abs(is) + Math.abs(was) === 0;
          for (const [k, position] of found.positions.entries()) {
            for (let d = 0; d < 3; d++) {
              const exact = mesh.positions[k]![d]!;
              expect(rounded(position[d]!, expected.positions[k]![d]!, exact)).toBe(true);
            }
          }
        },
      ),
      { numRuns: runs(300, 1000) },
    );
  });
});

describe('files larger than a chunk', () => {
  /** The longest texts there are: 25 bytes each, 24 of a color. */
  const LONG = -0.0000012345678901234567;
  const cases: [string, Numbers, Numbers, Numbers][] = [
    ['the longest numbers', [LONG, LONG, LONG], [LONG, LONG, LONG], [-LONG, -LONG, -LONG, -LONG]],
    ['exponents', [-(2 ** -997), 1, 2], [-2.2250738585072014e-308, 0, 1], [5e-324, 1e-7, 1, 0]],
    ['short numbers', [1, 2, 3], [0, 0, 1], [0, 1, 0, 1]],
  ];

  it.each(cases)('%s', (_name, position, normal, color) => {
    const count = position[0] === 1 ? 25_000 : 17_000;
    const mesh: Mesh = {
      precision: 'float64',
      // Lines of all lengths, so that chunks end at many places within their last line's room.
      positions: Array.from({ length: count }, (_, k) => (k % 97 === 0 ? [k, 0, 0] : position)),
      normals: Array.from({ length: count }, (_, k) => (k % 89 === 0 ? undefined : normal)),
      colors: Array.from({ length: count }, (_, k) => (k % 83 === 0 ? undefined : color)),
      triangles: Array.from({ length: 2 * count }, (_, k) => [k % count, (k * 7) % count, (k * 13) % count]),
      faceColors: Array.from({ length: 2 * count }, (_, k) => (k % 79 === 0 ? undefined : color)),
    };
    for (const options of OPTIONS) {
      if (!options.normals || options.precision !== undefined) continue;
      const { bytes, chunks } = write(mesh, options);
      expect(chunks.length).toBeGreaterThan(1);
      for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(CHUNK_BYTES);
      for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeGreaterThan(CHUNK_BYTES - 400);
      expect(write(mesh, options, 777).bytes.equals(bytes)).toBe(true);
      const found = parseOff(bytes);
      const expected = expectedOf(mesh, options);
      expect(found.positions.length).toBe(count);
      for (const k of [0, 1, 97, 88, 9_999, count - 1]) {
        expect(found.positions[k]).toEqual(expected.positions[k]);
        expect(found.normals[k]).toEqual(expected.normals[k]);
        expect(found.colors[k]).toEqual(expected.colors[k]);
      }
      expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
    }
  });

  it('has room for the longest lines of ids and colors', () => {
    const id = 2 ** 53 - 1;
    const mesh: Mesh = {
      precision: 'float64',
      positions: [[0, 0, 0]],
      triangles: Array.from({ length: 10_000 }, () => [id, id, id]),
      faceColors: Array.from({ length: 10_000 }, () => [LONG, LONG, LONG, LONG]),
    };
    const { text, chunks } = write(mesh, { colors: true });
    expect(chunks.length).toBeGreaterThan(1);
    const line = `3 ${`${id} `.repeat(3)}${`${LONG} `.repeat(4).trim()}\n`;
    expect(text === `OFF\n1 10000 0\n0 0 0\n${line.repeat(10_000)}`).toBe(true);
  });
});

describe('checkOffOptions', () => {
  it.each<[OffOptions, string]>([
    [{ dialect: 'int255' }, 'off.dialect: int255 has no effect without colors'],
    [{ dialect: 'geomview' }, 'off.dialect: geomview has no effect without colors'],
    [
      { colors: true, dialect: 'rgb' as 'int255' },
      "off.dialect: expected one of geomview, int255, got 'rgb'",
    ],
    [
      { colors: true, dialect: 'int255', binary: true },
      'off.dialect: int255 cannot be used in binary OFF, whose colors are floats',
    ],
    [
      { precision: 5, binary: true },
      'off.precision: binary OFF has 32-bit numbers, which cannot be rounded to digits',
    ],
    [{ precision: 0 }, 'off.precision: expected 1 to 17 digits, got 0'],
    [{ precision: 18 }, 'off.precision: expected 1 to 17 digits, got 18'],
    [{ precision: 2.5 }, 'off.precision: expected 1 to 17 digits, got 2.5'],
    [{ precision: Number.NaN }, 'off.precision: expected 1 to 17 digits, got NaN'],
  ])('refuses %j', (options, message) => {
    expect(() => checkOffOptions(options)).toThrow(message);
    expect(() => [...formatOff(selectFrom(wide, {}), options)]).toThrow(UsageError);
  });

  it('accepts every other combination', () => {
    for (const options of OPTIONS) expect(() => checkOffOptions(options)).not.toThrow();
  });
});
