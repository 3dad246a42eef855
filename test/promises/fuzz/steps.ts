/**
 * Changes that put a file out of step: bytes inserted, removed or repeated in binary data, two files one after the other,
 * other encodings, counts and byte orders. None of them makes another mesh, so what is read is the file's own mesh or
 * nothing.
 *
 * What nobody can tell is left out: whole facets more in a binary STL, as if its count were too small, and changes of its
 * header's text.
 */

/** A binary layout that a change is made for: where bytes may go missing, and what a record takes. */
export interface StepSeed {
  readonly name: string;
  readonly format: 'stl' | 'ply' | 'off' | 'obj' | 'raw';
  readonly isBinary: boolean;
  readonly content: Buffer;
}

/** Changes a file by three integers from 0; `other` is one of the same format. Undefined: it does not apply. */
export type Step = (
  seed: StepSeed,
  at: number,
  size: number,
  value: number,
  other: StepSeed,
) => Buffer | undefined;

const FACET_BYTES = 50;
const LONGEST = 120;

/** How many bytes to take; in an STL never whole facets. */
function lengthOf({ format }: StepSeed, size: number): number {
  const length = 1 + (size % LONGEST);
  return format === 'stl' && length % FACET_BYTES === 0 ? length + 1 : length;
}

/** A place behind the header's text, whose changes are other changes. */
function placeOf(seed: StepSeed, at: number): number {
  const { content, format } = seed;
  const header =
    format === 'stl' ? 80 : format === 'ply' ? content.indexOf('end_header') + 11 : content.indexOf('\n') + 1;
  return header + (at % (content.length - header + 1));
}

const join = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

/** Two bytes for each of a text's. */
function widen({ content, isBinary }: StepSeed, mark: readonly number[], isBig: boolean): Buffer | undefined {
  if (isBinary) return undefined;
  const wide = Buffer.from(content.toString('latin1'), 'utf16le');
  return join(Buffer.from(mark), isBig ? wide.swap16() : wide);
}

/** The numbers of a binary STL turned round, and of the count or the others alone. */
function swapStl({ content }: StepSeed, value: number): Buffer {
  const changed = Buffer.from(content);
  if (value % 3 !== 1) changed.subarray(80, 84).swap32();
  for (let at = 84; value % 3 !== 2 && at < changed.length; at += FACET_BYTES) {
    changed.subarray(at, at + 48).swap32();
    changed.subarray(at + 48, at + 50).swap16();
  }
  return changed;
}

/** The n-th number of the text that is a count in PLY or OFF, changed by a little. */
function recount({ content, format, isBinary }: StepSeed, at: number, value: number): Buffer | undefined {
  const delta = [-2, -1, 1, 2, 7][value % 5]!;
  if (format === 'stl' && isBinary) {
    const changed = Buffer.from(content);
    const count = changed.readUInt32LE(80);
    // A count that is too small is put up with.
    changed.writeUInt32LE(count + Math.abs(delta), 80);
    return changed;
  }
  const pattern = format === 'ply' ? /(?<=element (vertex|face) )\d+/g : /(?<=^OFF\n(\d+ )?)\d+/g;
  if (isBinary ? format !== 'ply' : format !== 'ply' && format !== 'off') return undefined;
  const text = content.toString('latin1');
  const counts = [...text.matchAll(pattern)];
  const count = counts[at % counts.length];
  if (count === undefined) return undefined;
  const changed = Math.max(0, Number(count[0]) + delta);
  return Buffer.from(
    text.slice(0, count.index) + changed + text.slice(count.index + count[0].length),
    'latin1',
  );
}

export const STEPS: Readonly<Record<string, Step>> = {
  'bytes inserted': (seed, at, size, value) => {
    if (!seed.isBinary) return undefined;
    const place = placeOf(seed, at);
    const bytes = Buffer.alloc(lengthOf(seed, size));
    let state = value;
    for (let k = 0; k < bytes.length; k++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[k] = [0, value, state >>> 24][value % 3]!;
    }
    return join(seed.content.subarray(0, place), bytes, seed.content.subarray(place));
  },
  'bytes removed': (seed, at, size) => {
    const place = placeOf(seed, at);
    const end = place + lengthOf(seed, size);
    if (!seed.isBinary || end > seed.content.length) return undefined;
    return join(seed.content.subarray(0, place), seed.content.subarray(end));
  },
  'bytes repeated': (seed, at, size) => {
    const place = placeOf(seed, at);
    const end = place + lengthOf(seed, size);
    if (!seed.isBinary || end > seed.content.length) return undefined;
    return join(seed.content.subarray(0, end), seed.content.subarray(place));
  },
  'line feeds as text': (seed) => {
    if (!seed.isBinary) return undefined;
    const text = seed.content.toString('latin1').replaceAll('\n', '\r\n');
    return Buffer.from(text, 'latin1');
  },
  'two files': (seed, _at, _size, _value, other) =>
    // Text of STL, OBJ and raw triangles may be joined; of PLY and OFF only the counts of the first are read.
    seed.isBinary || seed.format === 'ply' || seed.format === 'off'
      ? join(seed.content, other.content)
      : undefined,
  'UTF-16LE': (seed) => widen(seed, [], false),
  'UTF-16BE': (seed) => widen(seed, [], true),
  'UTF-16LE with a mark': (seed) => widen(seed, [0xff, 0xfe], false),
  'UTF-16BE with a mark': (seed) => widen(seed, [0xfe, 0xff], true),
  'another count': (seed, at, _size, value) => recount(seed, at, value),
  'the other byte order': (seed, _at, _size, value) => {
    if (!seed.isBinary || seed.format === 'off') return undefined;
    if (seed.format === 'stl') return swapStl(seed, value);
    const text = seed.content.toString('latin1');
    const [from, to] = text.includes('little') ? ['little', 'big'] : ['big', 'little'];
    return Buffer.from(text.replace(`binary_${from}_endian`, `binary_${to}_endian`), 'latin1');
  },
  'no header': (seed, _at, _size, value) =>
    seed.isBinary && seed.format === 'stl' ? seed.content.subarray([80, 84][value % 2]!) : undefined,
};
