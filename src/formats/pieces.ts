/**
 * Splits the text of soup into pieces that are parsed in parallel and delivered in file order.
 *
 * A piece ends where a triangle ends. Its parser assumes that it begins where a triangle may begin and that it is plain: no
 * new part, no warning, no error. If that proves wrong, or if the reader is inside a triangle, the reader parses the piece
 * itself. So the reader alone decides what a file means.
 */

import { FormatError } from '../errors.js';
import type { ByteSource } from '../io/input/byte-source.js';
import type { ByteWindow } from '../io/input/byte-window.js';
import { BATCH_TRIANGLES } from '../memory.js';
import type { ItemPlace, MeshItem, SoupBatch } from '../mesh.js';

/** The bytes that a parser works on: a window or a piece. */
export type ParsedBytes = Pick<ByteWindow, 'bytes' | 'start' | 'end' | 'ended' | 'base'>;

/** The result of parsing a plain piece. */
export interface PlainPiece {
  readonly count: number;
  /** Line ends in the piece. */
  readonly lines: number;
  /** Like the places of a batch, but lines and records are counted from the start of the piece. */
  readonly places: readonly ItemPlace[];
}

/** Splits the text of a format into pieces and parses them. */
export interface PieceFormat {
  readonly id: string;
  /** The maximum size of a piece in bytes, small enough that its triangles always fit one batch. */
  readonly bytes: number;
  /**
   * Returns the end of the last complete triangle in the first `length` bytes, including its line end; 0 if there is none.
   */
  findEnd(bytes: Uint8Array, length: number): number;
  /**
   * Writes the corners of a piece that begins at byte `base` of the source to `target`, 9 values a triangle. Returns
   * undefined if the piece is not plain.
   */
  parse(bytes: Uint8Array, target: Float64Array, base: number): PlainPiece | undefined;
}

/** Parses pieces in parallel. The arrays are shared memory. */
export interface PieceParsers {
  /** The maximum number of pieces in flight. */
  readonly capacity: number;
  /** Overrides the piece size of the format, in bytes; for tests. */
  readonly pieceBytes?: number;
  /** Parses a piece that begins at byte `base` of the source. */
  parse(
    format: string,
    bytes: Uint8Array,
    target: Float64Array,
    base: number,
  ): Promise<PlainPiece | undefined>;
}

/** After this many consecutive pieces that are not plain, only one in as many is parsed in parallel. */
const MISSES_MAX = 16;

/** A parser that can skip what others have parsed. */
export interface SkippingParser {
  readonly line: number;
  readonly count: number;
  /** Triangles so far, in all batches. */
  readonly total: number;
  /** Whether a triangle may begin here. */
  readonly isBetween: boolean;
  takeBatch(): SoupBatch;
  /** Resumes after `triangles` complete triangles and `lines` lines. */
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

/** Splits a source into pieces and has them parsed ahead. Pieces that are not plain are read as from the source. */
export class PieceFeeder {
  private readonly slots: readonly Slot[];
  private turn = 0;
  /** Consecutive pieces that were not plain. */
  private misses = 0;
  private readonly queue: Piece[] = [];
  /** Bytes after the last cut, in the slot filled last. */
  private rest: Uint8Array = new Uint8Array(0);
  private ended = false;
  /** Offset in the source of the bytes in `rest`. */
  private base = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly format: PieceFormat,
    private readonly parsers: PieceParsers,
  ) {
    // One slot more than pieces in flight: that of the piece being delivered.
    this.slots = Array.from({ length: parsers.capacity + 1 }, () => ({
      bytes: new Uint8Array(new SharedArrayBuffer(parsers.pieceBytes ?? format.bytes)),
      positions: new Float64Array(new SharedArrayBuffer(8 * 9 * BATCH_TRIANGLES)),
    }));
  }

  /** Moves to byte `offset` of the source, before anything has been read. */
  seek(offset: number): Promise<void> {
    this.base = offset;
    return this.source.seek(offset);
  }

  /** Reads the next bytes into a window that holds at least one piece: a piece that the reader must parse itself. */
  async read(target: Uint8Array): Promise<number> {
    const piece = await this.first();
    if (piece === undefined) return 0;
    piece.isTaken = true;
    target.set(piece.bytes);
    return piece.bytes.length;
  }

  /** Delivers the next pieces as long as they are plain and the parser is between triangles. */
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

  /** Returns the next piece not yet taken; the pieces after it are in flight. */
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
    // If no triangle ends within a full piece, or in the rest of the file, the reader parses it.
    if ((end === 0 || this.ended) && this.rest.length > 0) {
      this.queue.push({ bytes: this.rest, positions, parsed: undefined, isTaken: false });
      this.base += this.rest.length;
      this.rest = new Uint8Array(0);
    }
  }
}

/** Converts a place counted from the start of a piece into a place in the source. */
function movePlace(place: ItemPlace, { line, total }: SkippingParser): ItemPlace {
  return {
    ...place,
    line: line + place.line - 1,
    record: total + place.record,
  };
}

/** Parses a piece; returns false on a FormatError, which the reader will throw when it parses the piece. */
export function tryPiece(parse: () => boolean): boolean {
  try {
    return parse();
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/** Wraps the bytes of a piece for a parser. */
export function windowOf(bytes: Uint8Array, base: number): ParsedBytes {
  return { bytes, start: 0, end: bytes.length, ended: false, base };
}
