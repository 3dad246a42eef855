/** Covers: pipeline/scan/scan-corners, pipeline/threads/roles/scan-role, pipeline/threads/scan-threads. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../../src/collections/id-set.js';
import { SpillFiles } from '../../../src/collections/spill-file.js';
import { importMesh, MeshDatabase } from '../../../src/index.js';
import { Pace } from '../../../src/pipeline/run/pace.js';
import { MeshScan } from '../../../src/pipeline/scan/scan-mesh.js';
import { ThreadPool } from '../../../src/pipeline/threads/thread.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, writeBinaryStl } from '../../support/meshes.js';

/** More than the scan looks at before it gives up pages: 160,000 triangles and 80,400 vertices. */
const RINGS = 400;
const SIDES = 200;
const BOX = { kind: 'box', min: [-1e9, 0, -1e9], max: [1e9, 1e9, 1e9], touching: false } as const;

interface Found {
  readonly triangles: number[];
  readonly vertices: number[];
  /** The bounds that the scan found, if it was to, and those of the vertices. */
  readonly bounds: number[] | undefined;
  readonly ofVertices: number[];
  readonly notes: string[];
}

async function scan(
  database: string,
  threads: number,
  positionsBytes: number,
  { every = 1, findsBounds = false } = {},
): Promise<Found> {
  const folder = freshFolder();
  const notes: string[] = [];
  const db = MeshDatabase.open(database);
  const pool = new ThreadPool();
  const files = new SpillFiles(join(folder, 'spill'));
  try {
    const rows = db.rows();
    const candidates = every === 1 ? undefined : IdSet.create(rows.triangleRange);
    for (let id = 0; id < rows.triangleRange; id += every) candidates?.add(id);
    candidates?.seal();
    const triangles = IdSet.create(rows.triangleRange);
    const vertices = IdSet.create(rows.vertexRange);
    const options = { threads, positionsBytes, onNote: (note: string) => notes.push(note) };
    const sets = { candidates, triangles, vertices };
    const meshScan = new MeshScan(rows, pool, files, new Pace(rows, {}), options);
    const found = await meshScan.run({ expressions: [], shapes: [BOX], findsBounds }, sets);
    expect(readdirSync(folder)).toEqual([]);
    const members = [...vertices.members()];
    return {
      triangles: [...triangles.members()],
      vertices: members,
      bounds: found && [...found],
      ofVertices: boundsOf(db, new Set(members)),
      notes,
    };
  } finally {
    await pool.stop();
    files.remove();
    db.close();
  }
}

/** The bounds of some vertices, by SQL. */
function boundsOf(db: MeshDatabase, ids: ReadonlySet<number>): number[] {
  const bounds = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
  for (const { id, ...place } of db.select<Record<'id' | 'x' | 'y' | 'z', number>>(
    'SELECT id, x, y, z FROM vertices',
  )) {
    if (!ids.has(id)) continue;
    for (const [axis, value] of [place.x, place.y, place.z].entries()) {
      bounds[axis] = Math.min(bounds[axis]!, value);
      bounds[3 + axis] = Math.max(bounds[3 + axis]!, value);
    }
  }
  return bounds;
}

describe('MeshScan', () => {
  /** The triangles of a tube, in the order of places or in none. */
  async function importTube(name: string, isScattered: boolean): Promise<string> {
    const folder = freshFolder();
    const tube = Array.from(makeTube(RINGS, SIDES), (corners) => [...corners]);
    // A step that has no factor with the count visits each triangle once.
    const order = tube.map((_, k) => (isScattered ? (k * 61_843) % tube.length : k));
    const input = join(folder, `${name}.stl`);
    writeBinaryStl(
      input,
      order.map((k) => tube[k]!),
      tube.length,
    );
    const database = join(folder, `${name}.db`);
    const { triangles } = await importMesh(input, database);
    expect(triangles).toBe(tube.length);
    return database;
  }

  const MUCH = 2 ** 26;
  /** For a few blocks of positions. */
  const LITTLE = 100_000;

  it.each([0, 2])(
    'finds the same in no order of place with little memory, in %i threads',
    async (threads) => {
      const database = await importTube('scattered', true);
      const known = await scan(database, threads, MUCH);
      expect(known.triangles.length).toBeGreaterThan(10_000);
      expect(known.notes).toEqual([]);
      const found = await scan(database, threads, LITTLE);
      expect(found.notes).toEqual(['triangles are in no spatial order: positions are looked up in sequence']);
      expect(found.triangles).toEqual(known.triangles);
      expect(found.vertices).toEqual(known.vertices);
      const bounded = await scan(database, threads, LITTLE, { findsBounds: true });
      expect(bounded.triangles).toEqual(known.triangles);
      expect(bounded.bounds).toEqual(known.ofVertices);
      expect(bounded.vertices).toEqual([]);
    },
  );

  it('does so for some of the triangles', async () => {
    const database = await importTube('scattered', true);
    const known = await scan(database, 0, MUCH, { every: 2 });
    const found = await scan(database, 0, LITTLE, { every: 2 });
    expect(found.notes).toHaveLength(1);
    expect(found.triangles).toEqual(known.triangles);
    expect(found.triangles.every((id) => id % 2 === 0)).toBe(true);
  });

  it('keeps reading pages if neighbors are close together', async () => {
    const database = await importTube('in-order', false);
    const found = await scan(database, 0, LITTLE);
    expect(found.notes).toEqual([]);
    const bounded = await scan(database, 2, MUCH, { findsBounds: true });
    expect(bounded.triangles).toEqual(found.triangles);
    expect(bounded.bounds).toEqual(found.ofVertices);
  });
});
