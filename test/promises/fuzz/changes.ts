/**
 * Changes that make files hostile: of lines, words and numbers where they are text, of bytes and binary numbers
 * anywhere. Each is a function of a few integers, so that a file is told by them.
 */

/** Changes `bytes` somewhere, `at`, to something, `value`: any integers from 0; `other` is a file to take from. */
export type Change = (bytes: Buffer, at: number, value: number, other: Buffer) => Buffer;

/** Longer files are cut: changes may double them again and again. */
export const FILE_BYTES_MAX = 2 ** 16;
/** Longer than any line may be; one in so many long lines is that long. */
const ENDLESS_BYTES = 3 * 2 ** 20;
const ENDLESS_SHARE = 400;

const COUNTS = [
  '0',
  '-1',
  '1',
  '2',
  '3',
  '65536',
  '65537',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
];
const NUMBERS = [
  ...COUNTS,
  ...[
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '18446744073709551616',
    '-9223372036854775808',
  ],
  ...[
    '1e999',
    '-1e999',
    '1e-400',
    '4.9e-324',
    '1.7976931348623157e308',
    '3.5e38',
    '-0',
    '.',
    '-',
    '+',
    'e',
    '1e',
    '1e+',
  ],
  ...[
    'nan',
    'NaN',
    '-nan',
    'inf',
    '-Infinity',
    '1.#IND',
    '0x10',
    '1,5',
    '1_000',
    '٣',
    '0.1.2',
    '--1',
    '1/2/3',
    '1//',
    '/',
  ],
  ...[
    '9'.repeat(400),
    `0.${'0'.repeat(400)}1`,
    `${'1'.repeat(30)}e-30`,
    `1e${'9'.repeat(30)}`,
    '0'.repeat(300),
  ],
];
const WORDS = [
  ...[
    'ply',
    'format',
    'ascii',
    'binary_little_endian',
    'binary_big_endian',
    '1.0',
    'element',
    'property',
    'list',
  ],
  ...[
    'vertex',
    'face',
    'tristrips',
    'char',
    'uchar',
    'short',
    'ushort',
    'int',
    'uint',
    'float',
    'double',
    'int64',
  ],
  ...[
    'end_header',
    'comment',
    'obj_info',
    'vertex_indices',
    'x',
    'y',
    'z',
    'nx',
    'red',
    'alpha',
    '__proto__',
  ],
  ...[
    'solid',
    'facet',
    'normal',
    'outer',
    'loop',
    'endloop',
    'endfacet',
    'endsolid',
    'end',
    'v',
    'vn',
    'vt',
    'f',
    'fo',
  ],
  ...[
    'o',
    'g',
    'usemtl',
    'mtllib',
    'l',
    'p',
    's',
    'curv',
    'OFF',
    'COFF',
    'NOFF',
    'STOFF',
    '4OFF',
    'nOFF',
    'STCN4nOFF',
  ],
  ...[
    'BINARY',
    '#',
    '\\',
    '..',
    '/',
    '\x1b[31m',
    '\u202e',
    '\ufeff',
    '\0',
    'ü'.repeat(3000),
    'constructor',
    'CON',
  ],
];
const LINE_ENDS = [
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '\\\n',
  '\\\r\n',
  ' \\ \n',
  '#',
  '\x0b',
  '\x0c',
  '\0',
  ' ',
  '\t',
];
const INTEGERS = [
  0, -1, 1, 2, 3, 4, 0xff, 0x7f, 0xffff, 0x10000, 0x10001, 0x7fffffff, -0x80000000, 0x7f800000,
];
const BITS = [0x7fc00000, -0x800000, 0x00000001, 0x00800000, 0x7f7fffff, 0x3f800000];

