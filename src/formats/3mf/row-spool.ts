/**
 * Keeps the vertices and triangles of objects in a temporary file: objects are defined before the build that uses them,
 * any number of times and in any order.
 *
 * Rows of three numbers are in blocks of a fixed number, each after the place of its first row in the XML. So the place of
 * a row is known to within a block, or exactly if a block has one row.
 */
import type { TemporaryFile } from '../../io/input/temporary-file.js';

/** Rows of a block: the XML of as many takes about 12 kB. */
export const BLOCK_ROWS = 256;
const HEAD_BYTES = 24;
/** Bytes that are written or read at a time. */
const BUFFER_BYTES = 2 ** 18;

/** Rows in the file. */
export interface SpooledRows {
  /** Where they begin, in bytes of the file. */
  readonly offset: number;
  readonly count: number;
}

type Numbers = Float64ArrayConstructor | Uint32ArrayConstructor;

/** How rows are kept: vertices as float64, triangles as uint32. */
export interface RowForm {
  readonly Numbers: Numbers;
  readonly blockRows: number;
}

/** The place of a row in the XML. */
export interface RowPlace {
  readonly offset: number;
  readonly end: number;
  readonly line: number;
}

/** Memory for some blocks, with what they hold. */
class BlockBuffer {
  /** Bytes of a block, whose numbers stay aligned. */
  readonly blockBytes: number;
  readonly bytes: Uint8Array;
  private readonly heads: Float64Array;
  readonly numbers: Float64Array | Uint32Array;
  private readonly width: number;

  constructor({ Numbers, blockRows }: RowForm) {
    this.width = Numbers.BYTES_PER_ELEMENT;
    this.blockBytes = HEAD_BYTES + 8 * Math.ceil((3 * blockRows * this.width) / 8);
    const memory = new ArrayBuffer(this.blockBytes * Math.floor(BUFFER_BYTES / this.blockBytes));
    this.bytes = new Uint8Array(memory);
    this.heads = new Float64Array(memory);
    this.numbers = new Numbers(memory);
  }

  /** Returns the index in `numbers` of a row of the block at byte `base`. */
  indexOf(base: number, row: number): number {
    return (base + HEAD_BYTES) / this.width + 3 * row;
  }

  /** Returns the place of the first row of the block at byte `base`. */
  placeAt(base: number): RowPlace {
    const head = base / 8;
    return { offset: this.heads[head]!, end: this.heads[head + 1]!, line: this.heads[head + 2]! };
  }

  setPlace(base: number, offset: number, end: number, line: number): void {
    const head = base / 8;
    this.heads[head] = offset;
    this.heads[head + 1] = end;
    this.heads[head + 2] = line;
  }
}

export class RowWriter {
  /** Rows since {@link begin}. */
  count = 0;
  private readonly blocks: BlockBuffer;
  private offset = 0;
  /** The block that is filled, and the next row in it. */
  private block = 0;
  private row = 0;

  constructor(
    private readonly file: TemporaryFile,
    private readonly form: RowForm,
  ) {
    this.blocks = new BlockBuffer(form);
  }

  /** Begins rows at the end of the file. Nothing else may be written to it until {@link end}. */
  begin(): void {
    this.offset = this.file.length;
    this.count = 0;
  }

  /** Adds a row, which is at `[offset, end)` of the XML, from `line` on. */
  add(a: number, b: number, c: number, offset: number, end: number, line: number): void {
    const { form, blocks } = this;
    const { numbers, blockBytes, bytes } = blocks;
    const base = this.block * blockBytes;
    if (this.row === 0) blocks.setPlace(base, offset, end, line);
    const at = blocks.indexOf(base, this.row);
    numbers[at] = a;
    numbers[at + 1] = b;
    numbers[at + 2] = c;
    this.count++;
    if (++this.row < form.blockRows) return;
    this.row = 0;
    if (++this.block * blockBytes === bytes.length) this.flush();
  }

  /** Ends the rows; returns where they are. */
  end(): SpooledRows {
    const { offset, count } = this;
    if (this.row > 0) this.block++;
    this.row = 0;
    this.flush();
    return { offset, count };
  }

  private flush(): void {
    if (this.block === 0) return;
    const { bytes, blockBytes } = this.blocks;
    this.file.append(bytes.subarray(0, this.block * blockBytes));
    this.block = 0;
  }
}

export class RowReader {
  private readonly blocks: BlockBuffer;
  /** What the buffer holds, in bytes of the file. */
  private from = 0;
  private to = 0;

  constructor(
    private readonly file: TemporaryFile,
    private readonly form: RowForm,
  ) {
    this.blocks = new BlockBuffer(form);
  }

  /**
   * Passes rows `[first, first + count)` to `take`, some at a time: their numbers from index `at` on, and the place of the
   * first if `hasPlace`.
   */
  read(
    rows: SpooledRows,
    first: number,
    count: number,
    take: (
      numbers: Float64Array | Uint32Array,
      at: number,
      some: number,
      place: RowPlace | undefined,
    ) => void,
  ): void {
    const { blocks, form } = this;
    const { blockRows } = form;
    for (let row = first; row < first + count; ) {
      const block = Math.floor(row / blockRows);
      const inBlock = row - block * blockRows;
      const base = this.find(rows, block);
      const some = Math.min(blockRows - inBlock, first + count - row);
      const place = inBlock === 0 ? blocks.placeAt(base) : undefined;
      take(blocks.numbers, blocks.indexOf(base, inBlock), some, place);
      row += some;
    }
  }

  /** Returns where a block begins in the buffer, which is filled if it does not hold it. */
  private find({ offset, count }: SpooledRows, block: number): number {
    const { form, blocks } = this;
    const { blockBytes, bytes } = blocks;
    const at = offset + block * blockBytes;
    if (at < this.from || at >= this.to || (at - this.from) % blockBytes !== 0) {
      const end = offset + Math.ceil(count / form.blockRows) * blockBytes;
      this.from = at;
      this.to = at;
      const wanted = bytes.subarray(0, Math.min(bytes.length, end - at));
      if (this.file.read(wanted, at) < wanted.length)
        throw new RangeError(`byte ${at} of the spool is missing`);
      this.to = at + wanted.length;
    }
    return at - this.from;
  }
}
