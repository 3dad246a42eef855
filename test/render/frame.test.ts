import { describe, expect, it } from 'vitest';
import { Frame, SAMPLES } from '../../src/render/frame.js';

const RED = [200, 0, 0];
const BLUE = [0, 0, 200];

/** Corners given as x, y in pixels and the nearness of all. */
function draw(
  frame: Frame,
  points: readonly (readonly [number, number])[],
  nearness: number,
  color: number[],
): void {
  const corners = points.flatMap(([x, y]) => [SAMPLES * x, SAMPLES * y, nearness]);
  frame.draw(Float64Array.from(corners), Float64Array.from([...color, ...color, ...color]));
}

describe('a frame', () => {
  it('covers each pixel of a square once, whatever the winding', () => {
    const frame = new Frame(6, 5);
    draw(
      frame,
      [
        [1, 1],
        [5, 1],
        [5, 4],
      ],
      1,
      RED,
    );
    draw(
      frame,
      [
        [1, 4],
        [1, 1],
        [5, 4],
      ],
      1,
      RED,
    );
    const pixels = frame.pixels(undefined);
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 6; x++) {
        const isInside = x >= 1 && x < 5 && y >= 1 && y < 4;
        expect([...pixels.subarray(4 * (6 * y + x)).subarray(0, 4)]).toEqual(
          isInside ? [...RED, 255] : [0, 0, 0, 0],
        );
      }
    }
  });

  it('shows what is nearest, in any order', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const frame = new Frame(4, 4);
      const layers = [
        () =>
          draw(
            frame,
            [
              [0, 0],
              [8, 0],
              [0, 8],
            ],
            1,
            RED,
          ),
        () =>
          draw(
            frame,
            [
              [0, 0],
              [8, 0],
              [0, 8],
            ],
            2,
            BLUE,
          ),
      ];
      for (const k of order) layers[k]!();
      expect([...frame.pixels([255, 255, 255]).subarray(0, 3)]).toEqual(BLUE);
    }
  });

  it('interpolates nearness and colors between corners', () => {
    const frame = new Frame(4, 1);
    const corners = Float64Array.from([0, 0, 1, 16, 0, 3, 0, 4, 1]);
    frame.draw(corners, Float64Array.from([0, 0, 0, 160, 0, 0, 0, 80, 0]));
    // The middle of the samples of pixel k is 2 k + 1 samples to the right, and 1 down.
    expect([...frame.pixels([0, 0, 0])]).toEqual([10, 20, 0, 30, 20, 0, 50, 20, 0, 70, 20, 0]);
    draw(
      frame,
      [
        [0, 0],
        [16, 0],
        [0, 16],
      ],
      1.5,
      BLUE,
    );
    expect([...frame.pixels([0, 0, 0])]).toEqual([...BLUE, ...BLUE, 50, 20, 0, 70, 20, 0]);
  });

  it('mixes partly covered pixels with the background', () => {
    const frame = new Frame(1, 1);
    draw(
      frame,
      [
        [0, 0],
        [0.5, 0],
        [0.5, 1],
      ],
      1,
      RED,
    );
    draw(
      frame,
      [
        [0, 0],
        [0.5, 1],
        [0, 1],
      ],
      1,
      RED,
    );
    expect([...frame.pixels([255, 255, 255])]).toEqual([228, 128, 128]);
    expect([...frame.pixels(undefined)]).toEqual([...RED, 128]);
  });

  it('ignores what is outside, and what has no area', () => {
    const frame = new Frame(3, 3);
    draw(
      frame,
      [
        [-9, -9],
        [-1, -9],
        [-1, -1],
      ],
      1,
      RED,
    );
    draw(
      frame,
      [
        [0, 0],
        [3, 3],
        [1, 1],
      ],
      1,
      RED,
    );
    draw(
      frame,
      [
        [Number.NaN, 0],
        [3, 3],
        [1, 1],
      ],
      1,
      RED,
    );
    draw(
      frame,
      [
        [1e300, 0],
        [3, 1e300],
        [1, 1],
      ],
      1,
      RED,
    );
    expect(frame.pixels(undefined).every((value) => value === 0)).toBe(true);
    draw(
      frame,
      [
        [-99, -99],
        [999, -99],
        [-99, 999],
      ],
      1,
      RED,
    );
    expect([...frame.pixels(undefined)]).toEqual(
      Array(9)
        .fill([...RED, 255])
        .flat(),
    );
  });
});
