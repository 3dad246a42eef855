/**
 * Reads raw triangles: one triangle a line, nine numbers, separated by whitespace or a comma; # begins a comment.
 *
 * Lines with more numbers (colors? quads?) or with words are refused, because their meaning is not defined.
 */

import { FormatError, TRUNCATED } from '../errors.js';
import { parseNumber } from '../io/number-text.js';
import type { SoupBatch } from '../mesh.js';
import { countOf } from '../wording.js';
import type { Format, ReadOptions, ReadStart, SavedReader } from './format.js';
import { type ParsedBytes, type PieceFormat, type PieceParsers, tryPiece, windowOf } from './pieces.js';
import { PlaceNotes } from './shared/place-notes.js';
import { isAtLineEnd, MISSES_MAX, NOT_PLAIN, passGap, readNumber } from './shared/plain-text.js';
import { type Pause, type SoupParser, SoupTextReader } from './shared/soup-text.js';
import {
  COMMA,
  CR,
  endsToken,
  findLastLine,
  HASH,
  isBlank,
  LF,
  looksLikeText,
  notANumber,
  refuseBinary,
  showToken,
  skipByteOrderMark,
} from './shared/text.js';

const NUMBERS = 9;

export const raw = {
  id: 'raw',
  name: 'raw triangles, nine numbers a line',
  extensions: ['raw', 'tri'],

  sniff(head) {
    if (!looksLikeText(head)) return undefined;
    const line = linesOf(head).find((text) => text !== '');
    const words = line?.split(/[\s,]+/) ?? [];
    const isTriangle = words.length === NUMBERS && words.every((text) => Number.isFinite(Number(text)));
    return isTriangle ? 'its first line holds nine numbers' : undefined;
  },

  open(source, options) {
    const { head, size } = source;
    refuseBinary(head, 'nine numbers a line as text');
    const triangles = new SoupTextReader(source, rawPieces, new TriangleParser(options));
    const lines = Math.max(1, linesOf(head).filter((text) => text !== '').length);
    return {
      encoding: 'ascii',
      precision: 'float64',
      layout: 'soup',
      hasPieces: true,
      findCorner,
      expectedTriangles:
        size === undefined ? undefined : Math.round((lines / Math.max(1, head.length)) * size),
      items: (parsers?: PieceParsers, start?: ReadStart | SavedReader) => triangles.items(parsers, start),
      save: () => triangles.save(),
    };
  },
} as const satisfies Format;

