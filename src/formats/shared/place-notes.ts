/**
 * Records where the items of a batch are in their source: all of them if requested, otherwise enough that a reader starting
 * at a recorded place reaches any other item quickly.
 */
import { PLACE_BYTES } from '../../memory.js';
import type { ItemPlace } from '../../mesh.js';

export class PlaceNotes {
  private places: ItemPlace[] = [];
  /** Offset from which on the next place is recorded. */
  private dueFrom = 0;

  constructor(private readonly spacing = PLACE_BYTES) {}

  /** Whether to record the place of an item at `offset`; always true for the first item of a batch. */
  isDue(offset: number): boolean {
    return offset >= this.dueFrom;
  }

  /** Records a place that is due. */
  add(place: ItemPlace): void {
    this.places.push(place);
    const { spacing } = this;
    this.dueFrom = spacing === 0 ? 0 : spacing * (Math.floor(place.offset / spacing) + 1);
  }

  /** Records the places that are due among `count` equal records, the first of which is item `item` of the batch. */
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

  /** Returns the places of the current batch and begins the next. */
  take(): readonly ItemPlace[] {
    const { places } = this;
    this.places = [];
    this.dueFrom = 0;
    return places;
  }
}
