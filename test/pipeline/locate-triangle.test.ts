/** Covers: database/source-places, io/digest-file, pipeline/locate/source-access, pipeline/locate/source-search. */
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  FileError,
  importMesh,
  type LocatedTriangle,
  locateTriangle,
  locateVertex,
} from '../../src/index.js';
import { HEAD_BYTES } from '../../src/io/input/long-head.js';
import { PACK } from '../support/compressed.js';
import { freshFolder } from '../support/files.js';
import { buildMesh } from '../support/gltf.js';
import { type Corners, makeTube, shuffle, toAsciiStl, toBinaryStl, toOff, toRaw } from '../support/meshes.js';
import { toObj, toObjSoup } from '../support/obj.js';
import { toBinaryOff, weld } from '../support/off-files.js';
import { toElements, toIndexed, toPly } from '../support/ply.js';

const tube = [...makeTube(40, 12)];
const indexed = toIndexed(tube);
const { vertices, faces } = indexed;

async function importContent(content: Buffer | string, name = 'in.mesh', options = {}) {
  const folder = freshFolder();
  const input = join(folder, name);
  const database = join(folder, 'mesh.db');
  writeFileSync(input, content);
  await importMesh(input, database, options);
  return { folder, input, database, content: Buffer.from(content) };
}

/** Some of the numbers below `count`, the first and the last among them. */
const some = (count: number) => [0, 1, 2, 37, Math.floor(count / 2), count - 2, count - 1];
const lineOf = (content: Buffer, offset: number) =>
  content.toString('latin1', 0, offset).split(/\r\n|\n|\r/).length;

/** Statements of a text, by a pattern that nothing else matches. */
function statementsOf(content: Buffer, pattern: RegExp): { offset: number; text: string }[] {
  return [...content.toString('latin1').matchAll(pattern)].map(({ 0: text, index }) => ({
    offset: index,
    text,
  }));
}

const FACET = /facet normal.*?endfacet/gs;
const NINE = /^.+$/gm;
const V = /^v .*$/gm;
const F = /^f .*$/gm;
const headerOf = (text: Buffer | string) => String(text).indexOf('end_header') + 11;

/** Text formats: how triangles and vertices are written, as far as a pattern tells. */
const TEXTS: readonly (readonly [
  name: string,
  content: string,
  triangle: RegExp,
  vertex: RegExp | undefined,
])[] = [
  ['ASCII STL', toAsciiStl(tube), FACET, undefined],
  ['ASCII STL with CR alone', toAsciiStl(tube).replaceAll('\n', '\r'), FACET, undefined],
  ['ASCII STL on one line', toAsciiStl(tube).replaceAll(/\s+/g, ' '), FACET, undefined],
  ['raw triangles', toRaw(tube).trimEnd(), NINE, undefined],
  ['OBJ', toObj(tube).replaceAll('\n', '\r\n'), /^f [^\r\n]*/gm, /^v [^\r\n]*/gm],
  ['OBJ that ends without a line end', toObj(tube).trimEnd(), F, V],
];

/** All formats with vertices of their own and nothing to weld. */
const PLY = toElements(vertices, faces);

