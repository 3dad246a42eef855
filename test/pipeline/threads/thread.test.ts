/**
 * Covers: pipeline/load/batches/batch-merger, pipeline/threads/format-threads, pipeline/threads/parse-threads,
 * pipeline/threads/roles/format-role, pipeline/threads/roles/parse-role, pipeline/threads/roles/protocol,
 * pipeline/threads/roles/weld-role, pipeline/threads/shared-batches, pipeline/threads/text-queue,
 * pipeline/threads/weld-thread, thread, weld/welding, database/rows/attribute-words, database/rows/selected-rows.
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseError, FileError } from '../../../src/errors.js';
import {
  type ConvertOptions,
  convertMesh,
  type ExportOptions,
  exportMesh,
  importMesh,
} from '../../../src/index.js';
import { WeldThread } from '../../../src/pipeline/threads/weld-thread.js';
import type { MeshSink } from '../../../src/weld/sinks.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, shuffle, toAsciiStl, toBinaryStl, toOff, toRaw } from '../../support/meshes.js';

const tube = [...makeTube(200, 50)];

/** A grid of quads with colors and normals, the last of which are missing; positions repeat at each end. */
function toColoredPly(columns: number, rows: number): string {
  const vertices: string[] = [];
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      const [x, y] = [column === columns ? 0 : column, row === rows ? 0 : row];
      vertices.push(`${x} ${y} 0.1 0 ${column} 1 ${(31 * row + column) % 256} 7 255`);
    }
  }
  const faces: string[] = [];
  for (let k = 0; k < columns * rows; k++) {
    const a = Math.floor(k / columns) * (columns + 1) + (k % columns);
    faces.push(`4 ${a} ${a + 1} ${a + columns + 2} ${a + columns + 1} ${k % 256} 1 2`);
  }
  const properties = (names: string, type: string) =>
    [...names].map((name) => `property ${type} ${name}\n`).join('');
  const normals = ['nx', 'ny', 'nz'].map((name) => `property double ${name}\n`).join('');
  const colors = ['red', 'green', 'blue'].map((name) => `property uchar ${name}\n`).join('');
  return (
    `ply\nformat ascii 1.0\nelement vertex ${vertices.length}\n${properties('xyz', 'double')}${normals}${colors}` +
    `element face ${faces.length}\nproperty list uchar int vertex_indices\n${colors}end_header\n` +
    `${[...vertices, ...faces].join('\n')}\n`
  );
}

const coloredPly = toColoredPly(150, 100);

/** All rows of all tables, less when they were imported. */
function dump(path: string): unknown {
  const db = new Database(path, { readonly: true });
  try {
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all() as string[];
    return tables.map((table) => {
      const rows = db.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[];
      return [table, rows.map((row) => ({ ...row, imported: undefined }))];
    });
  } finally {
    db.close();
  }
}

