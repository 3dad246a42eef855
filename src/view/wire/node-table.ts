/**
 * The nodes of the octree as bytes, column after column: a tenth of the JSON. Encoder and decoder need nothing but typed
 * arrays, so that the page can run the decoder.
 */

/** The columns of all nodes, by id. Boxes and errors are in lattice steps. */
export interface NodeTable {
  readonly count: number;
  /** -1 for the root. */
  readonly parent: Int32Array;
  /** The first slot, and the number of slots. */
  readonly first: Float64Array;
  readonly slots: Float64Array;
  /** The most that a vertex is away from where it is drawn. */
  readonly error: Float32Array;
  /** Triangles of the mesh of the node. */
  readonly triangles: Uint32Array;
  /** The smallest and the largest x, y and z, six for each node. */
  readonly boxes: Float32Array;
}

/** The first word; the bytes are little-endian on every machine that Node and browsers support. */
const MARK = 0x6c64_6f6e;
/** Bytes of the mark, the count and what aligns the next column. */
const HEAD = 16;
const NODE_BYTES = 8 + 8 + 4 + 4 + 4 + 24;

/** Creates the columns for `count` nodes, all in one buffer. */
export function createNodeTable(count: number): NodeTable & { readonly bytes: Uint8Array } {
  const buffer = new ArrayBuffer(HEAD + NODE_BYTES * count);
  new Uint32Array(buffer, 0, 2).set([MARK, count]);
  return { ...columnsOf(buffer, count), bytes: new Uint8Array(buffer) };
}

/** Returns the columns in the bytes of a table. Throws RangeError if they are not one. */
export function decodeNodeTable(buffer: ArrayBuffer): NodeTable {
  const [mark, count] = buffer.byteLength < HEAD ? [0, 0] : new Uint32Array(buffer, 0, 2);
  if (mark !== MARK || buffer.byteLength !== HEAD + NODE_BYTES * count!) {
    throw new RangeError(`${buffer.byteLength} bytes are no table of nodes`);
  }
  return columnsOf(buffer, count!);
}

/** Columns of eight bytes come first, so that all are aligned. */
function columnsOf(buffer: ArrayBuffer, count: number): NodeTable {
  let at = HEAD;
  const next = (bytes: number) => {
    at += bytes * count;
    return at - bytes * count;
  };
  return {
    count,
    first: new Float64Array(buffer, next(8), count),
    slots: new Float64Array(buffer, next(8), count),
    parent: new Int32Array(buffer, next(4), count),
    error: new Float32Array(buffer, next(4), count),
    triangles: new Uint32Array(buffer, next(4), count),
    boxes: new Float32Array(buffer, next(24), 6 * count),
  };
}
