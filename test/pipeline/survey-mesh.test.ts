import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { importMesh, surveyMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube, shuffle, toBinaryStl } from '../support/meshes.js';

describe('surveyMesh', () => {
  it('agrees with SQL', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'in.stl'), toBinaryStl(shuffle(makeTube(60, 30))));
    const database = join(folder, 'mesh.db');
    await importMesh(join(folder, 'in.stl'), database);
    const { areas, sides, degrees, views } = await surveyMesh(database);
    const db = new Database(database, { readonly: true });
    const count = (sql: string, ...values: number[]) =>
      db
        .prepare(sql)
        .pluck()
        .get(...values) as number;
    const areaRows = areas.rows(10);
    expect(areaRows.length).toBeGreaterThan(3);
    for (const { from, to, count: some } of areaRows) {
      const end = Math.min(to, Number.MAX_VALUE);
      const sql = 'SELECT count(*) FROM triangle_measures WHERE area >= ? AND area < ?';
      expect(some).toBe(count(sql, from, end));
    }
    for (const { from, to, count: some } of sides.rows(10)) {
      const end = Math.min(to, Number.MAX_VALUE);
      const one = (side: string) =>
        count(`SELECT count(*) FROM triangle_measures WHERE ${side} >= ? AND ${side} < ?`, from, end);
      expect(some).toBe(one('ab') + one('bc') + one('ca'));
    }
    for (const [degree, some] of degrees.slice(0, 64).entries()) {
      expect(some).toBe(count('SELECT count(*) FROM vertex_degrees WHERE degree = ?', degree));
    }
    const vertices = count('SELECT count(*) FROM vertices');
    for (const view of views) expect(view.counts.reduce((sum, some) => sum + some)).toBe(vertices);
    db.close();
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });
});
