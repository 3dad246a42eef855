/** Covers: formats/index. */
import { describe, expect, it } from 'vitest';
import type { Format, MeshReader, ReadStart, SavedReader } from '../../src/formats/format.js';
import { FORMATS } from '../../src/formats/index.js';
import type { IndexedFaces, IndexedVertices, ItemPlace, MeshItem, SoupBatch } from '../../src/mesh.js';
import { toThreeMf } from '../support/3mf.js';
import { buildMesh, toGlb } from '../support/gltf.js';
import { makeTube, toAsciiStl, toBinaryStl, toOff, toRaw } from '../support/meshes.js';
import { toObj, toObjSoup } from '../support/obj.js';
import { toBinaryOff, weld } from '../support/off-files.js';
import { toElements, toIndexed, toPly } from '../support/ply.js';
import { openBytes, readMesh } from '../support/sources.js';

const tube = [...makeTube(6, 5)];

/** Samples of each format, the large one longer than the head by which formats are told. */
const large = [...makeTube(60, 25)];
const [indexed, largeIndexed] = [tube, large].map(toIndexed);
const base64 = Buffer.from(buildMesh(largeIndexed!.vertices, largeIndexed!.faces).toText());
const largeThreeMf = toThreeMf(largeIndexed!.vertices, largeIndexed!.faces);
const SAMPLES: Readonly<Record<string, readonly (Buffer | string)[]>> = {
  stl: [
    toBinaryStl(tube, { attribute: (k) => k }),
    toAsciiStl(tube, 'one') + toAsciiStl(tube, 'two').replaceAll('\n', '\r\n'),
    toBinaryStl(large),
    toAsciiStl(large),
  ],
  ply: [
    toPly('ascii', toElements(indexed!.vertices, indexed!.faces), '\r\n').toString(),
    toPly('binary_little_endian', toElements(indexed!.vertices, indexed!.faces, 'double')),
    toPly('ascii', toElements(largeIndexed!.vertices, largeIndexed!.faces)).toString(),
    toPly('binary_big_endian', toElements(largeIndexed!.vertices, largeIndexed!.faces)),
  ],
  obj: [`# comment\r\no tube\n${toObj(tube)}`, toObjSoup(large).trimEnd().replaceAll('\n', '\r\n')],
  off: [
    toOff(tube).replaceAll('\n', '\r\n'),
    toBinaryOff(weld(tube)),
    `# comment\n${toOff(large, true)}`,
    toBinaryOff(weld(large)),
  ],
  gltf: [
    toGlb(indexed!.vertices, indexed!.faces),
    toGlb(largeIndexed!.vertices, largeIndexed!.faces),
    base64,
  ],
  '3mf': [toThreeMf(indexed!.vertices, indexed!.faces), largeThreeMf],
  raw: [`# comment\r\n${toRaw(tube)}\n`, toRaw(large).trimEnd()],
};

const formats: readonly Format[] = FORMATS;
const samples = FORMATS.flatMap((format) =>
  SAMPLES[format.id]!.map((sample, k) => [`${format.id} sample ${k}`, format, sample] as const),
);

/** All that an item holds. */
function showItem(item: MeshItem): string {
  if (item.kind === 'part') return JSON.stringify(item);
  const { kind, count, places } = item;
  const corners =
    item.kind === 'faces' ? (item.sizes?.subarray(0, count).reduce((a, b) => a + b, 0) ?? 3 * count) : 0;
  const numbers =
    item.kind === 'faces'
      ? [
          item.corners.subarray(0, corners),
          item.sizes?.subarray(0, count),
          item.colors?.subarray(0, 4 * count),
        ]
      : item.kind === 'soup'
        ? [item.positions.subarray(0, 9 * count), item.attributes?.subarray(0, count)]
        : [
            item.positions.subarray(0, 3 * count),
            item.colors?.subarray(0, 4 * count),
            item.normals?.subarray(0, 3 * count),
          ];
  return JSON.stringify([kind, count, places, numbers.map((values) => String(values))]);
}

/** An item of a batch of one: where it stands, and its numbers. */
function describeItem(item: SoupBatch | IndexedVertices | IndexedFaces): string {
  const numbers =
    item.kind === 'faces'
      ? item.corners.subarray(0, item.sizes?.[0] ?? 3)
      : item.positions.subarray(0, item.kind === 'soup' ? 9 : 3);
  return JSON.stringify([item.kind, item.places, ...numbers]);
}

