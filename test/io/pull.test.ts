import { describe, expect, it } from 'vitest';
import { prepend, pullFrom, pullUpTo, readAhead } from '../../src/io/pull.js';

/** Pulls from pieces that hold these bytes. */
function pullPieces(...pieces: readonly number[][]) {
  const list = pieces.map((piece) => Uint8Array.from(piece)).values();
  return pullFrom(async () => list.next());
}

describe('pullFrom', () => {
  it('fills a target from the current piece, and returns 0 only at the end', async () => {
    const pull = pullPieces([1, 2, 3], [], [4]);
    const target = new Uint8Array(2);
    expect([await pull(target), ...target]).toEqual([2, 1, 2]);
    expect([await pull(target), target[0]]).toEqual([1, 3]);
    expect([await pull(target), target[0]]).toEqual([1, 4]);
    expect([await pull(target), await pull(target)]).toEqual([0, 0]);
  });
});

describe('pullUpTo', () => {
  it('collects small pieces into the size asked for', async () => {
    const pull = pullPieces([1], [2, 3], [4, 5]);
    expect([...(await pullUpTo(4, pull))]).toEqual([1, 2, 3, 4]);
  });

  it('returns fewer bytes at the end', async () => {
    expect([...(await pullUpTo(9, pullPieces([1, 2], [3])))]).toEqual([1, 2, 3]);
  });
});

describe('prepend', () => {
  it('returns the first bytes, then the rest', async () => {
    const pull = prepend(Uint8Array.of(1, 2, 3), pullPieces([4, 5]));
    const target = new Uint8Array(2);
    expect([await pull(target), ...target]).toEqual([2, 1, 2]);
    expect([await pull(target), target[0]]).toEqual([1, 3]);
    expect([...(await pullUpTo(9, pull))]).toEqual([4, 5]);
  });
});

describe('readAhead', () => {
  it('asks for the next piece before the last one is used', async () => {
    let asked = 0;
    const next = readAhead({
      next: async () => ({ done: false, value: Uint8Array.of(++asked) }),
    });
    expect(asked).toBe(1);
    expect((await next()).value).toEqual(Uint8Array.of(1));
    expect(asked).toBe(2);
    expect((await next()).value).toEqual(Uint8Array.of(2));
  });

  it('reports a failure when its piece is asked for, and not before', async () => {
    let asked = 0;
    const next = readAhead({
      next: async () => {
        if (++asked === 2) throw new Error('damaged');
        return { done: false, value: Uint8Array.of(asked) };
      },
    });
    expect((await next()).value).toEqual(Uint8Array.of(1));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(next()).rejects.toThrow('damaged');
  });
});
