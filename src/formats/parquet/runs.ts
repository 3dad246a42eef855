/** Run-length encoding as Parquet has it, without its other half, the packing of bits. */

/** Small integers, most of which repeat the previous one. */
export class Runs {
  /** The number of integers. */
  count = 0;
  /** Pairs of an integer and how often it is repeated. */
  private runs = new Uint32Array(64);
  private end = 0;

  /** Adds an integer `count` times. */
  add(value: number, count: number): void {
    this.count += count;
    const { end } = this;
    if (end > 0 && this.runs[end - 2] === value) {
      this.runs[end - 1]! += count;
      return;
    }
    if (end === this.runs.length) {
      const wider = new Uint32Array(2 * end);
      wider.set(this.runs);
      this.runs = wider;
    }
    this.runs[end] = value;
    this.runs[end + 1] = count;
    this.end += 2;
  }

  /** Returns the runs, with `bytes` bytes for each integer: twice the length as a varint, then the integer. */
  pack(bytes: number): Uint8Array {
    const packed = new Uint8Array((this.end / 2) * (5 + bytes));
    let at = 0;
    for (let k = 0; k < this.end; k += 2) {
      let rest = 2 * this.runs[k + 1]!;
      for (; rest >= 0x80; rest >>>= 7) packed[at++] = (rest & 0x7f) | 0x80;
      packed[at++] = rest;
      for (let b = 0; b < bytes; b++) packed[at++] = this.runs[k]! >>> (8 * b);
    }
    return packed.subarray(0, at);
  }

  /** Returns the runs after their length in four bytes. */
  packAfterLength(bytes: number): Uint8Array {
    const packed = this.pack(bytes);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(packed.length);
    return Buffer.concat([length, packed]);
  }

  clear(): void {
    this.count = 0;
    this.end = 0;
  }
}
