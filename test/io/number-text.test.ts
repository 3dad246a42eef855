/** Covers: io/number-text/exact, io/number-text/parse, io/number-text/write-float, io/number-text/write-integer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NUMBER_TEXT_MAX,
  type NumberWriter,
  parseNumber,
  writeFloat32,
  writeFloat64,
  writeInteger,
} from '../../src/io/number-text.ts';
import { runs } from '../support/runs.js';

type Writer = NumberWriter;

const FILLER = 0xa5;
const AT = 7;
const target = new Uint8Array(64);
const targetView = new DataView(target.buffer);
/** The longest text, and the bytes beyond a text that may be touched. */
const TEXT_MAX = 25;
const SPILL = 3;

/** The text that the writer writes into the middle of a buffer; throws if it touches a byte that it must not. */
function textOf(write: Writer, value: number): string {
  target.fill(FILLER);
  const end = write(Float64Array.of(0, value), 1, targetView, AT);
  if (!(end > AT && end <= AT + TEXT_MAX)) throw new Error(`${value} ends at ${end - AT}`);
  const last = Math.min(end + SPILL, AT + NUMBER_TEXT_MAX);
  const strays = target.findIndex((byte, k) => (k < AT || k >= last) && byte !== FILLER);
  if (strays >= 0) throw new Error(`${value} touched byte ${strays - AT} of ${end - AT}`);
  return String.fromCharCode(...target.subarray(AT, end));
}

/** Parses with digits, a point and an exponent right before and behind the token. */
function parse(token: string): number {
  const bytes = Buffer.from(`12.e${token}3.4e5`, 'latin1');
  return parseNumber(bytes, 4, 4 + token.length);
}

/** toBe() is Object.is, and slow; this keeps hundreds of thousands of comparisons quick. */
function check(actual: unknown, expected: unknown, of: unknown): void {
  if (!Object.is(actual, expected)) expect(actual, String(of)).toBe(expected);
}

const view = new DataView(new ArrayBuffer(8));
function float32Of(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}
function float64Of(high: number, low: number): number {
  view.setUint32(0, high);
  view.setUint32(4, low);
  return view.getFloat64(0);
}

/** xorshift32, so that every run sees the same numbers. */
function* randomWords(count: number): Generator<number> {
  let word = 0x9e3779b9;
  for (let k = 0; k < count; k++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    yield word >>> 0;
  }
}

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 30 });
const sign = fc.constantFrom('', '', '-', '+');
const significand = fc.oneof(
  digits,
  digits.map((text) => `${text}.`),
  digits.map((text) => `.${text}`),
  fc.tuple(digits, digits).map(([whole, part]) => `${whole}.${part}`),
  fc.tuple(fc.nat(30), digits).map(([zeros, part]) => `${'0'.repeat(zeros)}.${'0'.repeat(zeros)}${part}`),
  fc.tuple(digits, fc.nat(30)).map(([part, zeros]) => `0.${part}${'0'.repeat(zeros)}`),
);
const exponent = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('e', 'E'), sign, fc.integer({ min: 0, max: 30 }))
    .map(([e, s, power]) => `${e}${s}${String(power).padStart(3, '0')}`),
  fc
    .tuple(fc.constantFrom('e', 'E'), sign, fc.integer({ min: 0, max: 400 }))
    .map(([e, s, power]) => `${e}${s}${power}`),
);
const token = fc.tuple(sign, significand, exponent).map((parts) => parts.join(''));

