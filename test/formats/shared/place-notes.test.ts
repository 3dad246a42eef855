import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlaceNotes } from '../../../src/formats/shared/place-notes.js';

describe('PlaceNotes', () => {
  it('keeps the first place of each batch, and one for each stretch of the source', () => {
    const notes = new PlaceNotes(100);
    const offsets = (from: number) => {
      for (let offset = from; offset < from + 250; offset += 30) {
        const place = { item: 0, offset, end: offset + 30, line: 0, record: 0, vertices: 0 };
        if (notes.isDue(offset)) notes.add(place);
      }
      return notes.take().map(({ offset }) => offset);
    };
    expect(offsets(30)).toEqual([30, 120, 210]);
    expect(offsets(270)).toEqual([270, 300, 420, 510]);
    expect(notes.take()).toEqual([]);
  });

  it('keeps the same places of equal records at once as one by one', () => {
    const size = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(fc.nat(200), size, fc.nat(60), fc.nat(120), (offset, bytes, count, spacing) => {
        const [atOnce, oneByOne] = [new PlaceNotes(spacing), new PlaceNotes(spacing)];
        atOnce.addRecords(3, count, offset, bytes, 7);
        for (let k = 0; k < count; k++) oneByOne.addRecords(3 + k, 1, offset + k * bytes, bytes, 7 + k);
        const places = atOnce.take();
        expect(places).toEqual(oneByOne.take());
        if (count > 0)
          expect(places[0]).toEqual({
            item: 3,
            offset,
            end: offset + bytes,
            line: 0,
            record: 7,
            vertices: 0,
          });
      }),
    );
  });
});
