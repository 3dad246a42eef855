import { describe, expect, it } from 'vitest';
import { parseParameter } from '../../../src/commands/sql/parameter.js';
import { UsageError } from '../../../src/errors.js';

describe('parseParameter', () => {
  it.each([
    ['a=2', 2n],
    ['a=-0', 0n],
    ['a=9223372036854775807', 9223372036854775807n],
    ['a=9223372036854775808', 2 ** 63],
    ['a=007', '007'],
    ['a=2.5', 2.5],
    ['a=1e3', 1000],
    ['a=', ''],
    ['a=b=c', 'b=c'],
    ['a=two\nlines', 'two\nlines'],
    ['a:text=12', '12'],
    ['a:real=12', 12],
    ['a:integer=007', 7n],
  ] as const)('infers the type of %j', (text, value) => {
    expect(parseParameter(text)).toEqual({ a: value });
  });

  it('adds to earlier parameters', () => {
    expect(parseParameter('b=x', { a: 1n })).toEqual({ a: 1n, b: 'x' });
  });

  it.each(['a', '=1', 'a b=1', 'a:real=x', 'a:integer=1.5', 'a:integer=9223372036854775808', 'a:blob=1'])(
    'refuses %j',
    (text) => expect(() => parseParameter(text)).toThrow(UsageError),
  );
});