function change(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

/** Lets the page above the leaves of a table name all but the first and the last of them `places` later. */
function rotateLeaves(path: string, table: string, places: number): void {
  const db = new Database(path);
  const root = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  const pageBytes = db.pragma('page_size', { simple: true }) as number;
  db.close();
  const bytes = readFileSync(path);
  const page = pageBytes * (root - 1);
  expect(bytes[page]).toBe(5);
  const cells = bytes.readUInt16BE(page + 3);
  const pointers = Array.from({ length: cells }, (_, k) => page + bytes.readUInt16BE(page + 12 + 2 * k));
  pointers.shift();
  expect(pointers.length).toBeGreaterThan(places);
  const children = pointers.map((at) => bytes.readUInt32BE(at));
  for (const [k, at] of pointers.entries()) bytes.writeUInt32BE(children.at(k - places)!, at);
  writeFileSync(path, bytes);
}

function setUp(content: Buffer | string, name = 'in.stl') {
  const folder = freshFolder();
  const input = join(folder, name);
  writeFileSync(input, content);
  return { folder, input, output: join(folder, 'out.off'), database: join(folder, 'mesh.db') };
}

describe('several threads', () => {
  it.each([
    ['soup', 'in.stl', toBinaryStl(tube, { attribute: (k) => k % 3 }), {}],
    ['soup that overflows', 'in.stl', toBinaryStl(shuffle(tube)), { weldBytes: 16_384 }],
    ['polygons with colors and normals', 'in.ply', coloredPly, {}],
    ['the same, overflowing', 'in.ply', coloredPly, { weldBytes: 65_536 }],
  ] as const)('make the same database from %s', async (_, name, content, options) => {
    const { folder, input } = setUp(content, name);
    const databases = [1, 2, 4].map((threads) => [threads, join(folder, `${threads}.db`)] as const);
    const results = [];
    for (const [threads, database] of databases) {
      results.push(await importMesh(input, database, { ...options, batchTriangles: 900, threads }));
    }
    const [one, ...others] = databases.map(([, database]) => dump(database));
    for (const other of others) expect(other).toEqual(one);
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]!.fitMemory).toBe(!('weldBytes' in options));
  });

  it.each([
    {},
    { off: { precision: 4 } },
    { off: { colors: true, normals: true } },
    { off: { binary: true } },
    { compress: 'gzip' },
    { compress: 'zstd' },
  ] satisfies ConvertOptions[])('write the same OFF with %j', async (options) => {
    const { folder, input } = setUp(coloredPly, 'in.ply');
    const counts = Object.keys(options).length === 0 ? [1, 2, 3] : [1, 3];
    const outputs = counts.map((threads) => [threads, join(folder, `${threads}.off`)] as const);
    for (const [threads, output] of outputs) await convertMesh(input, output, { ...options, threads });
    const [one, ...others] = outputs.map(([, output]) => readFileSync(output));
    for (const other of others) expect(other.equals(one!)).toBe(true);
  });

  it.each([
    ['ASCII STL', toAsciiStl(tube)],
    ['raw triangles', toRaw(tube)],
  ])('read %s in pieces', async (_, text) => {
    const { folder, input } = setUp(text);
    expect(text.length).toBeGreaterThan(2e6);
    const outputs = [1, 2, 4].map((threads) => [threads, join(folder, `${threads}.off`)] as const);
    for (const [threads, output] of outputs) {
      await convertMesh(input, output, { threads, from: text.startsWith('solid') ? 'stl' : 'raw' });
    }
    const [one, ...others] = outputs.map(([, output]) => readFileSync(output));
    for (const other of others) expect(other.equals(one!)).toBe(true);
  });

  it('write the rows that SQLite has left, in pages of any size', async () => {
    const { input, database, output } = setUp(toBinaryStl(tube));
    await importMesh(input, database);
    for (const pageBytes of [512, 65_536]) {
      change(
        database,
        `PRAGMA page_size = ${pageBytes}; VACUUM; DELETE FROM triangles WHERE id IN (5, 9999, 19999)`,
      );
      await exportMesh(database, output, { threads: 3, force: true });
      const lines = toOff(tube).split('\n');
      const first = 2 + 10_052;
      const kept = lines.filter((_, line) => ![first + 5, first + 9999, first + 19_999].includes(line));
      kept[1] = '10052 20097 0';
      expect(readFileSync(output, 'utf8')).toBe(kept.join('\n'));
    }
  });
});

/** Leaves gaps in a colored grid of 30,000 triangles, and makes parts of it, some of them with long names. */
const GAPS_AND_PARTS = `
  PRAGMA foreign_keys = OFF;
  DELETE FROM triangles WHERE id % 7 = 2;
  DELETE FROM vertex_colors WHERE vertex % 3 = 1 OR vertex BETWEEN 4000 AND 9000;
  UPDATE vertex_colors SET a = 0.5 WHERE vertex % 5 = 1;
  DELETE FROM vertex_normals WHERE vertex % 200 < 3;
  UPDATE vertex_normals SET x = 1e300, y = 2 WHERE vertex % 11 = 1;
  DELETE FROM triangle_colors WHERE triangle % 4 < 2;
  UPDATE vertices SET x = x + 1e-9 WHERE id % 2 = 0;
  WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2999)
  INSERT INTO parts SELECT n, 'part  ' || n || iif(n > 2500, printf('%.2000c', 'x'), ''),
    iif(n % 3 = 0, 'group', iif(n % 3 = 1, 'material', 'object')) FROM numbers;
  INSERT INTO part_runs SELECT id, id, 9 * id, 9 * id + 5 FROM parts;
`;

