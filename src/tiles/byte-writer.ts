/** Integers as bytes: seven bits each, the lowest first, up to 2^53. Small numbers take a byte. */

const BITS = 7;
const MORE = 2 ** BITS;
/** The largest number of bytes of an integer. */
const BYTES_MAX = 8;

export class ByteWriter {
  private bytes: Uint8Array;
  /** Bytes written so far. */
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for this many integers, which the other methods do not check. */
  reserve(count: number): void {
    const needed = this.length + BYTES_MAX * count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Writes an integer from 0 to 2^53 - 1. */
  unsigned(value: number): void {
    while (value >= 2 ** 31) {
      this.bytes[this.length++] = (value % MORE) | MORE;
      value = Math.floor(value / MORE);
    }
    let rest = value | 0;
    while (rest >= MORE) {
      this.bytes[this.length++] = (rest & (MORE - 1)) | MORE;
      rest >>= BITS;
    }
    this.bytes[this.length++] = rest;
  }

  /** Writes an integer between -2^52 and 2^52; those near 0 take a byte. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  clear(): void {
    this.length = 0;
  }

  /** Returns a copy of the bytes. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** Reads what {@link ByteWriter} has written. Beyond the end it reads zeros, and `isPast` becomes true. */
export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Whether more was read than there is. */
  get isPast(): boolean {
    return this.at > this.bytes.length;
  }

  /** The number of bytes left. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  unsigned(): number {
    let byte = this.bytes[this.at++] ?? 0;
    if (byte < MORE) return byte;
    let value = byte - MORE;
    let scale = MORE;
    do {
      byte = this.bytes[this.at++] ?? 0;
      value += (byte & (MORE - 1)) * scale;
      scale *= MORE;
    } while (byte >= MORE && scale < 2 ** 56);
    return value;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Fills an array with the running sums of signed integers. Most of these take a byte or two. */
  sums(target: Float64Array): void {
    const { bytes } = this;
    let sum = 0;
    for (let k = 0; k < target.length; k++) {
      const byte = bytes[this.at] ?? 0;
      const next = bytes[this.at + 1] ?? MORE;
      if (byte < MORE) {
        this.at++;
        sum += (byte >> 1) ^ -(byte & 1);
      } else if (next < MORE) {
        this.at += 2;
        sum += (((byte & (MORE - 1)) | (next << BITS)) >> 1) ^ -(byte & 1);
      } else sum += this.signed();
      target[k] = sum;
    }
  }
}