describe('parseNumber', () => {
  it('agrees with Number() on tokens of every form', () => {
    fc.assert(
      fc.property(token, (text) => check(parse(text), Number(text), text)),
      { numRuns: runs(15_000, 50_000) },
    );
  });

  it('agrees with Number() on the output of common programs', () => {
    const forms: ((value: number) => string)[] = [
      String,
      (value) => value.toPrecision(17),
      (value) => value.toPrecision(15),
      (value) => value.toExponential(6),
      (value) => value.toExponential(16),
      (value) => value.toExponential(20),
      (value) => value.toFixed(6),
      (value) => value.toFixed(20),
    ];
    const words = [...randomWords(40_000)];
    for (let k = 0; k + 1 < words.length; k += 2) {
      const ranged =
        (words[k]! / 2 ** 32 - 0.5) * 10 ** ((words[k + 1]! % 40) - 25) * (1 + words[k + 1]! / 2 ** 52);
      const any = float64Of(words[k]!, words[k + 1]!);
      for (const value of Number.isFinite(any) ? [ranged, any] : [ranged]) {
        for (const form of forms) check(parse(form(value)), Number(form(value)), form(value));
      }
    }
  });

  it('rounds halfway cases between two doubles, and their neighbors, as Number() does', () => {
    for (const high of randomWords(5_000)) {
      // 54 bits: the last one is the middle. Times 5^k, as decimals, it stays exact.
      const middle = (BigInt(high) << 22n) | (1n << 53n) | 1n;
      for (const places of [0, 1, 2, 5, 10]) {
        const exact = String(middle * 5n ** BigInt(places)).padStart(places + 1, '0');
        const text = `${exact.slice(0, exact.length - places)}.${exact.slice(exact.length - places)}`;
        for (const tail of ['', '0000000000', '00000000001', '1'])
          check(parse(text + tail), Number(text + tail), text);
        const below = `${String(middle * 10n ** 12n - 1n)}e-${12 + places}`;
        check(parse(below), Number(below), below);
      }
    }
  });

  it.each([
    ['.8e-1', 0.08],
    ['-.7e+2', -70],
    ['+1.0E+003', 1000],
    ['16.6480e-001', 1.6648],
    ['0000', 0],
    ['5.', 5],
    ['-0', -0],
    ['-0.000e+99', -0],
    ['1.000000e+00', 1],
    ['0.10000000000000000', 0.1],
    ['9007199254740993', 9007199254740992],
    ['9007199254740993.00000000000000000000001', 9007199254740994],
    ['2.2250738585072011e-308', 2.225073858507201e-308],
    ['2.2250738585072014e-308', 2.2250738585072014e-308],
    ['1.7976931348623159e308', Number.POSITIVE_INFINITY],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['5e-324', 5e-324],
    ['2.4703282292062327e-324', 0],
    ['2.4703282292062328e-324', 5e-324],
    ['0.500000000000000166533453693773481063544750213623046875', 0.5000000000000002],
    ['1e23', 1e23],
    ['8.5e22', 8.5e22],
    ['1e99999999999999999999', Number.POSITIVE_INFINITY],
    ['-1e-99999999999999999999', -0],
    ['0e99999999999999999999', 0],
  ])('reads %s', (text, value) => {
    check(parse(text), value, text);
    check(parse(text), Number(text), text);
  });

  it('reads digits and exponents of any length', () => {
    for (const text of [
      '1234567890'.repeat(500),
      `0.${'0'.repeat(3000)}${'1234567890'.repeat(100)}e3000`,
      `${'9'.repeat(400)}e-390`,
      `1${'0'.repeat(5000)}e-5000`,
      `0.${'3'.repeat(5000)}`,
      `${'0'.repeat(5000)}1.5`,
      `1e${'0'.repeat(5000)}7`,
      `${'1'.repeat(310)}`,
    ]) {
      check(parse(text), Number(text), text.slice(0, 40));
    }
  });

  it.each([
    '',
    '-',
    '+',
    '.',
    '-.',
    '1e',
    '1e+',
    '1e-',
    'e5',
    '.e5',
    '0x10',
    '1_0',
    'Infinity',
    'inf',
    'nan',
    'NaN',
    '3.1+e2',
    '1,5',
    '1.#IND',
    '1.#INF',
    ' 1',
    '1 ',
    '1\n',
    '1..2',
    '1.2.3',
    '--1',
    '+-1',
    '1-',
    '1e5.0',
    '1e5e5',
    '1d5',
    '1f',
    '0b1',
    '10n',
    '1/',
    '1:',
    '\u00b2',
    '\u0000',
  ])('refuses %j', (text) => {
    check(parse(text), Number.NaN, text);
  });

  it('refuses a number with one foreign byte', () => {
    const stray = fc
      .integer({ min: 0, max: 255 })
      .filter((byte) => !/[0-9.eE+-]/.test(String.fromCharCode(byte)));
    fc.assert(
      fc.property(token, stray, fc.double({ min: 0, max: 1, noNaN: true }), (text, byte, where) => {
        const at = Math.round(where * text.length);
        check(parse(text.slice(0, at) + String.fromCharCode(byte) + text.slice(at)), Number.NaN, text);
      }),
    );
  });
});

