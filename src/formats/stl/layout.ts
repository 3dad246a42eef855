/** The layout of binary STL: an 80-byte header, a count, then records of 50 bytes. */

/** Offset of the count, a uint32. */
export const COUNT_AT = 80;
/** Size of header and count. */
export const HEADER_BYTES = 84;
/** Size of a facet: normal, three corners, attribute word. */
export const FACET_BYTES = 50;
/** Offset of the corners in a facet, nine float32. */
export const CORNERS_AT = 12;
/** Offset of the attribute word in a facet, a uint16. */
export const ATTRIBUTE_AT = 48;

/** Reads the count in the header of a binary STL. */
export function readAnnouncedCount(head: Uint8Array): number {
  return new DataView(head.buffer, head.byteOffset, head.length).getUint32(COUNT_AT, true);
}
