import { expect, it } from 'vitest';
import { encodePng } from '../../src/io/png.js';
import { decodePng } from '../support/png.js';

it.each([
  [1, 1, 3],
  [5, 3, 4],
  [300, 7, 3],
] as const)('a picture of %i x %i pixels with %i channels comes back', (width, height, channels) => {
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, k) => (k * 7919) >> 3);
  const file = Buffer.from(encodePng(pixels, width, height, channels));
  expect(decodePng(file)).toEqual({ width, height, channels, pixels });
});
