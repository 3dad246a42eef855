/** Covers the pure parts of how a filter is drawn: marks of tiles, their loader, and changes of a filter. */
import { describe, expect, it } from 'vitest';
import type { ShownFilter } from '../../src/view/wire/messages.js';
import {
  cleanFilter,
  describePart,
  dropPart,
  isEmpty,
  makeShape,
  readComponent,
  setItem,
} from '../../web/filter/filter-parts.js';
import { MarkLoader } from '../../web/scene/mark-loader.js';
import { layOut } from '../../web/scene/tile-geometry.js';
import { placePoints, spreadMarks } from '../../web/scene/tile-marks.js';

/** Three triangles in a row; above leaves, the second vertex owns two of them and the fifth one none. */
function tileOf(isLeaf: boolean) {
  return layOut({
    isLeaf,
    shift: 0,
    origin: [0, 0, 0],
    scale: 1,
    positions: Float32Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 9, 9, 9]),
    indices: Uint32Array.from([0, 1, 2, 1, 2, 3, 1, 3, 2]),
    owned: Uint32Array.from([1, 2, 0, 0, 0]),
    slots: Float64Array.from([10, 20, 0, 0, 5]),
  } as never);
}

describe('marks of a tile', () => {
  it('are one for each triangle of a leaf', () => {
    const tile = tileOf(true);
    const marks = spreadMarks(tile, Uint8Array.from([0, 255, 0]));
    expect([...marks.subarray(0, 3)]).toEqual([0, 255, 0]);
    const { positions, reach } = placePoints(tile, marks);
    expect([...positions].map((value) => Number(value.toFixed(3)))).toEqual([0.667, 0.667, 0]);
    expect([...reach]).toEqual([1]);
  });

  it('go from vertices to the triangles that they own', () => {
    const tile = tileOf(false);
    const marks = spreadMarks(tile, Uint8Array.from([0, 128, 0, 0, 1]));
    expect([...marks]).toEqual([0, 128, 128, 0, 128, 0, 0, 1]);
    const { positions, reach } = placePoints(tile, marks);
    expect([...positions]).toEqual([1, 0, 0, 9, 9, 9]);
    expect([...reach]).toEqual([0, 0]);
  });
});

describe('the loader of marks', () => {
  it('asks for what is needed first, and gives up what is no longer', async () => {
    const asked: string[] = [];
    const loaded: string[] = [];
    const waiting: (() => void)[] = [];
    const loader = new MarkLoader({
      fetchMarks: (id, set, signal) => {
        asked.push(`${set}${id}`);
        return new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          waiting.push(() => resolve(new ArrayBuffer(1)));
        });
      },
      onLoad: (id, set) => void loaded.push(`${set}${id}`),
      onError: (error) => {
        throw error;
      },
    });
    const tick = () => new Promise((resolve) => setTimeout(resolve));
    loader.want([1, 2, 3]);
    expect(asked).toEqual([]);
    loader.use('a');
    loader.want([1, 2, 3]);
    expect(asked).toEqual(['a1', 'a2']);
    waiting[0]!();
    await tick();
    expect(asked).toEqual(['a1', 'a2', 'a3']);
    loader.use('b');
    loader.want([2]);
    for (const answer of waiting) answer();
    await tick();
    expect(loaded).toEqual(['a1', 'b2']);
    expect(loader.isBusy).toBe(false);
  });

  it('does not ask again for what has failed until it is told to', async () => {
    let asked = 0;
    const errors: unknown[] = [];
    const loader = new MarkLoader({
      fetchMarks: () => {
        asked++;
        return Promise.reject(new Error('gone'));
      },
      onLoad: () => {},
      onError: (error) => errors.push(error),
    });
    loader.use('a');
    loader.want([1]);
    await new Promise((resolve) => setTimeout(resolve));
    loader.want([1]);
    expect({ asked, errors: errors.length }).toEqual({ asked: 1, errors: 1 });
    loader.retry();
    loader.want([1]);
    expect(asked).toBe(2);
  });
});

describe('changes of a filter', () => {
  const filter: ShownFilter = { where: ['area > 1', ' ', 'id < 5'], parts: [], limit: 3 };

  it('leave out what is empty for the server', () => {
    expect(cleanFilter(filter)).toEqual({ where: ['area > 1', 'id < 5'], limit: 3 });
    expect(isEmpty({ where: [''], parts: [], sql: undefined })).toBe(true);
    expect(isEmpty({ limit: 0 })).toBe(false);
  });

  it('set, add and drop one condition', () => {
    expect(setItem(filter, 'where', 1, 'id > 2').where).toEqual(['area > 1', 'id > 2', 'id < 5']);
    expect(setItem({}, 'sql', 0, 'SELECT 1')).toEqual({ sql: ['SELECT 1'] });
    expect(dropPart(filter, { name: 'where', index: 0 }).where).toEqual([' ', 'id < 5']);
    expect(cleanFilter(dropPart(filter, { name: 'limit', index: 0 }))).toEqual({
      where: ['area > 1', 'id < 5'],
    });
    expect(describePart(filter, { name: 'where', index: 2 })).toBe('id < 5');
    expect(describePart(filter, { name: 'parts', index: 0 })).toBe('the parts');
  });

  it('make shapes in the middle of a box', () => {
    const bounds = { min: [0, 0, 0], max: [4, 8, 2] } as const;
    expect(makeShape('box', bounds, true)).toEqual({
      kind: 'box',
      min: [1, 2, 0.5],
      max: [3, 6, 1.5],
      touching: true,
    });
    expect(makeShape('sphere', bounds, false)).toEqual({
      kind: 'sphere',
      center: [2, 4, 1],
      radius: 2,
      touching: false,
    });
    expect(makeShape('plane', bounds, false)).toMatchObject({ normal: [0, 0, 1], offset: -1 });
  });

  it.each([
    ['largest', { kind: 'largest' }],
    ['3', { kind: 'number', number: 3 }],
    ['over:100', { kind: 'over', triangles: 100 }],
    ['-1', undefined],
    ['over:', undefined],
  ])('read the component %s', (text, choice) => {
    expect(readComponent(text)).toEqual(choice);
  });
});
