/**
 * Numbers as decimal text, in bytes: exact parsing and the shortest exact writing, without strings on the way.
 *
 * It knows decimal numbers only: no hexadecimal, no nan, no infinity, no grouping. What a fast path cannot decide
 * for certain goes to the engine's own conversion, so speed never costs a digit.
 *
 * Measured, one core of a 2.6 GHz Xeon, Node 20: see test/bench/results.
 */

/** The most bytes that one number takes, sign and exponent included. */
export const NUMBER_TEXT_MAX = 32;

const ZERO = 0x30;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const LETTER_E = 0x65;

const EXACT_MAX = 2 ** 53;

/** Powers of ten that a double holds exactly. */
const TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const TEN_MAX = 22;

/**
 * The number whose text is `bytes[start, end)`, equal to Number() of it; NaN where it is no decimal number of the
 * form `[+-] digits [. digits] [e [+-] digits]`, with digits before or after the point.
 *
 * A significand up to 2^53 and a power of ten up to 10^22 are both exact, so one multiplication or division rounds
 * correctly (Clinger, "How to read floating point numbers accurately", 1990); other texts go to Number().
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const sign = bytes[at];
  if (at < end && (sign === MINUS || sign === PLUS)) at++;

  // Zeros are taken up only when another digit follows: 1.50000000000000000 is 15 x 10^-1.
  let significand = 0;
  let zeros = 0;
  let digits = 0;
  let afterPoint = 0;
  let pointAt = -1;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit === 0) {
      zeros++;
    } else if (digit > 0 && digit < 10) {
      for (; zeros > 0 && significand !== 0; zeros--) significand *= 10;
      zeros = 0;
      significand = 10 * significand + digit;
    } else if (bytes[at] === POINT && pointAt < 0) {
      pointAt = at;
      continue;
    } else {
      break;
    }
    digits++;
    if (pointAt >= 0) afterPoint++;
  }
  if (digits === 0) return Number.NaN;

  let power = (significand === 0 ? 0 : zeros) - afterPoint;
  if (at < end) {
    if ((bytes[at]! | 0x20) !== LETTER_E) return Number.NaN;
    const exponentSign = bytes[++at];
    if (at < end && (exponentSign === MINUS || exponentSign === PLUS)) at++;
    if (at === end) return Number.NaN;
    let exponent = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit < 10)) return Number.NaN;
      // Beyond any power of ten that matters; Number() sees the text itself.
      if (exponent < 1e9) exponent = 10 * exponent + digit;
    }
    power += exponentSign === MINUS ? -exponent : exponent;
  }

  let value: number;
  if (significand === 0) value = 0;
  else if (significand <= EXACT_MAX && power >= 0 && power <= TEN_MAX) value = significand * TEN[power]!;
  else if (significand <= EXACT_MAX && power < 0 && power >= -TEN_MAX) value = significand / TEN[-power]!;
  else return Number(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
  return sign === MINUS ? -value : value;
}

/** The digits of 0000 to 9999, four bytes each. */
const GROUPS = Uint8Array.from({ length: 40_000 }, (_, k) => {
  const place = 10 ** (3 - (k % 4));
  return ZERO + (Math.floor(Math.floor(k / 4) / place) % 10);
});

function writeGroup(group: number, target: Uint8Array, at: number): number {
  const from = 4 * group;
  target[at] = GROUPS[from]!;
  target[at + 1] = GROUPS[from + 1]!;
  target[at + 2] = GROUPS[from + 2]!;
  target[at + 3] = GROUPS[from + 3]!;
  return at + 4;
}

/** Writes a number below 10,000 without leading zeros. */
function writeFirstGroup(group: number, target: Uint8Array, at: number): number {
  const from = 4 * group;
  if (group >= 1000) target[at++] = GROUPS[from]!;
  if (group >= 100) target[at++] = GROUPS[from + 1]!;
  if (group >= 10) target[at++] = GROUPS[from + 2]!;
  target[at++] = GROUPS[from + 3]!;
  return at;
}

/** Writes an integer from 0 to 2^53 - 1 into `target` at `at`; returns the position after it. */
export function writeInteger(value: number, target: Uint8Array, at: number): number {
  if (value < 10_000) return writeFirstGroup(value, target, at);
  if (value < 100_000_000) {
    const high = (value / 10_000) | 0;
    return writeGroup(value - 10_000 * high, target, writeFirstGroup(high, target, at));
  }
  const high = Math.floor(value / 100_000_000);
  const low = value - 100_000_000 * high;
  const middle = (low / 10_000) | 0;
  return writeGroup(
    low - 10_000 * middle,
    target,
    writeGroup(middle, target, writeInteger(high, target, at)),
  );
}

