/**
 * Tests whether numbers look like a mesh, so that other data, or misaligned bytes, do not become triangles.
 *
 * Coordinates of one mesh have similar magnitudes. In measured files of all kinds, all coordinates but zeros lie within 40
 * powers of two of each other; arbitrary bytes read as float32 spread over 255. Rounding leaves numbers that are far
 * smaller, such as 1e-17 for a zero, but rarely larger ones or denormals. So a sample is plausible if
 *
 * - three quarters of its nonzero numbers lie in a window of {@link WINDOW} powers of two; or
 * - half of them do, and nearly all others are smaller without being denormal.
 *
 * The window may lie anywhere: meshes may be tiny or huge, and all coordinates may be 0. {@link areDistinct} detects
 * garbage within one window, such as bytes of equal value; {@link compareNormal} detects a shift of four bytes.
 */

/** Powers of two that the coordinates of a mesh span: twelve decades. */
const WINDOW = 40;

/** Exponents of float32, including those of denormals and NaN: a tally has a count for each. */
export const EXPONENTS = 256;
const DENORMAL = 0;
const NOT_FINITE = 255;

/** The share of a sample that must lie in the window: sufficient alone, or if the others are rounding errors. */
const MOST = 0.75;
const HALF = 0.5;
/** The maximum share of larger numbers, denormals and NaNs in a sample with rounding errors. */
const WILD_MAX = 0.05;

/** Counts the exponents of nonzero float32 coordinates. */
export class ExponentTally {
  /** Counts in memory that others may write to, see {@link EXPONENTS}. */
  constructor(private readonly counts: Uint32Array = new Uint32Array(EXPONENTS)) {}

  /** Counts a coordinate by its bits, which must not be those of 0 or -0. */
  add(bits: number): void {
    this.counts[(bits >>> 23) & 0xff]!++;
  }

  clear(): void {
    this.counts.fill(0);
  }

  /** Returns the counts as plain data. */
  save(): readonly number[] {
    return [...this.counts];
  }

  /** Restores saved counts. */
  restore(counts: readonly number[]): void {
    this.counts.set(counts);
  }

  /** Whether the coordinates may be those of one mesh. */
  get isPlausible(): boolean {
    const { counts } = this;
    let total = 0;
    for (const count of counts) total += count;
    if (total === 0) return true;
    const { inside, above } = this.findWindow();
    if (inside >= MOST * total) return true;
    return inside >= HALF * total && above + counts[DENORMAL]! <= WILD_MAX * total;
  }

  /** Whether any coordinate is denormal. */
  get hasDenormals(): boolean {
    return this.counts[DENORMAL]! > 0;
  }

  /** Creates a test of whether the bits of a coordinate lie in or below the window and are not denormal. */
  createLimit(): (bits: number) => boolean {
    const end = this.findWindow().begin + WINDOW;
    return (bits) => {
      const exponent = (bits >>> 23) & 0xff;
      return (bits & 0x7fffffff) === 0 || (exponent !== DENORMAL && exponent < end);
    };
  }

  /** Creates a test of whether the bits of a nonzero coordinate are far smaller than all counted so far. */
  createFloor(): (bits: number) => boolean {
    const smallest = this.counts.findIndex((count) => count > 0);
    const floor = Math.max(1, smallest - WINDOW / 2);
    return (bits) => (bits & 0x7fffffff) !== 0 && ((bits >>> 23) & 0xff) < floor;
  }

  private findWindow(): { readonly begin: number; readonly inside: number; readonly above: number } {
    const { counts } = this;
    // Of equal windows, take the last: it leaves the most room for smaller numbers.
    let begin = 1;
    let count = 0;
    for (let exponent = 1; exponent < 1 + WINDOW; exponent++) count += counts[exponent]!;
    let inside = count;
    for (let first = 2; first + WINDOW <= NOT_FINITE; first++) {
      count += counts[first + WINDOW - 1]! - counts[first - 1]!;
      if (count < inside) continue;
      begin = first;
      inside = count;
    }
    let above = 0;
    for (let exponent = begin + WINDOW; exponent < EXPONENTS; exponent++) above += counts[exponent]!;
    return { begin, inside, above };
  }
}

/** Whether the nine coordinates of a triangle are not all the same nonzero bits. */
export function areDistinct(view: DataView, corners: number): boolean {
  const first = view.getUint32(corners, true);
  if (first === 0) return true;
  for (let k = 4; k < 36; k += 4) if (view.getUint32(corners + k, true) !== first) return true;
  return false;
}

/** A triangle thinner than this share of its longest edge has no reliable normal. */
const SLIVER = 1e-3;
/** The smallest float32 that is not denormal. */
const NORMAL_MIN = 2 ** -126;

/** Whether a float32 is denormal, as small integers are if their bytes are read as float32. */
export function isDenormal(value: number): boolean {
  return value !== 0 && Math.abs(value) < NORMAL_MIN;
}
/** The minimum cosine between a stored and a computed normal. The length of a stored normal is not always 1. */
const COSINE_MIN = 0.9;

/**
 * Compares the normal stored at `normal` with the triangle whose nine coordinates follow: `zero`, `fits`, `differs`, or
 * `open` if the triangle has almost no area.
 */
export function compareNormal(view: DataView, normal: number): 'zero' | 'fits' | 'differs' | 'open' {
  const at = (k: number) => view.getFloat32(normal + 4 * k, true);
  const [nx, ny, nz] = [at(0), at(1), at(2)];
  // A denormal combines the end of a number with an attribute word: the bytes are misaligned.
  if ([nx, ny, nz].some(isDenormal)) return 'differs';
  const [ux, uy, uz] = [at(6) - at(3), at(7) - at(4), at(8) - at(5)];
  const [vx, vy, vz] = [at(9) - at(3), at(10) - at(4), at(11) - at(5)];
  const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const area = Math.hypot(x, y, z);
  const edge = Math.max(Math.hypot(ux, uy, uz), Math.hypot(vx, vy, vz));
  if (!Number.isFinite(area * edge)) return 'differs';
  if (area <= SLIVER * edge * edge) return 'open';
  if (nx === 0 && ny === 0 && nz === 0) return 'zero';
  const length = Math.hypot(nx, ny, nz);
  // Some programs write normals that point inward.
  const cosine = Math.abs(nx * x + ny * y + nz * z) / (area * length);
  return cosine >= COSINE_MIN ? 'fits' : 'differs';
}
