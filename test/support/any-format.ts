/** One mesh, written in every format that is read, comes out as the same mesh; damaged, as a mesh or a refusal. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertMesh, FormatError } from '../../src/index.js';
import { toThreeMf } from './3mf.js';
import { PACK } from './compressed.js';
import { freshFolder } from './files.js';
import { buildMesh } from './gltf.js';
import { toAsciiStl, toBinaryStl, toRaw } from './meshes.js';
import { toBinaryOff } from './off-files.js';
import { ENCODINGS, toElements, toPly } from './ply.js';

/** Vertices of any kind, some equal, some unused, and triangles over them, some degenerate. */
interface Mesh {
  readonly vertices: number[][];
  readonly faces: number[][];
}

type Writer = (mesh: Mesh) => string | Buffer;

const cornersOf = ({ vertices, faces }: Mesh) => faces.map((face) => face.flatMap((id) => vertices[id]!));
const linesOf = (rows: readonly number[][], begin = '') =>
  rows.map((row) => `${begin}${row.join(' ')}\n`).join('');
const toOffText: Writer = ({ vertices, faces }) =>
  `OFF\n${vertices.length} ${faces.length} 0\n${linesOf(vertices)}${linesOf(faces, '3 ')}`;

/** Formats whose corners are coordinates: vertices that no triangle has are not in them. */
const SOUPS: Readonly<Record<string, Writer>> = {
  'binary STL': (mesh) => toBinaryStl(cornersOf(mesh)),
  'ASCII STL': (mesh) => toAsciiStl(cornersOf(mesh)),
  'raw triangles': (mesh) => toRaw(cornersOf(mesh)),
};

const INDEXED: Readonly<Record<string, Writer>> = {
  ...Object.fromEntries(
    ENCODINGS.map((encoding): [string, Writer] => [
      `PLY ${encoding}`,
      ({ vertices, faces }) => toPly(encoding, toElements(vertices, faces)),
    ]),
  ),
  'PLY, faces first': ({ vertices, faces }) =>
    toPly('binary_big_endian', toElements(vertices, faces, 'double').reverse()),
  OBJ: ({ vertices, faces }) =>
    `${linesOf(vertices, 'v ')}${linesOf(
      faces.map((face) => face.map((id) => id + 1)),
      'f ',
    )}`,
  'OBJ, faces first, counting back': ({ vertices, faces }) =>
    `${linesOf(
      faces.map((face) => face.map((id) => id + 1)),
      'f ',
    )}${linesOf(vertices, 'v ')}`,
  OFF: toOffText,
  GLB: ({ vertices, faces }) => buildMesh(vertices, faces).toGlb(),
  'glTF with base64': ({ vertices, faces }) => buildMesh(vertices, faces).toText(),
  '3MF': ({ vertices, faces }) => toThreeMf(vertices, faces),
  'binary OFF': (mesh) => toBinaryOff(mesh),
};

/**
 * float32 values, many of them equal, and of the sizes that one mesh has: others would be refused in a binary STL. Texts of
 * nine digits tell them apart.
 */
const coordinate = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc
    .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: -7, max: 7 }))
    .map(([value, power]) => Math.fround(Number((value * 2 ** power).toPrecision(9)))),
);
const mesh: fc.Arbitrary<Mesh> = fc
  .array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 1, maxLength: 30 })
  .chain((vertices) =>
    fc.record({
      vertices: fc.constant(vertices),
      faces: fc.array(fc.array(fc.nat(vertices.length - 1), { minLength: 3, maxLength: 3 }), {
        minLength: 1,
        maxLength: 40,
      }),
    }),
  );