/** Writes exactly `width` digits of a number below 10^width, zeros in front. */
function writePadded(value: number, width: number, target: Uint8Array, at: number): number {
  let rest = value;
  let left = width;
  for (; left >= 4; left -= 4) {
    const high = Math.floor(rest / 10_000);
    writeGroup(rest - 10_000 * high, target, at + left - 4);
    rest = high;
  }
  const from = 4 * rest + 4 - left;
  for (let k = 0; k < left; k++) target[at + k] = GROUPS[from + k]!;
  return at + width;
}

/**
 * Writes significand x 10^power, the significand an integer from 1 to 2^53 - 1 that does not end in 0, as
 * JavaScript lays numbers out: plain from 1e-6 to below 1e21, else with an exponent, but no plus sign in it, which
 * Geomview's reader of OFF does not know.
 */
function writeDecimal(significand: number, power: number, target: Uint8Array, at: number): number {
  if (power >= 0) {
    const end = writeInteger(significand, target, at);
    if (end - at + power > 21) return writeScientific(significand, power, target, at);
    for (let k = 0; k < power; k++) target[end + k] = ZERO;
    return end + power;
  }
  if (power >= -TEN_MAX) {
    const unit = TEN[-power]!;
    if (significand >= unit) {
      const whole = Math.floor(significand / unit);
      const point = writeInteger(whole, target, at);
      target[point] = POINT;
      return writePadded(significand - whole * unit, -power, target, point + 1);
    }
    // 0.00000ddd: at most five zeros behind the point.
    if (significand * 1e6 >= unit) {
      target[at] = ZERO;
      target[at + 1] = POINT;
      return writePadded(significand, -power, target, at + 2);
    }
  }
  return writeScientific(significand, power, target, at);
}

function writeScientific(significand: number, power: number, target: Uint8Array, at: number): number {
  const digitsEnd = writeInteger(significand, target, at + 1);
  const exponent = power + (digitsEnd - at - 2);
  target[at] = target[at + 1]!;
  let end = at + 1;
  if (digitsEnd > at + 2) {
    target[at + 1] = POINT;
    end = digitsEnd;
  }
  target[end++] = LETTER_E;
  if (exponent < 0) target[end++] = MINUS;
  return writeInteger(Math.abs(exponent), target, end);
}

/** Writes a text of ASCII, without plus signs. */
function writeText(text: string, target: Uint8Array, at: number): number {
  let end = at;
  for (let k = 0; k < text.length; k++) {
    const byte = text.charCodeAt(k);
    if (byte !== PLUS) target[end++] = byte;
  }
  return end;
}

const scratch64 = new Float64Array(1);
const scratch64High = new Uint32Array(scratch64.buffer);
const scratch32 = new Float32Array(1);
const scratch32Bits = new Uint32Array(scratch32.buffer);
/** Which of the two words of a double holds the exponent on this machine. */
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** For each exponent of a double: the power of ten that brings it to 14 or 15 digits. */
const SCALE_64 = Int16Array.from(
  { length: 2048 },
  (_, e) => 14 - Math.floor((e - 1022) * Math.LOG10E * Math.LN2),
);

/**
 * Writes a finite number as String() does, but with no plus sign in an exponent, and -0 as 0.
 *
 * A decimal of at most 15 digits is the only such one that rounds to its double, so if scaling to 15 digits and back
 * gives the value again, these are its shortest digits. Both steps are exactly rounded: the scaled number is below
 * 2^53 and the power of ten exact.
 */
export function writeFloat64(value: number, target: Uint8Array, at: number): number {
  const size = Math.abs(value);
  if (size < EXACT_MAX && Math.floor(size) === size) {
    if (value < 0) target[at++] = MINUS;
    return writeInteger(size, target, at);
  }
  scratch64[0] = size;
  const scale = SCALE_64[scratch64High[HIGH_WORD]! >>> 20]!;
  if (scale > 0 && scale <= TEN_MAX) {
    const unit = TEN[scale]!;
    const scaled = Math.round(size * unit);
    if (scaled < 1e15 && scaled / unit === size) {
      if (value < 0) target[at++] = MINUS;
      return writeStripped(scaled, -scale, target, at);
    }
  }
  return writeText(String(value), target, at);
}

