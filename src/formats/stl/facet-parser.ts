/**
 * Parses ASCII STL, statement by statement: solid, facet, outer loop, vertex, endloop, endfacet, endsolid.
 *
 * Words matter, lines do not: a facet may take one line or twenty. Keywords are accepted in any case, also as `end loop`;
 * the facet normal is skipped. NUL bytes between statements, as file systems leave them at the end, are counted. Wrong
 * order, or anything but numbers in a vertex, is an error with its line. Only complete statements in the window are parsed;
 * no bytes are requested here.
 */

import { FormatError, TRUNCATED } from '../../errors.js';
import { parseNumber } from '../../io/number-text.js';
import type { PartStart, SoupBatch } from '../../mesh.js';
import { countOf, formatCount } from '../../wording.js';
import type { ReadOptions, ReadStart } from '../format.js';
import type { ParsedBytes } from '../pieces.js';
import { PlaceNotes } from '../shared/place-notes.js';
import type { Pause, SoupParser } from '../shared/soup-text.js';
import {
  CR,
  countLineEnds,
  findLineEnd,
  findTokenEnd,
  HASH,
  isBlank,
  isLineEnd,
  isWord,
  LF,
  notANumber,
  readName,
  showToken,
  skipBlanks,
} from '../shared/text.js';
import { END, ENDFACET, ENDLOOP, ENDSOLID, FACET, LOOP, NORMAL, OUTER, SOLID, VERTEX } from './keywords.js';
import { PLAIN_LINES, PlainFacets } from './plain-facets.js';
import { findNameEnd } from './statement-text.js';

/** The state of the current facet, which determines the valid keywords. */
enum State {
  Outside,
  Facet,
  Loop,
  Closed,
}

const EXPECTED: Readonly<Record<State, string>> = {
  [State.Outside]: "'facet' or 'endsolid'",
  [State.Facet]: "'outer loop'",
  [State.Loop]: "'vertex' or 'endloop'",
  [State.Closed]: "'endfacet'",
};

const NUL = 0;
/** More NUL bytes than this after a solid without an end are a part of the file that was never written. */
const NUL_BYTES_MAX = 1024;

interface StrangeWord {
  readonly line: number;
  readonly token: string;
}

/** The state of a parser between two solids or facets, as plain data; see its fields. */
interface SavedFacets {
  readonly line: number;
  readonly total: number;
  readonly strange: StrangeWord | undefined;
  readonly atLineStart: boolean;
  readonly isOpen: boolean;
  readonly hasEnd: boolean;
  readonly nulBytes: number;
}

/** Parses the bytes of the window and collects complete facets in a batch. */
export class FacetParser implements SoupParser {
  /** The line of the first byte not yet parsed, from 1. */
  line = 1;
  /** Complete facets in the batch. */
  count = 0;
  private partName = '';
  /** Whether a solid statement has been read whose part is pending. */
  private isPartDue = false;
  private state = State.Outside;
  private corners = 0;
  private facetLine = 0;
  private facetOffset = 0;
  private normalWords = 0;
  /** Facets so far, in all batches. */
  total = 0;
  private readonly places: PlaceNotes;
  private readonly plain: PlainFacets;
  /** The first line that is not STL; an error if no triangle is found at all. */
  private strange: StrangeWord | undefined;
  private atLineStart = true;
  /** Whether a solid, or facets without one, have begun and not ended. */
  private isOpen = false;
  /** Whether an endsolid has been read. */
  private hasEnd = false;
  /** NUL bytes since the last statement. */
  private nulBytes = 0;

  /** Writes corners to `positions`, 9 values a facet. */
  constructor(
    private readonly options: ReadOptions,
    private readonly positions: Float64Array = new Float64Array(9 * options.batchTriangles),
  ) {
    this.places = new PlaceNotes(options.placeBytes);
    this.plain = new PlainFacets(positions, this.places);
  }

  /** Whether a facet may begin here. */
  get isBetween(): boolean {
    return this.state === State.Outside && !this.isPartDue;
  }

  /** Resumes after `facets` complete facets and `lines` lines, at the start of a line. */
  skip(facets: number, lines: number): void {
    this.total += facets;
    this.line += lines;
    this.atLineStart = true;
    if (facets > 0) this.isOpen = true;
  }

