/**
 * Covers: formats/parquet/column, formats/parquet/text-column, formats/parquet/runs, formats/parquet/options,
 * formats/parquet/tables, formats/parquet/table-file, formats/parquet/more-columns, io/compression/compress-block.
 */
import { describe, expect, it } from 'vitest';
import { IntegerColumn } from '../../../src/formats/parquet/column.js';
import { Runs } from '../../../src/formats/parquet/runs.js';
import { groupRows } from '../../../src/formats/parquet/table-file.js';
import { parquetWriter } from '../../../src/formats/parquet/writer.js';
import type { WriteOptions } from '../../../src/formats/writer.js';
import { ROW_GROUP_ROWS } from '../../../src/memory.js';
import type { PartChange, Warning } from '../../../src/mesh.js';
import { readFooter, readParquet } from '../../support/parquet.js';
import { type OffMesh, selectFrom } from '../../support/written-off.js';

const mesh: OffMesh = {
  precision: 'float64',
  positions: [
    [0, -0, 1e-320],
    [0.1, 1.7976931348623157e308, -1],
    [1 / 3, 2, 3],
    [-5, 0.30000000000000004, 7],
  ],
  triangles: [
    [0, 1, 2],
    [2, 1, 3],
    [0, 0, 3],
  ],
};
const rich: OffMesh = {
  ...mesh,
  colors: [[0, 0.5, 1, 1], undefined, [1, 1, 1, Number.NaN], [0.2, 0.4, 0.6, 0.8]],
  normals: [undefined, [0, 0, 1], [-0, 1, 0], [Number.POSITIVE_INFINITY, 0, 0]],
  faceColors: [[1, 0, 0, 1], undefined, [0, 1, 0, 0.5]],
};

/** Writes a mesh; the result has the bytes of each table, and those of a single file under `file`. */
function write(from: OffMesh, options: WriteOptions = {}, batch?: number) {
  const warnings: Warning[] = [];
  const parts: Record<string, Uint8Array[]> = {};
  const selection = selectFrom(from, options, batch);
  let rows = 0;
  for (const chunk of parquetWriter.write(selection, options, (warning) => warnings.push(warning))) {
    expect(chunk.rows).toBeGreaterThanOrEqual(rows);
    rows = chunk.rows;
    const name = chunk.table ?? 'file';
    parts[name] = [...(parts[name] ?? []), chunk.bytes];
  }
  const { vertexCount, triangleCount } = selection;
  expect(rows).toBe(options.soup ? triangleCount : vertexCount + triangleCount);
  const files = Object.fromEntries(Object.entries(parts).map(([name, some]) => [name, Buffer.concat(some)]));
  return { ...files, warnings } as Record<'vertices' | 'triangles' | 'file', Buffer> & {
    warnings: Warning[];
  };
}

const xyz = ([x, y, z]: readonly number[]) => ({ x, y, z });

