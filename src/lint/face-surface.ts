/** Examines how the faces of a text OFF are written, word by word or plain line by plain line. */

import type { TextHeader } from '../formats/off/header.js';
import { FACE_CORNERS_MAX } from '../memory.js';
import { FORM, Words } from './color-tally.js';
import { hasTwice, startFaces } from './counting.js';
import type { PlainLine } from './plain-line.js';

export class FaceSurface {
  readonly tallies = startFaces();
  /** Words after the corners. */
  private readonly words = new Words();
  /** The size of the current face (-1 before it), the corners so far, and its first line. */
  private size = -1;
  private corner = 0;
  private line = 0;
  private isSpread = false;
  private readonly corners: number[] = [];

  constructor(private readonly header: TextHeader) {}

  get isDone(): boolean {
    return this.tallies.count === this.header.faceCount;
  }

  /** Whether {@link PlainLine.passTriangle} may read lines; the first and the last face are examined in detail. */
  get takesPlainLines(): boolean {
    const { count } = this.tallies;
    return this.size < 0 && count > 0 && count + 1 < this.header.faceCount;
  }

  /** Counts the face of a plain line. */
  takePlain({ isDegenerate }: PlainLine, line: number): void {
    const { tallies } = this;
    if (isDegenerate) tallies.degenerate.see(line);
    this.countCorners(3);
    tallies.count++;
  }

  /** Takes the next word; `value` is NaN if it is not a number. */
  take(value: number, form: number, line: number): void {
    const { size, corner } = this;
    if (corner < size) {
      if (corner < FACE_CORNERS_MAX) this.corners[corner] = value;
      if (line !== this.line) this.isSpread = true;
      this.corner++;
      if (form !== 0) this.noteForm(form, line);
    } else if (size >= 0) {
      this.words.push(value, form);
    } else {
      this.size = value >= 0 ? value : 0;
      this.corner = 0;
      this.line = line;
      this.isSpread = false;
      this.words.count = 0;
      if (form !== 0) this.noteForm(form, line);
    }
  }

  /** Records a whole number that is not written only in digits. */
  private noteForm(form: number, line: number): void {
    const { oddIndices, plusSigns } = this.tallies;
    (form === FORM.plus ? plusSigns : oddIndices).see(line);
  }

  /** Ends a line, and the face if its last corner is on it. */
  endLine(): void {
    if (this.corner === this.size) this.endFace();
  }

  private endFace(): void {
    const { size, tallies, line, words, corners } = this;
    if (tallies.count === 0) tallies.firstLinePoints = words.countPoints();
    this.countCorners(size);
    if (size !== 3) {
      if (size < 3) tallies.short.see(line);
      else tallies.overThree.see(line);
      if (size > 4) tallies.overFour.see(line);
      if (size > 9) tallies.overNine.see(line);
    }
    if (hasTwice(corners, size)) tallies.degenerate.see(line);
    if (this.isSpread) tallies.spread.see(line);
    if (words.count > 0) tallies.colors.take(words, 0, words.count, line);
    this.size = -1;
    this.corner = 0;
    tallies.count++;
  }

  private countCorners(size: number): void {
    const { tallies } = this;
    if (size < tallies.cornersMin || tallies.count === 0) tallies.cornersMin = size;
    if (size > tallies.cornersMax) tallies.cornersMax = size;
  }
}
