/**
 * Lines of three numbers as decimal text. They have the bytes of the writers in
 * [`number-text`](../src/io/number-text.ts), which explain why these digits are the shortest; numbers that are rare go back to
 * the caller.
 *
 * Digits are stored four at a time, so up to three bytes after a line may change.
 */

/** Fields of the state: rows written by the last call, then tables. */
const ROWS: usize = 0;
/** By group of four digits: all of them, and those without leading zeros, the first digit in the lowest byte. */
const GROUPS: usize = 8;
const FIRST_GROUPS: usize = GROUPS + 4 * 10_000;
/** How many digits a group has without leading zeros, and without trailing ones. */
const LEADING: usize = FIRST_GROUPS + 4 * 10_000;
const TRAILING: usize = LEADING + 10_000;
/** By exponent of a float32: the unit of its last digit, how far it reaches in such units, and the unit's power of ten. */
const UNITS: usize = TRAILING + 10_000;
const REACHES: usize = UNITS + 8 * 256;
const POWERS: usize = REACHES + 8 * 256;
/** By number of digits: the power of ten that fills their last group, and the one that separates the first of three groups. */
const FILLING: usize = POWERS + 256;
const DIVIDING: usize = FILLING + 4 * 13;
const STATE_BYTES: usize = DIVIDING + 4 * 13;

const BLANK: u8 = 0x20;
const LF: u8 = 0x0a;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;

/** Floats of other exponents are rare: below 2^-16, and from 2^23 on, where all are integers. */
const EXPONENT_MIN: u32 = 111;
const EXPONENT_MAX: u32 = 149;

/** Returns the bytes of the state. */
export function textBytes(): i32 {
  return i32(STATE_BYTES);
}

/** Fills the tables of a state. */
export function prepareText(state: usize): void {
  for (let group: u32 = 0; group < 10_000; group++) {
    const thousands = group / 1000;
    const hundreds = (group / 100) % 10;
    const tens = (group / 10) % 10;
    const ones = group % 10;
    const digits = 0x30303030 + thousands + (hundreds << 8) + (tens << 16) + (ones << 24);
    const leading = thousands > 0 ? 4 : hundreds > 0 ? 3 : tens > 0 ? 2 : 1;
    store<u32>(state + GROUPS + 4 * group, digits);
    store<u32>(state + FIRST_GROUPS + 4 * group, digits >>> (8 * (4 - leading)));
    store<u8>(state + LEADING + group, leading);
    store<u8>(state + TRAILING + group, ones > 0 ? 4 : tens > 0 ? 3 : hundreds > 0 ? 2 : thousands > 0 ? 1 : 0);
  }
  let halfGap: f64 = 2.0 ** -40;
  for (let exponent = EXPONENT_MIN; exponent <= EXPONENT_MAX; exponent++, halfGap *= 2) {
    let unit: f64 = 1;
    let power = 0;
    for (; halfGap * unit <= 0.5; unit *= 10) power++;
    store<f64>(state + UNITS + 8 * exponent, unit);
    store<f64>(state + REACHES + 8 * exponent, halfGap * unit);
    store<u8>(state + POWERS + exponent, power);
  }
  for (let width = 0; width <= 12; width++) {
    store<u32>(state + FILLING + 4 * width, powerOfTen((12 - width) % 4));
    store<u32>(state + DIVIDING + 4 * width, powerOfTen(max(0, width - 4)));
  }
}

function powerOfTen(exponent: i32): u32 {
  let power: u32 = 1;
  for (let k = 0; k < exponent; k++) power *= 10;
  return power;
}

/**
 * Writes `count` rows of three float64, each as `prefix`, of up to 4 bytes, the numbers with a blank between them, and a
 * line end. Ends before a row with a number that is rare; returns where the text ends.
 */
export function writeFloats32(
  state: usize,
  values: usize,
  count: i32,
  prefix: u32,
  prefixBytes: i32,
  target: usize,
): usize {
  let end = target;
  let k = 0;
  for (; k < count; k++, values += 24) {
    store<u32>(end, prefix);
    let at = writeFloat32(state, load<f64>(values), end + prefixBytes);
    if (at === 0) break;
    store<u8>(at, BLANK);
    at = writeFloat32(state, load<f64>(values, 8), at + 1);
    if (at === 0) break;
    store<u8>(at, BLANK);
    at = writeFloat32(state, load<f64>(values, 16), at + 1);
    if (at === 0) break;
    store<u8>(at, LF);
    end = at + 1;
  }
  store<i32>(state, k, ROWS);
  return end;
}

