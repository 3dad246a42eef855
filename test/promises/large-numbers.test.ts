/**
 * Counters that begin where 32 bits end: ids, indices, offsets.
 *
 * Covers: io/random-access-file.
 */

import { closeSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { NumberFile } from '../../src/collections/number-file.js';
import { type RowFile, RowLookup } from '../../src/collections/row-lookup.js';
import { appendPair, type Run, RunMerge } from '../../src/collections/run-merge.js';
import { SpillFiles } from '../../src/collections/spill-file.js';
import { LeafDecoder, ROW_KINDS } from '../../src/database/pages/leaf-decoder.js';
import { parseFileHeader } from '../../src/database/pages/page-format.js';
import { TableReader } from '../../src/database/pages/table-reader.js';
import { TableLoad } from '../../src/database/pages/table-writer.js';
import { DatabaseError } from '../../src/errors.js';
import { FORMATS } from '../../src/formats/index.js';
import { formatOff } from '../../src/formats/off/write/write.js';
import { ByteSource } from '../../src/io/input/byte-source.js';
import { ByteWindow } from '../../src/io/input/byte-window.js';
import { RandomAccessFile } from '../../src/io/random-access-file.js';
import type { ItemPlace, SoupSelection } from '../../src/mesh.js';
import type { RowSink } from '../../src/weld/sinks.js';
import { Welder } from '../../src/weld/welder.js';
import { freshFolder } from '../support/files.js';
import { makeTube, shuffle, toBinaryStl } from '../support/meshes.js';

/** A few before each border, so that counters go across it. */
const BORDERS = [2 ** 31 - 50, 2 ** 32 - 50, 2 ** 40] as const;
const GIB = 2 ** 30;

/** Lets a counter of an object begin elsewhere. */
function begin<T extends object>(counter: T, values: Readonly<Record<string, number>>): T {
  return Object.assign(counter, values);
}

describe('pages of rows', () => {
  const PAGE_BYTES = 16_384;
  const SCHEMA = `CREATE TABLE vertices (id INTEGER PRIMARY KEY, x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL);
    CREATE TABLE triangles (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL);`;

  function create() {
    const path = join(freshFolder(), 'mesh.db');
    const db = new Database(path);
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.exec(SCHEMA);
    const roots = db.prepare('SELECT name, rootpage FROM sqlite_schema').raw().all() as [string, number][];
    db.close();
    return { path, roots: Object.fromEntries(roots) as Record<'vertices' | 'triangles', number> };
  }

  it.each(BORDERS)('hold ids and corners from %d on', (first) => {
    const { path, roots } = create();
    const count = 5000;
    const positions = Float64Array.from({ length: 3 * count }, (_, k) => k / 3);
    const corners = Float64Array.from({ length: 3 * count }, (_, k) => first + ((k * 7) % count));
    const load = TableLoad.open(path);
    const tables = { vertices: load.table(roots.vertices), triangles: load.table(roots.triangles) };
    for (const writer of Object.values(tables))
      begin(Reflect.get(writer, 'table') as object, { lastId: first - 1 });
    tables.vertices.appendVertices(positions, count);
    tables.triangles.appendTriangles(corners, count);
    load.finish();
    load.close();

    const db = new Database(path, { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const rows = db.prepare('SELECT id, a, b, c FROM triangles ORDER BY id').raw().all() as number[][];
    expect(rows).toEqual(
      Array.from({ length: count }, (_, k) => [first + k, ...corners.subarray(3 * k, 3 * k + 3)]),
    );
    const last = db.prepare('SELECT id, x FROM vertices ORDER BY id DESC LIMIT 1').raw().get();
    expect(last).toEqual([first + count - 1, count - 1]);
    db.close();

    const reader = TableReader.open(path);
    let next = first;
    for (const batch of reader.triangles(roots.triangles)) {
      for (let k = 0; k < batch.count; k++, next++) {
        expect(batch.ids[k]).toBe(next);
        const from = 3 * (next - first);
        expect(batch.corners.subarray(3 * k, 3 * k + 3)).toEqual(corners.subarray(from, from + 3));
      }
    }
    expect(next).toBe(first + count);
    // The leaves of vertices as a thread decodes them, which begins anywhere.
    const file = RandomAccessFile.open(path, 'read');
    const head = new Uint8Array(100);
    file.read(head, 0);
    const error = (page: number, problem: string) => new DatabaseError(`page ${page}: ${problem}`);
    const decoder = new LeafDecoder(parseFileHeader(head)!, ROW_KINDS.vertices, error);
    decoder.expectAny();
    next = first;
    for (const { pages } of reader.leaves(roots.vertices, 1)) {
      const page = new Uint8Array(PAGE_BYTES);
      file.read(page, PAGE_BYTES * (pages[0]! - 1));
      decoder.decode(pages[0]!, page);
      const { count: some, ids, values } = decoder.rows();
      for (let k = 0; k < some; k++, next++) {
        expect([ids[k], values[3 * k]]).toEqual([next, next - first]);
      }
      decoder.count = 0;
    }
    expect(next).toBe(first + count);
    file.close();
    reader.close();
  });

  it('are read and written beyond 4 GiB', () => {
    const { path, roots } = create();
    const before = Math.floor((4 * GIB) / PAGE_BYTES) - 3;
    const descriptor = openSync(path, 'r+');
    ftruncateSync(descriptor, PAGE_BYTES * before);
    closeSync(descriptor);
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, before);
    const file = RandomAccessFile.open(path, 'update');
    file.write(header, 28);
    file.close();
    const count = 20_000;
    const positions = Float64Array.from({ length: 3 * count }, (_, k) => k);
    const load = TableLoad.open(path);
    load.table(roots.vertices).appendVertices(positions, count);
    load.finish();
    load.close();
    expect(statSync(path).size).toBeGreaterThan(4 * GIB + 10 * PAGE_BYTES);
    const reader = TableReader.open(path);
    let sum = 0;
    for (const batch of reader.vertices(roots.vertices)) {
      for (let k = 0; k < 3 * batch.count; k++) sum += batch.positions[k]!;
    }
    reader.close();
    expect(sum).toBe((3 * count * (3 * count - 1)) / 2);
    const db = new Database(path, { readonly: true });
    const found = db.prepare('SELECT count(*), sum(x + y + z) FROM vertices').raw().get();
    expect(found).toEqual([count, sum]);
    db.close();
  });
});

describe('the welder', () => {
  class Rows implements RowSink {
    readonly positions: number[] = [];
    readonly corners: number[] = [];
    addVertices(positions: Float32Array | Float64Array, count: number): void {
      this.positions.push(...positions.subarray(0, 3 * count));
    }
    addTriangles(corners: Float64Array, count: number): void {
      this.corners.push(...corners.subarray(0, 3 * count));
    }
  }

  function weld(first: number, budgetBytes: number) {
    const rows = new Rows();
    const spillPath = join(freshFolder(), 'spill');
    const welder = begin(new Welder(rows, { bytesPerValue: 4, budgetBytes, spillPath }), {
      youngBase: first,
    });
    const mesh = shuffle(makeTube(60, 20));
    for (let k = 0; k < mesh.length; k += 50) {
      const some = mesh.slice(k, k + 50);
      const positions = Float32Array.from(some.flat());
      welder.add({ kind: 'soup', count: some.length, positions, places: [] });
    }
    for (const _ of welder.finish());
    welder.close();
    return { rows, isExact: welder.isExact };
  }

  it.each(BORDERS)('assigns the ids after %d, in memory and on disk', (first) => {
    const near = weld(0, 2 ** 20);
    for (const [budgetBytes, isExact] of [
      [2 ** 20, true],
      [6000, false],
    ] as const) {
      const far = weld(first, budgetBytes);
      expect(far.isExact).toBe(isExact);
      expect(far.rows.positions).toEqual(near.rows.positions);
      expect(far.rows.corners).toEqual(near.rows.corners.map((id) => first + id));
    }
  });
});

describe('spill files', () => {
  it('are written and read beyond 4 GiB', () => {
    const path = join(freshFolder(), 'sparse');
    const file = RandomAccessFile.open(path, 'create');
    for (const border of [2 ** 31, 2 ** 32]) {
      const bytes = Uint8Array.from({ length: 100 }, (_, k) => k + 1);
      file.write(bytes, border - 50);
      const found = new Uint8Array(120);
      expect(file.read(found, border - 60)).toBe(110);
      expect(found.subarray(10, 110)).toEqual(bytes);
    }
    expect(file.size()).toBe(2 ** 32 + 50);
    file.close();
  });

  it.each(BORDERS)('merge pairs from %d on', (first) => {
    const files = new SpillFiles(join(freshFolder(), 'pairs'));
    const file = files.create('pairs', 64);
    const scratch = new Int32Array(4);
    const runs: Run[] = [0, 1, 2].map((run) => {
      const start = file.length;
      for (let k = run; k < 150; k += 3) appendPair(file, scratch, first + k, first - k);
      return { start, stop: file.length };
    });
    const pairs: [number, number][] = [];
    for (const merge = new RunMerge(file, runs, 256); merge.key < Number.POSITIVE_INFINITY; merge.next()) {
      pairs.push([merge.key, merge.value]);
    }
    files.remove();
    expect(pairs).toEqual(Array.from({ length: 150 }, (_, k) => [first + k, first - k]));
  });

  it.each(BORDERS.slice(0, 2))('answer questions about rows from %d on', (first) => {
    const files = new SpillFiles(join(freshFolder(), 'rows'));
    const asked = Array.from({ length: 300 }, (_, k) => first + ((k * 37) % 100));
    const isAsked = [...new Set(asked)];
    const width = 2;
    // Sixteen gibibytes of rows, of which those are written that are asked for.
    const rows = {
      width,
      count: first + 100,
      file: {
        read(target: Int32Array, position: number) {
          for (const row of isAsked) {
            const at = width * row - position;
            if (at >= 0 && at + width <= target.length) target.set([row % 1_000_003, row - first], at);
          }
          return target.length;
        },
      },
    } as unknown as RowFile;
    const questions = new NumberFile(files.create('questions', 64));
    questions.append(asked, asked.length);
    const words = 2 ** 24;
    const lookup = new RowLookup(questions, rows, new ArrayBuffer(4 * words), words, files);
    for (const _ of lookup.prepare());
    const answers = new Int32Array(width * asked.length);
    lookup.read(answers, asked.length);
    lookup.close();
    files.remove();
    expect([...answers]).toEqual(asked.flatMap((row) => [row % 1_000_003, row - first]));
  });
});

describe('OFF', () => {
  it('is written with indices beyond 2^32, in every text variant', () => {
    const corners = Float64Array.of(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1);
    const colors = Float64Array.of(1, 0, 0, 1, 0, 1, 0, 1);
    const selection: SoupSelection = {
      precision: 'float32',
      vertexCount: 2 ** 53 - 1,
      triangleCount: 2 ** 33,
      hasVertexColors: false,
      hasVertexNormals: false,
      hasTriangleColors: true,
      attributeHeaders: undefined,
      hasParts: false,
      parts: () => [],
      soup: () => [],
      *vertices() {},
      *triangles() {
        yield { count: 2, corners: Float64Array.from(corners), colors };
      },
    };
    const lines = ['3 2147483647 2147483648 4294967295', '3 4294967296 4294967297 9007199254740991'];
    const write = (options: object, some: object) =>
      [...formatOff({ ...selection, ...some }, options)]
        .map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
        .join('');
    expect(write({}, { hasTriangleColors: false })).toBe(
      ['OFF', '9007199254740991 8589934592 0', ...lines, ''].join('\n'),
    );
    const colored = write({ colors: true, dialect: 'int255' }, {}).split('\n');
    expect(
      colored.filter((line) => line.startsWith('3 ')).map((line) => line.slice(0, lines[0]!.length)),
    ).toEqual([`${lines[0]}`, lines[1]!.slice(0, lines[0]!.length)]);
  });
});

describe('source offsets', () => {
  it('are exact beyond 4 GiB in a byte window', async () => {
    let asked = 0;
    const source = {
      seek: async (offset: number) => {
        asked = offset;
      },
      read: async (target: Uint8Array) => target.fill(7).length,
    };
    const window = new ByteWindow(source, 100, 1000);
    await window.jump(2 ** 32 + 5);
    expect(asked).toBe(2 ** 32 + 5);
    await window.fill(() => ({ offset: window.offset }));
    expect([window.offset, window.end]).toEqual([2 ** 32 + 5, 1000]);
    await window.jump(2 ** 32 + 505);
    expect([window.start, window.offset]).toEqual([500, 2 ** 32 + 505]);
    await expect(window.fill(() => ({ offset: window.offset }))).rejects.toThrow(
      'byte 4294967801: an item longer than 100 bytes',
    );
    window.start = window.end;
    window.skip(2 ** 32);
    expect(window.offset).toBe(2 * 2 ** 32 + 1005);
  });

  /** What a reader tells of items that stand beyond 4 GiB, where it is begun there. */
  async function placesOf(
    id: string,
    content: Buffer,
    start: { offset: number; line: number; record: number },
  ) {
    const source = await ByteSource.of(`in.${id}`, [content]);
    const format = FORMATS.find((one) => one.id === id)!;
    const options = { batchTriangles: 100, salvage: false, warn: () => undefined, placeBytes: 0 };
    const reader = await format.open(source, options);
    const shifted = start.offset;
    // The source stands for one that has its content from there on.
    source.seek = async (offset) => {
      expect(offset).toBe(shifted);
    };
    const places: ItemPlace[] = [];
    const begin = { ...start, kind: 'soup', vertices: 0 } as const;
    try {
      for await (const item of reader.items(undefined, begin)) {
        if (item.kind === 'soup') places.push(...item.places);
      }
    } finally {
      await source.close();
    }
    return places;
  }

  it('are exact for lines of text and in errors', async () => {
    const start = { offset: 2 ** 32 - 10, line: 2 ** 32 - 1, record: 2 ** 32 - 1 };
    const line = '0 0 0 1 0 0 0 1 0\n';
    const places = await placesOf('raw', Buffer.from(line.repeat(4)), start);
    expect(places.map(({ offset, line, record }) => [offset, line, record])).toEqual(
      [0, 1, 2, 3].map((k) => [start.offset + line.length * k, start.line + k, start.record + k]),
    );
    await expect(placesOf('raw', Buffer.from(`${line}1 2 x`), start)).rejects.toThrow('line 4294967296: ');
  });

  it('are exact for facets of a binary STL', async () => {
    const record = 2 ** 32 - 101;
    // More than a head, so that it is not known where it ends.
    const content = toBinaryStl(makeTube(30, 30), { count: 2 ** 32 - 1 });
    const start = { offset: 84 + 50 * record, line: 0, record };
    const source = await ByteSource.of('in.stl', [content]);
    const reader = await FORMATS.find(({ id }) => id === 'stl')!.open(source, {
      batchTriangles: 4,
      salvage: true,
      warn: () => undefined,
    });
    source.seek = async () => {
      await source.read(new Uint8Array(84));
    };
    const items = reader.items(undefined, { ...start, kind: 'soup', vertices: 0 })[Symbol.asyncIterator]();
    for (const k of [0, 4, 8]) {
      const { value } = await items.next();
      expect(value.places[0]).toMatchObject({ offset: start.offset + 50 * k, record: record + k });
    }
    await source.close();
  });
});
