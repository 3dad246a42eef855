import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeTable, decodeNodeTable, encodeNodeTable } from '../../../src/view/wire/node-table.js';

const bufferOf = (bytes: Uint8Array) => bytes.slice().buffer as ArrayBuffer;

/** Rows of any tree, in any order that has parents before children, and of any size. */
const rows = fc.array(
  fc.record({
    parent: fc.nat(),
    first: fc.maxSafeInteger().map((value) => Math.abs(value) / 4),
    slots: fc.maxSafeInteger().map((value) => Math.floor(Math.abs(value) / 4)),
    error: fc.float({ min: 0, noNaN: true, noDefaultInfinity: true, max: 2 ** 21 }),
    triangles: fc.nat(2 ** 32 - 1),
    box: fc.tuple(
      ...(Array(6).fill(fc.float({ min: -2, max: 2 ** 21, noNaN: true })) as fc.Arbitrary<number>[]),
    ),
  }),
  { maxLength: 30 },
);

describe('the table of nodes', () => {
  it('has the same columns after its way through bytes, with boxes and errors rounded outward', () => {
    fc.assert(
      fc.property(rows, (nodes) => {
        const table = createNodeTable(nodes.length);
        for (const [id, node] of nodes.entries()) {
          table.parent[id] = id === 0 ? -1 : node.parent % id;
          table.first[id] = Math.floor(node.first);
          table.slots[id] = node.slots;
          table.error[id] = node.error;
          table.triangles[id] = node.triangles;
          table.boxes.set(node.box, 6 * id);
        }
        const decoded = decodeNodeTable(bufferOf(encodeNodeTable(table)));
        const { boxes, error, ...same } = decoded;
        expect(same).toEqual({
          count: table.count,
          parent: table.parent,
          first: table.first,
          slots: table.slots,
          triangles: table.triangles,
        });
        for (const [at, value] of table.boxes.entries()) {
          expect(boxes[at]).toBe((at % 6 < 3 ? Math.floor(value) : Math.ceil(value)) + 0);
        }
        for (const [id, value] of table.error.entries()) {
          expect(error[id]).toBeGreaterThanOrEqual(value);
          if (value > 1e-30) expect(error[id]! / value).toBeLessThan(1.01);
        }
      }),
    );
  });

  it('refuses other bytes', () => {
    expect(() => decodeNodeTable(new ArrayBuffer(0))).toThrow(RangeError);
    expect(() => decodeNodeTable(new ArrayBuffer(16))).toThrow(RangeError);
    const table = createNodeTable(2);
    table.parent[0] = -1;
    const bytes = encodeNodeTable(table);
    expect(decodeNodeTable(bufferOf(bytes)).count).toBe(2);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeNodeTable(bufferOf(bytes.subarray(0, length)))).toThrow(RangeError);
    }
    expect(() => decodeNodeTable(bufferOf(Uint8Array.from([...bytes, 0])))).toThrow(RangeError);
    // A count that no memory has room for.
    const huge = Uint8Array.from(bytes);
    huge.fill(255, 4, 8);
    expect(() => decodeNodeTable(bufferOf(huge))).toThrow(RangeError);
  });
});
