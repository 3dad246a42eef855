import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { importMesh } from '../../src/index.js';
import { writePillow } from '../bench/encode.js';
import { sizePillow } from '../bench/generate.js';

/** CPU time of a view may be this many times that of reading all corners once; the slowest needs about ten times. */
const SCANS_MAX = 40;
/** Ten times the triangles may take this many times as long; a quadratic view takes a hundred times. */
const GROWTH_MAX = 30;
/** Times below this are noise, in seconds. */
const MEASURABLE = 0.01;

const SMALL = 10_000;
const LARGE = 10 * SMALL;
/** Triangles of a part. */
const PART = 25;

const databases = new Map<number, Database.Database>();

async function importPillow(folder: string, triangles: number): Promise<Database.Database> {
  const [source, path] = [join(folder, 'in.stl'), join(folder, `${triangles}.db`)];
  writePillow(source, sizePillow(triangles), 'stl', 'grid');
  await importMesh(source, path);
  const db = new Database(path);
  db.exec(`INSERT INTO parts SELECT id / ${PART}, 'part', 'solid' FROM triangles WHERE id % ${PART} = 0;
    INSERT INTO part_runs SELECT id, id, ${PART} * id, ${PART} * id + ${PART - 1} FROM parts`);
  return db;
}

/** CPU seconds of reading all rows of a view. */
function measure(triangles: number, view: string): number {
  const rows = databases.get(triangles)!.prepare(`SELECT * FROM ${view}`).raw().iterate();
  const before = process.cpuUsage();
  for (const _ of rows);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const VIEWS = [
  'boundary_edges',
  'degenerate_triangles',
  'duplicate_triangles',
  'edges',
  'half_edges',
  'misoriented_edges',
  'non_manifold_edges',
  'non_manifold_vertices',
  'part_bounds',
  'part_triangles',
  'source_bounds',
  'source_runs',
  'triangle_corners',
  'triangle_measures',
  'unreferenced_vertices',
  'vertex_degrees',
];

describe('the cost of views', () => {
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offload-test-'));
    for (const triangles of [SMALL, LARGE]) databases.set(triangles, await importPillow(folder, triangles));
    return () => {
      for (const db of databases.values()) db.close();
      rmSync(folder, { recursive: true, force: true });
    };
  });

  it('is measured for every view', () => {
    const sql = "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name";
    expect(databases.get(SMALL)!.prepare(sql).pluck().all()).toEqual(VIEWS);
  });

  it.each(VIEWS)('of %s grows linearly with the mesh', (view) => {
    const scan = measure(SMALL, 'triangle_corners');
    const small = measure(SMALL, view);
    expect(small, 'seconds for the small mesh').toBeLessThan(SCANS_MAX * Math.max(scan, MEASURABLE));
    const large = measure(LARGE, view);
    expect(large, 'seconds for the large mesh').toBeLessThan(GROWTH_MAX * Math.max(small, MEASURABLE));
  });
});