  startAt({ line, record }: ReadStart): void {
    this.line = line;
    this.total = record;
  }

  save(): SavedFacets | undefined {
    if (this.count > 0 || !this.isBetween) return undefined;
    const { line, total, strange, atLineStart, isOpen, hasEnd, nulBytes } = this;
    return { line, total, strange, atLineStart, isOpen, hasEnd, nulBytes };
  }

  restore(memory: object): void {
    const saved = memory as SavedFacets;
    this.line = saved.line;
    this.total = saved.total;
    this.strange = saved.strange;
    this.atLineStart = saved.atLineStart;
    this.isOpen = saved.isOpen;
    this.hasEnd = saved.hasEnd;
    this.nulBytes = saved.nulBytes;
  }

  takePart(): PartStart {
    this.isPartDue = false;
    return { kind: 'part', partKind: 'solid', name: this.partName };
  }

  takeBatch(): SoupBatch {
    const { count, positions } = this;
    this.count = 0;
    return { kind: 'soup', count, positions, places: this.places.take() };
  }

  /** Parses as many complete statements as the window holds. */
  parse(window: ParsedBytes): Pause {
    const { bytes, end, ended } = window;
    for (;;) {
      this.passBlanks(window);
      const first = window.start;
      if (first === end || isBlank[bytes[first]!] === 1) return 'more';
      if (bytes[first] === NUL && this.state === State.Outside) {
        this.passNul(window);
        continue;
      }
      this.refuseNul();
      if (this.readPlain(window)) continue;
      const isComment = bytes[first] === HASH;
      const at = isComment ? findLineEnd(bytes, first, end) : findTokenEnd(bytes, first, end);
      if (at === end && !ended) return 'more';
      if (!isComment) {
        const next = this.readStatement(window, first, at);
        if (typeof next !== 'number') return next;
        this.atLineStart = false;
        window.start = next;
        if (this.isPartDue) return 'part';
      } else {
        window.start = at;
      }
    }
  }

  /** Reads the next facets as long as they are plain; whether there are any. */
  private readPlain(window: ParsedBytes): boolean {
    const room = this.options.batchTriangles - this.count;
    if (this.state !== State.Outside || room === 0) return false;
    const { plain } = this;
    const found = plain.read(window, this.line, this.count, this.total, room);
    if (found === 0) return false;
    this.count += found;
    this.total += found;
    this.facetLine = plain.line;
    this.line = plain.line + PLAIN_LINES - 1;
    this.atLineStart = false;
    this.isOpen = true;
    return true;
  }