const pick = <T>(list: readonly T[], value: number): T => list[value % list.length]!;
/** A place in what has `length` of something, its end included. */
const placeIn = (length: number, at: number): number => at % (length + 1);
const replace = (bytes: Buffer, from: number, to: number, middle: Uint8Array | string): Buffer =>
  Buffer.concat([
    bytes.subarray(0, from),
    typeof middle === 'string' ? Buffer.from(middle) : middle,
    bytes.subarray(to),
  ]);

/** Lines of what may be text, with their ends. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

/** A change of the list of lines. */
const ofLines =
  (change: (lines: Buffer[], k: number, value: number) => void): Change =>
  (bytes, at, value) => {
    const lines = linesOf(bytes);
    if (lines.length > 0) change(lines, at % lines.length, value);
    return Buffer.concat(lines);
  };

/** Puts something in the place of a word that `pattern` finds; what has none stays. */
const ofWord =
  (pattern: RegExp, make: (word: string, value: number) => string): Change =>
  (bytes, at, value) => {
    const words = [...bytes.toString('latin1').matchAll(pattern)];
    if (words.length === 0) return bytes;
    const { 0: word, index } = pick(words, at);
    return replace(bytes, index, index + word.length, make(word, value));
  };

const ANY_NUMBER = /(?<![\w.])[-+]?[\d.][\w.+-]*/g;
const ANY_WORD = /[^\s]+/g;
const ANY_TYPE = /\b(?:u?char|u?short|u?int|float|double|u?int\d+|float\d+)\b/g;

/** Writes a number in binary at any place, or at a multiple of its size. */
const ofInteger =
  (size: 1 | 2 | 4, numbers: readonly number[]): Change =>
  (bytes, at, value) => {
    if (bytes.length < size) return bytes;
    const changed = Buffer.from(bytes);
    const number = pick(numbers, value >>> 1) & (size === 4 ? -1 : 2 ** (8 * size) - 1);
    const place = at % (changed.length - size + 1);
    if (size === 1) changed[place] = number;
    else if (value % 2 === 0) changed.writeUIntLE(number >>> 0, place, size);
    else changed.writeUIntBE(number >>> 0, place, size);
    return changed;
  };

