/**
 * Reads the vertices of OBJ: `v x y z`, optionally followed by a weight or a color. The weight, which only curves use, is
 * dropped.
 */
import { parseNumber } from '../../io/number-text.js';
import { countOf } from '../../wording.js';
import { VertexBatcher } from '../shared/indexed-batches.js';
import { notANumber, spellsNotFinite } from '../shared/text.js';
import type { UnusableVertices } from '../shared/unusable-vertices.js';
import type { Statement } from './statement.js';

/** The maximum number of values after a position: r g b a, or a weight. */
const EXTRA_MAX = 4;

/** Non-finite numbers as other programs write them; not an error in a color. */
const NOT_FINITE = /^[+-]?(nan|inf|infinity|1\.#\w+)(\(\w*\))?$/i;

/** Reads the words after `v` into a batch. */
export class ObjVertexReader {
  readonly batch: VertexBatcher;
  /** The largest color value so far. */
  colorMax = 0;
  /** Numbers of the vertex so far. */
  private found = 0;
  /** The reason why the vertex is unusable. */
  private problem: string | undefined;
  private readonly extra = new Float64Array(EXTRA_MAX);

  constructor(
    private readonly statement: Statement,
    batchVertices: number,
    private readonly unusable: UnusableVertices,
    /** Whether an earlier face refers to this vertex or to a later one. */
    private readonly isUsed: (vertex: number) => boolean,
  ) {
    this.batch = new VertexBatcher(batchVertices, 'float64', statement.options.placeBytes);
  }

  /** Vertices so far, in all batches. */
  get total(): number {
    return this.batch.total;
  }

  /** Begins a vertex, for which the batch must have room. */
  begin(): void {
    this.found = 0;
    this.problem = undefined;
  }

  /** Continues to the end of the statement, or until more bytes are needed. */
  read(): 'more' | 'end' {
    const { batch, statement } = this;
    const { window, words } = statement;
    for (;;) {
      const step = words.next();
      if (step === 'more') return 'more';
      if (step === 'end') {
        this.finish();
        return 'end';
      }
      const value = parseNumber(window.bytes, words.from, words.to);
      const found = this.found++;
      if (found >= 3) {
        this.addExtra(found - 3, value);
      } else if (Number.isFinite(value)) {
        batch.positions[3 * batch.count + found] = value;
      } else {
        const what = `${'xyz'[found]} of a vertex`;
        const { problem, hint } = notANumber(window.bytes, words.from, words.to, what, statement.line);
        if (!spellsNotFinite(window.bytes, words.from, words.to)) {
          statement.refuse(problem, hint);
          return 'end';
        }
        this.problem ??= problem;
      }
    }
  }

  private addExtra(k: number, value: number): void {
    if (k < EXTRA_MAX) this.extra[k] = value;
    if (!Number.isNaN(value)) return;
    const { window, words } = this.statement;
    const text = Buffer.from(window.bytes.subarray(words.from, words.to)).toString('latin1');
    if (NOT_FINITE.test(text)) return;
    const token = this.statement.showWord();
    const message = `${token} after the position of a vertex is not a number; it is skipped`;
    this.statement.warn('obj-extra-words', message);
  }

  private finish(): void {
    const { found } = this;
    if (found < 3) {
      this.statement.refuse(`a vertex with ${countOf(found, 'coordinate')}; expected three`);
      return;
    }
    if (found === 6 || found === 7) {
      const { extra } = this;
      this.setColor(extra[0]!, extra[1]!, extra[2]!, found === 7 ? extra[3] : undefined);
    } else if (found === 4 && this.extra[0] !== 1 && Number.isFinite(this.extra[0])) {
      const message = `a vertex with the weight ${this.extra[0]}; the position is read unchanged, the weight is ignored`;
      this.statement.warn('obj-weight', message);
    } else if (found > 4) {
      const message = `a vertex of ${found} numbers; expected 3, 4, 6 or 7, the first three are read`;
      this.statement.warn('obj-extra-numbers', message);
    }
    const { offset, line, window } = this.statement;
    if (this.problem !== undefined) {
      this.unusable.note(this.total, this.problem, { line }, this.isUsed(this.total));
      this.batch.standIn(this.batch.count);
    }
    this.batch.add(offset, window.offset, line);
  }

  /** Sets the color of the next vertex, unless a value is not finite. */
  setColor(r: number, g: number, b: number, alpha?: number): void {
    const a = Number.isFinite(alpha) ? alpha! : Number.NaN;
    if (!Number.isFinite(r + g + b)) return;
    this.batch.setColor(r, g, b, a);
    this.colorMax = Math.max(this.colorMax, r, g, b, Number.isNaN(a) ? 0 : a);
  }
}