describe('written Parquet', () => {
  it.each(['zstd', 'gzip', 'none', undefined] as const)(
    'has every bit of the mesh (%s)',
    async (compress) => {
      const { vertices, triangles, warnings } = write(mesh, { compress });
      expect(await readParquet(vertices)).toEqual(
        mesh.positions.map((position, id) => ({ id, ...xyz(position) })),
      );
      expect(await readParquet(triangles)).toEqual(mesh.triangles.map(([a, b, c], id) => ({ id, a, b, c })));
      expect(warnings).toEqual([]);
      const { row_groups: groups, created_by } = readFooter(vertices);
      const codec = { zstd: 'ZSTD', gzip: 'GZIP', none: 'UNCOMPRESSED' }[compress ?? 'zstd'];
      expect(groups[0]!.columns.map(({ meta_data }) => meta_data!.codec)).toEqual(Array(4).fill(codec));
      expect(created_by).toBe('offload');
    },
  );

  it('declares required 64-bit columns', () => {
    const { vertices, triangles } = write(mesh);
    const typesOf = (file: Buffer) =>
      readFooter(file)
        .schema.slice(1)
        .map(({ name, type, repetition_type }) => `${name} ${type} ${repetition_type}`);
    expect(typesOf(vertices)).toEqual([
      'id INT64 REQUIRED',
      'x DOUBLE REQUIRED',
      'y DOUBLE REQUIRED',
      'z DOUBLE REQUIRED',
    ]);
    expect(typesOf(triangles)).toEqual(['id', 'a', 'b', 'c'].map((name) => `${name} INT64 REQUIRED`));
  });

  it('writes one file of corners as soup', async () => {
    const { file } = write(mesh, { soup: true });
    expect(await readParquet(file)).toEqual(
      mesh.triangles.map((corners, triangle) => {
        const [ax, ay, az, bx, by, bz, cx, cy, cz] = corners.flatMap((corner) => mesh.positions[corner]!);
        return { triangle, ax, ay, az, bx, by, bz, cx, cy, cz };
      }),
    );
  });

  it('has colors and normals on request, NULL where there is none', async () => {
    const { vertices, triangles } = write(rich, { colors: true, normals: true });
    const rows = await readParquet(vertices);
    expect(rows[0]).toMatchObject({ nx: null, ny: null, nz: null, red: 0, green: 0.5, blue: 1, alpha: 1 });
    expect(rows[1]).toMatchObject({ nz: 1, red: null, green: null, blue: null, alpha: null });
    expect(rows[2]).toMatchObject({ nx: -0, red: 1, alpha: null });
    expect(rows[3]).toMatchObject({ nx: Number.POSITIVE_INFINITY, red: 0.2 });
    expect(await readParquet(triangles)).toEqual([
      { id: 0, a: 0, b: 1, c: 2, red: 1, green: 0, blue: 0, alpha: 1 },
      { id: 1, a: 2, b: 1, c: 3, red: null, green: null, blue: null, alpha: null },
      { id: 2, a: 0, b: 0, c: 3, red: 0, green: 1, blue: 0, alpha: 0.5 },
    ]);
    const plain = write(rich);
    expect(Object.keys((await readParquet(plain.vertices))[0]!)).toEqual(['id', 'x', 'y', 'z']);
    expect(write(mesh, { colors: true, normals: true }).warnings.map(({ kind }) => kind)).toEqual([
      'parquet-no-colors',
      'parquet-no-normals',
    ]);
  });

  it('names the parts of triangles, NULL outside of any', async () => {
    const changes: PartChange[] = [
      { at: 1, partKind: 'object', name: 'wheel' },
      { at: 2, partKind: 'group', name: 'spokes' },
      { at: 2, partKind: 'material', name: 'Stahl, weiß' },
      { at: 4, partKind: 'object', name: undefined },
      { at: 5, partKind: 'solid', name: '' },
    ];
    const triangles = Array.from({ length: 6 }, () => [0, 1, 2]);
    const parts = { ...mesh, triangles, parts: changes };
    for (const options of [{}, { soup: true }]) {
      for (const batch of [1, 4, 100]) {
        const written = write(parts, { ...options, columns: ['part', 'material'] }, batch);
        const rows = await readParquet(written.triangles ?? written.file);
        expect(rows.map(({ part }) => part)).toEqual([null, 'wheel', 'wheel', 'wheel', 'spokes', '']);
        expect(rows.map(({ material }) => material)).toEqual([
          null,
          null,
          ...Array<string>(4).fill('Stahl, weiß'),
        ]);
      }
    }
    const none = await readParquet(write(mesh, { columns: ['material'] }).triangles);
    expect(none.map(({ material }) => material)).toEqual([null, null, null]);
  });

  it('ends a row group before its names take too much memory', async () => {
    const count = 3000;
    const triangles = Array.from({ length: count }, () => [0, 1, 2]);
    const nameOf = (at: number) => `${at}`.padEnd(4096, 'x');
    const changes: PartChange[] = triangles.map((_, at) => ({ at, partKind: 'solid', name: nameOf(at) }));
    const { triangles: file } = write({ ...mesh, triangles, parts: changes }, { columns: ['part'] });
    expect(readFooter(file).row_groups).toHaveLength(3);
    const rows = await readParquet(file);
    expect(rows.map(({ part }) => part)).toEqual(changes.map(({ name }) => name));
  });

  it('has row groups of bounded size with the bounds of their values, whatever the batches', async () => {
    const count = ROW_GROUP_ROWS + 1000;
    const positions = Array.from({ length: 1000 }, (_, k) => [k - 500, 0, -k]);
    const triangles = Array.from({ length: count }, (_, k) => [k % 7, 999 - (k % 5), (k + 1) % 11]);
    const large: OffMesh = { precision: 'float64', positions, triangles };
    const { triangles: file, vertices } = write(large);
    expect(write(large, {}, 999).triangles.equals(file)).toBe(true);
    const { row_groups: groups, num_rows } = readFooter(file);
    expect(num_rows).toBe(BigInt(count));
    expect(groups.map(({ num_rows }) => Number(num_rows))).toEqual([ROW_GROUP_ROWS, 1000]);
    const boundsOf = (bytes: Buffer, group: number) =>
      readFooter(bytes).row_groups[group]!.columns.map(({ meta_data }) => {
        const { min_value, max_value, null_count } = meta_data!.statistics!;
        return [min_value, max_value, null_count];
      });
    expect(boundsOf(file, 1)).toEqual([
      [BigInt(ROW_GROUP_ROWS), BigInt(count - 1), 0n],
      [0n, 6n, 0n],
      [995n, 999n, 0n],
      [0n, 10n, 0n],
    ]);
    expect(boundsOf(vertices, 0).slice(1)).toEqual([
      [-500, 499, 0n],
      [-0, 0, 0n],
      [-999, 0, 0n],
    ]);
    const rows = await readParquet(file);
    expect(rows.map(({ a, b, c }) => [a, b, c])).toEqual(triangles);
    expect(rows.at(-1)!.id).toBe(count - 1);
    expect(groupRows(4)).toBe(ROW_GROUP_ROWS);
    expect(groupRows(40)).toBeLessThan(ROW_GROUP_ROWS / 4);
  });

  it('writes a mesh without triangles', async () => {
    const empty: OffMesh = { precision: 'float32', positions: [], triangles: [] };
    for (const options of [{}, { columns: ['part', 'area'] }]) {
      const { vertices, triangles } = write(empty, options);
      expect(await readParquet(vertices)).toEqual([]);
      expect(await readParquet(triangles)).toEqual([]);
    }
    expect(await readParquet(write(empty, { soup: true }).file)).toEqual([]);
  });

  it('forecasts its size without compression', () => {
    const positions = Array.from({ length: 5000 }, (_, k) => [k, 0, 0]);
    const triangles = Array.from({ length: 9000 }, (_, k) => [0, k % 5000, 1]);
    const plain: OffMesh = { precision: 'float64', positions, triangles };
    for (const soup of [false, true]) {
      const options = { soup, compress: 'none' } as const;
      const written = write(plain, options);
      const bytes = soup ? written.file.length : written.vertices.length + written.triangles.length;
      expect(bytes / parquetWriter.expectBytes(selectFrom(plain, options), options)).toBeCloseTo(1, 1);
    }
  });
});

