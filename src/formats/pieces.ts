/**
 * Text of soup in pieces that are parsed beside the reader, in its order.
 *
 * A piece ends where a triangle ends. Whoever parses it assumes that it begins where one may begin and that nothing in
 * it is out of the ordinary: no new part, nothing to warn of, no error. Where that turns out wrong, or where the reader
 * is in the middle of something, the reader parses the piece itself, so that it alone decides what a file means.
 */

import { FormatError } from '../errors.js';
import type { ByteSource } from '../io/input/byte-source.js';
import type { ByteWindow } from '../io/input/byte-window.js';
import { BATCH_TRIANGLES } from '../memory.js';
import type { ItemPlace, MeshItem, SoupBatch } from '../mesh.js';

/** What a parser works on: a window, or a piece. */
export type ParsedBytes = Pick<ByteWindow, 'bytes' | 'start' | 'end' | 'ended' | 'base'>;

/** What a piece held. */
export interface PlainPiece {
  readonly count: number;
  /** Line ends in it. */
  readonly lines: number;
  /** As those of a batch; lines and records are counted from the piece's beginning. */
  readonly places: readonly ItemPlace[];
}

/** How a format's text is cut to pieces, and understood. */
export interface PieceFormat {
  readonly id: string;
  /** Bytes of a piece, at the most: what always fits one batch. */
  readonly bytes: number;
  /** Where the last triangle that is whole in the first `length` bytes ends, with its line; 0 if there is none. */
  findEnd(bytes: Uint8Array, length: number): number;
  /**
   * Writes the corners of a piece, which begins at byte `base` of the source, to `target`, 9 values a triangle; undefined
   * where it is not plain.
   */
  parse(bytes: Uint8Array, target: Float64Array, base: number): PlainPiece | undefined;
}

/** Whoever parses pieces; the arrays are shared memory. */
export interface PieceParsers {
  /** How many pieces may be on their way. */
  readonly capacity: number;
  /** Bytes of a piece instead of the format's; for tests. */
  readonly pieceBytes?: number;
  /** The piece begins at byte `base` of the source. */
  parse(
    format: string,
    bytes: Uint8Array,
    target: Float64Array,
    base: number,
  ): Promise<PlainPiece | undefined>;
}

/** After so many pieces in a row that are not plain, only one in as many is given to others to parse. */
const MISSES_MAX = 16;

/** A parser that can leave out what others have parsed. */
export interface SkippingParser {
  readonly line: number;
  readonly count: number;
  /** Triangles so far, in all batches. */
  readonly total: number;
  /** Whether a triangle may begin here. */
  readonly isBetween: boolean;
  takeBatch(): SoupBatch;
  /** Goes on behind `triangles` whole triangles, `lines` lines further down. */
  skip(triangles: number, lines: number): void;
}

interface Slot {
  readonly bytes: Uint8Array;
  readonly positions: Float64Array;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly positions: Float64Array;
  readonly parsed: Promise<PlainPiece | undefined> | undefined;
  isTaken: boolean;
}

/** Cuts a source to pieces and has them parsed, some of them ahead; what is not plain is read as from the source. */
export class PieceFeeder {
  private readonly slots: readonly Slot[];
  private turn = 0;
  /** Pieces in a row that were not plain. */
  private misses = 0;
  private readonly queue: Piece[] = [];
  /** Bytes behind the last cut, in the slot filled last. */
  private rest: Uint8Array = new Uint8Array(0);
  private ended = false;
  /** Where in the source these begin. */
  private base = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly format: PieceFormat,
    private readonly parsers: PieceParsers,
  ) {
    // One more than are on their way: that of the piece that is being dealt with.
    this.slots = Array.from({ length: parsers.capacity + 1 }, () => ({
      bytes: new Uint8Array(new SharedArrayBuffer(parsers.pieceBytes ?? format.bytes)),
      positions: new Float64Array(new SharedArrayBuffer(8 * 9 * BATCH_TRIANGLES)),
    }));
  }

  /** Goes on at byte `offset` of the source, before anything has been read. */
  seek(offset: number): Promise<void> {
    this.base = offset;
    return this.source.seek(offset);
  }

  /** The next bytes, for a window of at least a piece: those of a piece that is to be parsed by the reader. */
  async read(target: Uint8Array): Promise<number> {
    const piece = await this.first();
    if (piece === undefined) return 0;
    piece.isTaken = true;
    target.set(piece.bytes);
    return piece.bytes.length;
  }

  /** Goes past the next pieces as long as they are plain, where the parser is between triangles. */
  async *pass(window: ByteWindow, parser: SkippingParser): AsyncGenerator<MeshItem> {
    if (window.start < window.end || !parser.isBetween) return;
    for (;;) {
      const piece = await this.first();
      const parsed = await piece?.parsed;
      if (piece?.parsed !== undefined) this.misses = parsed === undefined ? this.misses + 1 : 0;
      if (piece === undefined || parsed === undefined) return;
      piece.isTaken = true;
      const { count, lines } = parsed;
      if (parser.count > 0) yield parser.takeBatch();
      const places = parsed.places.map((place) => movePlace(place, parser));
      parser.skip(count, lines);
      window.skip(piece.bytes.length);
      if (count > 0) yield { kind: 'soup', count, positions: piece.positions, places };
    }
  }

  /** The next piece that is not yet taken; those after it are on their way. */
  private async first(): Promise<Piece | undefined> {
    if (this.queue[0]?.isTaken) this.queue.shift();
    while (!this.ended && this.queue.length <= this.parsers.capacity) await this.fill();
    return this.queue[0];
  }

  private async fill(): Promise<void> {
    const { bytes, positions } = this.slots[this.turn++ % this.slots.length]!;
    bytes.set(this.rest);
    let length = this.rest.length;
    while (length < bytes.length) {
      const count = await this.source.read(bytes.subarray(length));
      this.ended = count === 0;
      if (this.ended) break;
      length += count;
    }
    const end = this.format.findEnd(bytes, length);
    if (end > 0) {
      const whole = bytes.subarray(0, end);
      const isHopeless = this.misses >= MISSES_MAX && this.turn % MISSES_MAX !== 0;
      const parsed = isHopeless ? undefined : this.parsers.parse(this.format.id, whole, positions, this.base);
      this.queue.push({ bytes: whole, positions, parsed, isTaken: false });
    }
    this.rest = bytes.subarray(end, length);
    this.base += end;
    // What has no end in a whole piece, or in the file, is the reader's.
    if ((end === 0 || this.ended) && this.rest.length > 0) {
      this.queue.push({ bytes: this.rest, positions, parsed: undefined, isTaken: false });
      this.base += this.rest.length;
      this.rest = new Uint8Array(0);
    }
  }
}

/** A place of a piece, whose lines and records are counted from its beginning, as one of the source. */
function movePlace(place: ItemPlace, { line, total }: SkippingParser): ItemPlace {
  return {
    ...place,
    line: line + place.line - 1,
    record: total + place.record,
  };
}

/** Runs a parser over a piece; false where it throws a FormatError: then the reader will. */
export function tryPiece(parse: () => boolean): boolean {
  try {
    return parse();
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/** The bytes of a piece as a parser takes them. */
export function windowOf(bytes: Uint8Array, base: number): ParsedBytes {
  return { bytes, start: 0, end: bytes.length, ended: false, base };
}
