/**
 * The contract of writers.
 *
 * Covers: formats/off/write/writer, formats/obj/write/writer, formats/obj/write/rows,
 * formats/shared/output, formats/shared/rows,
 * formats/shared/content.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { FORMATS } from '../../src/formats/index.js';
import { textsOf } from '../../src/formats/shared/rows.js';
import type { OutputChunk, WriteOptions, Writer } from '../../src/formats/writer.js';
import {
  DEFAULT_WRITER,
  loadWriter,
  WRITER_OPTIONS,
  WRITERS,
  type WriterOptions,
} from '../../src/formats/writers.js';
import { exportMesh, importMesh } from '../../src/index.js';
import type { Warning } from '../../src/mesh.js';
import { checkOutputName, writerOfName } from '../../src/pipeline/run/output-names.js';
import { chooseWriter } from '../../src/pipeline/run/output-writer.js';
import { freshFolder } from '../support/files.js';
import { makeTube } from '../support/meshes.js';
import { toIndexed } from '../support/ply.js';
import { readMesh } from '../support/sources.js';
import { type OffMesh as Mesh, type Numbers, selectFrom } from '../support/written-off.js';

/** Formats that offload reads, too; the tests of the others stand beside them. */
const writers: readonly Writer[] = WRITERS.filter(({ id }) => FORMATS.some((format) => format.id === id));

/** Values that every float32 and every byte of a color holds. */
const color = (k: number): Numbers => [(k % 6) / 5, ((k + 2) % 6) / 5, 1, (k % 2) / 1];
const normal = (k: number): Numbers => [(k % 17) / 16, (0 - ((k + 5) % 17)) / 16, 1];

/** A tube with a color and a normal at each vertex and a color on each triangle. */
function makeMesh(rings: number, sides: number): Mesh {
  const { vertices, faces } = toIndexed([...makeTube(rings, sides)]);
  return {
    precision: 'float32',
    positions: vertices,
    triangles: faces,
    colors: vertices.map((_, k) => color(k)),
    normals: vertices.map((_, k) => normal(k)),
    faceColors: faces.map((_, k) => color(k + 1)),
  };
}

const small = makeMesh(7, 5);
const large = makeMesh(300, 100);
/** Formats whose reader skips the normals that its writer writes. */
const NORMALS_SKIPPED: readonly string[] = ['obj'];

const empty: Mesh = { precision: 'float32', positions: [], triangles: [] };

/** Each option by itself and all that go together, as far as a writer takes them. */
function variantsOf({ options, dialects = [] }: Writer): readonly WriteOptions[] {
  const all: readonly WriteOptions[] = [
    {},
    { colors: true },
    { normals: true },
    { colors: true, normals: true },
    ...dialects.map((dialect) => ({ colors: true, dialect })),
    // A format that is binary by default rounds only text.
    Object.hasOwn(options, 'ascii') ? { ascii: true, precision: 4 } : { precision: 4 },
    { ascii: true },
    { soup: true },
    { ascii: true, colors: true, normals: true },
    { binary: true },
    { binary: true, colors: true, normals: true },
  ];
  return all.filter((variant) => Object.keys(variant).every((name) => Object.hasOwn(options, name)));
}

const cases = writers.flatMap((writer) =>
  variantsOf(writer).map((variant) => [`${writer.id} ${JSON.stringify(variant)}`, writer, variant] as const),
);

/** Writes a mesh; a chunk is copied when the next one is there, which it must outlast. */
function write(writer: Writer, mesh: Mesh, variant: WriteOptions, batch?: number) {
  const warnings: Warning[] = [];
  const copies: Buffer[] = [];
  let held: OutputChunk | undefined;
  let rows = 0;
  const keep = (chunk: OutputChunk | undefined) => {
    if (chunk !== undefined) copies.push(Buffer.from(chunk.bytes));
  };
  const selection = selectFrom(mesh, variant, batch);
  for (const chunk of writer.write(selection, variant, (warning) => warnings.push(warning))) {
    keep(held);
    held = chunk;
    expect(chunk.rows).toBeGreaterThanOrEqual(rows);
    rows = chunk.rows;
  }
  keep(held);
  const { vertexCount, triangleCount } = selection;
  expect(rows).toBe(writer.layout(variant) === 'soup' ? triangleCount : vertexCount + triangleCount);
  return { bytes: Buffer.concat(copies), chunks: copies.length, warnings };
}

