/** Covers: formats/off/binary-form, formats/off/dissect. */
import { describe, expect, it } from 'vitest';
import { off } from '../../../../src/formats/off/off.js';
import { makeTube } from '../../../support/meshes.js';
import { attributed, grid, type OffMesh, toBinaryOff, weld } from '../../../support/off-files.js';
import { type ReadCase, type ReadResult, readMesh, refuseMesh } from '../../../support/sources.js';

const read = (content: Buffer | string, options: ReadCase = {}): Promise<ReadResult> =>
  readMesh(content, { format: off, ...options });

const kinds = ({ warnings }: ReadResult): string[] => warnings.map(([kind]) => kind);
const none = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];

const refusal = (content: Buffer | string, options: ReadCase = {}) =>
  refuseMesh(content, { format: off, ...options });

describe('binary OFF', () => {
  const polygons: OffMesh = {
    ...grid,
    faces: grid.faces.map((face, k) => [...face, 0, 1, 2].slice(0, 3 + (k % 4))),
  };

  it.each([
    ['as the manual has it', {}],
    ['without color counts', { isBare: true }],
    ['in little-endian without color counts', { isBare: true, isLittleEndian: true }],
    ['in little-endian', { isLittleEndian: true }],
  ])('is read %s', async (_, options) => {
    for (const mesh of [grid, polygons]) {
      const bytes = toBinaryOff(mesh, options);
      const padded = Buffer.concat([bytes, Buffer.alloc(70_000)]);
      for (const piece of [1, 5, 10_000]) {
        const result = await read(bytes, { piece, batchTriangles: 7 });
        expect(result).toMatchObject({ vertices: mesh.vertices, faces: mesh.faces, warnings: [] });
        expect(result.places[1]![2]).toBe(0);
      }
      for (const isStream of [true, false]) {
        expect((await refusal(padded, { isStream })).message).toMatch(
          new RegExp(`^byte ${bytes.length}: bytes follow the .* announced; expected the end of the file$`),
        );
        const result = await read(Buffer.concat([bytes, Buffer.from('\r\n')]), { isStream });
        expect(result).toMatchObject({ vertices: mesh.vertices, faces: mesh.faces });
        expect(result.warnings).toEqual([
          ['trailing-bytes', `byte ${bytes.length}: whitespace after the last face is ignored`],
        ]);
      }
    }
  });

  it('is read in variants that only faces beyond the head reveal', async () => {
    const many = weld(makeTube(150, 60));
    for (const isBare of [true, false]) {
      for (const isLittleEndian of [true, false]) {
        const bytes = toBinaryOff(many, { isBare, isLittleEndian });
        for (const isStream of [true, false]) {
          const result = await read(bytes, { isStream, piece: 50_000 });
          expect(result.faces).toEqual(many.faces);
          expect(result.warnings).toEqual([]);
        }
      }
    }
  });

  it('has normals and colors', async () => {
    for (const mesh of [
      attributed,
      { ...attributed, colors: undefined },
      { ...attributed, normals: undefined, textures: undefined },
    ]) {
      const result = await read(toBinaryOff(mesh), { piece: 11, batchTriangles: 5 });
      expect(result).toMatchObject({ vertices: mesh.vertices, faces: mesh.faces });
      if (mesh.normals) expect(result.vertexNormals).toEqual(mesh.normals);
      if (mesh.colors) expect(result.vertexColors).toEqual(mesh.colors);
      expect(result.faceColors.slice(0, 4)).toEqual([
        none,
        none,
        [0.5, 0.25, 1, Number.NaN],
        [0, 1, 0.5, 0.75],
      ]);
      expect(result.colorScales).toEqual({ vertex: 1, face: 1 });
      expect(new Set(kinds(result))).toEqual(new Set(['off-color-index']));
    }
    const bytes = { ...grid, faceColors: grid.faces.map(() => [255, 0, 1]) };
    expect((await read(toBinaryOff(bytes))).colorScales).toEqual({ vertex: 1, face: 255 });
  });

  it('is read with any line end, and a comment before', async () => {
    const [before, after] = ['OFF BINARY', toBinaryOff(grid).subarray(11)];
    for (const line of [`${before}\r\n`, `${before}\r`, `# x\n${before} \n`, `OFF\t BINARY # y\n`]) {
      const result = await read(Buffer.concat([Buffer.from(line), after]));
      expect(result.faces).toEqual(grid.faces);
    }
  });

  it('in two dimensions lies in the plane z = 0', async () => {
    const flat = { ...grid, vertices: grid.vertices.map((row) => row.slice(0, 2)) };
    const bytes = toBinaryOff(flat, { keyword: 'nOFF' });
    const dimension = Buffer.from([0, 0, 0, 2]);
    const result = await read(Buffer.concat([bytes.subarray(0, 12), dimension, bytes.subarray(12)]));
    expect(result.vertices).toEqual(flat.vertices.map((row) => [...row, 0]));
    expect(result.faces).toEqual(grid.faces);
    dimension[3] = 4;
    const error = await refusal(Buffer.concat([bytes.subarray(0, 12), dimension, bytes.subarray(12)]));
    expect(error.message).toBe('byte 12: nOFF of 4 dimensions; expected 1 to 3');
  });

  it('skips faces of fewer than three corners', async () => {
    const [first, ...rest] = grid.faces;
    const short = { ...grid, faces: [first!, [0], ...rest, [1, 2]] };
    const result = await read(toBinaryOff(short));
    expect(result.faces).toEqual(grid.faces);
    expect(kinds(result)).toEqual(['off-short-face', 'off-short-face']);
    const begins = { ...grid, faces: [[0], ...grid.faces] };
    expect((await refusal(toBinaryOff(begins))).message).toMatch(
      /: the first face has 1 corner; expected three or more$/,
    );
  });

  const vertexBytes = 12 * grid.vertices.length;
  const firstFace = 23 + vertexBytes;

  it.each([
    ['nan', 23 + 16, [0x7f, 0xc0, 0, 0], 'byte 39: y of a vertex is NaN; expected a finite number'],
    [
      'infinity',
      23 + 20,
      [0xff, 0x80, 0, 0],
      'byte 43: z of a vertex is -Infinity; expected a finite number',
    ],
    [
      'a corner too high',
      firstFace + 8,
      [0, 0, 0, 99],
      `byte ${firstFace + 8}: face refers to vertex 99, but the file has 38 vertices, 0 to 37`,
    ],
    [
      'too many corners',
      firstFace + 20,
      [0, 1, 0, 1],
      `byte ${firstFace + 20}: a face with 65,537 corners; expected 0 to 65,536`,
    ],
    [
      'a negative number of corners',
      firstFace,
      [255, 255, 255, 255],
      `byte ${firstFace}: a face with -1 corners; expected 0 to 65,536`,
    ],
    [
      'a color count',
      firstFace + 16,
      [0, 0, 0, 2],
      `byte ${firstFace + 16}: a face with 2 color numbers; expected 0, 1, 3 or 4`,
    ],
  ])('is refused for %s', async (_, at, values, message) => {
    const bytes = toBinaryOff(grid);
    bytes.set(values, at);
    for (const piece of [1, 10_000]) expect((await refusal(bytes, { piece })).message).toBe(message);
  });

  it('is refused if a color is read from the next face', async () => {
    const many = weld(makeTube(150, 60));
    const bytes = toBinaryOff(many);
    const count = bytes.length - 20 * 10 + 16;
    bytes.writeInt32BE(3, count);
    expect((await refusal(bytes)).message).toBe(
      `byte ${count + 4}: a color component is denormal; expected numbers from 0 to 1 or to 255`,
    );
  });

  it('suggests the variant without color counts', async () => {
    const bytes = toBinaryOff(grid);
    bytes[firstFace + 19] = 2;
    expect((await refusal(bytes)).hint).toBe(
      'save it as text; it may be binary OFF without color counts, as pmp-library writes it',
    );
  });

  it.each([{}, { isBare: true }, { isBare: true, isLittleEndian: true }])(
    'is refused where it is truncated, or salvaged: %j',
    async (options) => {
      const bytes = toBinaryOff(grid, options);
      const faceBytes = options.isBare ? 16 : 20;
      const all = `${grid.faces.length} faces`;
      const least = (firstFace + 4 * grid.faces.length).toLocaleString('en-US');
      for (const size of [firstFace, firstFace - 1]) {
        const error = await refusal(bytes.subarray(0, size));
        expect(error.message).toBe(
          `byte ${size}: truncated: 38 vertices and ${all} are announced, at least ${least} bytes; the file holds ${size}`,
        );
      }
      for (const [size, whole] of [
        [bytes.length - 1, grid.faces.length - 1],
        [firstFace + faceBytes * 30, 30],
        [firstFace + faceBytes * 20 + 4, 20],
      ] as const) {
        const cut = bytes.subarray(0, size);
        const problem = `byte ${firstFace + faceBytes * whole}: truncated: the file ends after ${whole} of ${all}`;
        for (const piece of [1, 1000]) expect((await refusal(cut, { piece })).message).toBe(problem);
        const result = await read(cut, { salvage: true });
        expect(result.faces).toEqual(grid.faces.slice(0, whole));
        expect(result.warnings).toEqual([['salvaged', `${problem}; the complete ones were read`]]);
      }
      const vertices = await read(bytes.subarray(0, 23 + 12 * 5 + 1), { salvage: true });
      expect(vertices.vertices).toEqual(grid.vertices.slice(0, 5));
      expect(kinds(vertices)).toEqual(['salvaged']);
      for (const size of [11, 22]) {
        expect((await refusal(bytes.subarray(0, size))).message).toMatch(
          /^byte \d+: truncated: the file ends in its counts/,
        );
      }
    },
  );
});