describe('a triangle is located', () => {
  it.each(TEXTS)('in %s, by its text and line', async (_, text, triangle, vertex) => {
    const { database, input, content } = await importContent(text, 'in.mesh', { batchTriangles: 100 });
    const statements = statementsOf(content, triangle);
    expect(statements).toHaveLength(tube.length);
    for (const id of some(tube.length)) {
      const { offset, text: written } = statements[id]!;
      const found = await locateTriangle(database, id);
      expect(Buffer.from(found.bytes).toString()).toBe(written);
      const lines = written.split(/\r\n|\n|\r/).length;
      const place = { file: input, offset, size: written.length, line: lineOf(content, offset), lines };
      expect(found).toMatchObject({ ...place, encoding: 'ascii', fields: [] });
      expect(found.positions.flat()).toEqual(tube[id]!.map((value) => Number(value.toPrecision(9))));
      expect(found.face).toEqual(vertex && { number: id, corners: 3, triangle: 0 });
    }
    const written = vertex && statementsOf(content, vertex);
    for (const id of written === undefined ? [] : some(written.length)) {
      const { offset, text: own } = written![id]!;
      const found = await locateVertex(database, id);
      expect(found).toMatchObject({
        offset,
        size: own.length,
        line: lineOf(content, offset),
        lines: 1,
        number: id,
      });
      expect(Buffer.from(found.bytes).toString()).toBe(own);
    }
  });

  it.each([
    ['PLY', toPly('ascii', PLY).toString(), 'end_header\n'],
    ['OFF', toOff(tube), / 0\n/.exec(toOff(tube))![0]],
  ])('in text %s, on its line', async (_, text, headerEnd) => {
    const { database, content } = await importContent(text.trimEnd(), 'in.mesh', { batchTriangles: 100 });
    const before = text.slice(0, text.indexOf(headerEnd) + headerEnd.length).split('\n').length;
    const lines = content.toString().split('\n');
    for (const id of some(faces.length)) {
      const line = before + vertices.length + id;
      const found = await locateTriangle(database, id);
      expect(found).toMatchObject({ line, lines: 1, face: { number: id } });
      expect(Buffer.from(found.bytes).toString()).toBe(lines[line - 1]);
    }
    for (const id of some(vertices.length)) {
      const found = await locateVertex(database, id);
      expect(found).toMatchObject({ line: before + id, number: id, corner: undefined });
      expect(Buffer.from(found.bytes).toString()).toBe(lines[before + id - 1]);
    }
  });

  it.each([
    ['PLY, little-endian', toPly('binary_little_endian', PLY), headerOf, 12, 13],
    ['PLY, big-endian', toPly('binary_big_endian', toElements(vertices, faces, 'double')), headerOf, 24, 13],
    ['OFF', toBinaryOff(weld(tube)), () => 'OFF BINARY\n'.length + 12, 12, 20],
    ['OFF without color counts', toBinaryOff(weld(tube), { isBare: true }), () => 23, 12, 16],
  ] as const)('in binary %s, at its byte', async (_, bytes, begin, vertexBytes, faceBytes) => {
    const { database } = await importContent(bytes, 'in.mesh', { batchTriangles: 100 });
    const first = begin(bytes);
    for (const id of some(faces.length)) {
      const found = await locateTriangle(database, id);
      const offset = first + vertexBytes * vertices.length + faceBytes * id;
      expect(found).toMatchObject({ offset, size: faceBytes, line: undefined, lines: undefined });
      expect(found.fields.find(({ values }) => values.length === 3)!.values).toEqual([...found.vertices]);
    }
    for (const id of some(vertices.length)) {
      const found = await locateVertex(database, id);
      expect(found).toMatchObject({ offset: first + vertexBytes * id, size: vertexBytes, number: id });
      expect(found.fields.flatMap(({ values }) => values)).toEqual(vertices[id]);
    }
  });

  it('in binary STL, with the corner of a vertex', async () => {
    const bytes = toBinaryStl(shuffle(tube), { attribute: (k) => k });
    const { database } = await importContent(bytes);
    for (const id of some(tube.length)) {
      const found = await locateTriangle(database, id);
      expect(found).toMatchObject({ offset: 84 + 50 * id, size: 50, face: undefined });
      expect(found.fields.map(({ name, values }) => [name, values])).toEqual([
        ['normal', [0, 0, 0]],
        ...['a', 'b', 'c'].map((name, k) => [name, shuffle(tube)[id]!.slice(3 * k, 3 * k + 3)]),
        ['attribute', [id]],
      ]);
    }
    const firsts = firstCorners(shuffle(tube));
    for (const id of some(firsts.length)) {
      const found = await locateVertex(database, id);
      const [triangle, corner] = [Math.floor(firsts[id]! / 3), firsts[id]! % 3];
      expect(found).toMatchObject({
        corner: { triangle, corner },
        offset: 96 + 50 * triangle + 12 * corner,
        size: 12,
      });
      expect(found.fields).toEqual([{ name: 'abc'[corner], from: 0, to: 12, values: [...found.position] }]);
    }
  });

  it.each([
    ['ASCII STL', toAsciiStl(shuffle(tube)), /vertex .*$/gm, (text: string) => text],
    [
      'raw triangles',
      toRaw(shuffle(tube)).replaceAll(' ', ', '),
      /[^\s,]+, [^\s,]+, [^\s,]+/g,
      (text: string) => text,
    ],
  ])('by a vertex of %s', async (_, text, corner) => {
    const { database, content } = await importContent(text);
    const corners = statementsOf(content, corner);
    const firsts = firstCorners(shuffle(tube));
    for (const id of some(firsts.length)) {
      const { offset, text: written } = corners[firsts[id]!]!;
      const found = await locateVertex(database, id);
      expect(Buffer.from(found.bytes).toString()).toBe(written);
      expect(found).toMatchObject({ offset, size: written.length, line: lineOf(content, offset), lines: 1 });
    }
  });

  it('if vertices repeat in the source, faces count back and few vertices fit in memory', async () => {
    const { database, content } = await importContent(toObjSoup(tube), 'in.obj', { weldBytes: 20_000 });
    const [v, f] = [statementsOf(content, V), statementsOf(content, F)];
    for (const id of some(tube.length)) {
      expect(await locateTriangle(database, id)).toMatchObject({
        offset: f[id]!.offset,
        face: { number: id },
      });
    }
    const firsts = firstCorners(tube);
    for (const id of some(firsts.length)) {
      expect(await locateVertex(database, id)).toMatchObject({
        offset: v[firsts[id]!]!.offset,
        number: firsts[id],
      });
    }
  });

  it('as one of the triangles of its face', async () => {
    // A concave face, one of two corners, a fan, and a triangle, over vertices of which two are the same.
    const text = `OFF
8 4 0
0 0 0
4 0 0
4 4 0
2 1 0
0 4 0
0 0 1
1 0 1
0 0 0
5 0 1 2 3 4
2 0 1
4 7 1 6 5
3 7 1 2
`;
    const { database } = await importContent(text);
    const places: unknown[] = [];
    for (let id = 0; id < 6; id++) {
      const { line, face } = await locateTriangle(database, id);
      places.push([line, face!.number, face!.triangle + 1, face!.corners - 2]);
    }
    const [concave, fan] = [11, 13];
    expect(places).toEqual([
      [concave, 0, 1, 3],
      [concave, 0, 2, 3],
      [concave, 0, 3, 3],
      [fan, 2, 1, 2],
      [fan, 2, 2, 2],
      [14, 3, 1, 1],
    ]);
  });

  it.each(['ascii', 'binary_big_endian'] as const)(
    'in strips, by its three corners, in %s',
    async (encoding) => {
      const strip = [0, 1, 2, 3, 4, -1, 3, 4, 5];
      const [element, face] = PLY;
      const strips = {
        name: 'tristrips',
        properties: [{ name: 'vertex_indices', type: 'int', countType: 'int' }],
        rows: [[strip], [[6, 7, 8]]],
      } as const;
      const bytes = toPly(encoding, [strips, element!, face!]);
      const { database } = await importContent(bytes, 'in.ply', { batchTriangles: 1 });
      for (const [id, corners] of [
        [0, 1, 2],
        [1, 2, 3],
        [2, 3, 4],
        [3, 4, 5],
        [6, 7, 8],
      ].entries()) {
        const found = await locateTriangle(database, id);
        expect(found.face).toBeUndefined();
        const values =
          encoding === 'ascii'
            ? Buffer.from(found.bytes).toString().split(' ').map(Number)
            : found.fields.flatMap((field) => field.values);
        expect(values).toEqual(corners);
        expect(bytes.subarray(found.offset, found.offset + found.size)).toEqual(Buffer.from(found.bytes));
      }
      const behind = await locateTriangle(database, 5 + 8);
      expect(behind.face).toEqual({ number: 8, corners: 3, triangle: 0 });
      expect([...behind.vertices]).toEqual(faces[8]);
    },
  );

  it('with its parts', async () => {
    const text = 'o hull\ng a b\nusemtl red\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\no keel\nf 3 2 1 # last\n';
    const { database } = await importContent(text);
    const { parts } = await locateTriangle(database, 0);
    expect(parts.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'object hull',
      'group a b',
      'material red',
    ]);
    const last = await locateTriangle(database, 1);
    expect(last.parts.map(({ name }) => name)).toEqual(['a b', 'red', 'keel']);
    expect([last.line, Buffer.from(last.bytes).toString()]).toEqual([9, 'f 3 2 1']);
  });

  it('in a glTF scene, at its indices, even in the copy of a mesh', async () => {
    const builder = buildMesh(vertices, faces);
    builder.node({ mesh: 0, scale: [2, 2, 2], name: 'copy' });
    const glb = builder.toGlb();
    const bin = 28 + glb.readUInt32LE(12);
    const text = builder.toText();
    const base64 = text.indexOf('base64,') + 7;
    for (const content of [glb, text, gzipSync(glb)]) {
      const { database } = await importContent(content, 'in.gltf', { batchTriangles: 100 });
      const isText = content === text;
      for (const id of [...some(faces.length), ...some(faces.length).map((each) => faces.length + each)]) {
        const from = 12 * (vertices.length + (id % faces.length));
        const found = await locateTriangle(database, id);
        const place = isText
          ? { offset: base64 + (4 * from) / 3, size: 16 }
          : { offset: bin + from, size: 12 };
        expect(found).toMatchObject({
          ...place,
          face: { number: id, corners: 3, triangle: 0 },
          encoding: 'binary',
        });
        expect(found.parts[0]!.name).toBe(id < faces.length ? '' : 'copy');
        if (!isText) expect(found.fields.flatMap(({ values }) => values)).toEqual(faces[id % faces.length]);
      }
      const vertex = await locateVertex(database, vertices.length + 7);
      expect(vertex).toMatchObject({ number: vertices.length + 7, size: isText ? 16 : 12 });
      if (!isText) expect(vertex.fields[0]!.values).toEqual(vertices[7]);
    }
    const { text: apart, bin: data } = builder.toFiles('in.bin');
    const folder = freshFolder();
    const database = join(folder, 'mesh.db');
    writeFileSync(join(folder, 'in.gltf'), apart);
    writeFileSync(join(folder, 'in.bin'), data);
    await importMesh(join(folder, 'in.gltf'), database);
    await expect(locateTriangle(database, 5)).rejects.toThrow('its data is in other files');
    await expect(locateVertex(database, 5)).rejects.toThrow('its data is in other files');
  });

  it.each(['gzip', 'zstd'] as const)('in content compressed with %s', async (kind) => {
    const samples = [toAsciiStl(tube), toObjSoup(tube), toBinaryOff(weld(tube)), toPly('ascii', PLY)];
    for (const sample of samples) {
      const content = Buffer.from(sample);
      const { database } = await importContent(PACK[kind](content));
      for (const id of [0, 500, tube.length - 1]) {
        const found = await locateTriangle(database, id);
        expect(found.compression).toBe(kind);
        expect(content.subarray(found.offset, found.offset + found.size)).toEqual(Buffer.from(found.bytes));
      }
      expect((await locateVertex(database, 400)).compression).toBe(kind);
    }
  });

  it('by reading a few kilobytes', async () => {
    const large = [...makeTube(60, 100)];
    const samples = [
      [toAsciiStl(large), 6],
      [toBinaryStl(large), 2],
      [toRaw(large), 6],
      [toObj(large), 22],
      // Between the last vertex and the first face is much else.
      [toObj(large).replace('\nf ', `\n${'vt 0.25 0.75\n'.repeat(50_000)}f `), 22],
    ] as const;
    for (const [sample, steps] of samples) {
      const { database, content } = await importContent(sample);
      expect(content.length).toBeGreaterThan(400_000);
      for (const id of [20, 6000, large.length - 1]) {
        const { bytesRead } = await locateTriangle(database, id);
        expect(bytesRead).toBeLessThanOrEqual(HEAD_BYTES + 4096 * steps);
      }
    }
  });
});

