import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { parseNumbers } from '../../src/geometry/numbers.js';

describe('parseNumbers', () => {
  it.each([
    ['1,2,3', [1, 2, 3]],
    [' -1.5 , +.5 ,1e-3', [-1.5, 0.5, 0.001]],
    ['5.', [5]],
  ] as const)('reads %j', (text, numbers) => {
    expect(parseNumbers(text, [1, 3], '1 or 3 numbers')).toEqual(numbers);
  });

  it.each([
    ['', '0 numbers; expected 3 numbers: x,y,z'],
    ['1', '1 number; expected 3 numbers: x,y,z'],
    ['1,2,3,4', '4 numbers; expected 3 numbers: x,y,z'],
    ['1,,3', "'' is not a decimal number; expected 3 numbers: x,y,z"],
    ['1,0x2,3', "'0x2' is not a decimal number; expected 3 numbers: x,y,z"],
    ['1,Infinity,3', "'Infinity' is not a decimal number; expected 3 numbers: x,y,z"],
    ['1,1e999,3', "'1e999' is too large; expected 3 numbers: x,y,z"],
    ['one', 'not a decimal number; expected 3 numbers: x,y,z'],
  ])('refuses %j', (text, message) => {
    const parse = () => parseNumbers(text, 3, '3 numbers: x,y,z');
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });
});
