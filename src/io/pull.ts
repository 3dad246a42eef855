/** Reading on demand: bytes are read when requested, into the caller's buffer. */

/** Reads up to `target.length` bytes into `target`; returns how many, 0 only at the end. */
export type Pull = (target: Uint8Array) => Promise<number>;

/** Cuts pieces of any size to the requested sizes. */
export function pullFrom(next: () => Promise<IteratorResult<Uint8Array, unknown>>): Pull {
  let piece: Uint8Array = new Uint8Array(0);
  return async (target) => {
    while (piece.length === 0) {
      const result = await next();
      if (result.done) return 0;
      piece = result.value;
    }
    const count = Math.min(target.length, piece.length);
    target.set(piece.subarray(0, count));
    piece = piece.subarray(count);
    return count;
  };
}

/** Requests the next piece while the last one is processed: zlib works in parallel with the thread. */
export function readAhead(pieces: AsyncIterator<Uint8Array>): () => Promise<IteratorResult<Uint8Array>> {
  const ask = () => {
    const piece = pieces.next();
    // A failure is reported when its piece is due.
    piece.catch(() => undefined);
    return piece;
  };
  let next = ask();
  return () => {
    const piece = next;
    next = ask();
    return piece;
  };
}

/** Reads `first`, and then `rest`. */
export function prepend(first: Uint8Array, rest: Pull): Pull {
  let taken = 0;
  return async (target) => {
    if (taken === first.length) return rest(target);
    const count = Math.min(target.length, first.length - taken);
    target.set(first.subarray(taken, taken + count));
    taken += count;
    return count;
  };
}

/** Reads `size` bytes into a new buffer; fewer only at the end. */
export async function pullUpTo(size: number, pull: Pull): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = await pull(bytes.subarray(length));
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}
