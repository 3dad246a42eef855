/**
 * A byte of a page changed: a filtered export notices whatever a full one does.
 *
 * Covers: database/quick-check.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { DatabaseError, exportMesh, importMesh, splitMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toAsciiStl } from '../support/meshes.js';

const PAGE = 16_384;
/** Filters that leave all triangles, by way of SQLite. */
const FILTERS = [
  { sql: ['SELECT id FROM triangles'] },
  { where: ['id & 0 = 0'] },
  { where: ['printf(ax) IS NOT NULL'] },
];

async function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  const tube = [...makeTube(24, 16)];
  writeFileSync(at('in.stl'), toAsciiStl(tube.slice(0, 300), 'one') + toAsciiStl(tube.slice(300), 'two'));
  await importMesh(at('in.stl'), at('mesh.db'));
  const whole = readFileSync(at('mesh.db'));
  const db = new Database(at('mesh.db'));
  const rootOf = (table: string) =>
    db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  const leaves = ['triangles', 'vertices'].flatMap((table) => leavesOf(whole, rootOf(table)));
  const runs = rootOf('part_runs');
  db.close();
  /** What an export writes from the database with a byte changed; undefined where it refuses that. */
  const tryExport = async (filter: (typeof FILTERS)[number] | { parts: string[] } | undefined) => {
    try {
      await exportMesh(at('damaged.db'), at('out.off'), { filter, force: true, threads: 1 } as object);
      return readFileSync(at('out.off'), 'latin1');
    } catch (error) {
      expect(error).toBeInstanceOf(DatabaseError);
      return undefined;
    }
  };
  const damage = (page: number, offset: number, value: number) => {
    const bytes = Buffer.from(whole);
    bytes[PAGE * (page - 1) + offset] = value;
    writeFileSync(at('damaged.db'), bytes);
    return bytes.equals(whole);
  };
  return { at, whole, leaves, runs, tryExport, damage };
}

/** The pages of a table's rows: its root, or the children of that. */
function leavesOf(bytes: Buffer, root: number): number[] {
  const page = bytes.subarray(PAGE * (root - 1), PAGE * root);
  if (page[0] === 13) return [root];
  const cells = Array.from({ length: page.readUInt16BE(3) }, (_, k) => page.readUInt16BE(12 + 2 * k));
  return [...cells.map((at) => page.readUInt32BE(at)), page.readUInt32BE(8)];
}

describe('a database with a byte of a leaf page changed', () => {
  it('gives an SQL filter the same triangles as a full export, or both are refused', async () => {
    const { whole, leaves, tryExport, damage } = await setUp();
    damage(1, 0, whole[0]!);
    const sound = await tryExport(undefined);
    const triangles = sound!.split(/\s+/)[2];
    const outcomes = { same: 0, other: 0, refused: 0 };
    for (let k = 0; k < 24; k++) {
      const page = leaves[k % leaves.length]!;
      const cells = whole.readUInt16BE(PAGE * (page - 1) + 3);
      // The page's header, its pointers, any of its rows.
      const offset = [k % 8, 8 + ((k * 7919) % (2 * cells)), 8 + ((k * 104_729) % (PAGE - 8))][k % 3]!;
      if (damage(page, offset, (k * 151) % 256)) continue;
      const full = await tryExport(undefined);
      for (const filter of FILTERS) {
        const filtered = await tryExport(filter);
        const what = `byte ${offset} of page ${page}: ${full?.length}, ${filtered?.length}`;
        expect(filtered === full, what).toBe(true);
      }
      if (full === undefined) outcomes.refused++;
      else if (full === sound) outcomes.same++;
      else outcomes.other++;
      if (full !== undefined) expect(full.split(/\s+/)[2]).toBe(triangles);
    }
    expect(outcomes.refused).toBeGreaterThan(7);
    // A number that has become another one is nothing that a page tells.
    expect(outcomes.other).toBeGreaterThan(0);
  });

  it('is refused if a filter or a split by part reads the damaged page', async () => {
    const { at, runs, tryExport, damage } = await setUp();
    damage(runs, 4, 1);
    expect(await tryExport({ parts: ['two'] })).toBeUndefined();
    await expect(splitMesh(at('damaged.db'), at('pieces'), { by: 'part' })).rejects.toThrow(
      /damaged: part_runs: /,
    );
    expect(await tryExport(undefined)).toBeDefined();
  });
});
