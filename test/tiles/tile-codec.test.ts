/** Meshes and ids encoded and decoded, and what is damaged. Covers: tiles/byte-writer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/tiles/byte-writer.js';
import { highOf, lowOf } from '../../src/tiles/morton.js';
import { decodeIds, decodeTile, TileEncoder } from '../../src/tiles/tile-codec.js';
import type { TileMesh } from '../../src/tiles/tile-mesh.js';

/** A leaf of these points, in Morton order, and triangles by first corner. */
function leafOf(points: readonly number[][], triangles: readonly number[][]): TileMesh {
  const owned = new Uint32Array(points.length);
  for (const [a] of triangles) owned[a!]!++;
  const keys = points.flatMap(([x, y, z]) => [highOf(x!, y!, z!), lowOf(x!, y!, z!)]);
  return {
    isLeaf: true,
    shift: 0,
    keys: Int32Array.from(keys),
    slots: Float64Array.from(owned),
    owned,
    corners: Uint32Array.from(triangles.flatMap(([, b, c]) => [b!, c!])),
  };
}

const encode = (mesh: TileMesh) => new TileEncoder().mesh(mesh);
const points = [
  [3, 0, 1],
  [70, 5, 2],
  [1_000_000, 9, 1_048_575],
];

describe('encoded tiles', () => {
  it('have all of a mesh', () => {
    const triangles = [
      [0, 2, 1],
      [0, 0, 1],
      [2, 1, 0],
    ];
    const { bytes, box } = encode(leafOf(points, triangles));
    expect(box).toEqual({ min: [3, 0, 1], max: [1_000_000, 9, 1_048_575] });
    const mesh = decodeTile(bytes);
    expect(mesh).toMatchObject({ isLeaf: true, shift: 0, origin: [3, 0, 1], scale: 1 });
    expect(mesh.positions).toEqual(Uint32Array.of(0, 0, 0, 67, 5, 1, 999_997, 9, 1_048_574));
    expect([...mesh.indices]).toEqual(triangles.flat());
    expect([...mesh.owned]).toEqual([2, 0, 1]);
    expect([...mesh.slots]).toEqual([2, 0, 1]);
  });

  it('have 16-bit positions if these suffice', () => {
    const { bytes } = encode(leafOf(points.slice(0, 2), [[1, 0, 0]]));
    expect(decodeTile(bytes).positions).toEqual(Uint16Array.of(0, 0, 0, 67, 5, 1));
  });

  it('have the slots of a mesh above the leaves, and positions rounded to its cells', () => {
    const mesh: TileMesh = {
      isLeaf: false,
      shift: 10,
      keys: Int32Array.of(highOf(64, 128, 0), lowOf(64, 128, 0), highOf(4096, 0, 0), lowOf(4096, 0, 0)),
      slots: Float64Array.of(5_000_000_000, 0),
      owned: Uint32Array.of(0, 0),
      corners: new Uint32Array(0),
    };
    const decoded = decodeTile(encode(mesh).bytes);
    expect(decoded).toMatchObject({ isLeaf: false, shift: 10, scale: 64, origin: [64, 0, 0] });
    expect([...decoded.positions]).toEqual([0, 2, 0, 63, 0, 0]);
    expect([...decoded.slots]).toEqual([5_000_000_000, 0]);
  });

  it('are refused if damaged, without much memory', () => {
    const { bytes } = encode(leafOf(points, [[0, 2, 1]]));
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeTile(bytes.subarray(0, length)), `${length} bytes`).toThrow(RangeError);
    expect(() => decodeTile(Uint8Array.of(...bytes, 0))).toThrow(RangeError);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(bytes.length - 1),
        fc.nat(255),
        (noise, at, byte) => {
          for (const damaged of [noise, Uint8Array.of(1, ...noise), bytes.with(at, byte)]) {
            try {
              const mesh = decodeTile(damaged);
              expect(mesh.indices.every((index) => index < mesh.owned.length)).toBe(true);
            } catch (error) {
              expect(error).toBeInstanceOf(RangeError);
            }
          }
        },
      ),
    );
  });

  it('have the ids of a leaf', () => {
    const id = fc.oneof(fc.nat(100), fc.nat(2 ** 40));
    fc.assert(
      fc.property(fc.array(fc.oneof(id, fc.constant(2 ** 40 - 1))), (ids) => {
        const bytes = new TileEncoder().ids(Float64Array.from(ids), ids.length);
        expect([...decodeIds(bytes, ids.length)]).toEqual(ids);
        expect(() => decodeIds(bytes, ids.length + 1)).toThrow(RangeError);
        if (ids.length > 0) expect(() => decodeIds(bytes, ids.length - 1)).toThrow(RangeError);
      }),
    );
  });

  it('have integers of any size', () => {
    const number = fc.oneof(
      fc.nat(300),
      fc.maxSafeNat(),
      fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32, 127, 128),
    );
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const writer = new ByteWriter(1);
        writer.reserve(2 * numbers.length);
        for (const value of numbers) {
          writer.unsigned(value);
          writer.signed(0 - Math.ceil(value / 2));
        }
        const reader = new ByteReader(writer.take());
        for (const value of numbers) {
          expect(reader.unsigned()).toBe(value);
          expect(reader.signed()).toBe(0 - Math.ceil(value / 2));
        }
        expect([reader.left, reader.isPast]).toEqual([0, false]);
      }),
    );
  });

  it('have running sums that are those of single integers', () => {
    const integer = fc.oneof(
      fc.integer({ min: -200, max: 200 }),
      fc.integer({ min: -70_000, max: 70_000 }),
      fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    );
    fc.assert(
      fc.property(fc.array(integer), (values) => {
        const writer = new ByteWriter(64);
        writer.reserve(values.length);
        for (const value of values) writer.signed(value);
        const reader = new ByteReader(writer.take());
        const sums = new Float64Array(values.length);
        reader.sums(sums);
        let sum = 0;
        expect([...sums]).toEqual(values.map((value) => (sum += value)));
        expect([reader.left, reader.isPast]).toEqual([0, false]);
      }),
    );
    const past = new ByteReader(Uint8Array.of(2, 129));
    past.sums(new Float64Array(3));
    expect(past.isPast).toBe(true);
  });
});
