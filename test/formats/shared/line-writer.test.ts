import { describe, expect, it } from 'vitest';
import {
  idLines,
  LINE_BYTES,
  type LineWriter,
  positionLines,
} from '../../../src/formats/shared/line-writer.js';
import {
  makeRoundedWriter,
  type NumberWriter,
  writeFloat32,
  writeFloat64,
  writeInteger,
} from '../../../src/io/number-text.js';

/** The lines of rows of three, by the writer of single numbers. */
function linesOf(values: Float64Array, prefix: string, write: NumberWriter): string {
  const view = new DataView(new ArrayBuffer(64));
  const text = (k: number) => Buffer.from(view.buffer, 0, write(values, k, view, 0)).toString('latin1');
  let lines = '';
  for (let k = 0; k < values.length; k += 3) lines += `${prefix}${text(k)} ${text(k + 1)} ${text(k + 2)}\n`;
  return lines;
}

/** The lines of rows of three, in one call, surrounded by bytes that must stay. */
function written(values: Float64Array, write: LineWriter): string {
  const target = Buffer.alloc((LINE_BYTES * values.length) / 3 + 40, 0xff);
  const end = write(values, 0, values.length / 3, target, 20);
  expect(target.subarray(0, 20).every((byte) => byte === 0xff)).toBe(true);
  return target.toString('latin1', 20, end);
}

/** A generator of uniform numbers below 2^32: xorshift. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);
/** Returns the float32 with these bits, or 0 if it is none. */
function floatOf(word: number): number {
  bits[0] = word;
  return Number.isFinite(float[0]) ? float[0]! : 0;
}

const random = makeRandom(0x2545f491);
const many = (make: () => number, rows = 2000) => Float64Array.from({ length: 3 * rows }, make);

describe('lines of positions', () => {
  const write = positionLines('v ', writeFloat32);
  const around = (value: number) => {
    float[0] = value;
    return [-2, -1, 0, 1, 2].map((step) => floatOf((bits[0]! + step) >>> 0));
  };
  const powers = Array.from({ length: 276 }, (_, k) => 2 ** (k - 149));
  const tens = Array.from({ length: 80 }, (_, k) => Number(`1e${k - 42}`));
  const edges = [...powers, ...tens].flatMap(around).flatMap((value) => [value, -value]);

  it.each([
    ['any float32', many(() => floatOf(random()))],
    ['float32 in the usual range', many(() => floatOf(((random() % 0x1380_0000) + 0x3780_0000) | 0))],
    ['coordinates of a scan', many(() => Math.fround(((random() % 200_000) - 100_000) / 1000))],
    ['quarters', many(() => ((random() % 4000) - 2000) / 4)],
    ['integers', many(() => Math.floor(random() / 2 ** (random() % 32)) * (random() & 1 ? 1 : -1))],
    ['values around powers', Float64Array.from(edges.slice(0, edges.length - (edges.length % 3)))],
    ['zeros', Float64Array.of(0, -0, 0)],
    ['numbers beyond float32', many(() => random() / 4e6 - 500, 20)],
  ])('have the text of single numbers: %s', (_, values) => {
    expect(written(values, write)).toBe(linesOf(values, 'v ', writeFloat32));
  });

  it('are written one by one with other digits', () => {
    const values = many(() => random() / 4e6 - 500, 30);
    for (const number of [writeFloat64, makeRoundedWriter('float32', 4)]) {
      expect(written(values, positionLines('', number))).toBe(linesOf(values, '', number));
    }
  });
});

describe('lines of ids', () => {
  it.each([
    ['of all lengths', many(() => Math.floor(random() / 2 ** (1 + (random() % 31))))],
    ['around powers of ten', Float64Array.from({ length: 30 }, (_, k) => 10 ** (k % 10) - (k >> 3) + 4)],
    ['around 2^31', Float64Array.from({ length: 9 }, (_, k) => 2 ** 31 - 5 + k)],
    ['up to 2^53 - 1', many(() => Math.floor((random() / 2 ** 32) * 2 ** (random() % 54)), 300)],
  ])('have the text of single numbers: %s', (_, values) => {
    expect(written(values, idLines('3 ', 0))).toBe(linesOf(values, '3 ', writeInteger));
    const next = values.map((value) => value + 1);
    expect(written(values, idLines('f ', 1))).toBe(linesOf(next, 'f ', writeInteger));
  });

  it('are those of the rows asked for', () => {
    const values = Float64Array.from({ length: 30 }, (_, k) => k);
    const target = Buffer.alloc(2000);
    const end = idLines('', 0)(values, 4, 6, target, 0);
    expect(target.toString('latin1', 0, end)).toBe('12 13 14\n15 16 17\n');
  });
});
