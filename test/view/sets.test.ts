/**
 * Covers: view/shown-filter, view/wire/shown-filter, view/jobs/set-job, view/routes/sets, view/routes/tiles/classes,
 * view/routes/filters.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../src/collections/id-set.js';
import { MeshDatabase } from '../../src/database/mesh-database.js';
import type { TriangleFilter } from '../../src/filter/triangle-filter.js';
import { selectMesh } from '../../src/pipeline/select-mesh.js';
import { TileReader } from '../../src/tiles/tile-reader.js';
import { SetStore } from '../../src/view/sets.js';
import type { ErrorAnswer, FilterLine, SetAnswer } from '../../src/view/wire/messages.js';
import { runCli } from '../support/cli.js';
import { makeTube } from '../support/meshes.js';
import { runs } from '../support/runs.js';
import { databaseOf, type OpenView, openView, type Reply } from '../support/views.js';

const parse = <T>({ body }: Reply): T => JSON.parse(body.toString()) as T;

async function post(view: OpenView, filter: unknown): Promise<Reply> {
  const body = JSON.stringify(filter);
  return view.ask('/api/sets', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

async function find(view: OpenView, filter: unknown): Promise<SetAnswer> {
  const reply = await post(view, filter);
  expect(reply.status, reply.body.toString()).toBe(200);
  return parse(reply);
}

/** The ids that an export selects. */
async function exportIds(path: string, filter: TriangleFilter): Promise<number[]> {
  const db = MeshDatabase.open(path);
  const selected = await selectMesh(db, db.rows(), { filter }, { output: path, threads: 1 });
  const { triangles } = selected.map;
  const ids = triangles === undefined ? undefined : [...IdSet.attach(triangles).members()];
  const all = Array.from({ length: db.countTriangles() }, (_, id) => id);
  await selected.close();
  db.close();
  return ids ?? all;
}

/** Random conditions on the tube. */
const conditions: fc.Arbitrary<TriangleFilter> = fc.record(
  {
    where: fc.constantFrom(['area > 0.02'], ['id % 7 = 3'], ['max_z < 0.4', 'min_x > -0.2'], ['id = 500']),
    sql: fc.constantFrom(['SELECT id FROM triangles WHERE id BETWEEN 100 AND 700']),
    shapes: fc.constantFrom([{ kind: 'sphere', center: [0, 0, 0], radius: 1, touching: true }] as const),
    sample: fc.record({ share: fc.constantFrom(0.1, 0.5, 1), seed: fc.nat(9) }),
    limit: fc.constantFrom(1, 50, 400),
  },
  { requiredKeys: [] },
);

