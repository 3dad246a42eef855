/**
 * Reads text OFF: counts, vertices, faces, as words; only a color ends with its line. # begins a comment anywhere.
 *
 * The announced counts decide where to stop; memory is never allocated from them. Text after the last face is ignored.
 */

import { FormatError, TRUNCATED } from '../../../errors.js';
import type { ByteSource } from '../../../io/input/byte-source.js';
import { ByteWindow } from '../../../io/input/byte-window.js';
import { parseNumber } from '../../../io/number-text.js';
import { CHUNK_BYTES } from '../../../memory.js';
import type { MeshItem } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import type { MeshReader, ReadOptions, ReadStart, SavedReader } from '../../format.js';
import { type SavedUnusable, UnusableVertices } from '../../shared/unusable-vertices.js';
import { WordScanner } from '../../shared/word-scanner.js';
import { isKeyword, type OffKeyword, readTextHeader, type TextHeader } from '../header.js';
import { refuseCounts } from '../refusals.js';
import { OffFaceReader, type SavedFaces } from './faces.js';
import { isLined, lacksNormals } from './layout.js';
import { PlainLines } from './plain-lines.js';
import { TextValues } from './text-values.js';
import { OffVertexReader, type SavedVertices } from './vertices.js';

/** A digit and a separator. */
const NUMBER_BYTES_MIN = 2;
/** `3 0 1 2` and a line end. */
const TRIANGLE_BYTES_MIN = 8;
/** A source up to this size is read to its end even if the counts cannot be right, to report where it was cut. */
const SMALL_BYTES = CHUNK_BYTES;

/** Opens text OFF. Throws FormatError if the counts are damaged, or if the size proves that they cannot be right. */
export function openAsciiOff(source: ByteSource, keyword: OffKeyword, options: ReadOptions): MeshReader {
  const header = readTextHeader(source, keyword);
  if (!options.salvage) checkSize(source, header);
  refuseMissingNormals(source, header);
  const parser = new OffParser(source, header, options);
  return {
    encoding: 'ascii',
    precision: 'float64',
    layout: 'indexed',
    expectedTriangles:
      source.size === undefined
        ? undefined
        : Math.min(header.faceCount, Math.floor(source.size / TRIANGLE_BYTES_MIN)),
    items: (_parsers, start) => parser.items(start),
    save: () => parser.save(),
    colorScales: () => ({ vertex: parser.vertices.colorScale, face: parser.faces.colorScale }),
  };
}

function checkSize({ size }: ByteSource, header: TextHeader): void {
  const { vertexCount, faceCount, dimension, countsLine: line } = header;
  const least = NUMBER_BYTES_MIN * (vertexCount * dimension + faceCount) - 1;
  if (size === undefined || size <= SMALL_BYTES || header.end + least <= size) return;
  throw refuseCounts(vertexCount, faceCount, header.end + least, size, { line });
}

/** Throws FormatError if the keyword announces normals but the vertices have none. CGAL has written such files. */
function refuseMissingNormals({ head, size }: ByteSource, header: TextHeader): void {
  const line = lacksNormals(head, size === head.length, header);
  if (line === undefined) return;
  const { dimension } = header;
  throw new FormatError(
    `a vertex with ${dimension} numbers; the N of the keyword announces a normal; expected ${dimension + 3} numbers`,
    { place: { line }, hint: `replace NOFF with OFF on line ${header.keywordLine}` },
  );
}

/** The state of a parser between two batches, as plain data. */
interface SavedOff {
  readonly line: number;
  readonly endLine: number;
  readonly vertices: SavedVertices;
  readonly faces: SavedFaces;
  readonly unusable: SavedUnusable;
}

class OffParser {
  readonly vertices: OffVertexReader;
  readonly faces: OffFaceReader;
  private readonly window: ByteWindow;
  private readonly scanner: WordScanner;
  private readonly unusable: UnusableVertices;

  constructor(
    source: ByteSource,
    private readonly header: TextHeader,
    private readonly options: ReadOptions,
  ) {
    const { warn } = options;
    this.window = new ByteWindow(source);
    this.scanner = new WordScanner(this.window, header.line);
    const values = new TextValues(this.window, this.scanner);
    const lined = isLined(source.head, source.size === source.head.length, header);
    const unusable = new UnusableVertices(options);
    this.unusable = unusable;
    const lines = () => new PlainLines(this.window, this.scanner);
    this.vertices = new OffVertexReader(
      this.scanner,
      values,
      lines(),
      header,
      lined,
      warn,
      unusable,
      options,
    );
    this.faces = new OffFaceReader(this.scanner, values, lines(), header, warn, unusable, options);
  }

  async *items(start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    const { window, scanner, vertices, faces, header } = this;
    if (start === undefined) {
      while (window.end < header.end && !window.ended) await window.fill(this.place);
      window.start = header.end;
      scanner.goBack();
    } else {
      await window.jump(start.offset);
      if ('memory' in start) this.restore(start.memory as SavedOff);
      else this.startAt(start);
    }

    while (vertices.done < header.vertexCount) {
      if (vertices.batch.isFull) yield vertices.batch.take();
      if (this.readVertices()) continue;
      if (!(await this.fill())) break;
    }
    if (vertices.batch.count > 0) yield vertices.batch.take();
    while (vertices.done === header.vertexCount && faces.done < header.faceCount) {
      if (faces.batch.isFull) yield faces.batch.take();
      if (this.readFaces()) continue;
      if (!(await this.fill())) break;
    }
    if (faces.batch.count > 0) yield faces.batch.take();
    if (faces.done < header.faceCount || vertices.done < header.vertexCount) this.endTruncated();
    else await this.passRest();
  }

