/**
 * Reads the data of an ASCII PLY file, token by token. A record may break over lines, or share a line with others.
 *
 * Records of any length are read without being held: a few numbers keep their state. Skipped tokens only have to begin like
 * numbers.
 */

import { FormatError, type Place } from '../../../errors.js';
import type { ByteWindow } from '../../../io/input/byte-window.js';
import { parseNumber, ZERO } from '../../../io/number-text.js';
import { FACE_CORNERS_MAX } from '../../../memory.js';
import { formatCount } from '../../../wording.js';
import type { ReadOptions, ReadStart } from '../../format.js';
import { BLANK, CR, findLineEnd, LF, notANumber, skipBlanks, spellsNotFinite } from '../../shared/text.js';
import type { BodyPause, BodyReader } from '../body-reader.js';
import { type MeshCollector, nameSlot, refuseFaceSize, refuseListCount } from '../collect.js';
import { beginsWithPly, type PlyElement, type PlyHeader } from '../header.js';
import { type ElementPlan, NO_SLOT, SLOTS, Slot } from '../plan.js';
import { findUnsignedMax } from '../scalars.js';
import { PlainLines } from './plain-lines.js';
import { type SavedLine, TokenScanner } from './tokens.js';

/** Up to this many digits, a number is exact without rounding or a check. */
const PLAIN_DIGITS_MAX = 15;

/** 1 for each byte that a number, nan or inf may begin with. */
const beginsNumber = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\d.+\-ni]/i.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** The handling of a list. */
enum List {
  None,
  Passed,
  Corners,
  Strip,
}

/** The state of a reader in the current element and record, as plain data; see its fields. */
interface SavedText {
  readonly done: number;
  readonly property: number;
  readonly left: number;
  readonly isOpen: boolean;
  readonly recordLine: number;
  readonly recordBeginsLine: boolean;
  readonly brokenLine: number | undefined;
  readonly isBroken: boolean;
  readonly isSuspect: boolean;
  readonly shareLines: boolean;
  readonly line: SavedLine;
}

export class AsciiReader implements BodyReader {
  done = 0;
  private readonly tokens: TokenScanner;
  private readonly plain: PlainLines;
  private readonly values = new Float64Array(SLOTS).fill(Number.NaN);
  private plan: ElementPlan | undefined;
  private lists: readonly List[] = [];
  private isLast = false;
  private restart = -1;
  /** The current property, the values left in its list, and the size of the corner list. */
  private property = 0;
  private left = 0;
  private size = 0;
  private isOpen = false;
  private recordLine = 0;
  private recordOffset = 0;
  private recordBeginsLine = false;
  /** The line of the first record that continues past its line. */
  private brokenLine: number | undefined;
  /** Whether the broken record is a vertex that took values of a longer line, after vertices with lines of their own. */
  private isBroken = false;
  private isSuspect = false;
  private shareLines = false;

  constructor(
    private readonly window: ByteWindow,
    header: PlyHeader,
    private readonly collector: MeshCollector,
    /** Whether a line holds at most one record, so that the rest of the line is surplus. */
    private readonly hasLineRecords: boolean,
    private readonly options: ReadOptions,
  ) {
    this.tokens = new TokenScanner(window, options, header.endLine + 1);
    this.plain = new PlainLines(window, collector, this.values);
  }

  get place(): Place {
    return { line: this.isOpen ? this.recordLine : this.tokens.line };
  }

  startAt({ line, record, strip }: ReadStart): void {
    this.tokens.line = line;
    this.done = record;
    if (strip === undefined) return;
    this.property = this.lists.indexOf(List.Strip);
    this.left = Math.abs(strip);
    this.isOpen = true;
    this.recordLine = line;
    this.collector.beginStrip(strip < 0);
  }