/** Number of the corner, three for each triangle, at which each position comes first. */
function firstCorners(triangles: readonly Corners[]): number[] {
  const seen = new Set<string>();
  const firsts: number[] = [];
  for (const [k, corners] of triangles.entries()) {
    for (let c = 0; c < 3; c++) {
      const key = corners.slice(3 * c, 3 * c + 3).join(' ');
      if (!seen.has(key)) firsts.push(3 * k + c);
      seen.add(key);
    }
  }
  return firsts;
}

describe('a source', () => {
  const fail = async (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => new Error('nothing failed'),
      (error: Error) => error,
    );

  it('whose time alone has changed is read after a comparison of digests', async () => {
    const { database, input } = await importContent(toAsciiStl(tube));
    utimesSync(input, 1000, 1000);
    const stages: string[] = [];
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    const found = await locateTriangle(database, 3, {
      onProgress: ({ stage }) => stages.push(stage),
      onNote,
    });
    expect(found.line).toBe(23);
    expect(stages).toContain('locate');
    expect(notes[0]).toMatch(/a different modification time .*: computing its digest$/);
    const controller = new AbortController();
    const ended = locateTriangle(database, 3, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(ended).rejects.toThrow('enough');
  });

  it('that was changed is refused with both digests, at the same size or another', async () => {
    const text = toAsciiStl(tube);
    for (const changed of [text.replace('facet', 'FACET'), `${text}\n`]) {
      const { database, input } = await importContent(text);
      writeFileSync(input, changed);
      utimesSync(input, 1000, 1000);
      const error = await fail(locateTriangle(database, 3));
      expect(error).toBeInstanceOf(FileError);
      expect(error.message).toMatch(
        /is not the imported file, sha256 \w{64} \(.* bytes\); expected sha256 \w{64} \(/,
      );
      const [found, expected] = [...error.message.matchAll(/sha256 (\w+)/g)].map(([, digest]) => digest);
      expect(found).not.toBe(expected);
    }
  });

  it.each([
    [
      'text',
      toAsciiStl(tube),
      'facet normal 0 0 0\n outer loop\n  vertex 1',
      'facet normal 0 0 0\n outer loop\n  vertex 2',
    ],
    ['a statement', toObj(tube), 'f 1 3 ', 'x 1 3 '],
  ])('that was changed to the same size and time gives no wrong place: %s', async (_, text, from, to) => {
    const { database, input } = await importContent(text.replaceAll(from, from));
    const { atime, mtime } = statSync(input);
    const changed = text.replaceAll(from, to).replace(/^(v \S+ \S+) \S/gm, '$1 x');
    expect(changed).not.toBe(text);
    writeFileSync(input, changed.slice(0, text.length));
    utimesSync(input, atime, mtime);
    const outcomes = await Promise.all(
      [0, 20, 500].map((id) =>
        locateTriangle(database, id).then(
          (found) => expect(isWhole(found)).toBe(true),
          (error: Error) => expect(error.message).toMatch(/lacks triangle \d+ with the positions/),
        ),
      ),
    );
    expect(outcomes).toHaveLength(3);
  });

  it('that was moved is found by its new name, and the error names a missing one', async () => {
    const { folder, database, input, content } = await importContent(toAsciiStl(tube));
    const moved = join(folder, 'moved\x1b[31m.stl');
    writeFileSync(moved, content);
    expect(await locateTriangle(database, 5, { source: moved })).toMatchObject({ file: moved, line: 37 });
    writeFileSync(moved, 'solid');
    const error = await fail(locateTriangle(database, 5, { source: moved }));
    expect(error.message).toContain('moved\\x1b[31m.stl: is not the imported file');
    const absent = await fail(locateTriangle(database, 5, { source: join(folder, 'no.stl') }));
    expect(absent.message).toMatch(/no\.stl: cannot read: no such file or directory$/);
    expect(readFileSync(input)).toEqual(content);
  });
});

/** Whether what is shown holds the corners that the database has. */
function isWhole({ bytes, positions }: LocatedTriangle): boolean {
  const numbers = Buffer.from(bytes).toString().split(/\s+/).map(Number);
  return positions.flat().every((value) => numbers.includes(value));
}

describe('a database that was changed by SQL', () => {
  it('reports deleted, added and changed triangles', async () => {
    const { database } = await importContent(toAsciiStl(tube));
    const db = new Database(database);
    db.pragma('foreign_keys = OFF');
    db.exec(`DELETE FROM triangles WHERE id = 7;
      UPDATE triangles SET a = 100 WHERE id = 8;
      INSERT INTO triangles VALUES (5000, 1, 2, 3);
      DELETE FROM vertices WHERE id = 300;`);
    const firstOf300 = db.prepare('SELECT id FROM triangles WHERE 300 IN (a, b, c)').pluck().get() as number;
    db.close();
    const messages = [
      [7, /: triangle 7 is no longer there; expected the mesh as imported$/],
      [8, /: lacks triangle 8 with the positions in the database$/],
      [5000, /: triangle 5000 was added by SQL after the import; expected one of the source, 0 to 983$/],
      [5001, /: no triangle 5001; expected 0 to 983$/],
      [firstOf300, /: lacks triangle \d+ with the positions/],
    ] as const;
    for (const [id, message] of messages) await expect(locateTriangle(database, id)).rejects.toThrow(message);
    await expect(locateVertex(database, 300)).rejects.toThrow(/: vertex 300 is no longer there/);
    await expect(locateVertex(database, 9999)).rejects.toThrow(/: no vertex 9999; expected 0 to 493$/);
    expect((await locateTriangle(database, 9)).line).toBe(65);
  });

  it('is located from any remaining checkpoint, or from the beginning', async () => {
    const { database } = await importContent(toObj(tube), 'in.obj', { batchTriangles: 10 });
    const expected = await locateTriangle(database, 900);
    const vertex = await locateVertex(database, 400);
    const db = new Database(database);
    db.exec('DELETE FROM checkpoints; DELETE FROM vertex_checkpoints; DELETE FROM appearances');
    db.close();
    expect(await locateTriangle(database, 900)).toMatchObject({
      line: expected.line!,
      offset: expected.offset,
    });
    expect(await locateVertex(database, 400)).toMatchObject({ line: vertex.line!, number: 400 });
  });

  it('is located without checkpoints in records of fixed size', async () => {
    const { database } = await importContent(toBinaryStl(tube), 'in.stl');
    const expected = await locateTriangle(database, 900);
    const vertex = await locateVertex(database, 400);
    const db = new Database(database);
    db.exec('DELETE FROM checkpoints; DELETE FROM appearances');
    db.close();
    const { offset, size, bytes } = expected;
    expect(await locateTriangle(database, 900)).toMatchObject({ offset, size, bytes });
    expect(await locateVertex(database, 400)).toMatchObject({ offset: vertex.offset, corner: vertex.corner });
  });
});