describe('a column of integers', () => {
  it('holds all ids that a number holds', () => {
    const ids = [0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 45 + 7, Number.MAX_SAFE_INTEGER];
    const column = new IntegerColumn('id', 20);
    column.add(Float64Array.from(ids), 1, 0, 0, ids.length);
    column.addRange(2 ** 32 - 2, 4);
    const { bytes, bounds } = column.values();
    const values = [...new BigInt64Array(bytes.slice().buffer)].map(Number);
    expect(values).toEqual([...ids, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1]);
    expect(bounds).toEqual({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) });
  });
});

describe('runs', () => {
  it('are lengths as varints, and values of as many bytes as they need', () => {
    const runs = new Runs();
    runs.add(1, 3);
    runs.add(1, 2);
    runs.add(0x1234, 64);
    runs.add(0, 70_000);
    expect([...runs.pack(2)]).toEqual([10, 1, 0, 0x80, 1, 0x34, 0x12, 0xe0, 0xc5, 0x08, 0, 0]);
    expect([...runs.packAfterLength(2)].slice(0, 5)).toEqual([12, 0, 0, 0, 10]);
    expect(runs.count).toBe(70_069);
    runs.clear();
    expect(runs.pack(1)).toHaveLength(0);
    for (let k = 0; k < 1000; k++) runs.add(k & 1, 1);
    expect(runs.pack(1)).toHaveLength(2000);
  });
});
