import { describe, expect, it } from 'vitest';
import { decodeSection, encodeSection } from '../../../src/view/wire/section-bytes.js';

describe('the bytes of a contour', () => {
  it.each([2.5, undefined])('are decoded to what was encoded, with an area of %s', (area) => {
    const section = {
      points: Float64Array.from({ length: 15 }, (_, k) => k / 3),
      counts: Uint32Array.of(3, 2),
      closed: Uint8Array.of(1, 0),
      length: 12.25,
      area,
      triangles: 5,
      isComplete: area !== undefined,
    };
    const bytes = Uint8Array.from(encodeSection(section));
    expect(decodeSection(bytes.buffer)).toEqual(section);
    expect(() => decodeSection(bytes.slice(0, -1).buffer)).toThrow(RangeError);
    expect(() => decodeSection(bytes.slice(0, 9).buffer)).toThrow(RangeError);
  });
});
