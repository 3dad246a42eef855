/** Covers: database/build/open-for-building. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { makeEmpty, readEmptyFacts, TABLES, writeEmpty } from '../../../src/database/build/empty-database.js';
import { schemaVersion } from '../../../src/database/migrate.js';

const folder = mkdtempSync(join(tmpdir(), 'offload-empty-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([false, true])('an empty database, with the unique index: %s', (hasIndex) => {
  it('is what the migrations make, byte by byte', () => {
    const path = join(folder, `${hasIndex}.db`);
    const facts = writeEmpty(path, 'create', hasIndex);
    const made = makeEmpty(hasIndex);
    expect(readFileSync(path).equals(made.bytes)).toBe(true);
    expect(facts).toEqual(made.facts);
    expect(readEmptyFacts(hasIndex)).toEqual(made.facts);
  });

  it('has the tables of this version, without rows', () => {
    const path = join(folder, `${hasIndex}-tables.db`);
    const { roots, names, indexRoot } = writeEmpty(path, 'create', hasIndex);
    const db = new Database(path, { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(schemaVersion());
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(roots.map(([name]) => name).sort()).toEqual([...TABLES].sort());
    for (const name of TABLES) {
      expect(db.prepare(`SELECT count(*) FROM ${name}`).pluck().get(), name).toBe(0);
    }
    const find = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'vertices_position'").pluck();
    expect(indexRoot).toBe(find.get() ?? null);
    expect([names.includes('vertices_position'), indexRoot !== null]).toEqual([hasIndex, hasIndex]);
    db.close();
  });
});
