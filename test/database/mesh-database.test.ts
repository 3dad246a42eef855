/** Covers: database/build/mesh-load, database/build/complete-database, database/rows/row-ids, database/rows/selection, database/sql/select. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  DatabaseError,
  exportMesh,
  FileError,
  importMesh,
  locateVertex,
  MeshDatabase,
  verifyMesh,
} from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { type Corners, countTube, makeTube, toAsciiStl, toBinaryStl } from '../support/meshes.js';

const tube = [...makeTube(40, 10)];
const counts = countTube(40, 10);

async function importContent(content: Buffer | string, name = 'in.stl') {
  const folder = freshFolder();
  const input = join(folder, name);
  writeFileSync(input, content);
  const database = join(folder, 'mesh.db');
  const result = await importMesh(input, database);
  return { folder, input, database, result };
}

describe('an imported database', () => {
  it("is sound, has offload's application id and its unique index", async () => {
    const { database } = await importContent(toBinaryStl(tube));
    const db = new Database(database);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('application_id', { simple: true })).toBe(0x4f464c44);
    expect(db.pragma('user_version', { simple: true })).toBe(6);
    expect(db.pragma('foreign_key_check')).toEqual([]);
    expect(db.prepare('SELECT count(*), min(id), max(id) FROM vertices').raw().get()).toEqual([
      counts.vertices,
      0,
      counts.vertices - 1,
    ]);
    expect(() => db.exec('INSERT INTO vertices SELECT 1000000, x, y, z FROM vertices LIMIT 1')).toThrow(
      /UNIQUE/,
    );
    db.close();
  });

  it('has all but the unique index without `index`, and every verb works on it', async () => {
    const { folder, input, database } = await importContent(toBinaryStl(tube));
    const bare = join(folder, 'bare.db');
    await importMesh(input, bare, { index: false });
    const rowsOf = (path: string) => {
      const db = new Database(path, { readonly: true });
      const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'index'").pluck().all();
      const rows = ['vertices', 'triangles', 'sources', 'checkpoints', 'appearances'].map((table) =>
        db.prepare(`SELECT * FROM ${table}`).all(),
      );
      db.close();
      return { names, rows: JSON.stringify(rows).replace(/"imported":"[^"]*"/, '') };
    };
    const [complete, without] = [rowsOf(database), rowsOf(bare)];
    expect(complete.names).toContain('vertices_position');
    expect(without.names).not.toContain('vertices_position');
    expect(without.rows).toBe(complete.rows);
    expect((await verifyMesh(input, bare)).isEqual).toBe(true);
    expect(await locateVertex(bare, 7)).toEqual(await locateVertex(database, 7));
    await exportMesh(bare, join(folder, 'bare.off'));
    await exportMesh(database, join(folder, 'mesh.off'));
    expect(readFileSync(join(folder, 'bare.off'))).toEqual(readFileSync(join(folder, 'mesh.off')));
  });

  it('records its source', async () => {
    const content = toBinaryStl(tube, { header: 'COLOR=abcd' });
    const { input, database } = await importContent(content);
    const db = new Database(database);
    const source = db.prepare('SELECT * FROM sources').get() as Record<string, unknown>;
    expect(source).toMatchObject({
      path: input,
      format: 'stl',
      encoding: 'binary',
      precision: 'float32',
      size: content.length,
      triangles: counts.triangles,
      first_triangle: 0,
      last_triangle: counts.triangles - 1,
      warnings: '[]',
    });
    const totals = db.prepare('SELECT * FROM mesh').get();
    expect(totals).toMatchObject({ id: 1, vertices: counts.vertices, min_z: -3, max_z: 1 });
    const { createHash } = await import('node:crypto');
    expect(source.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect((source.header as Buffer).equals(content.subarray(0, 80))).toBe(true);
    db.close();
  });

  it('records the solids of an ASCII STL as runs of triangles', async () => {
    const text =
      toAsciiStl(tube.slice(0, 3), 'first one') + toAsciiStl([], 'empty') + toAsciiStl(tube.slice(3, 8), '');
    const { database } = await importContent(text);
    const db = MeshDatabase.open(database);
    expect(db.parts(10)).toEqual([
      { id: 0, name: 'first one', kind: 'solid', triangles: 3 },
      { id: 1, name: 'empty', kind: 'solid', triangles: 0 },
      { id: 2, name: '', kind: 'solid', triangles: 5 },
    ]);
    db.close();
    const sql = new Database(database);
    expect(sql.prepare('SELECT first, last, part FROM part_runs').raw().all()).toEqual([
      [0, 2, 0],
      [3, 7, 2],
    ]);
    sql.close();
  });

  it('keeps nonzero attribute words', async () => {
    const { database } = await importContent(
      toBinaryStl(tube, { attribute: (k) => (k % 3 === 1 ? 0x8000 + k : 0) }),
    );
    const db = new Database(database);
    const rows = db.prepare('SELECT triangle, word FROM stl_attributes').raw().all();
    expect(rows).toEqual(tube.flatMap((_, k) => (k % 3 === 1 ? [[k, 0x8000 + k]] : [])));
    db.close();
  });

  it('leads from a triangle back to its place in the source', async () => {
    const check = async (content: Buffer | string, find: (bytes: Buffer, offset: number) => unknown) => {
      const { database } = await importContent(content);
      const db = new Database(database);
      const rows = db.prepare('SELECT triangle, offset, line FROM checkpoints').all() as {
        triangle: number;
        offset: number;
        line: number;
      }[];
      expect(rows.length).toBeGreaterThan(0);
      for (const { triangle, offset, line } of rows)
        expect(find(Buffer.from(content), offset)).toEqual([triangle, line]);
      db.close();
    };
    await check(toBinaryStl(tube), (_, offset) => [(offset - 84) / 50, 0]);
    await check(toAsciiStl(tube), (bytes, offset) => {
      const before = bytes.subarray(0, offset).toString().split('\n');
      expect(bytes.toString('latin1', offset, offset + 5)).toBe('facet');
      return [(before.length - 2) / 7, before.length];
    });
  });

  it('counts degenerate triangles', async () => {
    const flat: Corners[] = [
      [0, 0, 0, 0, 0, 0, 1, 1, 1],
      [0, 0, 0, 1, 1, 1, 0, 0, 0],
      [0, 0, 0, 1, 1, 1, 2, 2, 2],
    ];
    const { result } = await importContent(toBinaryStl(flat));
    expect(result).toMatchObject({ triangles: 3, vertices: 3, degenerate: 2 });
  });

  it('exports the same OFF in WAL mode and by SELECT', async () => {
    const { folder, database } = await importContent(toBinaryStl(tube));
    await exportMesh(database, join(folder, 'plain.off'));
    const wal = join(folder, 'wal.db');
    copyFileSync(database, wal);
    const db = new Database(wal);
    db.pragma('journal_mode = WAL');
    await exportMesh(wal, join(folder, 'wal.off'));
    db.close();
    expect(readFileSync(join(folder, 'wal.off'), 'utf8')).toBe(
      readFileSync(join(folder, 'plain.off'), 'utf8'),
    );
  });
});

describe('an unusable database', () => {
  const expectRefusal = async (change: (db: Database.Database) => void, message: RegExp) => {
    const { database, folder } = await importContent(toBinaryStl(tube));
    const db = new Database(database);
    db.pragma('foreign_keys = OFF');
    change(db);
    db.close();
    const run = exportMesh(database, join(folder, 'out.off'));
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toThrow(DatabaseError);
  };

  it('is from a newer program', () =>
    expectRefusal(
      (db) => db.pragma('user_version = 7'),
      /schema version 7 is newer than this program knows \(6\)/,
    ));
  it("is not offload's", () =>
    expectRefusal((db) => db.pragma('application_id = 5'), /not an offload database/));
  it('was not finished', () =>
    expectRefusal((db) => db.exec('DELETE FROM sources'), /import was not finished/));
  it('has lost vertices', () =>
    expectRefusal((db) => db.exec('DELETE FROM vertices WHERE id = 3'), /expected dense ids from 0/));
  it('has corners without vertices', () =>
    expectRefusal((db) => db.exec('UPDATE triangles SET b = 1000000 WHERE id = 5'), /1000000/));

  it('is no database, is a folder, or is absent', async () => {
    const folder = freshFolder();
    const text = join(folder, 'text.db');
    writeFileSync(
      text,
      'not a database, though long enough to have a header of one hundred bytes '.repeat(4),
    );
    expect(() => MeshDatabase.open(text)).toThrow(DatabaseError);
    expect(() => MeshDatabase.open(text)).toThrow(/: not a database; expected one made by offload import$/);
    expect(() => MeshDatabase.open(folder)).toThrow(FileError);
    expect(() => MeshDatabase.open(join(folder, 'absent.db'))).toThrow(FileError);
    expect(() => MeshDatabase.open(join(folder, 'absent', 'absent.db'))).toThrow(FileError);
  });
});
