import { describe, expect, it } from 'vitest';
import { RowCache } from '../../src/collections/row-cache.js';
import { CachedPositions, type CornerPositions } from '../../src/database/rows/corner-positions.js';
import { cornerKeys } from '../../src/tiles/corner-keys.js';
import { frameOf, Lattice } from '../../src/tiles/lattice.js';
import { coordinateOf } from '../../src/tiles/morton.js';

const COUNT = 3000;
const place = (vertex: number) => [vertex, (vertex * 7) % COUNT, (vertex * 13) % COUNT];
const rows = {
  width: 3,
  count: COUNT,
  load(first: number, count: number, target: Float64Array) {
    for (let k = 0; k < count; k++) target.set(place(first + k), 3 * k);
  },
};

/** Positions that can only be asked for one after another. */
class InSequence implements CornerPositions {
  copyNext(a: number, b: number, c: number, target: Float64Array): void {
    target.set([place(a), place(b), place(c)].flat());
  }
}

describe('keys of corners', () => {
  it.each([
    ['a cache', () => new CachedPositions(new RowCache(rows, 40_000))],
    ['positions in sequence', () => new InSequence()],
  ] as const)('come from %s', (_, positions) => {
    const last = COUNT - 1;
    // A lattice step is a 349.5th of a unit, so coordinates tell all vertices apart.
    const frame = frameOf({ min: [0, 0, 0], max: [last, last, last] });
    const keys = cornerKeys(new Lattice(frame), positions(), 40_000);
    const words = new Int32Array(8);
    for (let k = 0; k < 2 * COUNT; k++) {
      const corners = [k, k * 31, k * 101].map((value) => value % COUNT);
      keys.copyNext(corners[0]!, corners[1]!, corners[2]!, words, 1);
      const found = [1, 3, 5].map((at) =>
        [2, 1, 0].map((axis) => Math.round(coordinateOf(words[at]!, words[at + 1]!, axis) * frame.step)),
      );
      expect(found).toEqual(corners.map(place));
    }
  });
});