/** The mesh in float32 that an OFF says: its vertices, and the corners of each triangle. */
function readOff(text: string): { vertices: number[][]; triangles: number[][] } {
  const [keyword, counts, ...lines] = text.trimEnd().split('\n');
  expect(keyword).toBe('OFF');
  const [vertexCount, faceCount] = counts!.split(' ').map(Number);
  expect(lines).toHaveLength(vertexCount! + faceCount!);
  const rows = lines.map((line) => line.split(' ').map(Number));
  const vertices = rows.splice(0, vertexCount).map((row) => row.map(Math.fround));
  return { vertices, triangles: rows.map(([, ...face]) => face.flatMap((id) => vertices[id]!)) };
}

/** Distinct positions in order of first appearance. */
function distinct(positions: readonly number[][]): number[][] {
  const keys = positions.map((position) => position.join(' '));
  return positions.filter((_, k) => keys.indexOf(keys[k]!) === k);
}

const withoutMinusZero = (rows: readonly number[][]) => rows.map((row) => row.map((value) => value + 0));

async function convert(content: string | Buffer, options: { readonly batchTriangles: number }) {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in'), content);
  await convertMesh(join(folder, 'in'), join(folder, 'out.off'), options);
  return readFileSync(join(folder, 'out.off'), 'utf8');
}

/** What becomes of damaged content: a whole OFF, or a refusal that names file and place and leaves nothing. */
async function expectMeshOrRefusal(content: Buffer): Promise<void> {
  const folder = freshFolder();
  const input = join(folder, 'in');
  writeFileSync(input, content);
  try {
    await convertMesh(input, join(folder, 'out.off'));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(error.message.startsWith(`${input}: `)).toBe(true);
    expect(error.place).toBeDefined();
    expect(readdirSync(folder)).toEqual(['in']);
    return;
  }
  readOff(readFileSync(join(folder, 'out.off'), 'utf8'));
  expect(readdirSync(folder).sort()).toEqual(['in', 'out.off']);
}

/** Declares the tests, with so many meshes of each format, sound and damaged. */
export function testAnyFormat({
  sound,
  damaged,
}: {
  readonly sound: number;
  readonly damaged: number;
}): void {
  describe('any mesh', () => {
    it.each([...Object.keys(SOUPS), ...Object.keys(INDEXED)])(
      'is the same in %s, compressed or not',
      async (name) => {
        await fc.assert(
          fc.asyncProperty(
            mesh,
            fc.constantFrom(undefined, ...Object.values(PACK)),
            fc.integer({ min: 1, max: 50 }),
            async (given, pack, batchTriangles) => {
              const written = (SOUPS[name] ?? INDEXED[name])!(given);
              const text = await convert(pack === undefined ? written : pack(Buffer.from(written)), {
                batchTriangles,
              });
              const { vertices, triangles } = readOff(text);
              const corners = withoutMinusZero(cornersOf(given));
              const all =
                name in SOUPS
                  ? corners.flatMap((c) => [c.slice(0, 3), c.slice(3, 6), c.slice(6)])
                  : given.vertices;
              expect(triangles).toEqual(corners);
              expect(vertices).toEqual(distinct(withoutMinusZero(all)));
              // What was written is read back to the same mesh.
              expect(readOff(await convert(text, { batchTriangles }))).toEqual({ vertices, triangles });
            },
          ),
          { numRuns: sound },
        );
      },
    );
  });

  describe('a damaged file', () => {
    const writers = Object.entries({ ...SOUPS, ...INDEXED });

    it.each(writers)('of %s is read or refused, wherever it is truncated or changed', async (_, write) => {
      await fc.assert(
        fc.asyncProperty(
          mesh,
          fc.constantFrom(undefined, ...Object.values(PACK)),
          fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          fc.option(fc.integer({ min: 1, max: 255 }), { nil: undefined }),
          async (given, pack, where, flip) => {
            const whole = Buffer.from(write(given));
            const content = Buffer.from(pack?.(whole) ?? whole);
            const at = Math.floor(where * content.length);
            if (flip !== undefined) content[at]! ^= flip;
            await expectMeshOrRefusal(flip === undefined ? content.subarray(0, at) : content);
          },
        ),
        { numRuns: damaged },
      );
    });
  });
}