describe('every format', () => {
  /** Databases with the same mesh; only SQLite can read the first one. */
  let databases: { readonly logged: string; readonly paged: string };
  const folder = mkdtempSync(join(tmpdir(), 'offload-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    const [input, paged] = [join(folder, 'in.ply'), join(folder, 'mesh.db')];
    writeFileSync(input, coloredPly);
    await importMesh(input, paged);
    change(paged, GAPS_AND_PARTS);
    const logged = join(folder, 'wal.db');
    copyFileSync(paged, logged);
    change(logged, 'PRAGMA journal_mode = WAL');
    databases = { logged, paged };
  });

  it.each([
    { off: { colors: true, normals: true, precision: 7 } },
    { off: { colors: true, dialect: 'int255' } },
    { off: { colors: true, normals: true, binary: true } },
    { to: 'ply', ply: { colors: true, normals: true } },
    { to: 'ply', ply: { colors: true, normals: true, ascii: true } },
    { to: 'stl' },
    { to: 'stl', stl: { ascii: true } },
    { to: 'obj', obj: { colors: true, normals: true } },
  ] satisfies ExportOptions[])(
    'has the same rows from pages, from threads and from SELECT, %j',
    async (options) => {
      const { logged, paged } = databases;
      const folder = freshFolder();
      const sample = { sample: { share: 0.4, seed: 1 } };
      for (const filter of [{}, sample]) {
        const results = [];
        for (const [source, threads] of [
          [logged, 1],
          [paged, 1],
          [paged, 3],
        ] as const) {
          const output = join(folder, `${results.length}`);
          const { warnings } = await exportMesh(source, output, { ...options, filter, threads, force: true });
          results.push({ warnings, bytes: readFileSync(output) });
        }
        expect(results[0]!.bytes.length).toBeGreaterThan(100_000);
        for (const { bytes, warnings } of results.slice(1)) {
          expect(bytes.equals(results[0]!.bytes)).toBe(true);
          expect(warnings).toEqual(results[0]!.warnings);
        }
      }
    },
  );

  it('keeps the attribute words of a binary STL, and their colors', async () => {
    const words = toBinaryStl(tube, { attribute: (k) => (k % 5 === 0 ? 0 : 0x8000 + (k % 0x7fff)) });
    const { folder, input, database } = setUp(words, 'in.stl');
    await importMesh(input, database);
    await exportMesh(database, join(folder, 'out.stl'), { threads: 3 });
    const wordsOf = (stl: Buffer) => tube.map((_, k) => stl.readUInt16LE(84 + 50 * k + 48));
    expect(wordsOf(readFileSync(join(folder, 'out.stl')))).toEqual(wordsOf(Buffer.from(words)));
    for (const threads of [1, 3]) {
      const output = join(folder, `${threads}.off`);
      await exportMesh(database, output, { threads, off: { colors: true } });
      expect(readFileSync(output).equals(readFileSync(join(folder, '1.off')))).toBe(true);
    }
  });
});