/** Strips zeros from the end of a positive integer and writes it as a decimal. */
function writeStripped(significand: number, power: number, target: Uint8Array, at: number): number {
  let digits = significand;
  let shift = power;
  for (let high = Math.floor(digits / 10_000); 10_000 * high === digits; high = Math.floor(digits / 10_000)) {
    digits = high;
    shift += 4;
  }
  for (let high = Math.floor(digits / 10); 10 * high === digits; high = Math.floor(digits / 10)) {
    digits = high;
    shift++;
  }
  return writeDecimal(digits, shift, target, at);
}

/** For each exponent of a float: the power of ten that brings its values to 10^8 .. 2 x 10^9. */
const SCALE_32 = Int16Array.from(
  { length: 256 },
  (_, e) => 8 - Math.floor((e - 127) * Math.LOG10E * Math.LN2),
);
/** For each exponent of a float: half the distance to the next float. */
const HALF_GAP = Float64Array.from({ length: 256 }, (_, e) => 2 ** (Math.max(e, 1) - 151));
/** How close to a border the scaled arithmetic, wrong by less than 10^-6, still decides. */
const DOUBT = 1e-5;

/**
 * Writes a finite float32 value: the shortest digits that every reader turns into the same float32, the closest of
 * these, laid out as in {@link writeFloat64}; integers below 2^53 with all their digits.
 *
 * Texts strictly between the middles to the two neighbours read back. Scaled to 9 or 10 digits, the reach is at most
 * 120 units on either side, so at most one multiple of 1000 lies in it, which if there is shortest; else the nearest
 * multiple of 100, of 10, or the nearest integer. The scaled value is wrong by less than 10^-6; what comes
 * closer to a border than that is decided by {@link writeFloat32Slowly}, and so are powers of two, whose
 * neighbours are not equally far.
 */
export function writeFloat32(value: number, target: Uint8Array, at: number): number {
  const size = Math.abs(value);
  if (size < EXACT_MAX && Math.floor(size) === size) {
    if (value < 0) target[at++] = MINUS;
    return writeInteger(size, target, at);
  }
  scratch32[0] = size;
  const bits = scratch32Bits[0]!;
  const exponent = bits >>> 23;
  const scale = SCALE_32[exponent]!;
  if (value < 0) target[at++] = MINUS;
  if (scale < 0 || scale > TEN_MAX || exponent === 0 || (bits & 0x7fffff) === 0) {
    return writeFloat32Slowly(size, target, at);
  }
  const unit = TEN[scale]!;
  const scaled = size * unit;
  const reach = HALF_GAP[exponent]! * unit;
  for (let step = 1000; step > 1; step /= 10) {
    const multiple = Math.round(scaled / step);
    const distance = Math.abs(multiple * step - scaled);
    if (distance < reach - DOUBT && step / 2 - distance > DOUBT) {
      const power = step === 1000 ? 3 : step === 100 ? 2 : 1;
      return writeStripped(multiple, power - scale, target, at);
    }
    if (distance < reach + DOUBT) return writeFloat32Slowly(size, target, at);
  }
  return writeStripped(Math.round(scaled), -scale, target, at);
}

/** The same for any positive float32 value, by the engine's exact conversions. */
function writeFloat32Slowly(size: number, target: Uint8Array, at: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const nearest = size.toExponential(digits - 1);
    for (const text of [nearest, nextAbove(nearest)]) {
      if (readsAs(text, size)) return writeText(String(Number(text)), target, at);
    }
  }
  return writeText(String(Number(size.toExponential(8))), target, at);
}

/** The next larger decimal of as many digits: below a power of two it may be in reach when the nearest is not. */
function nextAbove(text: string): string {
  const [digits, exponent] = text.split('e') as [string, string];
  const places = Math.max(0, digits.length - 2);
  return `${(Number(digits) + 10 ** -places).toFixed(places)}e${exponent}`;
}

/**
 * Whether any reader takes the text for this float32. Reading it as a double first rounds twice; that matters only
 * where the double is the middle between two floats, and such a text is not used.
 */
function readsAs(text: string, size: number): boolean {
  const double = Number(text);
  if (Math.fround(double) !== size) return false;
  scratch32[0] = size;
  const bits = scratch32Bits[0]!;
  const gap = HALF_GAP[bits >>> 23]!;
  const below = (bits & 0x7fffff) === 0 && bits >>> 23 > 1 ? gap / 2 : gap;
  return double - size < gap && size - double < below;
}