export const CHANGES: Readonly<Record<string, Change>> = {
  'delete a line': ofLines((lines, k) => lines.splice(k, 1)),
  'delete lines': ofLines((lines, k, value) => lines.splice(k, 1 + (value % 5))),
  'repeat a line': ofLines((lines, k, value) =>
    lines.splice(k, 0, ...Array(1 + (value % 9)).fill(lines[k]!)),
  ),
  'swap lines': ofLines((lines, k, value) => {
    const other = value % lines.length;
    [lines[k], lines[other]] = [lines[other]!, lines[k]!];
  }),
  'move a line': ofLines((lines, k, value) => {
    const [line] = lines.splice(k, 1);
    lines.splice(value % (lines.length + 1), 0, line!);
  }),
  'join lines': ofLines((lines, k) => {
    lines[k] = Buffer.from(`${lines[k]!.toString('latin1').trimEnd()} `, 'latin1');
  }),
  'end lines otherwise': (bytes, at, value) =>
    at % 3 === 0
      ? Buffer.from(bytes.toString('latin1').replaceAll('\n', pick(LINE_ENDS, value)), 'latin1')
      : ofLines((lines, k) => {
          lines[k] = Buffer.from(
            lines[k]!.toString('latin1').replace('\n', pick(LINE_ENDS, value)),
            'latin1',
          );
        })(bytes, at, value, bytes),
  'another number': ofWord(ANY_NUMBER, (_, value) => pick(NUMBERS, value)),
  'another count': ofWord(ANY_NUMBER, (_, value) => pick(COUNTS, value)),
  'a number next to it': ofWord(ANY_NUMBER, (word, value) =>
    String(Number.parseInt(word, 10) + (value % 5) - 2),
  ),
  'a number turned round': ofWord(ANY_NUMBER, (word) => (word.startsWith('-') ? word.slice(1) : `-${word}`)),
  'another word': ofWord(ANY_WORD, (_, value) => pick(WORDS, value)),
  'another type': ofWord(ANY_TYPE, (_, value) => pick(WORDS.slice(12, 21), value)),
  'a list of it': ofWord(ANY_TYPE, (word, value) => `list ${pick(WORDS.slice(12, 20), value)} ${word}`),
  'no word': ofWord(ANY_WORD, () => ''),
  'a word twice': ofWord(ANY_WORD, (word) => `${word} ${word}`),
  'another case': ofWord(ANY_WORD, (word, value) =>
    value % 2 === 0 ? word.toUpperCase() : word.toLowerCase(),
  ),
  'words in between': ofWord(ANY_WORD, (word, value) => `${pick(WORDS, value)} ${word}`),
  'numbers in between': ofWord(ANY_WORD, (word, value) => `${word} ${pick(NUMBERS, value)}`),
  'a word without end': ofWord(ANY_WORD, (word, value) => word.repeat(2 + (value % 500))),
  'a line without end': ofWord(ANY_WORD, (word, value) => {
    const bytes = value % ENDLESS_SHARE === 0 ? ENDLESS_BYTES : 1000 + (value % 9000);
    const unit = pick([`${word} `, ' ', `\\\n${word} `, '\\\n', '1 2 3 ', '#'], value);
    return `${word} ${unit.repeat(Math.ceil(bytes / unit.length))}`;
  }),
  'continued lines': ofWord(ANY_WORD, (word, value) => `${word} ${'\\\n'.repeat(1 + (value % 2000))}`),
  'a line end': (bytes, at, value) => {
    const place = placeIn(bytes.length, at);
    return replace(bytes, place, place, pick(LINE_ENDS, value));
  },
  'a byte': (bytes, at, value) => ofInteger(1, [value >>> 1])(bytes, at, value, bytes),
  'a small integer': ofInteger(1, INTEGERS),
  'a short integer': ofInteger(2, INTEGERS),
  'an integer': ofInteger(4, INTEGERS),
  'a float': ofInteger(4, BITS),
  'a flipped bit': (bytes, at, value) => {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[at % changed.length]! ^= 1 << (value % 8);
    return changed;
  },
  'bytes taken out': (bytes, at, value) => {
    const place = placeIn(bytes.length, at);
    return replace(bytes, place, place + 1 + (value % 60), '');
  },
  'bytes put in': (bytes, at, value) => {
    const place = placeIn(bytes.length, at);
    return replace(bytes, place, place, Buffer.alloc(1 + (value % 60), value >>> 8));
  },
  'bytes repeated': (bytes, at, value) => {
    const place = placeIn(bytes.length, at);
    return replace(bytes, place, place, bytes.subarray(place, place + 1 + (value % 200)));
  },
  'a cut': (bytes, at) => bytes.subarray(0, placeIn(bytes.length, at)),
  'a lost beginning': (bytes, at) => bytes.subarray(at % Math.min(200, bytes.length + 1)),
  'another end': (bytes, at, value, other) =>
    Buffer.concat([
      bytes.subarray(0, placeIn(bytes.length, at)),
      other.subarray(placeIn(other.length, value)),
    ]),
  'another file behind it': (bytes, _, __, other) => Buffer.concat([bytes, other]),
};

/** A change by its number, from 0, and what it is given. */
export type ChangeChoice = readonly [change: number, at: number, value: number];

const LIST = Object.values(CHANGES);
export const CHANGE_COUNT = LIST.length;

/** Makes changes one after the other. */
export function applyChanges(bytes: Buffer, choices: readonly ChangeChoice[], other: Buffer): Buffer {
  let changed = bytes;
  for (const [change, at, value] of choices) {
    changed = LIST[change]!(changed, at, value, other);
    if (changed.length > FILE_BYTES_MAX && changed.length < ENDLESS_BYTES) {
      changed = changed.subarray(0, FILE_BYTES_MAX);
    }
  }
  return changed;
}
