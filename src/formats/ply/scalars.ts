/** The number types of PLY: their names and sizes, and how to read one from binary data. */

export enum Scalar {
  Char,
  Uchar,
  Short,
  Ushort,
  Int,
  Uint,
  Float,
  Double,
}

/** The names in the original specification, in the order of {@link Scalar}. */
export const SCALAR_NAMES: readonly string[] = [
  'char',
  'uchar',
  'short',
  'ushort',
  'int',
  'uint',
  'float',
  'double',
];

/** The names that newer writers use, in the same order. */
const SIZED_NAMES: readonly string[] = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'float32',
  'float64',
];

const SCALAR_BYTES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 8];

/** Finds the type of that name, in any case; undefined if there is none. */
export function findScalar(name: string): Scalar | undefined {
  const word = name.toLowerCase();
  const index = Math.max(SCALAR_NAMES.indexOf(word), SIZED_NAMES.indexOf(word));
  return index < 0 ? undefined : (index as Scalar);
}

/** Returns the size of a value in binary data, in bytes. */
export function sizeOf(type: Scalar): number {
  return SCALAR_BYTES[type]!;
}

/** Whether float32 holds every value of the type. */
export function fitsFloat32(type: Scalar): boolean {
  return type <= Scalar.Ushort || type === Scalar.Float;
}

/** Returns the largest value of an unsigned type, which reads as -1 if signed; undefined for other types. */
export function findUnsignedMax(type: Scalar): number | undefined {
  const isUnsigned = type === Scalar.Uchar || type === Scalar.Ushort || type === Scalar.Uint;
  return isUnsigned ? 2 ** (8 * sizeOf(type)) - 1 : undefined;
}

/** Reads the value at byte `at`. */
export function readScalar(view: DataView, at: number, type: Scalar, isLittle: boolean): number {
  switch (type) {
    case Scalar.Char:
      return view.getInt8(at);
    case Scalar.Uchar:
      return view.getUint8(at);
    case Scalar.Short:
      return view.getInt16(at, isLittle);
    case Scalar.Ushort:
      return view.getUint16(at, isLittle);
    case Scalar.Int:
      return view.getInt32(at, isLittle);
    case Scalar.Uint:
      return view.getUint32(at, isLittle);
    case Scalar.Float:
      return view.getFloat32(at, isLittle);
    case Scalar.Double:
      return view.getFloat64(at, isLittle);
  }
}