describe('the sets of a view', () => {
  it('marks exactly the triangles of the export, at every level', async () => {
    const path = await databaseOf(undefined, { leafTriangles: 100 });
    const view = await openView(path);
    const db = MeshDatabase.open(path);
    const tiles = db.ask((connection) => TileReader.open(connection))!;
    await fc.assert(
      fc.asyncProperty(conditions, async (filter) => {
        const ids = new Set(await exportIds(path, filter));
        const { id, triangles, version, bounds, removedBy } = await find(view, filter);
        expect(triangles).toBe(ids.size);
        expect(bounds === null).toBe(ids.size === 0);
        if (ids.size > 0) expect(removedBy).toEqual([]);
        const leaves = [...tiles.listNodes()].flatMap((node) => {
          const slots = tiles.ids(node);
          return slots === undefined ? [] : [{ node, slots: [...slots] }];
        });
        const inSlots = leaves.flatMap(({ slots }) => slots);
        for (const node of tiles.listNodes()) {
          const { status, body } = await view.ask(`/api/tiles/${node.id}/classes?set=${id}&v=${version}`);
          expect(status).toBe(200);
          const mesh = tiles.mesh(node);
          if (mesh.isLeaf) {
            const members = inSlots.slice(node.first, node.first + node.count).map((one) => ids.has(one));
            expect([...body]).toEqual(members.map((isMember) => (isMember ? 255 : 0)));
            continue;
          }
          let slot = node.first;
          const expected = Array.from(mesh.slots, (some) => {
            const members = inSlots.slice(slot, slot + some).filter((one) => ids.has(one)).length;
            slot += some;
            return some === 0 ? 0 : Math.ceil((255 * members) / some);
          });
          expect([...body]).toEqual(expected);
        }
      }),
      { numRuns: runs(3, 6) },
    );
    db.close();
  }, 120_000);

  it('gives the box of a triangle', async () => {
    const triangles = [...makeTube(40, 12)];
    const view = await openView(await databaseOf(triangles));
    const { bounds } = await find(view, { where: ['id = 17'] });
    const corners = triangles[17]!.flat().map(Math.fround);
    for (const axis of [0, 1, 2]) {
      const values = [0, 1, 2].map((corner) => corners[3 * corner + axis]!);
      expect([bounds!.min[axis], bounds!.max[axis]]).toEqual([Math.min(...values), Math.max(...values)]);
    }
  });

  it('names the condition that leaves nothing', async () => {
    const view = await openView(await databaseOf());
    const some = await find(view, { where: ['id < 10', 'area > 1e9'] });
    expect(some).toMatchObject({ triangles: 0, bounds: null });
    expect(some.removedBy).toEqual([{ name: 'where', index: 1, left: 10 }]);
    const both = await find(view, { where: ['id < 5', 'id > 8'] });
    expect(both.removedBy).toEqual([
      { name: 'where', index: 0, left: 984 - 9 },
      { name: 'where', index: 1, left: 5 },
    ]);
    const several = await find(view, { where: ['area > 1e9'], sql: ['SELECT id FROM triangles WHERE 0'] });
    expect(several.removedBy).toEqual([
      { name: 'where', index: 0, left: 0 },
      { name: 'sql', index: 0, left: 0 },
    ]);
  });

  it('takes saved filters by their names', async () => {
    const path = await databaseOf();
    await runCli(['filter', 'save', path, 'low ids', '--where', 'id < 100']);
    const view = await openView(path);
    const saved = parse<FilterLine[]>(await view.ask('/api/filters'));
    expect(saved).toMatchObject([{ name: 'low ids', filter: { where: ['id < 100'] } }]);
    expect(await find(view, { saved: ['low ids'], where: ['id % 2 = 0'] })).toMatchObject({ triangles: 50 });
    const unknown = parse<ErrorAnswer>(await post(view, { saved: ['low id'] }));
    expect(unknown).toMatchObject({ code: 'NOT_IN_MESH', hint: expect.stringContaining('low ids') });
  });

  it('refuses what is no filter, and SQL that does more than select', async () => {
    const view = await openView(await databaseOf());
    const refused: readonly (readonly [filter: unknown, code: string])[] = [
      [[], 'USAGE'],
      [{ what: 1 }, 'USAGE'],
      [{ where: 'area > 1' }, 'USAGE'],
      [{ limit: -1 }, 'USAGE'],
      [[1], 'USAGE'],
      [{ shapes: [{ kind: 'cone' }] }, 'USAGE'],
      [{ sample: 1 }, 'USAGE'],
      [{ shapes: [{ kind: 'box', min: [1, 0, 0], max: [0, 1, 1], touching: false }] }, 'USAGE'],
      [{ where: ['aria > 1'] }, 'SQL_INVALID'],
      [{ where: ['area >'] }, 'SQL_INVALID'],
      [{ where: ['1); DROP TABLE triangles; --'] }, 'SQL_INVALID'],
      [{ sql: ["ATTACH 'other.db' AS other"] }, 'SQL_INVALID'],
      [{ sql: ['DELETE FROM triangles RETURNING id'] }, 'SQL_INVALID'],
      [{ sql: ['WITH gone AS (SELECT 1) DELETE FROM triangles RETURNING id'] }, 'SQL_INVALID'],
      [{ sql: ['PRAGMA writable_schema = 1'] }, 'SQL_INVALID'],
      [{ sql: ["SELECT load_extension('x')"] }, 'SQL_INVALID'],
      [{ sql: ['SELECT 1e9'] }, 'SQL_INVALID'],
      [{ parts: ['wheel'] }, 'NOT_IN_MESH'],
    ];
    for (const [filter, code] of refused) {
      const reply = await post(view, filter);
      const answer = { status: reply.status, ...parse<ErrorAnswer>(reply) };
      expect(answer, JSON.stringify(filter)).toMatchObject({ status: 400, code });
    }
    expect(parse<{ triangles: number }>(await view.ask('/api/mesh')).triangles).toBe(984);
  }, 60_000);

  it('suggests the column that was meant', async () => {
    const view = await openView(await databaseOf());
    const error = parse<ErrorAnswer>(await post(view, { where: ['aria > 1'] }));
    expect(error).toMatchObject({ option: 'filter.where', hint: expect.stringContaining('area') });
  });

  it('ends endless queries at the time limit, and when the page gives up', async () => {
    const endless = {
      sql: ['WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n'],
    };
    const view = await openView(await databaseOf(), { timeLimitMs: 1000 });
    const reply = await post(view, endless);
    expect({ status: reply.status, ...parse<ErrorAnswer>(reply) }).toMatchObject({
      status: 408,
      code: 'TIME_LIMIT',
    });
    const slow = await openView(await databaseOf(), { timeLimitMs: 600_000 });
    const asking = fetch(`http://127.0.0.1:${slow.server.port}/api/sets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${slow.server.token}` },
      body: JSON.stringify(endless),
      signal: AbortSignal.timeout(1000),
    });
    await expect(asking).rejects.toThrow();
    // The next one does not wait for it.
    expect(await find(slow, { where: ['id < 3'] })).toMatchObject({ triangles: 3 });
  }, 60_000);

  it('ends queries that exceed their memory', async () => {
    const view = await openView(await databaseOf(), { memoryBytes: 192 * 2 ** 20 });
    const sql = [
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 900)
        SELECT length(group_concat(printf('%1000000d', i))) FROM n`,
    ];
    const reply = await post(view, { sql });
    expect({ status: reply.status, ...parse<ErrorAnswer>(reply) }).toMatchObject({
      status: 400,
      code: 'MEMORY_TOO_SMALL',
      message: 'the filter exceeded its memory',
    });
  }, 60_000);

  it('forgets sets that are unused, and says so', async () => {
    const view = await openView(await databaseOf());
    const { id } = await find(view, { where: ['id < 3'] });
    expect((await view.ask(`/api/tiles/0/classes?set=${id}`)).status).toBe(200);
    const gone = await view.ask('/api/tiles/0/classes?set=0123456789abcdef');
    expect({ status: gone.status, ...parse<ErrorAnswer>(gone) }).toMatchObject({
      status: 404,
      code: 'SET_GONE',
    });
    expect((await view.ask('/api/tiles/0/classes')).status).toBe(404);
    expect((await view.ask(`/api/tiles/99999/classes?set=${id}`)).status).toBe(404);
  });
});

describe('a store of sets', () => {
  const slotsOf = (range: number) => {
    const slots = IdSet.create(range);
    slots.seal();
    return slots;
  };

  it('keeps what was used last within its bytes, and refuses what never fits', () => {
    const store = new SetStore(3 * IdSet.bytesOf(10_000));
    const [a, b, c] = [0, 1, 2].map(() => store.keep('v', slotsOf(10_000)).id);
    store.get(a!, 'v');
    store.keep('v', slotsOf(10_000));
    expect(() => store.get(b!, 'v')).toThrow('is gone');
    expect(store.get(a!, 'v').slots.range).toBe(10_000);
    expect(store.get(c!, 'v').id).toBe(c);
    expect(() => store.get(a!, 'w')).toThrow('is gone');
    expect(() => store.keep('v', slotsOf(40_000))).toThrow(/takes 7\.\d+ kB; expected at most/);
  });
});