describe('every format', () => {
  it('has samples, an id and extensions of its own', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(FORMATS.map(({ id }) => id).sort());
    const extensions = FORMATS.flatMap((format) => [...format.extensions]);
    expect(new Set(extensions).size).toBe(extensions.length);
    for (const extension of extensions) expect(extension).toMatch(/^[a-z0-9]+$/);
  });

  it.each(samples)(
    '%s is told by its content alone, whether its size is known or not',
    (_, format, sample) => {
      const bytes = Buffer.from(sample);
      const head = bytes.subarray(0, 65_536);
      for (const size of [bytes.length, ...(bytes.length > head.length ? [undefined] : [])]) {
        const told = formats.filter((other) => other.sniff(head, size) ?? other.guess?.(head));
        expect(told.map(({ id }) => id)).toEqual([format.id]);
      }
    },
  );

  it.each(samples)('%s reads the same in chunks and batches of any size', async (_, __, sample) => {
    const whole = await readMesh(sample);
    expect(whole.triangles.length).toBeGreaterThan(60);
    expect(whole.warnings).toEqual([]);
    for (const piece of sample.length < 20_000 ? [1, 2, 3, 7, 64, 4096] : [4096, 100_000]) {
      const small = await readMesh(sample, { piece, batchTriangles: 3 });
      expect(small).toEqual({ ...whole, places: small.places });
      expect(await readMesh(sample, { piece, isStream: true })).toEqual(whole);
    }
  });

  // JSON that ends early is no JSON, and an archive has its directory at its end, so nothing of them can be read.
  const cuttable = samples.filter(([, { id }, sample]) => sample !== base64 && id !== '3mf');

  it.each(cuttable)('%s reports where each batch begins', async (_, format, sample) => {
    const batchTriangles = Math.ceil((await readMesh(sample)).triangles.length / 12);
    const { triangles, vertices, places } = await readMesh(sample, { batchTriangles });
    expect(places.length).toBeGreaterThanOrEqual(12);
    const bytes = Buffer.from(sample);
    const isBinary = typeof sample !== 'string';
    for (const [triangle, offset, line] of places) {
      const before = bytes
        .subarray(0, offset)
        .toString()
        .split(/\r\n|\n/);
      expect(line).toBe(isBinary ? 0 : before.length);
      if (vertices.length > 0) {
        // A source that ends there holds the triangles before and no more, and one that ends earlier holds less.
        const readTo = async (end: number) =>
          (await readMesh(bytes.subarray(0, end), { format, salvage: true })).triangles;
        expect(await readTo(offset)).toEqual(triangles.slice(0, triangle));
        if (!isBinary) expect(before.at(-1)).toMatch(/^\s*$/);
        else if (triangle > 0) expect((await readTo(offset - 1)).length).toBeLessThan(triangle);
      } else {
        // A source cut to begin there begins with that triangle.
        const rest = isBinary
          ? Buffer.concat([toBinaryStl([], { count: triangles.length - triangle }), bytes.subarray(offset)])
          : bytes.subarray(offset);
        expect((await readMesh(rest, { format })).triangles[0]).toEqual(triangles[triangle]);
      }
    }
  });

  it.each(samples)(
    '%s is read from the place of any item on as from its beginning',
    async (_, format, sample) => {
      const options = { batchTriangles: 1, placeBytes: 0, salvage: false, warn: () => undefined };
      // Vertices and faces that stand side by side may come in another order.
      const read = async (kind: MeshItem['kind'], most: number, start?: ReadStart) => {
        const items: { readonly shown: string; readonly place: ItemPlace }[] = [];
        const reader = await format.open(await openBytes(sample), options);
        for await (const item of reader.items(undefined, start)) {
          if (item.kind !== kind || item.kind === 'part') continue;
          items.push({ shown: describeItem(item), place: item.places[0]! });
          if (items.length === most) break;
        }
        return items;
      };
      for (const kind of ['soup', 'vertices', 'faces'] as const) {
        const whole = await read(kind, Number.POSITIVE_INFINITY);
        for (let k = 0; k < whole.length; k += Math.ceil(whole.length / 10)) {
          const rest = await read(kind, 20, { kind, ...whole[k]!.place });
          expect(rest).toEqual(whole.slice(k, k + 20));
        }
      }
    },
  );

  it.each(samples)(
    '%s goes on where its reader was saved as if it had not stopped',
    async (_, format, sample) => {
      for (const batchTriangles of [1, 7]) {
        const shown: string[] = [];
        const saved: (SavedReader | undefined)[] = [];
        const open = async (): Promise<MeshReader> => {
          const options = { batchTriangles, salvage: false, warn: () => undefined };
          return await format.open(await openBytes(sample), options);
        };
        const reader = await open();
        for await (const item of reader.items()) {
          shown.push(showItem(item));
          saved.push(reader.save());
        }
        for (let k = 0; k < shown.length; k += Math.ceil(shown.length / 20)) {
          const start = saved[k];
          if (start === undefined) continue;
          const rest = await open();
          let next = k + 1;
          for await (const item of rest.items(undefined, JSON.parse(JSON.stringify(start)) as SavedReader)) {
            expect(showItem(item)).toBe(shown[next++]);
          }
          expect(next).toBe(shown.length);
          expect(rest.colorScales?.()).toEqual(reader.colorScales?.());
        }
        // While a batch waits nothing can be told.
        expect(saved.filter((start) => start !== undefined).length).toBeGreaterThan(shown.length / 3);
      }
    },
  );

  it.each(FORMATS)('$id forecasts close to the actual number of triangles', async (format) => {
    for (const sample of SAMPLES[format.id]!) {
      const source = await openBytes(sample);
      const reader = await format.open(source, { batchTriangles: 10, salvage: false, warn: () => undefined });
      const { triangles } = await readMesh(sample);
      expect(reader.expectedTriangles! / triangles.length).toBeGreaterThan(0.9);
      expect(reader.expectedTriangles! / triangles.length).toBeLessThan(1.1);
    }
  });
});