/** Writes ids like {@link writeFloats32}, each plus `base`. Ends before a row with one beyond 2^31. */
export function writeIds(
  state: usize,
  values: usize,
  count: i32,
  base: i32,
  prefix: u32,
  prefixBytes: i32,
  target: usize,
): usize {
  let end = target;
  let k = 0;
  for (; k < count; k++, values += 24) {
    const a = load<f64>(values) + base;
    const b = load<f64>(values, 8) + base;
    const c = load<f64>(values, 16) + base;
    if (!(max(a, max(b, c)) < 2 ** 31)) break;
    store<u32>(end, prefix);
    end = writeInteger(state, u32(a), end + prefixBytes);
    store<u8>(end, BLANK);
    end = writeInteger(state, u32(b), end + 1);
    store<u8>(end, BLANK);
    end = writeInteger(state, u32(c), end + 1);
    store<u8>(end, LF);
    end++;
  }
  store<i32>(state, k, ROWS);
  return end;
}

/** Writes a float32 as `writeFloat32` of `number-text` does; returns where it ends, or 0 if it is rare. */
@inline
function writeFloat32(state: usize, value: f64, start: usize): usize {
  let at = start;
  let size = value;
  if (value < 0) {
    store<u8>(at++, MINUS);
    size = -value;
  }
  if (!(size < 2 ** 31)) return 0;
  const whole = u32(size);
  if (f64(whole) === size) return writeInteger(state, whole, at);
  const float = f32(size);
  const exponent = reinterpret<u32>(float) >>> 23;
  if (f64(float) !== size || exponent < EXPONENT_MIN || exponent > EXPONENT_MAX) return 0;
  const power = u32(load<u8>(state + POWERS + exponent));
  const unit = load<f64>(state + UNITS + 8 * exponent);
  const scaled = size * unit;
  let digits: u32 = (u32(scaled + 5) / 10) * 10;
  if (!(abs(scaled - f64(digits)) < load<f64>(state + REACHES + 8 * exponent))) digits = u32(nearest(scaled));
  const point = writeInteger(state, whole, at);
  store<u8>(point, POINT);
  // Below 1, the unit may not fit 32 bits, but then there is nothing to subtract.
  if (whole > 0) digits -= whole * u32(unit);
  return writeDecimals(state, digits, power, point + 1);
}

@inline
function writeGroup(state: usize, group: u32, at: usize): void {
  store<u32>(at, load<u32>(state + GROUPS + 4 * group));
}

@inline
function writeFirstGroup(state: usize, group: u32, at: usize): usize {
  store<u32>(at, load<u32>(state + FIRST_GROUPS + 4 * group));
  return at + load<u8>(state + LEADING + group);
}

/** Returns where a group ends that has just been written, without its trailing zeros. */
@inline
function trim(state: usize, group: u32, at: usize): usize {
  return at + load<u8>(state + TRAILING + group);
}

/** Writes an integer below 2^31; returns where it ends. */
@inline
function writeInteger(state: usize, value: u32, at: usize): usize {
  if (value < 10_000) return writeFirstGroup(state, value, at);
  const high = value / 10_000;
  const low = value - 10_000 * high;
  let end: usize;
  if (high < 10_000) {
    end = writeFirstGroup(state, high, at);
  } else {
    const highest = high / 10_000;
    end = writeFirstGroup(state, highest, at);
    writeGroup(state, high - 10_000 * highest, end);
    end += 4;
  }
  writeGroup(state, low, end);
  return end + 4;
}

/** Writes a number other than 0 with `width` digits, up to 12, without trailing zeros; returns where they end. */
@inline
function writeDecimals(state: usize, number: u32, width: u32, start: usize): usize {
  let at = start;
  let rest = number;
  const filling = load<u32>(state + FILLING + 4 * width);
  if (width <= 4) {
    writeGroup(state, rest * filling, at);
    return trim(state, rest * filling, at);
  }
  if (width > 8) {
    const dividing = load<u32>(state + DIVIDING + 4 * width);
    const first = rest / dividing;
    writeGroup(state, first, at);
    rest -= first * dividing;
    if (rest === 0) return trim(state, first, at);
    at += 4;
  }
  rest *= filling;
  const high = rest / 10_000;
  const low = rest - 10_000 * high;
  writeGroup(state, high, at);
  if (low === 0) return trim(state, high, at);
  writeGroup(state, low, at + 4);
  return trim(state, low, at + 4);
}
