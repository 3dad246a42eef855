/**
 * The nodes of the octree as bytes, column after column: 20 bytes a node, and 11 after compression. Plain arrays take 52 and
 * 20. Encoder and decoder need nothing but typed arrays, so that the page can run the decoder.
 *
 * All columns but the errors are numbers of seven bits a byte, the lowest first, and the highest bit tells that more follow.
 * Each is the difference to what is expected from the nodes before, so most take a byte or two:
 *
 * | column | expected |
 * | --- | --- |
 * | parent | the node before |
 * | first | the end of the node before, or its first slot if that is the parent |
 * | slots | 0 |
 * | triangles | the slots, as in a leaf |
 * | six sides of the box | those of the parent, rounded outward to the lattice |
 *
 * Errors are the upper halves of float32 values, rounded up.
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
/** Bytes of the mark and the count. */
const HEAD = 8;
const SIDES = 6;
/** A node takes at least one byte for each number, and two for its error. */
const NODE_BYTES_MIN = 4 + SIDES + 2;

/** Creates empty columns for `count` nodes. */
export function createNodeTable(count: number): NodeTable {
  return {
    count,
    parent: new Int32Array(count),
    first: new Float64Array(count),
    slots: new Float64Array(count),
    error: new Float32Array(count),
    triangles: new Uint32Array(count),
    boxes: new Float32Array(SIDES * count),
  };
}

/** Encodes the columns. */
export function encodeNodeTable(table: NodeTable): Uint8Array {
  const { count, parent, first, slots, error, triangles, boxes } = table;
  const bytes: number[] = [];
  const put = (difference: number) => {
    // The sign is the lowest bit. Beyond 32 bits, operators of bits do not work.
    let rest = difference < 0 ? -2 * difference - 1 : 2 * difference;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  };
  for (let id = 0; id < count; id++) put(parent[id]! - (id - 1));
  for (let id = 0; id < count; id++) put(first[id]! - expectFirst(table, id));
  for (let id = 0; id < count; id++) put(slots[id]!);
  for (let id = 0; id < count; id++) put(triangles[id]! - slots[id]!);
  const rounded = boxes.map((value, at) => (at % SIDES < SIDES / 2 ? Math.floor(value) : Math.ceil(value)));
  for (let side = 0; side < SIDES; side++) {
    for (let id = 0; id < count; id++) {
      put(rounded[SIDES * id + side]! - expectSide(rounded, parent[id]!, id, side));
    }
  }
  const words = new Uint32Array(error.slice().buffer);
  const halves = Array.from(words, (word) => Math.ceil(word / 2 ** 16));
  const head = new Uint8Array(new Uint32Array([MARK, count]).buffer);
  return Uint8Array.from([
    ...head,
    ...bytes,
    ...halves.map((half) => half % 256),
    ...halves.map((half) => half >> 8),
  ]);
}

/** Returns the columns in the bytes of a table. Throws RangeError if they are not one. */
export function decodeNodeTable(buffer: ArrayBuffer): NodeTable {
  const refuse = () => new RangeError(`${buffer.byteLength} bytes are no table of nodes`);
  const bytes = new Uint8Array(buffer);
  const [mark, count] = bytes.length < HEAD ? [] : new Uint32Array(buffer.slice(0, HEAD));
  if (mark !== MARK || bytes.length < HEAD + NODE_BYTES_MIN * count!) throw refuse();
  const table = createNodeTable(count!);
  const { parent, first, slots, triangles, boxes } = table;
  let at = HEAD;
  const take = (): number => {
    let number = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw refuse();
      number += (byte % 128) * scale;
      if (byte < 128) break;
    }
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
  };
  for (let id = 0; id < count!; id++) {
    parent[id] = id - 1 + take();
    if (parent[id]! >= id) throw refuse();
  }
  const ends: number[] = [];
  for (let id = 0; id < count!; id++) ends.push(take());
  for (let id = 0; id < count!; id++) slots[id] = take();
  for (let id = 0; id < count!; id++) first[id] = expectFirst(table, id) + ends[id]!;
  for (let id = 0; id < count!; id++) triangles[id] = slots[id]! + take();
  for (let side = 0; side < SIDES; side++) {
    for (let id = 0; id < count!; id++) {
      boxes[SIDES * id + side] = expectSide(boxes, parent[id]!, id, side) + take();
    }
  }
  if (bytes.length !== at + 2 * count!) throw refuse();
  const words = new Uint32Array(table.error.buffer);
  for (let id = 0; id < count!; id++)
    words[id] = bytes[at + id]! * 2 ** 16 + bytes[at + count! + id]! * 2 ** 24;
  return table;
}

/** Where the slots of a node begin if all nodes are in the order of the tree. */
function expectFirst({ parent, first, slots }: NodeTable, id: number): number {
  if (id === 0) return 0;
  return parent[id] === id - 1 ? first[id - 1]! : first[id - 1]! + slots[id - 1]!;
}

/** Where a side of a box is if it is that of the parent. */
function expectSide(boxes: Float32Array, parent: number, id: number, side: number): number {
  return parent < 0 || parent >= id ? 0 : boxes[SIDES * parent + side]!;
}