  save(): SavedText {
    const { done, property, left, isOpen, recordLine, recordBeginsLine } = this;
    const { brokenLine, isBroken, isSuspect, shareLines } = this;
    const record = { done, property, left, isOpen, recordLine, recordBeginsLine };
    return { ...record, brokenLine, isBroken, isSuspect, shareLines, line: this.tokens.save() };
  }

  restore(memory: object): void {
    const saved = memory as SavedText;
    this.done = saved.done;
    this.property = saved.property;
    this.left = saved.left;
    this.isOpen = saved.isOpen;
    this.recordLine = saved.recordLine;
    this.recordBeginsLine = saved.recordBeginsLine;
    this.brokenLine = saved.brokenLine;
    this.isBroken = saved.isBroken;
    this.isSuspect = saved.isSuspect;
    this.shareLines = saved.shareLines;
    this.tokens.restore(saved.line);
  }

  begin(plan: ElementPlan, isLast: boolean): void {
    const corners = plan.role === 'strip' ? List.Strip : List.Corners;
    this.plan = plan;
    this.isLast = isLast;
    this.done = 0;
    this.values.fill(Number.NaN);
    this.plain.begin(plan);
    this.lists = plan.element.properties.map(({ countType }, k) =>
      countType === undefined ? List.None : k === plan.cornerList ? corners : List.Passed,
    );
    const list = plan.cornerList === undefined ? undefined : plan.element.properties[plan.cornerList];
    this.restart = (list && findUnsignedMax(list.type)) ?? -1;
  }

  read(): BodyPause {
    const { plan, lists, collector } = this;
    if (plan === undefined) return 'done';
    const { element, slots, role } = plan;
    const batcher = role === 'vertex' ? collector.vertices : collector.faces;
    while (this.done < element.count) {
      if (batcher.isFull) return 'batch';
      if (this.readPlain(element)) continue;
      while (this.property < lists.length) {
        if (this.left > 0) {
          if (!this.readList(plan, lists[this.property]!)) return batcher.isFull ? 'batch' : 'more';
          this.property++;
          continue;
        }
        if (!this.findToken()) return 'more';
        if (!this.isOpen) this.beginRecord();
        if (lists[this.property] === List.None) {
          this.readValue(slots[this.property]!);
          this.property++;
        } else {
          this.readCount(element, lists[this.property]!);
          if (this.left === 0) this.property++;
        }
      }
      this.endRecord(plan);
    }
    return 'done';
  }

  finish(): BodyPause {
    if (!this.holdsLine || !this.tokens.next()) return 'more';
    const { line } = this.tokens;
    if (this.isBroken) {
      throw refuseBroken(this.brokenLine!, `line ${line} is beyond the announced records`);
    }
    this.refuseMore(line);
    const found = `line ${line}: ${this.tokens.show()} and everything after the last record is ignored`;
    this.options.warn({ kind: 'ply-extra-lines', message: `${found}${this.noteBreak()}` });
    return 'done';
  }

  /** Whether the window holds the next nonblank line as far as it is examined, or only whitespace. */
  private get holdsLine(): boolean {
    const { bytes, start, end, ended } = this.window;
    const from = skipBlanks(bytes, start, end);
    return ended || from === end || findLineEnd(bytes, from, end) < end || end - from >= LOOK_BYTES;
  }

  /** Throws if the line of the token just found is another record of the last element. */
  private refuseMore(line: number): void {
    const { window, tokens, plan } = this;
    if (beginsWithPly(window.bytes.subarray(tokens.from, window.end))) {
      throw new FormatError('a second PLY follows the first; expected the end of the file', {
        place: { line },
        hint: 'split the file there and convert both parts',
      });
    }
    if (plan === undefined || plan.role === 'other') return;
    const lineEnd = findLineEnd(window.bytes, tokens.from, window.end);
    const words = Buffer.from(window.bytes.subarray(tokens.from, Math.min(lineEnd, tokens.from + LOOK_BYTES)))
      .toString('latin1')
      .trim()
      .split(/\s+/);
    if (!isRecord(words.map(Number), plan)) return;
    const { name, count, line: countLine } = plan.element;
    throw new FormatError(
      `another record of element '${name}' follows the ${formatCount(count)} announced; expected the end of the file`,
      { place: { line }, hint: `check the count on line ${countLine}` },
    );
  }

