import { describe, expect, it } from 'vitest';
import { createNodeTable, decodeNodeTable } from '../../../src/view/wire/node-table.js';

describe('the table of nodes', () => {
  it('has the same columns after its way through bytes', () => {
    const table = createNodeTable(3);
    table.parent.set([-1, 0, 0]);
    table.first.set([0, 0, 2 ** 40]);
    table.slots.set([7, 3, 4]);
    table.error.set([1.5, 0.5, 0.25]);
    table.triangles.set([70, 30, 40]);
    table.boxes.set(Array.from({ length: 18 }, (_, k) => k / 2));
    const { bytes, ...columns } = table;
    expect(decodeNodeTable(bytes.slice().buffer)).toEqual(columns);
  });

  it('refuses other bytes', () => {
    expect(() => decodeNodeTable(new ArrayBuffer(0))).toThrow(RangeError);
    expect(() => decodeNodeTable(new ArrayBuffer(16))).toThrow(RangeError);
    const { bytes } = createNodeTable(2);
    expect(() => decodeNodeTable(bytes.slice(0, -1).buffer)).toThrow(RangeError);
  });
});
