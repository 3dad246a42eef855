import { expect, it } from 'vitest';
import { Aim } from '../../src/render/camera.js';
import { Frame } from '../../src/render/frame.js';
import { Painter } from '../../src/render/painter.js';

/** A triangle in the plane z = 0 that fills the middle of the picture from above, and the same from below. */
const FACE = [-1, -1, 0, 1, -1, 0, 0, 1, 0];

function paint(positions: number[], batch: { colors?: number[]; vertexColors?: number[] } = {}): number[] {
  const aim = new Aim('top', 'z', 9, 9);
  aim.take({ count: 3, positions: Float64Array.from(positions) });
  const frame = new Frame(9, 9);
  const { colors, vertexColors } = batch;
  new Painter(aim.camera()!, frame).paint({
    count: 1,
    positions: Float64Array.from(positions),
    colors: colors && Float64Array.from(colors),
    vertexColors: vertexColors && Float64Array.from(vertexColors),
  });
  const at = 4 * (9 * 4 + 4);
  return [...frame.pixels(undefined).subarray(at, at + 4)];
}

it('paints fronts bluish and backs brown', () => {
  const [red, green, blue, alpha] = paint(FACE) as [number, number, number, number];
  expect(alpha).toBe(255);
  expect(blue > green && green > red).toBe(true);
  const [backRed, backGreen, backBlue] = paint([
    ...FACE.slice(3, 6),
    ...FACE.slice(0, 3),
    ...FACE.slice(6),
  ]) as [number, number, number];
  expect(backRed > backGreen && backGreen > backBlue).toBe(true);
});

it('makes what faces away from the light darker', () => {
  const slope = (z: number) => FACE.map((value, k) => (k === 8 ? z : value));
  // The lamp is above, so what leans towards the bottom of the picture is darker.
  expect(paint(slope(3))[0]).toBeLessThan(paint(slope(-1))[0]!);
});

it('prefers the color of a triangle, then those of its corners, then its own', () => {
  const corners = [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1];
  const plain = paint(FACE);
  const ratio = (color: number[]) => color.slice(0, 3).map((value) => value > 0);
  expect(ratio(paint(FACE, { colors: [0, 1, 0, 1], vertexColors: corners }))).toEqual([false, true, false]);
  expect(ratio(paint(FACE, { vertexColors: corners }))).toEqual([true, false, false]);
  const none = Array(12).fill(Number.NaN);
  expect(paint(FACE, { colors: none.slice(0, 4), vertexColors: none })).toEqual(plain);
});
