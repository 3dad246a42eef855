import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DIGITS_MAX,
  makeRoundedWriter,
  NUMBER_TEXT_MAX,
  writeFloat32,
  writeFloat64,
} from '../../../src/io/number-text.ts';

const FILLER = 0xa5;
const AT = 7;
const target = new Uint8Array(64);

type Precision = 'float32' | 'float64';

/** The text that is written into the middle of a buffer. */
function textOf(write: typeof writeFloat64, value: number): string {
  target.fill(FILLER);
  const end = write(Float64Array.of(value), 0, new DataView(target.buffer), AT);
  if (!(end > AT && end <= AT + NUMBER_TEXT_MAX)) throw new Error(`${value} ends at ${end - AT}`);
  return String.fromCharCode(...target.subarray(AT, end));
}

const significant = (text: string) =>
  text
    .replace(/e.*/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '').length;

/** The exact text where that has no more digits, else what the engine rounds to. */
function expectedOf(precision: Precision, value: number, digits: number): string {
  const exact = textOf(precision === 'float32' ? writeFloat32 : writeFloat64, value);
  if (significant(exact) <= digits) return exact;
  return String(Number(value.toPrecision(digits))).replace('e+', 'e');
}

function check(precision: Precision, value: number, digits: number): void {
  const text = textOf(makeRoundedWriter(precision, digits), value);
  if (text === expectedOf(precision, value, digits)) return;
  expect(text, `${value} (${precision}) to ${digits} digits`).toBe(expectedOf(precision, value, digits));
}

const digits = fc.integer({ min: 1, max: DIGITS_MAX });
const inMeshes = fc.oneof(
  fc.double({ min: -1e4, max: 1e4, noNaN: true }),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  fc.double({ min: -1e-3, max: 1e-3, noNaN: true }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
);
const any64 = fc.double({ noNaN: true, noDefaultInfinity: true });
const any32 = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('makeRoundedWriter', () => {
  it.each([
    [0, 3, '0'],
    [-0, 3, '0'],
    [1, 1, '1'],
    [-12.5, 2, '-13'],
    [2.5, 1, '3'],
    [0.125, 2, '0.13'],
    [1.005, 3, '1'],
    [0.1, 17, '0.1'],
    [1 / 3, 4, '0.3333'],
    [-2 / 3, 15, '-0.666666666666667'],
    [2 / 3, 16, '0.6666666666666666'],
    [9.9999, 3, '10'],
    [0.00099999, 3, '0.001'],
    [123456.789, 3, '123000'],
    [512345.123, 9, '512345.123'],
    [0.0000012345, 2, '0.0000012'],
    [0.00000012345, 2, '1.2e-7'],
    [1.2345e22, 3, '1.23e22'],
    [5e-324, 2, '5e-324'],
  ])('%d with %d digits is %s', (value, count, text) => {
    expect(textOf(makeRoundedWriter('float64', count), value)).toBe(text);
  });

  it.each([
    [0.1, 8, '0.1'],
    [0.1, 17, '0.1'],
    [1 / 3, 7, '0.3333333'],
    [1 / 3, 8, '0.33333334'],
    [16777217 / 3, 7, '5592406'],
    [2 ** 40, 4, '1100000000000'],
    [1.401298464324817e-45, 3, '1e-45'],
  ])('%d as float32 with %d digits is %s', (value, count, text) => {
    expect(textOf(makeRoundedWriter('float32', count), Math.fround(value))).toBe(text);
  });

  it('rounds as V8 does, and never lengthens the exact text', () => {
    fc.assert(
      fc.property(inMeshes, digits, (value, count) => check('float64', value, count)),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(inMeshes, digits, (value, count) => check('float32', Math.fround(value), count)),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(any64, digits, (value, count) => check('float64', value, count)),
      { numRuns: 10_000 },
    );
    fc.assert(
      fc.property(any32, digits, (value, count) => check('float32', value, count)),
      { numRuns: 10_000 },
    );
  });

  it('rounds correctly next to powers of ten and halves', () => {
    const view = new DataView(new ArrayBuffer(8));
    const step = (value: number, by: bigint) => {
      view.setFloat64(0, value);
      view.setBigUint64(0, view.getBigUint64(0) + by);
      return view.getFloat64(0);
    };
    for (let power = -8; power <= 10; power++) {
      for (const head of [1, 0.5, 0.25, 1.5, 2.5, 0.999999, 1.0000005, 9.5, 99.5, 0.125, 12345.5]) {
        for (const by of [-9n, -3n, -2n, -1n, 0n, 1n, 2n, 3n, 9n]) {
          const value = step(head * Number(`1e${power}`), by);
          for (let count = 1; count <= DIGITS_MAX; count++) {
            check('float64', value, count);
            check('float64', -value, count);
            check('float32', Math.fround(value), count);
          }
        }
      }
    }
  });
});
