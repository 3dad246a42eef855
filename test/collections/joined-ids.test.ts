import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JoinedIds } from '../../src/collections/joined-ids.js';
import { SpillFiles } from '../../src/collections/spill-file.js';
import { freshFolder } from '../support/files.js';

describe('joined ids', () => {
  it('are those of a plain list, however many fit in memory', () => {
    const shards = fc
      .record({ vertices: fc.integer({ min: 1, max: 60 }), base: fc.constantFrom(100, 2 ** 40) })
      .chain(({ vertices, base }) =>
        fc.record({
          vertices: fc.constant(vertices),
          base: fc.constant(base),
          seams: fc.uniqueArray(fc.tuple(fc.nat(vertices - 1), fc.nat(base - 1)), {
            selector: ([vertex]) => vertex,
          }),
          corners: fc.array(fc.nat(vertices - 1), { maxLength: 90 }).map((list) => {
            return list.slice(0, 3 * Math.floor(list.length / 3));
          }),
          rows: fc.integer({ min: 1, max: 70 }),
        }),
      );
    fc.assert(
      fc.property(shards, ({ vertices, base, seams, corners, rows }) => {
        const folder = freshFolder();
        const files = new SpillFiles(join(folder, 'mesh'));
        const arenaBytes = JoinedIds.arenaBytes(vertices, 8 * rows);
        const ids = new JoinedIds(vertices, base, new ArrayBuffer(arenaBytes), files);
        for (const [vertex, id] of seams) ids.add(vertex, id);
        const known = new Map(seams);
        let next = base;
        const expected = Array.from({ length: vertices }, (_, k) => known.get(k) ?? next++);
        const found = expected.map(() => ids.next());
        expect(found).toEqual(expected);
        expect(found.map((id) => ids.isFresh(id))).toEqual(expected.map((_, k) => !known.has(k)));
        expect(ids.fresh).toBe(vertices - seams.length);

        const count = corners.length / 3;
        const batches = () => (count > 0 ? [{ count, corners: Float64Array.from(corners) }] : []);
        for (const share of ids.prepare(batches(), count)) expect(share).toBeLessThanOrEqual(1);
        const translated = [...ids.translate(batches(), count)].flatMap((batch) => [
          ...batch.corners.subarray(0, 3 * batch.count),
        ]);
        expect(translated).toEqual(corners.map((corner) => expected[corner]));
        const isSpilled = JoinedIds.spillBytes(vertices, count, arenaBytes) > 0;
        expect(readdirSync(folder).length > 0).toBe(isSpilled);
        files.remove();
        expect(readdirSync(folder)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('refuse a seam that is repeated', () => {
    for (const rows of [10, 3]) {
      const files = new SpillFiles(join(freshFolder(), 'mesh'));
      const ids = new JoinedIds(10, 100, new ArrayBuffer(8 * rows), files);
      const run = () => {
        for (const [vertex, id] of [
          [5, 1],
          [6, 2],
          [5, 3],
        ] as const)
          ids.add(vertex, id);
        for (let k = 0; k < 10; k++) ids.next();
      };
      expect(run).toThrow('vertex 5 is repeated; expected each seam once');
      files.remove();
    }
  });
});
