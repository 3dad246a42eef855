/**
 * Decodes binary facets and checks that they stay plausible. Misaligned data anywhere in a file is refused, or ends the
 * recovery.
 *
 * Facets are judged in blocks of {@link BLOCK}, counted from the start of the file, so that batches and pieces do not
 * matter.
 */
import { FormatError } from '../../errors.js';
import { KernelMemory } from '../../kernels/kernels.js';
import { compareNormal, EXPONENTS, ExponentTally } from '../plausible.js';
import { ATTRIBUTE_AT, CORNERS_AT, FACET_BYTES, HEADER_BYTES } from './layout.js';

const BLOCK = 1024;
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
  /** The bytes that {@link decode} reads. */
  readonly window: Uint8Array;
  readonly positions: Float32Array;
  readonly attributes: Uint16Array;
  private readonly view: DataView;
  private readonly memory: KernelMemory;
  private readonly anyWord: Uint32Array;
  private readonly counts: Uint32Array;
  private readonly tally: ExponentTally;
  private inBlock = 0;
  private nulFacets = 0;
  /**
   * Among the last announced facets: how many have a normal that proves their alignment, which most must; how many have one
   * that contradicts it; and whether the last one is proven.
   */
  private proofs = 0;
  private misfits = 0;
  private isLastSure = false;

  /** Decodes up to `room` facets at a time, in a window of `windowBytes`, from a source that announces `announced`. */
  constructor(
    room: number,
    private readonly announced: number,
    windowBytes: number,
  ) {
    const sizes = [windowBytes, 36 * room, 2 * room, 4, 4 * EXPONENTS];
    this.memory = new KernelMemory(sizes);
    const [window, positions, attributes, anyWord, counts] = sizes.map((size) => this.memory.allocate(size));
    const { buffer } = this.memory;
    this.window = new Uint8Array(buffer, window, windowBytes);
    this.view = new DataView(buffer, window, windowBytes);
    this.positions = new Float32Array(buffer, positions, 9 * room);
    this.attributes = new Uint16Array(buffer, attributes, room);
    this.anyWord = new Uint32Array(buffer, anyWord, 1);
    this.counts = new Uint32Array(buffer, counts, EXPONENTS);
    this.tally = new ExponentTally(this.counts);
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
   * Decodes `count` facets from byte `start` of the window on; the first is facet `record` at byte `offset` of the source.
   * Returns whether any attribute word is not 0. Throws FormatError if they are not facets.
   */
  decode(start: number, count: number, record: number, offset: number): boolean {
    const { anyWord, memory, window, positions, attributes, counts } = this;
    anyWord[0] = 0;
    for (let done = 0; done < count; ) {
      const some = Math.min(count - done, BLOCK - this.inBlock);
      const decoded = memory.kernels.decodeFacets(
        window.byteOffset + start + FACET_BYTES * done,
        some,
        this.inBlock,
        positions.byteOffset + 36 * done,
        attributes.byteOffset + 2 * done,
        anyWord.byteOffset,
        counts.byteOffset,
      );
      if (decoded > 0) this.nulFacets = 0;
      done += decoded;
      this.inBlock += decoded;
      if (decoded < some) {
        const at = start + FACET_BYTES * done;
        this.decodeUnusual(at, done, offset + (at - start));
        done++;
        this.inBlock++;
      }
      if (this.inBlock === BLOCK) this.judge(offset + FACET_BYTES * done);
    }
    this.noteLast(this.view, start, count, record);
    return anyWord[0] !== 0;
  }

  /** Decodes a facet of the window at byte `at` whose coordinates are all 0. Throws FormatError if one is not finite. */
  private decodeUnusual(at: number, facet: number, offset: number): void {
    const { window, view, positions, attributes, anyWord } = this;
    refuseInfinite(view, at, offset);
    positions.fill(0, 9 * facet, 9 * facet + 9);
    attributes[facet] = view.getUint16(at + ATTRIBUTE_AT, true);
    anyWord[0]! |= attributes[facet]!;
    this.countNul(window, at, offset);
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

/** Throws FormatError if a coordinate of a facet is not finite. */
function refuseInfinite(view: DataView, at: number, offset: number): void {
  for (let from = CORNERS_AT; from < ATTRIBUTE_AT; from += 4) {
    const found = view.getFloat32(at + from, true);
    if (Number.isFinite(found)) continue;
    const axis = 'xyz'[((from - CORNERS_AT) / 4) % 3];
    throw new FormatError(`${axis} of a vertex is ${found}; expected a finite number`, {
      place: { offset: offset + from },
    });
  }
}