/** Returns the lines of the head, without comments and surrounding whitespace. The last may be cut off. */
function linesOf(head: Uint8Array): string[] {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString(
    'latin1',
    skipByteOrderMark(head),
  );
  return text.split(/\r\n|\n|\r/).map((line) => line.replace(/#.*/, '').trim());
}

/** Splits at line ends. */
export const rawPieces: PieceFormat = {
  id: 'raw',
  // A line has at least 18 bytes.
  bytes: 2 ** 18,

  findEnd: findLastLine,

  parse(bytes, target, base) {
    const batchTriangles = target.length / NUMBERS;
    const parser = new TriangleParser({ batchTriangles, salvage: false, warn: () => undefined }, target);
    const window = windowOf(bytes, base);
    const isWhole = tryPiece(() => parser.parse(window) === 'more' && window.start === window.end);
    if (!isWhole) return undefined;
    const lines = parser.line - 1;
    return { ...parser.takeBatch(), lines };
  },
};

/** Returns where the numbers of a corner are in the bytes of a line. */
function findCorner(bytes: Uint8Array, corner: number): readonly [from: number, to: number] {
  let from = 0;
  for (let number = 0, at = 0; at < bytes.length; number++) {
    while (at < bytes.length && (isBlank[bytes[at]!] === 1 || bytes[at] === COMMA)) at++;
    if (number === 3 * corner) from = at;
    while (at < bytes.length && endsToken[bytes[at]!] === 0 && bytes[at] !== COMMA) at++;
    if (number === 3 * corner + 2) return [from, at];
  }
  return [0, bytes.length];
}

/** The state of a parser between two batches, as plain data. */
interface SavedTriangles {
  readonly line: number;
  readonly total: number;
}

/** Moves past the space between two numbers, or a comma and space around it. */
function passSeparator(bytes: Uint8Array, start: number, end: number): number {
  const at = passGap(bytes, start, end);
  if (at < 0 || at === end) return NOT_PLAIN;
  if (bytes[at] === COMMA) return passGap(bytes, at + 1, end);
  return at > start ? at : NOT_PLAIN;
}

class TriangleParser implements SoupParser {
  /** The line of the first byte not yet parsed, from 1. */
  line = 1;
  /** Triangles in the batch. */
  count = 0;
  /** A triangle may begin on any line. */
  readonly isBetween = true;
  /** Triangles so far, in all batches. */
  total = 0;
  /** Lines since the last plain one. */
  private misses = 0;
  private readonly places: PlaceNotes;

  /** Writes corners to `positions`, nine values a triangle. */
  constructor(
    private readonly options: ReadOptions,
    private readonly positions: Float64Array = new Float64Array(NUMBERS * options.batchTriangles),
  ) {
    this.places = new PlaceNotes(options.placeBytes);
  }

  /** Resumes after `triangles` triangles and `lines` lines. */
  skip(triangles: number, lines: number): void {
    this.total += triangles;
    this.line += lines;
  }

  startAt({ line, record }: ReadStart): void {
    this.line = line;
    this.total = record;
  }

  save(): SavedTriangles | undefined {
    const { line, total } = this;
    return this.count > 0 ? undefined : { line, total };
  }

  restore(memory: object): void {
    const { line, total } = memory as SavedTriangles;
    this.line = line;
    this.total = total;
  }

  takeBatch(): SoupBatch {
    const { count, positions } = this;
    this.count = 0;
    return { kind: 'soup', count, positions, places: this.places.take() };
  }

  /** Parses complete lines. */
  parse(window: ParsedBytes): Pause {
    const { bytes, end, ended } = window;
    while (window.start < end) {
      if (this.count === this.options.batchTriangles) return 'batch';
      const plainEnd = this.readPlain(bytes, window.start, end);
      let lineEnd = plainEnd < 0 ? window.start : plainEnd;
      while (lineEnd < end && bytes[lineEnd] !== LF && bytes[lineEnd] !== CR) lineEnd++;
      const isLast = lineEnd === end;
      // A line needs its end, and a CR needs the next byte, which may be its LF.
      if (!ended && (isLast || (bytes[lineEnd] === CR && lineEnd + 1 === end))) return 'more';
      const offset = window.base + window.start;
      if (plainEnd >= 0 || this.parseLine(bytes, window.start, lineEnd, isLast)) {
        if (this.places.isDue(offset)) {
          const end = window.base + lineEnd;
          this.places.add({
            item: this.count,
            offset,
            end,
            line: this.line,
            record: this.total,
            vertices: 0,
          });
        }
        this.count++;
        this.total++;
      }
      const width = bytes[lineEnd] === CR && lineEnd + 1 < end && bytes[lineEnd + 1] === LF ? 2 : 1;
      window.start = Math.min(end, lineEnd + width);
      this.line++;
    }
    return 'more';
  }

  /** Reads the triangle of a plain line; returns where the line ends, or {@link NOT_PLAIN}. */
  private readPlain(bytes: Uint8Array, start: number, end: number): number {
    if (this.misses === MISSES_MAX) return NOT_PLAIN;
    const { positions } = this;
    const first = NUMBERS * this.count;
    let at = readNumber(bytes, passGap(bytes, start, end), end, positions, first);
    for (let index = first + 1; index < first + NUMBERS; index++) {
      at = readNumber(bytes, passSeparator(bytes, at, end), end, positions, index);
    }
    at = passGap(bytes, at, end);
    if (!isAtLineEnd(bytes, at, end)) at = NOT_PLAIN;
    this.misses = at < 0 ? this.misses + 1 : 0;
    return at;
  }

  /** Parses one line into the batch; returns false if the line has no triangle. `isLast`: the file ends in it. */
  private parseLine(bytes: Uint8Array, start: number, end: number, isLast: boolean): boolean {
    const { positions, line } = this;
    const first = NUMBERS * this.count;
    let found = 0;
    let commas = 0;
    for (let at = start; ; ) {
      while (at < end && isBlank[bytes[at]!] === 1) at++;
      if (at === end || bytes[at] === HASH) break;
      if (bytes[at] === COMMA) {
        if (found === 0 || ++commas > 1) {
          throw this.error("',' without a number before it; expected one comma between two numbers");
        }
        at++;
        continue;
      }
      const from = at;
      while (at < end && endsToken[bytes[at]!] === 0 && bytes[at] !== COMMA) at++;
      const value = parseNumber(bytes, from, at);
      if (!Number.isFinite(value)) throw notANumber(bytes, from, at, 'a coordinate', line);
      if (found < NUMBERS) positions[first + found] = value;
      found++;
      commas = 0;
    }
    if (found === 0) return false;
    if (found < NUMBERS && isLast) return this.endTruncated(found);
    if (found !== NUMBERS) {
      const text = showToken(bytes, start, end);
      throw this.error(`${countOf(found, 'number')} in ${text}; expected nine, the corners of one triangle`);
    }
    if (commas > 0) throw this.error("',' after the last number; expected the line to end");
    return true;
  }

  private endTruncated(found: number): false {
    const problem = `truncated: the file ends after ${countOf(found, 'number')} of its last line; expected nine`;
    if (!this.options.salvage) {
      throw new FormatError(problem, {
        place: { line: this.line },
        ...TRUNCATED,
      });
    }
    const message = `line ${this.line}: ${problem}; the triangles before it were imported`;
    this.options.warn({ kind: 'salvaged', message });
    return false;
  }

  private error(problem: string): FormatError {
    return new FormatError(problem, { place: { line: this.line } });
  }
}