/** Reads a file of a writer back. */
function readBack({ id }: Writer, bytes: Buffer) {
  return readMesh(bytes, { format: FORMATS.find((format) => format.id === id)! });
}

/** Colors as shares, to the nearest byte: some formats have no more. */
const toBytes = (colors: readonly Numbers[], scale: number) =>
  colors.map((values) =>
    // Without an alpha a color is opaque.
    [0, 1, 2, 3].map((d) => Math.round((255 * (Number.isNaN(values[d]!) ? scale : values[d]!)) / scale)),
  );

describe('every writer', () => {
  it('has an id and extensions of its own, under which its files are read', async () => {
    expect(new Set(writers.map(({ id }) => id)).size).toBe(writers.length);
    const extensions = writers.flatMap((writer) => [...writer.extensions]);
    expect(new Set(extensions).size).toBe(extensions.length);
    expect(DEFAULT_WRITER).toBe(writers[0]);
    for (const writer of writers) {
      const format = FORMATS.find(({ id }) => id === writer.id)!;
      expect(format.extensions).toEqual(expect.arrayContaining([...writer.extensions]));
      for (const extension of writer.extensions) expect(extension).toMatch(/^[a-z0-9]+$/);
      expect(await loadWriter({ id: writer.id })).toBe(writer);
    }
  });

  it('is chosen by the name of an output, which must not be that of another format', () => {
    for (const writer of writers) {
      for (const extension of writer.extensions) {
        for (const name of [`a.${extension}`, `a.b.${extension.toUpperCase()}`, `a.${extension}.gz`]) {
          expect(writerOfName(name)).toBe(writer);
          expect(() => checkOutputName(name, writer)).not.toThrow();
        }
      }
      const others = FORMATS.filter(({ id }) => id !== writer.id).map(({ extensions }) => extensions[0]);
      for (const other of [...others, 'fbx', 'db', 'zip']) {
        const title = `ends in .${other}, but the output is ${writer.title}; expected .${writer.extensions[0]}, `;
        expect(() => checkOutputName(`a.${other}`, writer)).toThrow(title);
      }
      expect(() => checkOutputName('a.txt', writer)).not.toThrow();
    }
    for (const name of [
      undefined,
      '-',
      'a',
      'a.txt',
      'a.gz',
      'a.tmp',
      'a.part',
      'a.partial',
      'a.1',
      'a.step',
    ])
      expect(writerOfName(name)).toBe(DEFAULT_WRITER);
  });

  it.each([
    ['a.plz', '.plz', '.ply'],
    ['a.of', '.of', '.off'],
    ['a.b.OBK.gz', '.OBK.gz', '.obj'],
    ['a.parqet', '.parqet', '.parquet'],
  ])('is not guessed from the mistyped extension of %s', async (name, found, meant) => {
    const message = `${name}: ends in ${found}, not in a known format; expected .off, .ply, .stl, .obj or .parquet`;
    const hint = `did you mean ${meant}? to keep the name, choose the format with \`to\``;
    await expect(chooseWriter(name, {})).rejects.toMatchObject({ message, hint });
    expect((await chooseWriter(name, { to: 'off' })).writer).toBe(DEFAULT_WRITER);
    expect(() => checkOutputName(name, DEFAULT_WRITER)).not.toThrow();
  });

  it('takes the options that it has rules for, and no others', async () => {
    for (const writer of writers) {
      const output = `a.${writer.extensions[0]}`;
      const { options, dialects } = writer;
      expect(Object.hasOwn(options, 'dialect')).toBe(dialects !== undefined);
      for (const variant of variantsOf(writer)) {
        expect(await chooseWriter(output, { [writer.id]: variant })).toMatchObject({
          writer,
          name: { id: writer.id },
          options: variant,
        });
      }
      const { take } = WRITER_OPTIONS[writer.id as keyof WriterOptions];
      expect(() => take({ unheard: 1 }, writer.id)).toThrow(
        `${writer.id}.unheard: unknown option; expected one of`,
      );
      if (Object.hasOwn(options, 'dialect')) {
        expect(() => writer.check({ colors: true, dialect: 'unheard' })).toThrow(UsageError);
      }
      if (Object.hasOwn(options, 'precision'))
        expect(() => writer.check({ precision: 0 })).toThrow(UsageError);
    }
  });

  it.each(cases)('%s: writes the same whatever the batches', (_, writer, variant) => {
    const { bytes } = write(writer, small, variant);
    for (const batch of [1, 7]) expect(write(writer, small, variant, batch).bytes).toEqual(bytes);
    const many = write(writer, large, variant);
    expect(many.chunks).toBeGreaterThan(1);
    expect(write(writer, large, variant, 1000).bytes).toEqual(many.bytes);
  });

  it.each(cases)('%s: takes little memory for a small mesh', (_, writer, variant) => {
    for (const { bytes } of writer.write(selectFrom(small, variant), variant, () => undefined))
      expect(bytes.buffer.byteLength).toBeLessThan(100_000);
  });

  it.each(cases)('%s: writes the same row by row', (_, writer, variant) => {
    for (const mesh of [small, { ...small, colors: undefined, faceColors: undefined, normals: undefined }]) {
      const warnings: Warning[] = [];
      const { vertices, triangles, soup, ...facts } = selectFrom(mesh as Mesh, variant, 10);
      const rows = writer.rows!(facts, variant, (warning) => warnings.push(warning));
      const texts = [...textsOf({ hasParts: false, parts: () => [] }, rows)];
      const parts = [Buffer.from(rows.header)];
      const target = new Uint8Array(2 * rows.rowBytes);
      const take = (from: number, end: number) => {
        expect(end - from).toBeLessThanOrEqual(rows.rowBytes);
        parts.push(Buffer.from(target.subarray(from, end)));
      };
      const takeTexts = (until: number) => {
        while (texts.length > 0 && texts[0]!.at <= until) parts.push(Buffer.from(texts.shift()!.text));
      };
      let at = 0;
      if ('soup' in rows) {
        for (const batch of soup()) {
          for (let k = 0; k < batch.count; k++) {
            takeTexts(at++);
            take(3, rows.soup(batch, k, k + 1, target, 3));
          }
        }
      } else {
        for (const batch of vertices()) {
          for (let k = 0; k < batch.count; k++) take(3, rows.vertices(batch, k, k + 1, target, 3));
        }
        for (const batch of triangles()) {
          for (let k = 0; k < batch.count; k++) {
            takeTexts(at++);
            take(3, rows.triangles(batch, k, k + 1, target, 3));
          }
        }
      }
      takeTexts(Number.POSITIVE_INFINITY);
      rows.conclude?.();
      const whole = write(writer, mesh as Mesh, variant);
      expect(Buffer.concat(parts)).toEqual(whole.bytes);
      expect(warnings).toEqual(whole.warnings);
    }
  });

  it.each(cases)('%s: is read back as the same mesh', async (_, writer, variant) => {
    const { bytes, warnings } = write(writer, small, variant);
    const lacks = variant.colors ? (writer.lacks ?? []) : [];
    expect(warnings.map(({ kind }) => kind)).toEqual(lacks.map((lack) => `${writer.id}-${lack}`));
    const back = await readBack(writer, bytes);
    expect(back.warnings).toEqual([]);
    const narrow = (values: Numbers) => values.map(Math.fround);
    const round = (values: Numbers) =>
      variant.precision === undefined
        ? narrow(values)
        : values.map((v) => Number(v.toPrecision(variant.precision)));
    const triangles = small.triangles.map((corners) =>
      corners.flatMap((corner) => round(small.positions[corner]!)),
    );
    expect(back.triangles.map(variant.precision === undefined ? narrow : (values) => values)).toEqual(
      triangles,
    );
    if (writer.layout(variant) === 'soup') return;
    expect(back.faces).toEqual(small.triangles);
    expect(back.vertices).toHaveLength(small.positions.length);
    if (variant.colors) {
      const held = (colors: Mesh['colors']) =>
        (colors as Numbers[]).map(([r, g, b, a]) => [r!, g!, b!, lacks.includes('alpha') ? 1 : a!]);
      expect(toBytes(back.vertexColors, back.colorScales!.vertex)).toEqual(toBytes(held(small.colors), 1));
      if (lacks.includes('face-colors')) expect(back.faceColors.flat().every(Number.isNaN)).toBe(true);
      else {
        expect(toBytes(back.faceColors, back.colorScales!.face)).toEqual(toBytes(held(small.faceColors), 1));
      }
    } else expect([...back.vertexColors, ...back.faceColors].flat().every(Number.isNaN)).toBe(true);
    if (variant.normals && !NORMALS_SKIPPED.includes(writer.id)) {
      expect(back.vertexNormals.map(narrow)).toEqual((small.normals as Numbers[]).map(narrow));
    } else expect(back.vertexNormals.flat().every(Number.isNaN)).toBe(true);
  });

  it.each(cases)(
    '%s: writes a mesh without triangles, or without what was asked for',
    async (_, writer, variant) => {
      const none = write(writer, empty, variant);
      expect((await readBack(writer, none.bytes)).triangles).toEqual([]);
      const kinds = new Set(none.warnings.map(({ kind }) => kind));
      expect(kinds.size).toBe(Number(variant.colors ?? false) + Number(variant.normals ?? false));
    },
  );

  it.each(cases)('%s: is text if it says so', (_, writer, variant) => {
    const { bytes } = write(writer, small, variant);
    const isText = bytes.every((byte) => byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
    expect(writer.isBinary(variant)).toBe(!isText);
  });

  it.each(cases)('%s: forecasts what it writes, if it can', (_, writer, variant) => {
    const plain: Mesh = { ...large, precision: 'float32' };
    const { vertices, triangles, soup, ...facts } = selectFrom(plain, variant);
    const expected = writer.expectBytes(facts, variant);
    if (Object.keys(variant).length === 0) expect(expected).toBeDefined();
    if (expected === undefined) return;
    // The forecast of text is for positions and corners alone.
    if (!writer.isBinary(variant) && (variant.colors || variant.normals)) return;
    const { bytes } = write(writer, plain, variant);
    expect(bytes.length / expected).toBeGreaterThan(0.8);
    expect(bytes.length / expected).toBeLessThan(1.1);
    if (Object.keys(variant).length > 0) return;
    const { bytesPerTriangle } = writer;
    // Ids of 10 M triangles are longer.
    expect(bytesPerTriangle.plain).toBeGreaterThan((0.9 * bytes.length) / facts.triangleCount);
    expect(bytesPerTriangle.compressed).toBeLessThanOrEqual(bytesPerTriangle.plain);
  });

  it.each(cases)('%s: writes the same by any number of threads', async (_, writer, variant) => {
    const folder = freshFolder();
    const at = (name: string) => join(folder, name);
    // What OFF holds of a mesh is all that a database has of it.
    writeFileSync(at('in.off'), write(DEFAULT_WRITER, small, { colors: true, normals: true }).bytes);
    await importMesh(at('in.off'), at('mesh.db'));
    const outputs: Buffer[] = [];
    for (const threads of Object.keys(variant).length === 0 ? [1, 2, 3] : [1, 3]) {
      const output = at(`${threads}.${writer.extensions[0]}`);
      await exportMesh(at('mesh.db'), output, { [writer.id]: variant, threads });
      outputs.push(readFileSync(output));
    }
    for (const output of outputs) expect(output).toEqual(outputs[0]);
    expect((await readBack(writer, outputs[0]!)).triangles).toHaveLength(small.triangles.length);
  });
});
