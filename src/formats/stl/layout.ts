/** The layout of binary STL: 80 bytes of anything, a count, then records of 50 bytes. */

/** Where the count stands, a uint32. */
export const COUNT_AT = 80;
/** Header and count. */
export const HEADER_BYTES = 84;
/** A facet: normal, three corners, attribute word. */
export const FACET_BYTES = 50;
/** Where the corners of a facet stand, nine float32. */
export const CORNERS_AT = 12;
/** Where the attribute word of a facet stands, a uint16. */
export const ATTRIBUTE_AT = 48;

/** The count in the header of a binary STL. */
export function readAnnouncedCount(head: Uint8Array): number {
  return new DataView(head.buffer, head.byteOffset, head.length).getUint32(COUNT_AT, true);
}
