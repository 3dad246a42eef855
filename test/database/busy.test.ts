/** Covers: database/mesh-update. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { whileBusy } from '../../src/database/busy.js';
import { MeshUpdate } from '../../src/database/mesh-update.js';
import { DatabaseError, exportMesh, importMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';

let folder: string;
let database: string;

beforeEach(async () => {
  folder = freshFolder();
  database = join(folder, 'mesh.db');
  writeFileSync(join(folder, 'in.raw'), '0 0 0 1 0 0 0 1 0\n1 0 0 1 1 0 0 1 0\n');
  await importMesh(join(folder, 'in.raw'), database);
});

const HELD_MS = 300;

/** Another program, as it were, that is in a transaction for a while. */
async function hold(begin: string, after = HELD_MS): Promise<void> {
  const other = new Database(database, { timeout: 0 });
  other.exec(begin);
  await new Promise((resolve) => setTimeout(resolve, after));
  other.close();
}

const save = (update: MeshUpdate, name: string) =>
  update.run((db) => db.prepare("INSERT INTO filters VALUES (?, '{}', '')").run(name));

describe('a database that other programs use', () => {
  it('is written after their write', async () => {
    const holding = hold('BEGIN IMMEDIATE');
    const began = performance.now();
    const update = await MeshUpdate.open(database);
    expect(performance.now() - began).toBeGreaterThan(HELD_MS / 2);
    save(update, 'one');
    await update.commit();
    update.close();
    await holding;
  });

  it('is committed after their read', async () => {
    const update = await MeshUpdate.open(database);
    save(update, 'one');
    const holding = hold('BEGIN; SELECT count(*) FROM vertices');
    const reader = new Database(database);
    const rows = reader.prepare('SELECT id FROM vertices').iterate();
    rows.next();
    setTimeout(() => {
      rows.return!();
      reader.close();
    }, HELD_MS);
    const began = performance.now();
    await update.commit();
    expect(performance.now() - began).toBeGreaterThan(HELD_MS / 2);
    update.close();
    await holding;
  });

  it('is written by one program at a time', async () => {
    const names = ['one', 'two', 'three', 'four'];
    await Promise.all(
      names.map(async (name) => {
        const update = await MeshUpdate.open(database);
        save(update, name);
        await new Promise((resolve) => setTimeout(resolve, 20));
        await update.commit();
        update.close();
      }),
    );
    const db = new Database(database, { readonly: true });
    expect(db.prepare('SELECT name FROM filters').pluck().all().sort()).toEqual(names.sort());
    db.close();
  });

  it('has its components computed once, by any number of programs', async () => {
    const filter = { components: [{ kind: 'largest' as const }] };
    const outputs = ['a.off', 'b.off', 'c.off'].map((name) => join(folder, name));
    const results = await Promise.all(outputs.map((output) => exportMesh(database, output, { filter })));
    expect(results.map(({ triangles }) => triangles)).toEqual([2, 2, 2]);
  });

  it('is waited for until a signal aborts', async () => {
    let isHeld = true;
    const holding = hold('BEGIN IMMEDIATE', 2 * HELD_MS).finally(() => {
      isHeld = false;
    });
    await expect(MeshUpdate.open(database, AbortSignal.timeout(HELD_MS / 3))).rejects.toThrow(/timeout/);
    expect(isHeld).toBe(true);
    await holding;
  });

  it('is reported as busy after a timeout', async () => {
    const other = new Database(database);
    other.exec('BEGIN IMMEDIATE');
    const db = new Database(database, { timeout: 0 });
    const began = performance.now();
    await expect(whileBusy(() => db.exec('BEGIN IMMEDIATE'), { waitMs: 200 })).rejects.toThrow(/locked/);
    expect(performance.now() - began).toBeGreaterThan(150);
    await expect(whileBusy(() => db.exec('nonsense'))).rejects.toThrow(/syntax/);
    db.close();
    const slow = MeshUpdate.open(database);
    await expect(slow).rejects.toThrow(DatabaseError);
    await expect(slow).rejects.toThrow(/another program is writing to it/);
    other.close();
  });
});
