/** Any mesh, cut anywhere into files of any format, is joined to the bytes of one conversion. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertMesh } from '../../src/index.js';
import { freshFolder } from './files.js';
import { toBinaryStl } from './meshes.js';
import { toElements, toPly } from './ply.js';
import { storeShards, writeParts } from './shards.js';

/** A piece of a mesh: vertices of any kind, some equal, some unused, and triangles over them, some degenerate. */
interface Piece {
  readonly vertices: number[][];
  readonly faces: number[][];
  readonly kind: keyof typeof FORMATS;
}

type Form = Omit<Piece, 'kind'>;
const cornersOf = ({ vertices, faces }: Form) => faces.map((face) => face.flatMap((id) => vertices[id]!));
/** A number as text, with the sign of -0. */
const textOf = (value: number) => (Object.is(value, -0) ? '-0' : String(value));
const lineOf = (values: readonly number[], begin = '') => `${begin}${values.map(textOf).join(' ')}\n`;

function toFacet(corners: readonly number[]): string {
  const vertices = [0, 3, 6].map((k) => lineOf(corners.slice(k, k + 3), 'vertex '));
  return `facet normal 0 0 0\nouter loop\n${vertices.join('')}endloop\nendfacet\n`;
}

/** Formats with their precision; the corners of soup are its vertices, in order. */
const FORMATS = {
  'binary STL': {
    ending: 'stl',
    wide: false,
    soup: true,
    write: (mesh: Form) => toBinaryStl(cornersOf(mesh)),
  },
  'ASCII STL': {
    ending: 'stl',
    wide: true,
    soup: true,
    write: (mesh: Form) => `solid\n${cornersOf(mesh).map(toFacet).join('')}endsolid\n`,
  },
  'raw triangles': {
    ending: 'raw',
    wide: true,
    soup: true,
    write: (mesh: Form) =>
      cornersOf(mesh)
        .map((corners) => lineOf(corners))
        .join(''),
  },
  PLY: {
    ending: 'ply',
    wide: false,
    soup: false,
    write: ({ vertices, faces }: Form) => toPly('binary_little_endian', toElements(vertices, faces)),
  },
  OBJ: {
    ending: 'obj',
    wide: true,
    soup: false,
    write: ({ vertices, faces }: Form) =>
      vertices.map((v) => lineOf(v, 'v ')).join('') +
      faces.map((face) => `f ${face.map((id) => id + 1).join(' ')}\n`).join(''),
  },
  OFF: {
    ending: 'off',
    wide: true,
    soup: false,
    write: ({ vertices, faces }: Form) =>
      `OFF\n${vertices.length} ${faces.length} 0\n` +
      vertices.map((v) => lineOf(v)).join('') +
      faces.map((face) => lineOf([3, ...face])).join(''),
  },
} as const;

/** All pieces as one file: PLY of their vertices one after another, as each format has them. */
function joinPieces(pieces: readonly Piece[]): Buffer {
  const vertices: number[][] = [];
  const faces: number[][] = [];
  for (const piece of pieces) {
    const first = vertices.length;
    if (FORMATS[piece.kind].soup) {
      for (const corners of cornersOf(piece)) {
        faces.push([0, 1, 2].map((corner) => vertices.length + corner));
        for (let k = 0; k < 9; k += 3) vertices.push(corners.slice(k, k + 3));
      }
    } else {
      vertices.push(...piece.vertices);
      faces.push(...piece.faces.map((face) => face.map((id) => first + id)));
    }
  }
  const isWide = pieces.some(({ kind }) => FORMATS[kind].wide);
  return toPly('binary_little_endian', toElements(vertices, faces, isWide ? 'double' : 'float'));
}

/** Few different float32 values, so that shards have positions in common. */
const coordinate = fc.constantFrom(0, -0, 1, -1, 0.5, Math.fround(0.1), 1e6, Math.fround(1e-7));
const position = fc.tuple(coordinate, coordinate, coordinate).map((values) => [...values]);
const piece = (kinds: readonly Piece['kind'][]): fc.Arbitrary<Piece> =>
  fc
    .array(position, { minLength: 1, maxLength: 12 })
    .chain((vertices) =>
      fc.record({
        vertices: fc.constant(vertices),
        faces: fc.array(fc.array(fc.nat(vertices.length - 1), { minLength: 3, maxLength: 3 }), {
          maxLength: 12,
        }),
        kind: fc.constantFrom(...kinds),
      }),
    )
    // A file without a triangle is empty, and refused.
    .filter(({ faces, kind }) => faces.length > 0 || kind !== 'raw triangles');
const KINDS = Object.keys(FORMATS) as Piece['kind'][];
const NARROW = KINDS.filter((kind) => !FORMATS[kind].wide);

/** Declares the tests, with so many meshes each. */
export function testAnyShards(numRuns: number): void {
  describe('a mesh cut into shards', () => {
    it.each([
      ['of all formats', KINDS],
      ['of float32 alone', NARROW],
    ])('%s is joined to the bytes of one conversion', async (_, kinds) => {
      const cut = fc.array(piece(kinds), { minLength: 1, maxLength: 5 });
      const idsBytes = fc.constantFrom(undefined, 8, 24, 64);
      const isReversed = fc.boolean();
      await fc.assert(
        fc.asyncProperty(cut, idsBytes, isReversed, async (pieces, bytes, reversed) => {
          const folder = freshFolder();
          const inputs = pieces.map((one, k) => {
            const path = join(folder, `in-${k}.${FORMATS[one.kind].ending}`);
            writeFileSync(path, FORMATS[one.kind].write(one));
            return path;
          });
          const toCsv = (lines: readonly string[]) => (reversed ? lines.toReversed() : lines).join('');
          const shards = await storeShards(inputs, folder);
          const parts = await writeParts(shards, join(folder, 'parts'), { idsBytes: bytes, toCsv });
          expect(Buffer.concat(parts).toString()).toBe(
            (await convertWhole(joinPieces(pieces), folder)).toString(),
          );
        }),
        { numRuns },
      );
    });
  });
}

/** Converts a file at once. */
export async function convertWhole(content: Buffer, folder: string): Promise<Buffer> {
  writeFileSync(join(folder, 'whole.in'), content);
  await convertMesh(join(folder, 'whole.in'), join(folder, 'whole.off'));
  return readFileSync(join(folder, 'whole.off'));
}
