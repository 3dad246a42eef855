/**
 * Parses OBJ statements in order. Vertices and faces go to their readers, names become parts, all others are skipped.
 *
 * A statement is parsed word by word and may be longer than the window; fields keep its state until more bytes come.
 */

import { FormatError } from '../../errors.js';
import type { ByteWindow } from '../../io/input/byte-window.js';
import type { PartStart } from '../../mesh.js';
import { escapeControls } from '../../wording.js';
import type { ReadOptions, ReadStart } from '../format.js';
import type { Pause } from '../shared/soup-text.js';
import { findLineEnd, HASH, isBlank, isControl, showToken } from '../shared/text.js';
import { type SavedUnusable, UnusableVertices } from '../shared/unusable-vertices.js';
import { ObjFaceReader } from './face-reader.js';
import type { SavedReferences } from './forward-references.js';
import { LOST_SHAPES, PART_KEYWORDS, PASSED_OVER } from './keywords.js';
import { type ObjPartKind, PartName } from './part-name.js';
import { PlainLines } from './plain-lines.js';
import { Statement } from './statement.js';
import { ObjVertexReader } from './vertex-reader.js';
import type { StatementWords } from './words.js';

/** A parser between two statements, as plain data. */
export interface SavedParser {
  readonly line: number;
  readonly vertices: number;
  readonly faces: number;
  readonly colorMax: number;
  readonly names: readonly (readonly [kind: ObjPartKind, name: string])[];
  readonly hasStatements: boolean;
  readonly strange: StrangeWord | undefined;
  readonly forward: SavedReferences;
  readonly unusable: SavedUnusable;
}

/** A word that is not a keyword, with its line. */
interface StrangeWord {
  readonly line: number;
  readonly token: string;
}

/** The content to which the next byte belongs. */
enum State {
  Outside,
  Comment,
  Vertex,
  Face,
  Name,
  Rest,
}

const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_O = 0x6f;
const LETTER_T = 0x74;
const LETTER_V = 0x76;

/**
 * 1 for each byte that begins a number. A number in place of a keyword means that the keyword, and likely more, is missing.
 */
const beginsNumber = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\d.+-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Matches a name that swallowed the next statement because of a backslash at its end, as in a Windows path. */
const LOST_STATEMENT = /\s(f|v[nt]?)\s+[-+.\d]/;

/** Bytes examined of a statement's first word: more than any keyword has, and more than a message shows. */
const KEYWORD_BYTES_MAX = 256;

/** Parses the bytes of the window statement by statement and reports when something is due. */
export class ObjParser {
  readonly vertices: ObjVertexReader;
  readonly faces: ObjFaceReader;
  /** The part that begins at a 'part' pause. */
  private part: PartStart | undefined;
  private readonly statement: Statement;
  private readonly unusable: UnusableVertices;
  private readonly words: StatementWords;
  private readonly plain: PlainLines;
  private state = State.Outside;
  private readonly partName = new PartName();
  private readonly currentNames = new Map<ObjPartKind, string>();
  private hasStatements = false;
  /** The first word that is not a keyword; an error if the file has no keyword at all. */
  private strange: StrangeWord | undefined;

  constructor(
    private readonly window: ByteWindow,
    options: ReadOptions,
  ) {
    this.statement = new Statement(window, options);
    this.words = this.statement.words;
    this.unusable = new UnusableVertices(options);
    this.faces = new ObjFaceReader(this.statement, options.batchTriangles, this.unusable);
    const { forward } = this.faces;
    const isUsed = (vertex: number) => forward.mayUse(vertex);
    this.vertices = new ObjVertexReader(this.statement, options.batchTriangles, this.unusable, isUsed);
    this.plain = new PlainLines(window, this.words, this.vertices, this.faces);
  }

  /** Starts in the middle of the source, with the statement of a vertex or face. */
  startAt({ kind, line, record, vertices }: ReadStart): void {
    this.words.line = line;
    this.vertices.batch.total = kind === 'vertices' ? record : vertices;
    this.faces.batch.records = kind === 'faces' ? record : 0;
  }

  /** Returns the state to resume from; undefined while vertices, faces or a part are pending. */
  save(): SavedParser | undefined {
    const { vertices, faces, words, part, currentNames, hasStatements, strange } = this;
    if (vertices.batch.count > 0 || faces.batch.count > 0 || part !== undefined) return undefined;
    return {
      line: words.line,
      vertices: vertices.total,
      faces: faces.batch.records,
      colorMax: vertices.colorMax,
      names: [...currentNames],
      hasStatements,
      strange,
      forward: faces.forward.save(),
      unusable: this.unusable.save(),
    };
  }

  /** Restores a saved state. */
  restore(saved: SavedParser): void {
    const { line, vertices, faces, colorMax, names, hasStatements, strange, forward, unusable } = saved;
    this.unusable.restore(unusable);
    this.words.line = line;
    this.vertices.batch.total = vertices;
    this.vertices.colorMax = colorMax;
    this.faces.batch.records = faces;
    this.faces.forward.restore(forward);
    for (const [kind, name] of names) this.currentNames.set(kind, name);
    this.hasStatements = hasStatements;
    this.strange = strange;
  }

  /** Returns the part that begins. */
  takePart(): PartStart {
    const part = this.part!;
    this.part = undefined;
    return part;
  }

  /** The line to name if the content of the window has no end. */
  get line(): number {
    return this.state === State.Outside ? this.words.line : this.statement.line;
  }

  /** Parses as much as the window holds. */
  parse(): Pause {
    for (;;) {
      const pause = this.parseStatement();
      if (pause !== undefined) return pause;
    }
  }

