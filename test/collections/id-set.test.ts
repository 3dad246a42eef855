import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../src/collections/id-set.ts';

const RANGE = 1500;
const id = fc.nat(RANGE - 1);
const range = fc.tuple(id, fc.nat(RANGE + 50)).map(([x, y]) => [Math.min(x, y), Math.max(x, y)] as const);

describe('an id set', () => {
  it('agrees with a plain Set', () => {
    fc.assert(
      fc.property(
        fc.array(id, { maxLength: 200 }),
        fc.array(range, { maxLength: 3 }),
        fc.array(id, { maxLength: 30 }),
        fc.array(range, { maxLength: 20 }),
        fc.nat(RANGE),
        (added, ranges, deleted, asked, limit) => {
          const set = IdSet.create(RANGE);
          const plain = new Set(added);
          for (const one of added) set.add(one);
          for (const [first, last] of ranges) {
            set.addRange(first, last);
            for (let one = first; one <= Math.min(last, RANGE - 1); one++) plain.add(one);
          }
          for (const one of deleted) {
            set.delete(one);
            plain.delete(one);
          }
          const members = () => [...plain].sort((x, y) => x - y);
          for (const [first, last] of asked) {
            expect(set.hasAny(first, last)).toBe(members().some((one) => one >= first && one <= last));
          }
          set.seal();
          expect(set.size).toBe(plain.size);
          expect([...set.members()]).toEqual(members());
          const [lowest, highest] = [members()[0], members().at(-1)];
          expect(set.bounds()).toEqual(plain.size === 0 ? undefined : [lowest, highest]);
          const shared = IdSet.attach(structuredClone(set.share()));
          for (let one = 0; one < RANGE; one += 7) {
            expect(shared.has(one)).toBe(plain.has(one));
            expect(shared.rank(one)).toBe(members().filter((other) => other < one).length);
          }
          set.truncate(limit);
          expect([...set.members()]).toEqual(members().slice(0, limit));
          const other = IdSet.create(RANGE);
          other.addRange(100, 900);
          set.intersect(other);
          expect([...set.members()]).toEqual(
            members()
              .slice(0, limit)
              .filter((one) => one >= 100 && one <= 900),
          );
          set.clear();
          expect([...set.members()]).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