describe('writeInteger', () => {
  it('writes every number of digits, and the neighbors of powers of ten and two', () => {
    const edges = [0, 2 ** 31, 2 ** 32, 2 ** 53];
    for (let power = 1; power < 16; power++)
      edges.push(10 ** power, 5 * 10 ** power, 10 ** power + 10 ** (power >> 1));
    for (let power = 0; power < 53; power++) edges.push(2 ** power);
    for (const edge of edges) {
      for (const value of [edge - 1, edge, edge + 1].filter((n) => Number.isSafeInteger(n) && n >= 0)) {
        check(textOf(writeInteger, value), String(value), value);
      }
    }
  });

  it('agrees with String()', () => {
    for (let value = 0; value < 20_000; value++) check(textOf(writeInteger, value), String(value), value);
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(52), (large, shift) => {
        const value = Math.floor(large / 2 ** shift);
        check(textOf(writeInteger, value), String(value), value);
      }),
      { numRuns: runs(5000, 20_000) },
    );
  });
});

/** What writeFloat64 promises. */
const layOut = (value: number) => String(value).replace('+', '');

/** Values that writers of numbers trip over, for either width once rounded to it. */
function specialValues(): number[] {
  const values = [
    0.1,
    0.3,
    1 / 3,
    2 / 3,
    0.7,
    12.345,
    100.25,
    0.000001,
    0.00000123,
    1.5e-7,
    999999.9,
    1e20,
    1e21,
  ];
  values.push(5e-324, 1e-45, 1.1754943508222875e-38, 2.2250738585072014e-308, 3.4028234663852886e38, 1.7e308);
  for (let power = -45; power < 39; power++)
    values.push(10 ** power, 9.999999 * 10 ** power, 1.5 * 10 ** power);
  return values.flatMap((value) => [value, -value]);
}

describe('writeFloat64', () => {
  const checkValue = (value: number) => check(textOf(writeFloat64, value), layOut(value), value);

  it('writes -0 as 0, and an exponent without a plus sign', () => {
    expect(textOf(writeFloat64, -0)).toBe('0');
    expect(textOf(writeFloat64, 1e21)).toBe('1e21');
    expect(textOf(writeFloat64, -1.5e300)).toBe('-1.5e300');
    expect(textOf(writeFloat64, -1e-7)).toBe('-1e-7');
    expect(textOf(writeFloat64, -1.2345678901234567e-6)).toHaveLength(TEXT_MAX);
  });

  it('agrees with String() on special values, powers of two and their neighbors', () => {
    specialValues().forEach(checkValue);
    for (let exponent = 0; exponent < 2047; exponent++) {
      for (const [high, low] of [
        [0, 0],
        [0, 1],
        [0, 2],
        [0xfffff, 0xffffffff],
        [0xfffff, 0xfffffffe],
      ] as const) {
        checkValue(float64Of(exponent * 2 ** 20 + high, low));
      }
    }
  });

  it('agrees with String() on random bits, coordinates, decimals and float32 values', () => {
    const words = [...randomWords(200_000)];
    for (let k = 0; k + 1 < words.length; k += 2) {
      const [one, two] = [words[k]!, words[k + 1]!];
      const any = float64Of(one, two);
      if (Number.isFinite(any)) checkValue(any);
      const coordinate = (one - 2 ** 31) * 2 ** -(two % 64) * (1 + two * 2 ** -52);
      checkValue(coordinate);
      checkValue(Number(coordinate.toPrecision(1 + (one % 17))));
      checkValue(one / 10 ** (two % 17));
      checkValue(Math.fround(coordinate));
    }
  });
});

