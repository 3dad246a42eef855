/** How many numbers a second the program reads and writes, against the engine's own conversions. */
import {
  makeRoundedWriter,
  NUMBER_TEXT_MAX,
  type NumberWriter,
  parseNumber,
  writeFloat32,
  writeFloat64,
  writeInteger,
} from '../../src/io/number-text.js';
import { compareRates, type RateRow } from './rates.js';

const COUNT = 200_000;

/** Numbers of one kind, made by a formula: mantissas without a pattern, sizes as in meshes. */
function makeNumbers(make: (random: number) => number): Float64Array {
  let state = 1;
  return Float64Array.from({ length: COUNT }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return make(state / 2 ** 32);
  });
}

const doubles = makeNumbers((random) => (random - 0.5) * 200);
const floats = doubles.map(Math.fround);
const integers = makeNumbers((random) => Math.floor(random * 5e6));

const TEXTS: readonly (readonly [name: string, numbers: Float64Array, format: (value: number) => string])[] =
  [
    ['3 decimals', doubles, (value) => value.toFixed(3)],
    ['9 digits', floats, (value) => value.toPrecision(9)],
    ['9 digits, exponent', floats, (value) => value.toExponential(8)],
    ['17 digits', doubles, (value) => value.toPrecision(17)],
  ];

// String() of a float32 gives the digits of a double, more than are needed; there is nothing else to hold it against.
const WRITERS: readonly (readonly [
  name: string,
  writer: NumberWriter,
  numbers: Float64Array,
  toText?: (value: number) => string,
])[] = [
  ['writeFloat32', writeFloat32, floats],
  ['writeFloat64, 3 decimals', writeFloat64, doubles.map((value) => Number(value.toFixed(3)))],
  ['writeFloat64, 17 digits', writeFloat64, doubles],
  ['rounded to 6 digits', makeRoundedWriter('float64', 6), doubles, (value) => value.toPrecision(6)],
  ['writeInteger', writeInteger, integers],
];

/** Where results go, so that the engine cannot leave the work out. */
let sink = 0;

/** Measures all functions, `runs` times each after one run to warm up. */
export function measureNumbers(runs: number): RateRow[] {
  const readers = TEXTS.map(([name, numbers, format]) => {
    const texts = [...numbers].map(format);
    const bytes = Buffer.from(texts.join(' '), 'latin1');
    const starts = new Uint32Array(COUNT + 1);
    for (const [k, text] of texts.entries()) starts[k + 1] = starts[k]! + text.length + 1;
    return compareRates(
      {
        name: `parseNumber, ${name}`,
        own: () => {
          for (let k = 0; k < COUNT; k++) sink += parseNumber(bytes, starts[k]!, starts[k + 1]! - 1);
        },
        otherName: 'Number(toString())',
        other: () => {
          for (let k = 0; k < COUNT; k++)
            sink += Number(bytes.toString('latin1', starts[k]!, starts[k + 1]! - 1));
        },
        count: COUNT,
      },
      runs,
    );
  });
  const target = Buffer.alloc(COUNT * NUMBER_TEXT_MAX);
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  const writers = WRITERS.map(([name, write, numbers, toText = String]) => {
    const values = Float64Array.from(numbers);
    return compareRates(
      {
        name,
        own: () => {
          let at = 0;
          for (let k = 0; k < COUNT; k++) at = write(values, k, view, at);
          sink += at;
        },
        otherName: toText === String ? 'write(String())' : 'write(toPrecision())',
        other: () => {
          let at = 0;
          for (let k = 0; k < COUNT; k++) at += target.write(toText(numbers[k]!), at, 'latin1');
          sink += at;
        },
        count: COUNT,
      },
      runs,
    );
  });
  if (Number.isNaN(sink)) throw new Error('a number was not read');
  return [...readers, ...writers];
}