  /** Finds the next token. If the source ends with it before the last value, the token may be truncated. */
  private findToken(): boolean {
    const { tokens } = this;
    if (!tokens.next()) return false;
    if (!tokens.endsSource) return true;
    const isLastValue = this.property + 1 === this.lists.length && this.left <= 1;
    return this.isLast && isLastValue && this.done + 1 === this.plan?.element.count;
  }

  /** Reads the next records as long as they are plain lines; whether there are any. */
  private readPlain({ count }: PlyElement): boolean {
    const { tokens } = this;
    if (this.isOpen || !this.hasLineRecords || !tokens.canSkipLines) return false;
    const run = this.plain.read(count - this.done, tokens.line, tokens.isAtLineStart);
    if (run.count === 0) return false;
    this.done += run.count;
    this.recordLine = run.line;
    this.recordOffset = run.offset;
    this.recordBeginsLine = true;
    this.isSuspect = false;
    tokens.endLineAt(run.line);
    return true;
  }

  private beginRecord(): void {
    const { tokens } = this;
    this.isOpen = true;
    this.recordLine = tokens.line;
    this.recordOffset = tokens.offset;
    this.recordBeginsLine = tokens.beginsLine;
    if (!tokens.beginsLine) {
      this.shareLines = true;
      this.isBroken ||= this.isSuspect;
    }
    this.isSuspect = false;
    this.size = 0;
  }

  private endRecord(plan: ElementPlan): void {
    const { collector, tokens, values, recordOffset, recordLine } = this;
    const end = this.window.offset;
    if (plan.role === 'vertex') collector.addVertex(plan, values, recordOffset, end, recordLine);
    else if (plan.role === 'face') {
      const isNone = this.size === 0 && this.done === 0 && this.brokenLine !== undefined;
      if (isNone) throw refuseBroken(this.brokenLine!, `line ${recordLine} is not a face`);
      collector.addFace(plan, values, this.size, recordOffset, end, recordLine);
    }
    if (recordLine !== tokens.line) this.noteBroken(plan, recordLine);
    else if (this.recordBeginsLine && this.hasLineRecords) tokens.endLine();
    this.done++;
    this.property = 0;
    this.isOpen = false;
  }

  private noteBroken({ role }: ElementPlan, line: number): void {
    if (this.brokenLine !== undefined) return;
    this.brokenLine = line;
    this.isSuspect = role === 'vertex' && this.done > 0 && !this.shareLines;
  }

  private readValue(slot: number): void {
    const { window, tokens } = this;
    const { bytes } = window;
    const { from, to } = tokens;
    if (slot === NO_SLOT) {
      if (beginsNumber[bytes[from]!] === 0) throw this.refuse(`${tokens.show()} is not a number`);
      return;
    }
    const value = parseNumber(bytes, from, to);
    const isMistake =
      slot <= Slot.Z
        ? !Number.isFinite(value) && !spellsNotFinite(bytes, from, to)
        : Number.isNaN(value) && beginsNumber[bytes[from]!] === 0;
    if (isMistake) {
      throw this.refuse(notANumber(bytes, from, to, nameSlot(slot), this.recordLine).problem);
    }
    this.values[slot] = value;
  }

  private readCount({ properties }: PlyElement, list: List): void {
    const { tokens, recordLine } = this;
    const count = parseWhole(this.window.bytes, tokens.from, tokens.to);
    if (!(count >= 0)) {
      throw this.refuse(refuseListCount(properties[this.property]!.name, tokens.show(), this.place).problem);
    }
    this.left = count;
    if (list === List.Strip) this.collector.beginStrip();
    if (list !== List.Corners) return;
    if (count > FACE_CORNERS_MAX) throw refuseFaceSize(count, { line: recordLine });
    this.size = count;
  }

