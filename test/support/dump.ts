/** What is in a database. */
import Database from 'better-sqlite3';
import { expect } from 'vitest';

/** Whether SQLite finds nothing wrong with a file. */
export function isSound(path: string): boolean {
  const db = new Database(path, { readonly: true });
  try {
    return db.pragma('integrity_check', { simple: true }) === 'ok';
  } catch {
    return false;
  } finally {
    db.close();
  }
}

/** All rows of all tables; the time of an import is another one each time. */
export function dump(database: string): Record<string, unknown[]> {
  expect(isSound(database)).toBe(true);
  const db = new Database(database, { readonly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all() as string[];
  const rows = tables.map((table) => {
    const all = db.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[];
    return [table, all.map((row) => ({ ...row, imported: 0 }))] as const;
  });
  db.close();
  return Object.fromEntries(rows);
}