  /** Throws if, at the end of the file, faces refer to missing vertices or no statement was OBJ. */
  finish(): void {
    this.faces.checkReferences(this.vertices.total);
    if (this.hasStatements || this.strange === undefined) return;
    const { line, token } = this.strange;
    const problem = `no OBJ statements, the first word is ${token}; expected 'v', 'f' or another OBJ keyword`;
    throw new FormatError(problem, { place: { line } });
  }

  /** Begins a statement or continues the current one. */
  private parseStatement(): Pause | undefined {
    switch (this.state) {
      case State.Outside:
        return this.beginStatement();
      case State.Name:
        return this.readPart();
      case State.Vertex:
        if (this.vertices.read() === 'more') return 'more';
        this.state = State.Outside;
        // Immediately, because the next vertex may be far away.
        return this.vertices.batch.isFull ? 'batch' : undefined;
      case State.Face:
        if (this.faces.read() === 'more') return 'more';
        this.state = State.Outside;
        return this.faces.batch.isFull ? 'batch' : undefined;
      case State.Rest:
        if (this.words.passRest() === 'more') return 'more';
        break;
      case State.Comment:
        if (this.passComment() === 'more') return 'more';
        break;
    }
    this.state = State.Outside;
    return undefined;
  }

  private beginStatement(): Pause | undefined {
    const { window, words } = this;
    if (words.nextStatement() !== 'word') return 'more';
    const { bytes, start, end } = window;
    if (bytes[start] === HASH) return this.enter(State.Comment);
    if (this.plain.read()) {
      this.hasStatements = true;
      return this.vertices.batch.isFull || this.faces.batch.isFull ? 'batch' : undefined;
    }

    this.statement.begin();
    const limit = start + KEYWORD_BYTES_MAX;
    let at = start;
    while (at < end && at < limit && isBlank[bytes[at]!] === 0) at++;
    if (at === limit) return this.passUnknown(start, limit);

    if (words.next() !== 'word') return 'more';
    const { from, to } = words;
    const first = bytes[from];
    const second = to - from === 2 ? bytes[from + 1] : undefined;
    if (first === LETTER_V && to - from === 1) {
      this.vertices.begin();
      return this.beginKnown(State.Vertex);
    }
    if (first === LETTER_F && (to - from === 1 || second === LETTER_O)) {
      this.faces.begin(this.vertices.total);
      return this.beginKnown(State.Face);
    }
    if (first === LETTER_V && (second === LETTER_T || second === LETTER_N))
      return this.beginKnown(State.Rest);
    return this.beginOther();
  }

  private beginOther(): undefined {
    const { from, to } = this.words;
    const keyword = Buffer.from(this.window.bytes.subarray(from, to)).toString('latin1');
    const partKind = PART_KEYWORDS.get(keyword);
    if (partKind !== undefined) {
      this.partName.begin(partKind);
      return this.beginKnown(State.Name);
    }
    const lost = LOST_SHAPES.get(keyword);
    if (lost !== undefined) {
      const message = `${lost.name} ('${keyword}') is not a triangle; it is skipped`;
      this.statement.warn(lost.kind, message);
      return this.beginKnown(State.Rest);
    }
    if (PASSED_OVER.has(keyword)) return this.beginKnown(State.Rest);
    return this.passUnknown(from, to);
  }

  private beginKnown(state: State): undefined {
    this.hasStatements = true;
    return this.enter(state);
  }

  private enter(state: State): undefined {
    this.state = state;
  }

  private passUnknown(from: number, to: number): undefined {
    const { statement, window } = this;
    const token = showToken(window.bytes, from, to);
    const isNumber = beginsNumber[window.bytes[from]!] === 1;
    if (isNumber && !this.hasStatements) {
      this.strange ??= { line: statement.line, token };
      const message = `${token} before the first statement is not an OBJ keyword; the line is skipped`;
      statement.warn('obj-leading-numbers', message);
      return this.enter(State.Rest);
    }
    if (isNumber) {
      throw statement.error(`${token} at the beginning of a line; expected 'v', 'f' or another OBJ keyword`);
    }
    if (window.bytes.subarray(from, to).some((byte) => byte !== 0 && isControl(byte))) {
      throw statement.error(
        `binary data, ${token} at the beginning of a line; expected OBJ statements as text`,
      );
    }
    this.strange ??= { line: statement.line, token };
    statement.warn('obj-unknown-word', `${token} is not an OBJ keyword; the line is skipped`);
    // Skip from the first byte of the word, however much of it was examined.
    window.start = from;
    return this.enter(State.Rest);
  }

  private readPart(): Pause | undefined {
    const { currentNames, partName, statement } = this;
    if (this.words.passRest(partName.append) === 'more') return 'more';
    this.state = State.Outside;
    const { kind } = partName;
    const name = partName.read(statement.line, statement.options.warn);
    if (this.words.line > statement.line && LOST_STATEMENT.test(name)) {
      const message = `a backslash at the end of the line makes the next line part of the name, '${showName(name)}'`;
      statement.warn('obj-continued-name', message);
    }
    if (currentNames.get(kind) === name) return undefined;
    currentNames.set(kind, name);
    this.part = { kind: 'part', partKind: kind, name };
    return 'part';
  }

  private passComment(): 'more' | 'end' {
    const { window } = this;
    window.start = findLineEnd(window.bytes, window.start, window.end);
    return window.start === window.end && !window.ended ? 'more' : 'end';
  }
}

/** Shortens a name for a message to its end, which may be a swallowed statement. */
function showName(name: string): string {
  const safe = escapeControls(name);
  return safe.length > 40 ? `…${safe.slice(-40)}` : safe;
}