  /** Continues in a list; returns true at its end. */
  private readList(plan: ElementPlan, list: List): boolean {
    const { tokens, collector } = this;
    const { bytes } = this.window;
    const { vertexCount, faces } = collector;
    const { corners, used } = faces;
    for (; this.left > 0; this.left--) {
      if (list === List.Strip && faces.isFull) return false;
      if (!this.findToken()) return false;
      if (list === List.Passed) {
        if (beginsNumber[bytes[tokens.from]!] === 0) throw this.refuse(`${tokens.show()} is not a number`);
        continue;
      }
      const corner = parseWhole(bytes, tokens.from, tokens.to);
      if (corner >= 0 && corner < vertexCount) {
        if (list === List.Corners) corners[used + this.size - this.left] = corner;
        else {
          const { window, left, done } = this;
          collector.addStripCorner(corner, tokens.offset, window.offset, tokens.line, left, done);
        }
      } else if (list === List.Strip && (corner === -1 || corner === this.restart)) {
        collector.beginStrip();
      } else {
        const line = plan.role === 'strip' ? tokens.line : this.recordLine;
        throw this.refuse(collector.refuseCorner(tokens.show(), { line }).problem, line);
      }
    }
    return true;
  }

  /** Creates an error in the current record. */
  private refuse(problem: string, line = this.recordLine): FormatError {
    const isBroken = this.tokens.line !== this.recordLine;
    this.brokenLine ??= isBroken ? this.recordLine : undefined;
    return new FormatError(`${problem}${this.noteBreak()}`, { place: { line } });
  }

  /** Names the first record that breaks over lines, since an error may have begun there. */
  private noteBreak(): string {
    const line = this.brokenLine;
    return line === undefined ? '' : `; the record on line ${line} is the first to continue past its line`;
  }
}

/**
 * Whether each record of the data has one or more lines of its own. Otherwise a line has several records, or values after a
 * record that the header does not declare. Decided by the content of the head.
 */
export function hasLineRecords(head: Uint8Array, header: PlyHeader, isWhole: boolean): boolean {
  let lines = 0;
  let isEmpty = true;
  for (let at = header.bodyOffset; at < head.length; at++) {
    const byte = head[at]!;
    if (byte === LF || byte === CR) isEmpty = true;
    else if (isEmpty && byte > BLANK) {
      lines++;
      isEmpty = false;
    }
  }
  if (!isWhole) return lines > 1;
  const records = header.elements
    .filter(({ properties }) => properties.length > 0)
    .reduce((sum, { count }) => sum + count, 0);
  return lines >= records;
}

/** Creates the error for a vertex on `line` that took values of the next one; `sign` is the evidence. */
function refuseBroken(line: number, sign: string): FormatError {
  return new FormatError('a vertex with too few values on its line; expected all of them there', {
    place: { line },
    hint: `complete the line; the next line supplied the others, and ${sign}`,
  });
}

/** Bytes examined of the line after the last record. */
const LOOK_BYTES = 65_536;

/** Whether these values are as many as a record of the element has. */
function isRecord(values: readonly number[], { element }: ElementPlan): boolean {
  let at = 0;
  for (const { countType } of element.properties) {
    const count = countType === undefined ? 1 : values[at++]!;
    if (!(count >= 0)) return false;
    at += count;
  }
  return at === values.length && values.every((value) => !Number.isNaN(value));
}

/** Parses `bytes[from, to)` as a whole number in any notation; returns NaN if it is not one. */
function parseWhole(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  let at = from;
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
  }
  if (at === to && to - from <= PLAIN_DIGITS_MAX) return value;
  value = parseNumber(bytes, from, to);
  return Number.isInteger(value) ? value : Number.NaN;
}