describe('a thread', () => {
  const sink: MeshSink = {
    addVertices: () => undefined,
    addTriangles: () => undefined,
    addVertexColor: () => undefined,
    addVertexNormal: () => undefined,
    addTriangleColor: () => undefined,
  };
  const positions = Float32Array.from(tube.flat());
  const batch = {
    kind: 'soup',
    count: 900,
    positions: positions.subarray(0, 8100),
    places: [],
  } as const;

  async function run(taker: MeshSink, spillPath: string): Promise<void> {
    const welding = new WeldThread(taker, {
      layout: 'soup',
      bytesPerValue: 4,
      budgetBytes: 16_384,
      spillPath,
    });
    try {
      for (let k = 0; k < 20; k++) {
        await welding.add({ ...batch, positions: positions.subarray(8100 * k, 8100 * (k + 1)) });
      }
      for await (const _ of welding.finish([]));
    } finally {
      await welding.close();
    }
  }

  it('finishes only after all welded rows are known, also if the last batch is full', async () => {
    const folder = freshFolder();
    const at = (name: string) => join(folder, name);
    for (const count of [16_383, 16_384, 32_768]) {
      const vertices = Array.from({ length: count + 2 }, (_, k) => `${k} ${k % 2} 0 0.5 0.5 0.5 1`);
      const others = ['7 7 7 0 0 0 1', '0 0 0 1 1 1 1'];
      const faces = Array.from({ length: count }, (_, k) => `3 ${k} ${k + 1} ${k + 2}`);
      const lines = ['COFF', `${count + 4} ${count} 0`, ...vertices, ...others, ...faces, ''];
      writeFileSync(at('in.off'), lines.join('\n'));
      for (const little of [{}, { weldBytes: 60_000 }]) {
        const results = [];
        for (const threads of [1, 2]) {
          const options = { ...little, threads, force: true };
          const { indexed, warnings } = await importMesh(at('in.off'), at('out.db'), options);
          results.push({ indexed, kinds: warnings.map(({ kind }) => kind) });
        }
        const indexed = {
          faces: count,
          fileVertices: count + 4,
          unreferenced: 1,
          colorConflicts: 1,
          normalConflicts: 0,
        };
        expect(results).toEqual(Array(2).fill({ indexed, kinds: ['color-conflict'] }));
      }
    }
  });

  it('reports errors by their kind', async () => {
    const folder = freshFolder();
    await expect(run(sink, join(folder, 'missing', 'spill'))).rejects.toThrow(FileError);
    await expect(run(sink, join(folder, 'missing', 'spill'))).rejects.toThrow(
      /^the folder \S+missing does not exist$/,
    );
  });

  it.each([1, 2])(
    'reports progress while a single large polygon is triangulated, with %i',
    async (threads) => {
      const folder = freshFolder();
      const corners = Array.from({ length: 4096 }, (_, k) => {
        const radius = k % 2 === 0 ? 1 : 1000;
        return `v ${radius * Math.cos((2 * Math.PI * k) / 4096)} ${radius * Math.sin((2 * Math.PI * k) / 4096)} 0\n`;
      });
      const face = corners.map((_, k) => k + 1).join(' ');
      writeFileSync(join(folder, 'in.obj'), `${corners.join('')}f ${face}\n`);
      let heard = 0;
      const onProgress: ConvertOptions['onProgress'] = ({ stage }) => {
        if (stage === 'weld') heard++;
      };
      await convertMesh(join(folder, 'in.obj'), join(folder, 'out.off'), { threads, onProgress });
      expect(heard).toBeGreaterThan(10);
    },
  );

  it('ends and removes its files if its rows are not taken', async () => {
    const folder = freshFolder();
    const full = new Error('no more');
    const refuse = () => {
      throw full;
    };
    await expect(run({ ...sink, addTriangles: refuse }, join(folder, 'spill'))).rejects.toBe(full);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends and removes its files in the middle of its work', async () => {
    const folder = freshFolder();
    const spillPath = join(folder, 'spill');
    const welding = new WeldThread(sink, {
      layout: 'soup',
      bytesPerValue: 4,
      budgetBytes: 16_384,
      spillPath,
    });
    for (let k = 0; k < 3; k++) await welding.add(batch);
    await welding.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a corner without a vertex', async () => {
    const { folder, input, database, output } = setUp(toBinaryStl(tube));
    await importMesh(input, database);
    change(database, 'PRAGMA foreign_keys = OFF; UPDATE triangles SET b = 10052 WHERE id = 15000');
    const failed = exportMesh(database, output, { threads: 2 });
    await expect(failed).rejects.toThrow(DatabaseError);
    await expect(failed).rejects.toThrow(/the corner 10052; expected the id of a vertex, 0 to 10051/);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it.each([
    ['vertices', 1, /vertex ids are not dense/],
    ['triangles', 12, /triangle id \d+; expected one from \d+ to 2\^53 - 1/],
  ])('refuses pages of %s that are %d places off', async (table, places, message) => {
    const { input, database, output } = setUp(toBinaryStl(tube));
    await importMesh(input, database);
    rotateLeaves(database, table, places);
    const failed = exportMesh(database, output, { threads: 2 });
    await expect(failed).rejects.toThrow(DatabaseError);
    await expect(failed).rejects.toThrow(message);
  });
});
