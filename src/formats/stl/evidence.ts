/** Judges from head and size whether a source is binary STL, and identifies misfits. Text is detected earlier. */

import { FormatError } from '../../errors.js';
import { formatCount } from '../../wording.js';
import { areDistinct, compareNormal, ExponentTally } from '../plausible.js';
import { CORNERS_AT, COUNT_AT, FACET_BYTES, HEADER_BYTES, readAnnouncedCount } from './layout.js';

/** The number of facets examined. */
const SAMPLE = 1024;
/** The number of facets at the beginning that must be valid for the rest to be read. */
const BEGINNING = 16;
/** The share of facets that must have normals of length 1 or 0 if the count does not fit the size. */
const NORMALS_MIN = 0.75;
/** Tolerance for the length of unit normals, as programs round them. */
const LENGTH_ERROR_MAX = 0.02;
/** Up to this many facets, the magnitude of the numbers proves nothing. */
const FEW = 3;
/** A count that no file has. */
const UNKNOWN_COUNT = 0xffffffff;

/** Whether the size matches the announced count, and the data may be facets. */
export function hasExactSize(head: Uint8Array, size: number | undefined): boolean {
  if (head.length < HEADER_BYTES || size !== HEADER_BYTES + FACET_BYTES * readAnnouncedCount(head))
    return false;
  return arePlausible(viewOf(head), HEADER_BYTES);
}

/** Above this count (13 GB), a file shorter than announced is accepted only if its normals are valid. */
const COUNT_SENSIBLE_MAX = 2 ** 28;

/** Throws FormatError if a source, which is not text, cannot be binary STL. */
export function refuseOthers(head: Uint8Array, size: number | undefined): void {
  const announced = readAnnouncedCount(head);
  const exact = HEADER_BYTES + FACET_BYTES * announced;
  const view = viewOf(head);
  // Bytes after the announced facets are not facets, or are judged when they are read.
  const most = isCountMissing(announced) ? SAMPLE : Math.min(SAMPLE, announced);
  const isPlausible = arePlausible(view, HEADER_BYTES, most);
  if (isPlausible && size === exact) return;
  const misfit = explainMisfit(head, size);
  if (misfit !== undefined) {
    const { problem, hint } = misfit;
    throw new FormatError(`${problem}; expected little-endian binary STL`, { place: { offset: 0 }, hint });
  }
  const isSensible = announced <= COUNT_SENSIBLE_MAX || isCountMissing(announced) || (size ?? exact) >= exact;
  if (isPlausible && (isSensible || beginsWithFacets(head))) return;
  // If it begins well, the error is further on and is reported there.
  if (areCertainFacets(view, HEADER_BYTES, true, BEGINNING)) return;
  const found = isPlausible
    ? `its header would announce ${formatCount(announced)} triangles, and its records have no valid normals`
    : 'its numbers do not look like a mesh';
  const hint = hasInsertedReturns(head) ? RETURNS_HINT : undefined;
  throw new FormatError(`not STL: binary data, but ${found}; expected facets after a header of 84 bytes`, {
    place: { offset: Math.min(HEADER_BYTES, head.length) },
    hint,
  });
}

const RETURNS_HINT =
  'transfer it in binary mode; every byte 10 follows a byte 13, as after a transfer in text mode';

/** Whether the count may be missing: programs that do not know it write one of these values. */
export function isCountMissing(announced: number): boolean {
  return announced === 0 || announced === UNKNOWN_COUNT;
}

/** Whether facets certainly follow the header: plausible, with distinct corners, nearly all with normals. */
export function beginsWithFacets(head: Uint8Array): boolean {
  return areCertainFacets(viewOf(head), HEADER_BYTES, true);
}

