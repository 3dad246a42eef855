/**
 * Where the items of a batch stand in their source: of all of them where that is asked for, else of so many that a reader
 * that begins at one of these places has little to read before any other.
 */
import { PLACE_BYTES } from '../../memory.js';
import type { ItemPlace } from '../../mesh.js';

export class PlaceNotes {
  private places: ItemPlace[] = [];
  /** Offset from which on the next place is to be kept. */
  private dueFrom = 0;

  constructor(private readonly spacing = PLACE_BYTES) {}

  /** Whether the place of an item that begins at `offset` is to be kept: that of the first item of a batch always is. */
  isDue(offset: number): boolean {
    return offset >= this.dueFrom;
  }

  /** Keeps a place, which is due. */
  add(place: ItemPlace): void {
    this.places.push(place);
    const { spacing } = this;
    this.dueFrom = spacing === 0 ? 0 : spacing * (Math.floor(place.offset / spacing) + 1);
  }

  /** Keeps the places that are due among `count` equal records, of which the first one is the batch's item `item`. */
  addRecords(item: number, count: number, offset: number, recordBytes: number, record: number): void {
    for (let k = 0; k < count; ) {
      const at = offset + k * recordBytes;
      if (this.isDue(at)) {
        this.add({
          item: item + k,
          offset: at,
          end: at + recordBytes,
          line: 0,
          record: record + k,
          vertices: 0,
        });
      }
      k += Math.max(1, Math.ceil((this.dueFrom - at) / recordBytes));
    }
  }

  /** The places of the batch that is handed over. */
  take(): readonly ItemPlace[] {
    const { places } = this;
    this.places = [];
    this.dueFrom = 0;
    return places;
  }
}
