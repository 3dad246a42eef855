import { describe, expect, it } from 'vitest';
import { decodeSources, readStlColors } from '../../../src/formats/stl/color.js';

const header = (text: string, ...bytes: number[]) => {
  const buffer = Buffer.alloc(80, ' ');
  buffer.write(text, 'latin1');
  Buffer.from(bytes).copy(buffer, text.length);
  return buffer;
};

function decode(words: number[], bytes: Buffer): number[][] {
  const { decode: decodeWord } = readStlColors(bytes);
  return words.map((word) => {
    const target = new Float64Array(5).fill(9);
    decodeWord(word, target, 1);
    return [...target.subarray(1)];
  });
}

describe('attribute words', () => {
  it('are VisCAM colors, unless the header has COLOR=', () => {
    expect(readStlColors(header('made by hand')).dialect).toBe('VisCAM');
    const red = 0x8000 | (31 << 10);
    const green = 0x8000 | (31 << 5);
    const blue = 0x8000 | 31;
    expect(decode([red, green, blue, 0x8000], header('made by hand'))).toEqual([
      [1, 0, 0, 1],
      [0, 1, 0, 1],
      [0, 0, 1, 1],
      [0, 0, 0, 1],
    ]);
    for (const none of [0, 1, 0x7fff]) expect(decode([none], header('')).at(0)![0]).toBeNaN();
  });

  it('are Magics colors if the header has COLOR=', () => {
    const magics = header('box COLOR=', 255, 0, 51, 102);
    expect(readStlColors(magics).dialect).toBe('Magics');
    expect(decode([31, 31 << 5, 31 << 10, 0, 0x8000, 0xffff], magics)).toEqual([
      [1, 0, 0, 1],
      [0, 1, 0, 1],
      [0, 0, 1, 1],
      [0, 0, 0, 1],
      [1, 0, 0.2, 0.4],
      [1, 0, 0.2, 0.4],
    ]);
  });

  it('are VisCAM colors if COLOR= is not followed by four bytes', () => {
    expect(readStlColors(header(`${' '.repeat(72)}COLOR=`)).dialect).toBe('VisCAM');
  });
});

const visCam = Buffer.alloc(80, ' ');
const magics = Buffer.concat([Buffer.from('COLOR='), Buffer.from([255, 0, 51, 102]), Buffer.alloc(70)]);

describe('the attribute words of several sources', () => {
  const { dialects, decode } = decodeSources([
    { first: 20, last: 29, header: magics },
    { first: 0, last: 9, header: visCam },
    { first: 30, last: 39, header: visCam },
  ]);
  const colorOf = (word: number, triangle: number) => {
    const target = new Float64Array(5).fill(9);
    decode(word, target, 1, triangle);
    return [...target.subarray(1)];
  };

  it('mean what the header of their source says', () => {
    expect(dialects).toEqual(['VisCAM', 'Magics']);
    const red = 0x8000 | (31 << 10);
    for (const triangle of [0, 9, 30, 39]) expect(colorOf(red, triangle)).toEqual([1, 0, 0, 1]);
    for (const triangle of [20, 29]) expect(colorOf(red, triangle)).toEqual([1, 0, 0.2, 0.4]);
  });

  it('mean no color for a triangle of another source', () => {
    for (const triangle of [10, 19, 40]) expect(colorOf(0xffff, triangle)[0]).toBeNaN();
    expect(decodeSources([]).dialects).toEqual([]);
    const target = new Float64Array(4);
    decodeSources([]).decode(0xffff, target, 0, 5);
    expect(target[0]).toBeNaN();
  });
});
