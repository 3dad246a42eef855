/**
 * Decodes binary facets and checks that they stay plausible. Misaligned data anywhere in a file is refused, or ends the
 * recovery.
 *
 * Facets are judged in blocks of {@link BLOCK}, counted from the start of the file, so that batches and pieces do not
 * matter.
 */
import { FormatError } from '../../errors.js';
import { compareNormal, ExponentTally } from '../plausible.js';
import { ATTRIBUTE_AT, CORNERS_AT, FACET_BYTES, HEADER_BYTES } from './layout.js';

const EXPONENT = 0x7f800000;
const BLOCK = 1024;
/** One in this many facets is sampled; checking all would take 5 % of an import. */
const SAMPLED = 4;
/** Fewer facets are not judged, since the head has been. */
const JUDGED_MIN = 16;
/** A run of this many facets of NUL bytes, 4,000 bytes, is a part of the file that was never written. */
const NUL_FACETS_MAX = 80;
/** The number of last facets that must be aligned if bytes follow them. */
const LAST = 16;

/** The state of a decoder, as plain data. */
export interface SavedDecoder {
  readonly exponents: readonly number[];
  readonly inBlock: number;
  readonly nulFacets: number;
  readonly proofs: number;
  readonly misfits: number;
  readonly isLastSure: boolean;
}

export class FacetDecoder {
  readonly positions: Float32Array;
  readonly attributes: Uint16Array;
  private readonly bits: Int32Array;
  private readonly tally = new ExponentTally();
  private inBlock = 0;
  private nulFacets = 0;
  /**
   * Among the last announced facets: how many have a normal that proves their alignment, which most must; how many have one
   * that contradicts it; and whether the last one is proven.
   */
  private proofs = 0;
  private misfits = 0;
  private isLastSure = false;

  /** Decodes up to `room` facets at a time from a source that announces `announced`. */
  constructor(
    room: number,
    private readonly announced: number,
  ) {
    this.positions = new Float32Array(9 * room);
    this.attributes = new Uint16Array(room);
    this.bits = new Int32Array(this.positions.buffer);
  }

  save(): SavedDecoder {
    const { inBlock, nulFacets, proofs, misfits, isLastSure } = this;
    return { exponents: this.tally.save(), inBlock, nulFacets, proofs, misfits, isLastSure };
  }

  restore({ exponents, inBlock, nulFacets, proofs, misfits, isLastSure }: SavedDecoder): void {
    this.tally.restore(exponents);
    this.inBlock = inBlock;
    this.nulFacets = nulFacets;
    this.proofs = proofs;
    this.misfits = misfits;
    this.isLastSure = isLastSure;
  }

  /** Whether the last announced facets are aligned, so that what follows is an appendix. */
  get endsInStep(): boolean {
    const looked = Math.min(LAST, this.announced);
    return this.isLastSure && 2 * this.proofs >= looked && this.misfits === 0;
  }

  /**
   * Decodes `count` facets from `start` on; the first is facet `record` at byte `offset` of the source. Returns whether any
   * attribute word is not 0. Throws FormatError if they are not facets.
   */
  decode(bytes: Uint8Array, start: number, count: number, record: number, offset: number): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const { bits, attributes, tally } = this;
    let anyWord = 0;
    for (let facet = 0, at = start, k = 0; facet < count; facet++, at += FACET_BYTES) {
      let strange = false;
      let any = 0;
      const isSampled = this.inBlock % SAMPLED === 0;
      for (let from = at + CORNERS_AT, end = at + ATTRIBUTE_AT; from < end; from += 4) {
        const value = view.getInt32(from, true);
        // All exponent bits set: NaN or an infinity.
        if ((value & EXPONENT) === EXPONENT) strange = true;
        if (isSampled && value << 1 !== 0) tally.add(value);
        any |= value;
        bits[k++] = value;
      }
      const place = offset + (at - start);
      if (strange) refuseFacet(view, at, place);
      const word = view.getUint16(at + ATTRIBUTE_AT, true);
      anyWord |= word;
      attributes[facet] = word;
      if (any === 0) this.countNul(bytes, at, place);
      else this.nulFacets = 0;
      if (++this.inBlock === BLOCK) this.judge(place + FACET_BYTES);
    }
    this.noteLast(view, start, count, record);
    return anyWord !== 0;
  }

  /** Judges the facets since the last judgment, if there are enough; `end` is where the last facet ends. */
  judge(end: number): void {
    const { tally, inBlock } = this;
    const isPlausible = inBlock < JUDGED_MIN || tally.isPlausible;
    tally.clear();
    this.inBlock = 0;
    if (isPlausible) return;
    const offset = Math.max(HEADER_BYTES, end - FACET_BYTES * inBlock);
    throw new FormatError(
      `damaged: the numbers up to byte ${end} do not look like a mesh, they alternate between tiny and huge; expected facets`,
      { place: { offset }, hint: 'copy the file again; bytes may be missing or inserted there' },
    );
  }

  private countNul(bytes: Uint8Array, at: number, offset: number): void {
    for (let k = at; k < at + FACET_BYTES; k++) {
      if (bytes[k] === 0) continue;
      this.nulFacets = 0;
      return;
    }
    if (++this.nulFacets < NUL_FACETS_MAX) return;
    const first = offset - FACET_BYTES * (this.nulFacets - 1);
    throw new FormatError(
      `damaged: only NUL bytes up to byte ${offset + FACET_BYTES} and beyond; expected facets`,
      { place: { offset: first }, hint: 'copy the file again; this part was never written' },
    );
  }

  private noteLast(view: DataView, start: number, count: number, record: number): void {
    const first = Math.max(record, this.announced - LAST);
    const end = Math.min(record + count, this.announced);
    for (let facet = first; facet < end; facet++) {
      const normal = compareNormal(view, start + FACET_BYTES * (facet - record));
      if (normal === 'differs') this.misfits++;
      else if (normal !== 'open') this.proofs++;
      this.isLastSure = normal === 'zero' || normal === 'fits';
    }
  }
}

function refuseFacet(view: DataView, at: number, offset: number): never {
  let from = CORNERS_AT;
  while (Number.isFinite(view.getFloat32(at + from, true))) from += 4;
  const found = view.getFloat32(at + from, true);
  const axis = 'xyz'[((from - CORNERS_AT) / 4) % 3];
  throw new FormatError(`${axis} of a vertex is ${found}; expected a finite number`, {
    place: { offset: offset + from },
  });
}
