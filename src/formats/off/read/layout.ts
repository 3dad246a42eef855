/**
 * Detects whether each vertex of a text OFF has a line of its own. If so, the rest of the line belongs to it, such as a
 * color without a C in the keyword. By the specification only numbers count, so several vertices may share a line, or one
 * may take two. Decided from the head.
 */

import { parseNumber } from '../../../io/number-text.js';
import { FACE_CORNERS_MAX } from '../../../memory.js';
import { WordScanner } from '../../shared/word-scanner.js';
import { type TextHeader, viewHead } from '../header.js';
import { TextValues } from './text-values.js';

/** Examines the vertices in the head, and the faces after them. `isWhole`: the head is the complete source. */
export function isLined(head: Uint8Array, isWhole: boolean, header: TextHeader): boolean {
  const { vertexCount, faceCount, dimension, hasNormals, hasColors, hasTexture, colorsFirst } = header;
  const words = new HeadWords(head, isWhole, header);
  // Colors may be missing on a line, but in MeshLab's order always have four values.
  const least = dimension + (hasNormals ? 3 : 0) + (hasTexture ? 2 : 0) + (colorsFirst ? 4 : 0);
  const full = least + (hasColors && !colorsFirst ? 4 : 0);

  const lines = Math.min(vertexCount, words.lineCount);
  // With fewer lines than that, vertices share lines with each other or with the first face.
  let canBeLined = !isWhole || words.lineCount >= vertexCount + Math.min(faceCount, 1);
  let areEqual = true;
  for (let line = 0; line < lines; line++) {
    if (words.widthOf(line) < least) canBeLined = false;
    if (words.widthOf(line) !== words.widthOf(0)) areEqual = false;
  }
  if (!canBeLined) return false;

  if (!words.areFacesFrom(vertexCount * full)) return true;
  // If faces could follow either way, lines of vertices with colors all have the same length.
  return words.areFacesFrom(words.beginOf(vertexCount)) && areEqual;
}

/** Lines examined for normals. */
const NORMAL_LINES = 64;

/**
 * Returns the first vertex line of a source whose keyword has N but whose vertex lines hold only positions. Returns
 * undefined if vertices have normals, possibly on lines of their own.
 */
export function lacksNormals(head: Uint8Array, isWhole: boolean, header: TextHeader): number | undefined {
  const { hasNormals, vertexCount, dimension } = header;
  if (!hasNormals || vertexCount === 0) return undefined;
  const words = new HeadWords(head, isWhole, header);
  const lines = Math.min(NORMAL_LINES, vertexCount, words.lineCount);
  let areUnits = true;
  for (let line = 0; line < lines; line++) {
    if (words.widthOf(line) !== dimension) return undefined;
    if (line % 2 === 1 && Math.abs(words.lengthOf(line) - 1) > 0.01) areUnits = false;
  }
  const isOne = vertexCount === 1 && words.widthOf(1) === dimension;
  return lines === 0 || isOne || (lines > 1 && areUnits) ? undefined : words.firstLine;
}

/** The words of the head after the header, line by line, without blank lines and comments. */
class HeadWords {
  count = 0;
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  /** The first word of each line, then the number of words. */
  private readonly begins: number[] = [];

  constructor(
    private readonly head: Uint8Array,
    private readonly isWhole: boolean,
    private readonly header: TextHeader,
  ) {
    const view = viewHead(head, header.end, isWhole);
    const scanner = new WordScanner(view, header.line);
    const values = new TextValues(view, scanner);
    let line = 0;
    while (values.next()) {
      if (this.count === 0) this.firstLine = scanner.line;
      if (scanner.line !== line) this.begins.push(this.count);
      line = scanner.line;
      this.from.push(scanner.from);
      this.to.push(scanner.to);
      this.count++;
    }
    // The last line may be cut off.
    if (!isWhole) this.count = this.begins.pop() ?? 0;
    this.begins.push(this.count);
  }

  /** The line of the source that holds the first word. */
  firstLine = 0;

  /** Returns the length of the vector on a line. */
  lengthOf(line: number): number {
    let sum = 0;
    for (let word = this.beginOf(line); word < this.beginOf(line + 1); word++) {
      sum += parseNumber(this.head, this.from[word] ?? 0, this.to[word] ?? 0) ** 2;
    }
    return Math.sqrt(sum);
  }

  get lineCount(): number {
    return this.begins.length - 1;
  }

  widthOf(line: number): number {
    return this.beginOf(line + 1) - this.beginOf(line);
  }

  /** Returns the first word of a line, or the number of words if there is no such line. */
  beginOf(line: number): number {
    return this.begins[line] ?? this.count;
  }

  /**
   * Whether only faces of three or more corners follow from this word on, each on a new line: as many as announced, or as
   * the head holds.
   */
  areFacesFrom(word: number): boolean {
    const { vertexCount, faceCount } = this.header;
    let line = this.begins.indexOf(word);
    let faces = 0;
    for (; faces < faceCount && word < this.count; faces++) {
      const size = this.wholeAt(word);
      if (line < 0 || !(size >= 3 && size <= FACE_CORNERS_MAX)) return false;
      const next = word + 1 + size;
      for (let at = word + 1; at < Math.min(next, this.count); at++) {
        const corner = this.wholeAt(at);
        if (!(corner >= 0 && corner < vertexCount)) return false;
      }
      while (this.beginOf(line) < next && line < this.lineCount) line++;
      word = this.beginOf(line);
    }
    return this.isWhole ? faces === faceCount && word === this.count : faces > 0;
  }

  private wholeAt(word: number): number {
    const value = parseNumber(this.head, this.from[word] ?? 0, this.to[word] ?? 0);
    return Number.isInteger(value) ? value : Number.NaN;
  }
}
