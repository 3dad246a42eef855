/**
 * Makes `toEqual` quick on large values. Vitest visits each byte of a Buffer and each row of a table by itself; Node
 * compares a megabyte of bytes in a moment. What Node finds equal is also equal for Vitest; the rest is left to Vitest.
 */
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

expect.addEqualityTesters([
  (one, other) => (isObject(one) && isObject(other) && isDeepStrictEqual(one, other) ? true : undefined),
]);
