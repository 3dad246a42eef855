/** Writes rows of three numbers as lines of text: by kernels if their numbers are usual, else one by one. */

import {
  NUMBER_TEXT_MAX,
  type NumberWriter,
  writeFloat32,
  writeInteger,
  writeWhole,
} from '../../io/number-text.js';
import { KernelMemory } from '../../kernels/kernels.js';
import { writeTriple } from './digits.js';
import { viewOf } from './output.js';
import { LF } from './text.js';

/** Writes rows `[from, to)` of three values each to `target` from `at` on; returns where they end. */
export type LineWriter = (
  values: Float64Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
) => number;

/** Room for the longest line: a prefix, three numbers, a blank or line end after each. */
export const LINE_BYTES = 4 * (NUMBER_TEXT_MAX + 1);

/** Rows that a kernel gets at once. */
const STEP_ROWS = 512;
/** Bytes of the state of text kernels, as `textBytes` of the kernels returns it. */
const STATE_BYTES = 104_464;

/** Returns a writer of positions; each line begins with `prefix`, up to four characters of ASCII. */
export function positionLines(prefix: string, write: NumberWriter): LineWriter {
  const each = writeEach(prefix, write);
  if (write !== writeFloat32) return each;
  const code = codeOf(prefix);
  return inBulk(each, ({ kernels, at }, count) =>
    kernels.writeFloats32(at.state, at.values, count, code, prefix.length, at.text),
  );
}

/** Returns a writer of ids plus `base`; each line begins with `prefix`, up to four characters of ASCII. */
export function idLines(prefix: string, base: 0 | 1): LineWriter {
  const code = codeOf(prefix);
  const each = writeEach(
    prefix,
    base === 0 ? writeInteger : (values, k, target, at) => writeWhole(values[k]! + base, target, at),
  );
  return inBulk(each, ({ kernels, at }, count) =>
    kernels.writeIds(at.state, at.values, count, base, code, prefix.length, at.text),
  );
}

/** `run` lets a kernel write staged rows, and returns where their text ends; `each` writes those that it refuses. */
function inBulk(each: LineWriter, run: (memory: TextMemory, count: number) => number): LineWriter {
  return (values, from, to, target, start) => {
    shared ??= new TextMemory();
    const memory = shared;
    let at = start;
    for (let done = from; done < to; ) {
      const count = Math.min(STEP_ROWS, to - done);
      memory.values.set(values.subarray(3 * done, 3 * (done + count)));
      const bytes = run(memory, count) - memory.at.text;
      target.set(memory.text.subarray(0, bytes), at);
      at += bytes;
      done += memory.rows;
      if (memory.rows === count) continue;
      at = each(values, done, done + 1, target, at);
      done++;
    }
    return at;
  };
}

/** Writes each number by `write`. */
function writeEach(prefix: string, write: NumberWriter): LineWriter {
  const code = codeOf(prefix);
  return (values, from, to, target, start) => {
    const view = viewOf(target);
    let at = start;
    for (let k = from; k < to; k++) {
      view.setUint32(at, code, true);
      at = writeTriple(values, 3 * k, write, view, at + prefix.length);
      view.setUint8(at++, LF);
    }
    return at;
  };
}

/** Returns a prefix as a word, its first character in the lowest byte. */
function codeOf(prefix: string): number {
  let code = 0;
  for (let k = 0; k < prefix.length; k++) code |= prefix.charCodeAt(k) << (8 * k);
  return code;
}

/** What text kernels need: their tables, and room for the rows of a step and their text. */
class TextMemory extends KernelMemory {
  readonly at: { readonly state: number; readonly values: number; readonly text: number };
  readonly values: Float64Array;
  readonly text: Uint8Array;
  private readonly state: Int32Array;

  constructor() {
    const valuesBytes = 24 * STEP_ROWS;
    const textBytes = LINE_BYTES * STEP_ROWS;
    super([STATE_BYTES, valuesBytes, textBytes]);
    const state = this.allocate(STATE_BYTES);
    const values = this.allocate(valuesBytes);
    const text = this.allocate(textBytes);
    this.at = { state, values, text };
    this.state = new Int32Array(this.buffer, state, 1);
    this.values = new Float64Array(this.buffer, values, 3 * STEP_ROWS);
    this.text = new Uint8Array(this.buffer, text, textBytes);
    this.kernels.prepareText(state);
  }

  /** Rows written by the last kernel. */
  get rows(): number {
    return this.state[0]!;
  }
}

/** The memory of this thread: memory of WebAssembly is slow to be collected, and a split writes thousands of files. */
let shared: TextMemory | undefined;
