/**
 * A deterministic mesh of any size, triangle by triangle and in constant memory. For benchmarks: it is not quick, and
 * it shares no code with the program, so that neither hides the other's mistakes.
 */

/**
 * `grid`: row after row along x, once around the surface for each. `gridz`: the same triangles, row after row
 * along z. `shuffled`: the same triangles, neighbors far apart.
 */
export const ORDERS = ['grid', 'gridz', 'shuffled'] as const;
export type Order = (typeof ORDERS)[number];

/**
 * A pillow: two sheets of `columns` x `rows` quads over the xz plane, sewn together at the rim. A closed surface
 * of one piece; each quad is two triangles.
 */
export interface Pillow {
  readonly columns: number;
  readonly rows: number;
  readonly triangles: number;
  readonly vertices: number;
}

/** The pillow of `columns` x `rows` quads, at least 2 x 2: fewer have no vertex inside to keep the sheets apart. */
export function makePillow(columns: number, rows: number): Pillow {
  if (columns < 2 || rows < 2) throw new RangeError('a pillow has at least 2 x 2 quads');
  // (columns + 1)(rows + 1) vertices in one sheet, and what is not rim, (columns - 1)(rows - 1), in the other.
  return { columns, rows, triangles: 4 * columns * rows, vertices: 2 * columns * rows + 2 };
}

/** A pillow of about `triangles` triangles; exactly as many where a quarter of it has two factors near its root. */
export function sizePillow(triangles: number): Pillow {
  const quads = Math.max(4, Math.round(triangles / 4));
  const root = Math.floor(Math.sqrt(quads));
  let columns = root;
  while (quads % columns !== 0 && columns > root / 2) columns--;
  if (quads % columns !== 0) columns = root;
  return makePillow(columns, Math.round(quads / columns));
}

/** Mixes 32 bits so that neighbors in give strangers out: a multiplication folds high bits into low ones. */
function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return (bits ^ (bits >>> 15)) >>> 0;
}

/** A number in [-0.3, 0.3) that belongs to a lattice point and an axis; below half a step, so points stay apart. */
function jitter(column: number, row: number, side: number, axis: number): number {
  const seed =
    Math.imul(column, 0x9e3779b1) ^ Math.imul(row, 0x85ebca77) ^ Math.imul(3 * side + axis, 0xc2b2ae3d);
  return (mix(seed) / 2 ** 32) * 0.6 - 0.3;
}

/** Between neighbors in a row or column. */
export const STEP = 0.1;

/** Writes the float32 position of a lattice point to `target[at..at + 2]`; the rim is the same on both sides. */
function placeVertex(
  { columns, rows }: Pillow,
  column: number,
  row: number,
  below: boolean,
  target: Float32Array,
  at: number,
): void {
  const isRim = column === 0 || row === 0 || column === columns || row === rows;
  const side = isRim ? 0 : below ? -1 : 1;
  const height = 5 + 2 * Math.sin(0.021 * column) * Math.cos(0.034 * row);
  target[at] = STEP * (column + jitter(column, row, side + 1, 0));
  target[at + 1] = side * height + STEP * jitter(column, row, side + 1, 1);
  target[at + 2] = STEP * (row + jitter(column, row, side + 1, 2));
}

/** Writes the position of vertex `number`: the upper sheet column after column, then what is inside the lower one. */
export function placeNumbered(pillow: Pillow, number: number, target: Float32Array): void {
  const { columns, rows } = pillow;
  const upper = (columns + 1) * (rows + 1);
  const below = number >= upper;
  const rest = below ? number - upper : number;
  const height = below ? rows - 1 : rows + 1;
  const column = Math.floor(rest / height) + (below ? 1 : 0);
  placeVertex(pillow, column, (rest % height) + (below ? 1 : 0), below, target, 0);
}

/** The number of a lattice point, for {@link placeNumbered}. */
function numberVertex({ columns, rows }: Pillow, column: number, row: number, below: boolean): number {
  const isRim = column === 0 || row === 0 || column === columns || row === rows;
  if (isRim || !below) return column * (rows + 1) + row;
  return (columns + 1) * (rows + 1) + (column - 1) * (rows - 1) + row - 1;
}

/** Which corners of a quad, counted around it from its lower left, its two triangles have. */
const RISING = [0, 1, 2, 0, 2, 3] as const;
const FALLING = [1, 2, 3, 1, 3, 0] as const;

/** Goes through the three lattice points of triangle `index` of `order`, seen counterclockwise from outside. */
function visitCorners(
  { columns, rows, triangles }: Pillow,
  order: Order,
  index: number,
  visit: (corner: number, column: number, row: number, below: boolean) => void,
): void {
  const position = order === 'shuffled' ? permute(index, triangles) : index;
  const half = position % 2;
  const quad = (position - half) / 2;
  // Once around: along the upper sheet and back along the lower one.
  const along = order === 'gridz' ? columns : rows;
  const step = quad % (2 * along);
  const slow = (quad - step) / (2 * along);
  const below = step >= along;
  const fast = below ? 2 * along - 1 - step : step;
  const column = order === 'gridz' ? fast : slow;
  const row = order === 'gridz' ? slow : fast;
  // Diagonals point to the middle: one across a corner of the rim would be an edge of four triangles.
  const corners = 2 * column < columns === 2 * row < rows ? RISING : FALLING;
  for (let k = 0; k < 3; k++) {
    const corner = corners[3 * half + (below ? k : 2 - k)]!;
    const right = corner === 1 || corner === 2 ? 1 : 0;
    visit(k, column + right, row + (corner >> 1), below);
  }
}

/** Writes the nine coordinates of triangle `index` of `order` to `target`. */
export function placeTriangle(pillow: Pillow, order: Order, index: number, target: Float32Array): void {
  visitCorners(pillow, order, index, (corner, column, row, below) =>
    placeVertex(pillow, column, row, below, target, 3 * corner),
  );
}

/** Writes the three vertex numbers of triangle `index` of `order` to `target`. */
export function placeNumbers(pillow: Pillow, order: Order, index: number, target: Float64Array): void {
  visitCorners(pillow, order, index, (corner, column, row, below) => {
    target[corner] = numberVertex(pillow, column, row, below);
  });
}

const ROUNDS = 4;

/**
 * The place of `index` in a shuffle of 0 to `count` - 1, without a table: a Feistel network on two digits in
 * bases whose product is just above `count`; what falls behind the end goes through it again.
 */
export function permute(index: number, count: number): number {
  const base = Math.ceil(Math.sqrt(count));
  const otherBase = Math.ceil(count / base);
  let place = index;
  do {
    let low = place % base;
    let high = (place - low) / base;
    for (let round = 0; round < ROUNDS; round++) {
      low = (low + mix(high + Math.imul(round + 1, 0x7feb352d))) % base;
      high = (high + mix(low + Math.imul(round + 1, 0x846ca68b))) % otherBase;
    }
    place = high * base + low;
  } while (place >= count);
  return place;
}