describe('writeFloat32', () => {
  it('keeps the digits of a number outside the float32 range', () => {
    for (const value of [3.688572711368552e-308, -5e-324, 1e300, -1.7976931348623157e308]) {
      expect(Number(textOf(writeFloat32, value))).toBe(value);
    }
  });

  it('keeps the digits of a number that is no float32 value', () => {
    for (const value of [4.37589643001556, -0.1, 1 + 2 ** -52, 8388607.1, 2 ** -16 + 2 ** -60, 123456.789]) {
      expect(textOf(writeFloat32, value)).toBe(String(value));
    }
  });

  /** The shortest text by trying: every count of digits, the nearest decimal and those on either side of it. */
  function findShortest(value: number): { count: number; error: number } {
    for (let count = 1; ; count++) {
      const [mantissa, power] = value.toExponential(count - 1).split('e') as [string, string];
      const nearest = Number(mantissa.replace('.', ''));
      const errors = [nearest - 1, nearest, nearest + 1]
        .map((significand) => Number(`${significand}e${Number(power) - count + 1}`))
        .filter((candidate) => Math.fround(candidate) === value)
        .map((candidate) => Math.abs(candidate - value));
      if (errors.length > 0) return { count, error: Math.min(...errors) };
    }
  }

  function checkValue(value: number): void {
    const text = textOf(writeFloat32, value);
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 53) {
      check(text, BigInt(value).toString(), value);
      return;
    }
    const read = Number(text);
    check(Math.fround(read), value, text);
    check(text, layOut(read), value);
    const { count, error } = findShortest(value < 0 ? -value : value);
    const written = text.replace(/e.*|[-.]/g, '').replace(/^0+|0+$/g, '').length;
    check(written <= count, true, `${text} has ${written} digits, ${count} would do`);
    // Where two are equally close, their doubles need not be.
    const slack = Math.abs(value) * 2 ** -52;
    check(Math.abs(read - value) <= error + slack, true, `${text} is not the closest of its length`);
  }

  it('writes integers with all their digits, -0 as 0, and an exponent without a plus sign', () => {
    expect(textOf(writeFloat32, -0)).toBe('0');
    expect(textOf(writeFloat32, 16777216)).toBe('16777216');
    expect(textOf(writeFloat32, -1073741824)).toBe('-1073741824');
    expect(textOf(writeFloat32, 2 ** 53 - 2 ** 29)).toBe('9007198717870080');
    expect(textOf(writeFloat32, Math.fround(1e30))).toBe('1e30');
    expect(textOf(writeFloat32, Math.fround(1e-45))).toBe('1e-45');
    expect(textOf(writeFloat32, Math.fround(0.1))).toBe('0.1');
    expect(textOf(writeFloat32, Math.fround(3.4028234663852886e38))).toBe('3.4028235e38');
  });

  it('writes the shortest text of special values, powers of two and their neighbors', () => {
    specialValues().map(Math.fround).filter(Number.isFinite).forEach(checkValue);
    for (let exponent = 0; exponent < 255; exponent++) {
      for (const fraction of [0, 1, 2, 3, 0x400000, 0x7ffffe, 0x7fffff])
        checkValue(float32Of(exponent * 2 ** 23 + fraction));
    }
  });

  it('writes the shortest text of float32 values of every exponent', () => {
    for (const word of randomWords(60_000)) {
      const value = float32Of(word);
      if (Number.isFinite(value)) checkValue(value);
    }
  });

  it('writes the shortest text of coordinates and of decimals', () => {
    for (const word of randomWords(40_000)) {
      const coordinate = Math.fround((word - 2 ** 31) * 2 ** -(7 + (word % 37)));
      checkValue(coordinate);
      checkValue(Math.fround(Number(coordinate.toPrecision(1 + (word % 8)))));
    }
  });

  it('takes the even one of two equally close texts', () => {
    expect(textOf(writeFloat32, 2097152.25)).toBe('2097152.2');
    expect(textOf(writeFloat32, 2097152.75)).toBe('2097152.8');
  });

  it('writes a halfway value if that is shorter and reads back', () => {
    expect(textOf(writeFloat32, float32Of(0x5a5f8476))).toBe('15728640000000000');
  });

  it('avoids texts that double rounding turns into the neighbor', () => {
    // 7.038531e-26 is nearer to the one float, but its double is the middle, which rounds to the other.
    const text = '7.038531e-26';
    const rounded = Math.fround(Number(text));
    const other = 2 * Number(text) - rounded;
    expect(Math.fround(other)).toBe(other);
    for (const value of [rounded, other]) {
      expect(textOf(writeFloat32, value)).not.toBe(text);
      expect(Math.fround(Number(textOf(writeFloat32, value)))).toBe(value);
    }
  });
});