/** Identifies what the bytes are instead of binary STL of that size, with a hint. */
function explainMisfit(
  head: Uint8Array,
  size: number | undefined,
): { readonly problem: string; readonly hint: string } | undefined {
  if (head.length < HEADER_BYTES) return undefined;
  const view = viewOf(head);
  const swapped = view.getUint32(COUNT_AT, false);
  const announced = view.getUint32(COUNT_AT, true);
  const save = 'save it again as binary STL, in little-endian float32';
  const isBigEndian =
    (size === HEADER_BYTES + FACET_BYTES * swapped && swapped > 0) ||
    (!arePlausible(view, HEADER_BYTES) && areCertainFacets(view, HEADER_BYTES, false));
  if (isBigEndian) return { problem: 'a big-endian STL', hint: save };
  if (size === HEADER_BYTES + DOUBLE_FACET_BYTES * announced && announced > 0) {
    return { problem: 'an STL of float64 numbers', hint: save };
  }
  const first = view.getUint32(0, true);
  if (size === 4 + FACET_BYTES * first && first > 0) {
    return { problem: 'an STL without its header of 80 bytes', hint: 'prepend a header of 80 bytes' };
  }
  if (size !== undefined && size % FACET_BYTES === 0 && areCertainFacets(view, 0, true)) {
    return { problem: 'an STL without its header of 84 bytes', hint: save };
  }
  return undefined;
}

/** Size of a facet whose twelve numbers are float64. */
const DOUBLE_FACET_BYTES = 98;

/** Whether every line feed follows a carriage return, as after a transfer of binary data in text mode. */
function hasInsertedReturns(head: Uint8Array): boolean {
  let feeds = 0;
  for (let at = head.indexOf(0x0a); at >= 0; at = head.indexOf(0x0a, at + 1)) {
    if (head[at - 1] !== 0x0d) return false;
    feeds++;
  }
  return feeds >= 4;
}

/** Sums the bytes announced by attribute words, if these follow their facets; undefined if the head ends before. */
export function sumAttributePayload(head: Uint8Array, facets: number): number | undefined {
  const view = viewOf(head);
  let sum = 0;
  for (let at = HEADER_BYTES, facet = 0; facet < facets; facet++) {
    if (at + FACET_BYTES > head.length) return undefined;
    const bytes = view.getUint16(at + FACET_BYTES - 2, true);
    sum += bytes;
    at += FACET_BYTES + bytes;
  }
  return sum;
}

/** Whether the normal at `at` is all zeros, as programs without normals write it. */
function isZero(view: DataView, at: number): boolean {
  return [0, 4, 8].every((slot) => view.getUint32(at + slot, true) === 0);
}

function addBits(tally: ExponentTally, bits: number): void {
  if (bits << 1 !== 0) tally.add(bits);
}

/** Whether the coordinates from `from` on, in up to `most` facets, may be those of a mesh. */
function arePlausible(view: DataView, from: number, most = SAMPLE): boolean {
  const tally = new ExponentTally();
  const facets = Math.min(most, Math.floor((view.byteLength - from) / FACET_BYTES));
  let distinct = 0;
  let normals = 0;
  for (let k = 0; k < facets; k++) {
    const at = from + FACET_BYTES * k + CORNERS_AT;
    for (let slot = 0; slot < 9; slot++) addBits(tally, view.getInt32(at + 4 * slot, true));
    if (areDistinct(view, at)) distinct++;
    if (facets > FEW) continue;
    if (isZero(view, at - CORNERS_AT) || compareNormal(view, at - CORNERS_AT) === 'fits') normals++;
  }
  if (2 * distinct < facets) return false;
  // A few numbers may have any magnitude if each facet is aligned.
  const arePlaced = facets <= FEW && normals === facets && !tally.hasDenormals;
  return arePlaced || tally.isPlausible;
}

function areCertainFacets(view: DataView, from: number, isLittle: boolean, most = SAMPLE): boolean {
  const tally = new ExponentTally();
  const facets = Math.min(most, Math.floor((view.byteLength - from) / FACET_BYTES));
  let normals = 0;
  let areas = 0;
  for (let k = 0; k < facets; k++) {
    const at = from + FACET_BYTES * k;
    const number = (slot: number) => view.getFloat32(at + 4 * slot, isLittle);
    for (let slot = 3; slot < 12; slot++) {
      if (!Number.isFinite(number(slot))) return false;
      addBits(tally, view.getInt32(at + 4 * slot, isLittle));
    }
    const length = Math.hypot(number(0), number(1), number(2));
    if (length === 0 || Math.abs(length - 1) <= LENGTH_ERROR_MAX) normals++;
    const isFlat = [3, 4, 5].every(
      (slot) => number(slot) === number(slot + 3) || number(slot) === number(slot + 6),
    );
    if (!isFlat) areas++;
  }
  return facets > 0 && areas > 0 && normals >= NORMALS_MIN * facets && tally.isPlausible;
}

function viewOf(head: Uint8Array): DataView {
  return new DataView(head.buffer, head.byteOffset, head.length);
}