  /** Moves to the next word. A CR at the end of the window waits for a possible LF. */
  private passBlanks(window: ParsedBytes): void {
    const { bytes, end, ended } = window;
    let at = window.start;
    for (; at < end && isBlank[bytes[at]!] === 1; at++) {
      const byte = bytes[at]!;
      if (byte === CR && at + 1 === end && !ended) break;
      if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) {
        this.line++;
        this.atLineStart = true;
      }
    }
    window.start = at;
  }

  private passNul(window: ParsedBytes): void {
    const { bytes, start, end } = window;
    let at = start;
    while (at < end && bytes[at] === NUL) at++;
    this.nulBytes += at - start;
    window.start = at;
  }

  /** Throws if something follows NUL bytes. */
  private refuseNul(): void {
    if (this.nulBytes === 0) return;
    throw this.error(`${formatCount(this.nulBytes)} NUL bytes between statements; expected text`);
  }

  /** Reads the statement whose first word is `[first, at)`. Returns where it ends, or a pause; then nothing has changed. */
  private readStatement(window: ParsedBytes, first: number, at: number): number | Pause {
    const { bytes, end, ended } = window;
    if (isWord(VERTEX, bytes, first, at)) return this.readVertex(window, at);
    if (isWord(FACET, bytes, first, at)) {
      this.expect(State.Outside, 'facet');
      if (this.count === this.options.batchTriangles) return 'batch';
      this.state = State.Facet;
      this.facetLine = this.line;
      this.facetOffset = window.base + first;
      this.normalWords = 0;
      this.isOpen = true;
      return at;
    }
    if (isWord(ENDLOOP, bytes, first, at)) return this.endLoop(at);
    if (isWord(ENDFACET, bytes, first, at)) return this.endFacet(window.base, at);
    if (isWord(SOLID, bytes, first, at)) {
      this.expect(State.Outside, 'solid');
      const to = findNameEnd(bytes, at, end, ended, 'facet');
      if (to < 0) return 'more';
      this.partName = readName(bytes, at, to, 'a solid', this.line, this.options.warn);
      this.isPartDue = true;
      this.isOpen = true;
      return to;
    }
    if (isWord(ENDSOLID, bytes, first, at)) return this.readEndSolid(window, at);

    const isEnd = isWord(END, bytes, first, at);
    if (!isEnd && !isWord(OUTER, bytes, first, at)) return this.passOver(window, first, at);

    // Statements of two words: outer loop, and split keywords such as end loop.
    const from = skipBlanks(bytes, at, end);
    const to = findTokenEnd(bytes, from, end);
    if (to === end && !ended) return 'more';
    if (isEnd) return this.readEnd(window, from, to);
    this.expect(State.Facet, 'outer loop');
    if (from < end && !isWord(LOOP, bytes, from, to)) {
      throw this.error(`'outer' is followed by ${showToken(bytes, from, to)}; expected 'loop'`);
    }
    this.line += countLineEnds(bytes, at, from);
    this.beginLoop();
    return to;
  }

  /** Reads `end loop`, `end facet` or `end solid`, whose second word is `[from, to)`. */
  private readEnd(window: ParsedBytes, from: number, to: number): number | Pause {
    const { bytes, end } = window;
    if (from < end && isWord(LOOP, bytes, from, to)) return this.endLoop(to);
    if (from < end && isWord(FACET, bytes, from, to)) return this.endFacet(window.base, to);
    if (from < end && !isWord(SOLID, bytes, from, to)) {
      throw this.error(`'end ${showToken(bytes, from, to).slice(1)}; expected ${EXPECTED[this.state]}`);
    }
    return this.readEndSolid(window, to);
  }

  private readVertex({ bytes, end, ended }: ParsedBytes, start: number): number | Pause {
    this.expect(State.Loop, 'vertex');
    let line = this.line;
    let at = start;
    let slot = 9 * this.count + 3 * this.corners;
    for (let axis = 0; axis < 3; axis++) {
      for (; at < end && isBlank[bytes[at]!] === 1; at++) {
        if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) line++;
      }
      const from = at;
      at = findTokenEnd(bytes, from, end);
      if (at === end && (!ended || at === from)) return 'more';
      const value = parseNumber(bytes, from, at);
      if (!Number.isFinite(value)) throw notANumber(bytes, from, at, `${'xyz'[axis]} of a vertex`, line);
      // A fourth vertex is reported at endloop; there is no room for it here.
      if (this.corners < 3) this.positions[slot++] = value;
    }
    this.line = line;
    this.corners++;
    return at;
  }

  private readEndSolid({ bytes, end, ended }: ParsedBytes, at: number): number | Pause {
    this.expect(State.Outside, 'endsolid');
    const to = findNameEnd(bytes, at, end, ended, 'solid');
    if (to < 0) return 'more';
    this.isOpen = false;
    this.hasEnd = true;
    return to;
  }

  /**
   * Throws or warns if the file ends inside a facet, or contains no STL. `rest` is the unparsed remainder, an incomplete
   * statement.
   */
  finish(rest: Uint8Array): void {
    if (this.state !== State.Outside) {
      const endsLine = rest.length > 0 ? isLineEnd(rest[rest.length - 1]!) : this.atLineStart;
      const last = this.line + countLineEnds(rest, 0, rest.length) - (endsLine ? 1 : 0);
      const problem = `truncated: the file ends inside the facet that begins on line ${this.facetLine}`;
      if (!this.options.salvage) {
        throw new FormatError(`${problem}; expected ${EXPECTED[this.state]}`, {
          place: { line: last },
          ...TRUNCATED,
        });
      }
      const message = `line ${last}: ${problem}; the complete ones before it were read`;
      this.options.warn({ kind: 'salvaged', message });
    } else {
      this.finishOutside();
    }
    if (this.total === 0 && this.strange !== undefined) {
      throw this.error(`${this.strange.token} is not an STL keyword; expected 'facet'`, this.strange.line);
    }
    if (this.total === 0 && !this.hasEnd) {
      throw this.error("no facet and no 'endsolid'; expected 'facet' at the beginning of a line");
    }
  }

  /** Throws or warns if the last solid has no end, or NUL bytes follow it. */
  private finishOutside(): void {
    const { isOpen, nulBytes, options, line } = this;
    if (isOpen && nulBytes > NUL_BYTES_MAX && !options.salvage) {
      throw new FormatError(
        `truncated: the file ends in ${formatCount(nulBytes)} NUL bytes; expected 'endsolid'`,
        {
          place: { line },
          ...TRUNCATED,
        },
      );
    }
    if (nulBytes > 0) {
      const message = `line ${line}: ${formatCount(nulBytes)} NUL bytes at the end of the file are skipped`;
      options.warn({ kind: 'stl-nul-bytes', message });
    }
    if (isOpen && this.total > 0) {
      const message = `line ${line}: the file ends without 'endsolid'; it may be truncated`;
      options.warn({ kind: 'stl-no-endsolid', message });
    }
  }

  private beginLoop(): void {
    this.state = State.Loop;
    this.corners = 0;
    if (this.normalWords !== 4) {
      this.options.warn({
        kind: 'stl-normal',
        message: `line ${this.facetLine}: the facet has no normal of three numbers; normals are ignored`,
      });
    }
  }

  /** Ends the loop with a keyword that ends at `at`; returns `at`. */
  private endLoop(at: number): number {
    this.expect(State.Loop, 'endloop');
    if (this.corners !== 3) {
      throw this.error(`a facet with ${countOf(this.corners, 'vertex', 'vertices')}; expected 3`);
    }
    this.state = State.Closed;
    return at;
  }

  /** Ends the facet with a keyword that ends at `at` of a window at `base`; returns `at`. */
  private endFacet(base: number, at: number): number {
    this.expect(State.Closed, 'endfacet');
    const end = base + at;
    this.state = State.Outside;
    const { places, facetOffset: offset } = this;
    if (places.isDue(offset)) {
      const line = this.facetLine;
      places.add({ item: this.count, offset, end, line, record: this.total, vertices: 0 });
    }
    this.count++;
    this.total++;
    return at;
  }

  /** Handles a word that is not a keyword; returns where to resume. */
  private passOver({ bytes, end, ended }: ParsedBytes, first: number, at: number): number | Pause {
    const { line } = this;
    if (this.state === State.Facet) {
      const isNormal =
        line === this.facetLine ||
        isWord(NORMAL, bytes, first, at) ||
        !Number.isNaN(parseNumber(bytes, first, at));
      if (!isNormal) throw this.error(`${showToken(bytes, first, at)}; expected ${EXPECTED[this.state]}`);
      this.normalWords++;
      return at;
    }
    const token = showToken(bytes, first, at);
    if (!this.atLineStart) {
      const message = `line ${line}: ${token} after the end of a statement is skipped`;
      this.options.warn({ kind: 'stl-extra-words', message });
      return at;
    }
    if (this.state !== State.Outside) throw this.error(`${token}; expected ${EXPECTED[this.state]}`);
    const lineEnd = findLineEnd(bytes, at, end);
    if (lineEnd === end && !ended) return 'more';
    this.strange ??= { line, token };
    const message = `line ${line}: ${token} is not an STL keyword; the line is skipped`;
    this.options.warn({ kind: 'stl-unknown-line', message });
    return lineEnd;
  }

  /** Throws unless the keyword is valid in this state. */
  private expect(state: State, keyword: string): void {
    if (this.state === state) return;
    throw this.error(`unexpected '${keyword}'; expected ${EXPECTED[this.state]}`);
  }

  private error(problem: string, line = this.line): FormatError {
    return new FormatError(problem, { place: { line } });
  }
}