  save(): SavedReader {
    const { window, scanner, vertices, faces } = this;
    const memory: SavedOff = {
      line: scanner.itemLine,
      endLine: scanner.endLine,
      vertices: vertices.save(),
      faces: faces.save(),
      unusable: this.unusable.save(),
    };
    return { offset: window.offset, memory };
  }

  private restore({ line, endLine, vertices, faces, unusable }: SavedOff): void {
    this.unusable.restore(unusable);
    this.scanner.startAt(line, endLine);
    this.vertices.restore(vertices);
    this.faces.restore(faces);
  }

  private startAt({ kind, line, record }: ReadStart): void {
    const { scanner, vertices, faces, header } = this;
    scanner.startAt(line);
    if (kind === 'vertices') {
      vertices.done = record;
      vertices.batch.total = record;
    } else {
      vertices.done = header.vertexCount;
      faces.done = record;
      faces.batch.records = record;
    }
  }

  /** Reads until the batch is full or the last vertex is read (true), or until bytes are needed (false). */
  private readVertices(): boolean {
    const { vertices, scanner, header } = this;
    const { batch } = vertices;
    while (vertices.done < header.vertexCount && !batch.isFull) {
      if (vertices.readPlain()) continue;
      if (!vertices.read()) return false;
      scanner.endItem();
    }
    return true;
  }

  private readFaces(): boolean {
    const { faces, scanner, header } = this;
    const { batch } = faces;
    while (faces.done < header.faceCount && !batch.isFull) {
      if (faces.readPlain()) continue;
      if (!faces.read()) return false;
      scanner.endItem();
    }
    this.checkLines();
    return true;
  }

  /** Throws if short faces follow a vertex that took numbers of the next line: they are not faces. */
  private checkLines(): void {
    const { shortLine } = this.faces;
    const brokenLine = shortLine === undefined ? undefined : this.vertices.findBroken(shortLine);
    if (brokenLine === undefined && this.faces.beginsWithVertex) throw this.faces.refuseVertex(shortLine!);
    if (brokenLine === undefined) return;
    throw new FormatError('a vertex with too few numbers on its line; expected all of them there', {
      place: { line: brokenLine },
      hint: `complete the line; the next line supplied the other numbers, and line ${shortLine} is not a face`,
    });
  }

  private readonly place = () => ({ line: this.scanner.line });

  /** Requests more bytes and returns to the start of the item; false at the end of the source. */
  private async fill(): Promise<boolean> {
    const { window, scanner } = this;
    scanner.passBlanks();
    if (window.ended) return false;
    await window.fill(this.place);
    scanner.goBack();
    return true;
  }

  /** Throws or warns because the source ends before all announced items. */
  private endTruncated(): void {
    const { scanner, vertices, faces, header, options } = this;
    let line = scanner.endLine;
    while (scanner.next()) line = scanner.line;
    const isInFaces = vertices.done === header.vertexCount;
    const found = isInFaces
      ? `${formatCount(faces.done)} of ${countOf(header.faceCount, 'face')}`
      : `${formatCount(vertices.done)} of ${countOf(header.vertexCount, 'vertex', 'vertices')}`;
    const problem = `truncated: the file ends after ${found}`;
    if (options.salvage) {
      const rest = isInFaces ? 'the complete ones were read' : 'it has no faces';
      options.warn({ kind: 'salvaged', message: `line ${line}: ${problem}; ${rest}` });
      return;
    }
    const { strangeLine } = vertices;
    const reason =
      strangeLine === undefined
        ? TRUNCATED
        : {
            hint: `check the count on line ${header.countsLine}; line ${strangeLine} does not look like a vertex`,
          };
    throw new FormatError(problem, { place: { line }, ...reason });
  }

  /**
   * Throws if another face follows the last one, or another vertex in a file without faces. The scanner is at the first
   * word of what follows, and stays there.
   */
  private async refuseMore(): Promise<void> {
    const { scanner, faces, vertices, header } = this;
    const { line } = scanner;
    const hasFaces = header.faceCount > 0;
    let isMore: boolean | undefined;
    for (;;) {
      isMore = hasFaces ? faces.isFaceNext() : vertices.isVertexNext();
      if (isMore !== undefined || !(await this.fill())) break;
      scanner.next();
    }
    scanner.goBack();
    scanner.next();
    if (isMore !== true) return;
    const [what, count] = hasFaces ? ['face', header.faceCount] : ['vertex', header.vertexCount];
    throw new FormatError(
      `another ${what} follows the ${formatCount(count)} announced; expected the end of the file`,
      { place: { line }, hint: `check the count on line ${header.countsLine}` },
    );
  }

  /**
   * Warns of text after the last face, such as edges that other programs append. Throws if it begins with a number and an
   * earlier face was too short: then the counts are wrong.
   */
  private async passRest(): Promise<void> {
    const { scanner, options, faces, header } = this;
    while (!scanner.next()) if (!(await this.fill())) return;
    await this.refuseMore();
    if (isKeyword(this.window.bytes, scanner.from, scanner.to)) {
      throw new FormatError('a second OFF follows the first; expected the end of the file', {
        place: { line: scanner.line },
        hint: 'split the file there and convert both parts',
      });
    }
    const number = parseNumber(this.window.bytes, scanner.from, scanner.to);
    if (faces.shortLine !== undefined && !Number.isNaN(number)) {
      throw new FormatError(
        `numbers after the last of ${countOf(header.faceCount, 'face')}; expected the end of the file`,
        {
          place: { line: scanner.line },
          hint: `check the counts on line ${header.countsLine}; line ${faces.shortLine} does not look like a face`,
        },
      );
    }
    const message = `line ${scanner.line}: text after the last face is ignored`;
    options.warn({ kind: 'off-extra-lines', message });
  }
}
