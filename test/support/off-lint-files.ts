/** OFF files for the linter, each out of the ordinary in one way: a small tetrahedron unless said otherwise. */
import { toBinaryOff } from './off-files.js';

type Row = readonly (number | string)[];

const POSITIONS: readonly Row[] = [
  [0.5, 0, 0],
  [1.5, 0, 0.25],
  [0, 1.5, 0],
  [0.25, 0, 1],
];
const FACES: readonly Row[] = [
  [0, 2, 1],
  [0, 1, 3],
  [0, 3, 2],
  [1, 2, 3],
];

interface Parts {
  readonly keyword?: string;
  readonly counts?: string;
  readonly positions?: readonly Row[];
  readonly normals?: readonly Row[];
  readonly colors?: readonly Row[];
  readonly textures?: readonly Row[];
  readonly faces?: readonly Row[];
  readonly faceColors?: readonly Row[];
  readonly lineEnd?: string;
  /** Colours before normals, as MeshLab writes them. */
  readonly colorsFirst?: boolean;
}

function write(parts: Parts = {}): string {
  const {
    keyword = 'OFF',
    positions = POSITIONS,
    faces = FACES,
    lineEnd = '\n',
    colorsFirst = false,
  } = parts;
  const { counts = `${positions.length} ${faces.length} 0` } = parts;
  const vertices = positions.map((position, k) => {
    const [first, second] = colorsFirst ? [parts.colors, parts.normals] : [parts.normals, parts.colors];
    return [...position, ...(first?.[k] ?? []), ...(second?.[k] ?? []), ...(parts.textures?.[k] ?? [])];
  });
  const lines = faces.map((face, k) => [face.length, ...face, ...(parts.faceColors?.[k] ?? [])]);
  return [keyword, counts, ...[...vertices, ...lines].map((row) => row.join(' '))].join(lineEnd) + lineEnd;
}

const plain = write();
const rows = plain.split('\n');
/** Plain OFF with lines put before line `line`, from 1. */
const insert = (line: number, ...lines: string[]) =>
  [...rows.slice(0, line - 1), ...lines, ...rows.slice(line - 1)].join('\n');
const replace = (from: string, to: string) => plain.replace(from, to);
const eachLine = (change: (line: string) => string) =>
  rows.map((line, k) => (k > 1 && line !== '' ? change(line) : line)).join('\n');

const floats4: readonly Row[] = [
  ['1.0', '0.0', '0.0', '1.0'],
  ['0.0', '1.0', '0.0', '1.0'],
  ['0.25', '0.5', '0.75', '1.0'],
  ['0.5', '0.5', '0.0', '0.5'],
];
const floats3 = floats4.map((color) => color.slice(0, 3));
const bytes4: readonly Row[] = [
  [255, 0, 0, 255],
  [0, 255, 0, 255],
  [64, 128, 191, 255],
  [1, 1, 0, 128],
];
const bytes3 = bytes4.map((color) => color.slice(0, 3));
/** Fractions with points, and ones without. */
const mixed4: readonly Row[] = [
  [1, 0, 0, 1],
  [0, 1, 0, 1],
  ['0.25', '0.5', '0.75', 1],
  [0, '0.5', '0.25', 1],
];
const pointedBytes = bytes4.map((color) => color.map((value) => `${value}.0`));
const normals: readonly Row[] = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
  ['0.6', '0.8', '0'],
];
const textures: readonly Row[] = POSITIONS.map(() => ['0.5', '0.25']);
/** Three points on each line. */
const pointed: readonly Row[] = [
  ['0.5', '0.1', '0.1'],
  ['1.5', '0.1', '0.25'],
  ['0.1', '1.5', '0.1'],
  ['0.25', '0.1', '1.5'],
];
const decagon = Array.from({ length: 10 }, (_, k) => {
  const angle = (k * Math.PI) / 5;
  return [Math.cos(angle).toFixed(3), Math.sin(angle).toFixed(3), 0];
});

const binaryMesh = { vertices: POSITIONS as readonly number[][], faces: FACES as readonly number[][] };
const binaryColors = floats4.map((color) => color.map(Number));

/** Content by what is special about it. */
export const LINT_FILES = {
  plain,
  byteOrderMark: `\ufeff${plain}`,
  lowerCase: write({ keyword: 'off' }),
  noKeyword: plain.slice(4),
  gluedCounts: `OFF${plain.slice(4)}`,
  countsOnKeywordLine: `OFF ${plain.slice(4)}`,
  blanksAndCountsOnKeywordLine: `OFF  ${plain.slice(4)}`,
  blankBehindKeyword: write({ keyword: 'OFF ' }),
  commentBehindKeyword: write({ keyword: 'OFF # c' }),
  commentBeforeKeyword: `# c\n${plain}`,
  emptyLineBeforeKeyword: `\n${plain}`,
  blanksBeforeKeyword: `  ${plain}`,
  commentBeforeCounts: insert(2, '# c'),
  emptyLineBeforeCounts: insert(2, ''),
  commentAndEmptyLineBeforeCounts: insert(2, '# c', ''),
  noEdges: write({ counts: '4 4' }),
  noEdgesBeforeInteger: write({ counts: '4 4', positions: [[5, 1, 2], ...POSITIONS.slice(1)] }),
  splitCounts: write({ counts: '4\n4\n0' }),
  tabbedCounts: write({ counts: '4\t4\t0' }),
  blankBehindCounts: write({ counts: '4 4 0 ' }),
  blankBeforeCounts: write({ counts: ' 4 4 0' }),
  commentBehindCounts: write({ counts: '4 4 0 # c' }),
  oddCounts: write({ counts: '4.0 4 0' }),
  vertexBehindCounts: replace('4 4 0\n', '4 4 0 '),
  emptyLineBeforeVertices: insert(3, ''),
  commentBeforeVertices: insert(3, '# c'),
  crlf: write({ lineEnd: '\r\n' }),
  cr: write({ lineEnd: '\r' }),
  noLastLineEnd: plain.slice(0, -1),
  commentInVertices: insert(4, '# c'),
  indentedCommentInVertices: insert(4, '  # c'),
  emptyLineInVertices: insert(4, ''),
  blankLineInVertices: insert(4, '  '),
  commentBehindVertex: replace('1.5 0 0.25', '1.5 0 0.25 # three more words'),
  commentBehindColor: write({ keyword: 'COFF', colors: bytes4 }).replace('0 255 0 255', '0 255 0 255 # c'),
  commentBeforeFaces: insert(7, '# c'),
  commentInFaces: insert(8, '# c'),
  indentedCommentInFaces: insert(8, '  # c'),
  emptyLineInFaces: insert(8, ''),
  blankLineInFaces: insert(8, '  '),
  commentBehindFace: replace('3 0 1 3', '3 0 1 3 # c'),
  emptyLineAtEnd: `${plain}\n`,
  commentAtEnd: `${plain}# c\n`,
  numbersAtEnd: `${plain}2 0 1\n`,
  tabs: plain.replaceAll(' ', '\t'),
  wideGaps: eachLine((line) => line.replaceAll(' ', '  ')),
  wideColorGaps: write({ keyword: 'COFF', colors: bytes4 }).replaceAll(' ', '  '),
  indented: eachLine((line) => ` ${line}`),
  tabIndented: eachLine((line) => `\t${line}`),
  blanksAtLineEnds: eachLine((line) => `${line} `),
  formFeed: replace('1.5 0', '1.5\f0'),
  plusSign: replace('1.5 0', '+1.5 0'),
  exponent: replace('1.5 0', '15E-1 0'),
  barePoints: replace('0.5 0 0', '.5 0. 0'),
  manyDigits: replace('0.5 0 0', '0.123456789012345 0 0'),
  beyondFloat32: replace('0.5 0 0', '1e39 0 0'),
  plusIndex: replace('3 0 1 3', '3 0 +1 3'),
  pointedIndex: replace('3 0 1 3', '3 0 1.0 3'),
  zeroPaddedIndex: replace('3 0 1 3', '3 0 01 03'),
  colorsFloat4: write({ keyword: 'COFF', colors: floats4 }),
  colorsFloat3: write({ keyword: 'COFF', colors: floats3 }),
  colorsByte4: write({ keyword: 'COFF', colors: bytes4 }),
  colorsByte3: write({ keyword: 'COFF', colors: bytes3 }),
  colorsMixed: write({ keyword: 'COFF', colors: mixed4 }),
  colorsPointedBytes: write({ keyword: 'COFF', colors: pointedBytes }),
  colorsIndex: write({ keyword: 'COFF', colors: [[1], [2], [3], [4]] }),
  colorsNone: write({ keyword: 'COFF' }),
  colorsSome: write({ keyword: 'COFF', colors: [bytes4[0]!, [], bytes4[2]!, bytes4[3]!] }),
  undeclaredFloat3: write({ colors: floats3 }),
  undeclaredByte4: write({ colors: bytes4 }),
  undeclaredBytePointed: write({ positions: pointed, colors: bytes3 }),
  undeclaredPointedFloat: write({ positions: pointed, colors: mixed4.map((color) => color.slice(0, 3)) }),
  undeclaredSome: write({ colors: [bytes3[0]!, [], bytes3[2]!, []] }),
  normals: write({ keyword: 'NOFF', normals }),
  normalsAndColors: write({ keyword: 'CNOFF', normals, colors: bytes4 }),
  normalsNotFinite: write({ keyword: 'NOFF', normals: [['nan', 'nan', 'nan'], ...normals.slice(1)] }),
  meshlabOrder: write({ keyword: 'NCOFF', normals, colors: bytes4, colorsFirst: true }),
  textures: write({ keyword: 'STOFF', textures }),
  texturesAndColors: write({ keyword: 'STCOFF', textures, colors: bytes4 }),
  texturesAndNormals: write({ keyword: 'STNOFF', textures, normals }),
  dimension3: write({ keyword: 'nOFF\n3' }),
  dimension2: write({ keyword: 'nOFF\n2', positions: POSITIONS.map((position) => position.slice(0, 2)) }),
  faceColorsFloat4: write({ faceColors: floats4 }),
  faceColorsFloat3: write({ faceColors: floats3 }),
  faceColorsByte3: write({ faceColors: bytes3 }),
  faceColorsMixed: write({ faceColors: mixed4.map((color) => color.slice(0, 3)) }),
  faceColorsPointedBytes: write({ faceColors: pointedBytes }),
  faceColorsIndex: write({ faceColors: [[1], [2], [3], [4]] }),
  faceColorsSome: write({ faceColors: [bytes3[0]!, [], bytes3[2]!, []] }),
  bothColors: write({ keyword: 'COFF', colors: bytes4, faceColors: bytes4 }),
  bothColorsSome: write({ keyword: 'COFF', colors: bytes4, faceColors: [bytes3[0]!, [], [], []] }),
  quad: write({ faces: [[0, 1, 2, 3]] }),
  trianglesAndQuad: write({
    faces: [
      [0, 2, 1],
      [0, 1, 2, 3],
    ],
  }),
  triangleAndPentagon: write({
    positions: decagon,
    faces: [
      [0, 1, 2],
      [3, 4, 5, 6, 7],
    ],
  }),
  triangleAndDecagon: write({ positions: decagon, faces: [[0, 1, 2], [...decagon.keys()]] }),
  twoCorners: write({ faces: [...FACES, [0, 1]] }),
  oneCorner: write({ faces: [...FACES, [0]] }),
  noCorners: write({ faces: [[], ...FACES] }),
  degenerate: write({ faces: [...FACES, [0, 1, 1]] }),
  verticesShareLine: replace('0.5 0 0\n1.5', '0.5 0 0 1.5'),
  vertexOnTwoLines: replace('1.5 0 0.25', '1.5 0\n0.25'),
  faceOnTwoLines: replace('3 0 1 3', '3 0\n1 3'),
  noFaces: write({ faces: [] }),
  empty: write({ positions: [], faces: [] }),
  longVertexLine: replace('1.5 0 0.25', `1.5${' '.repeat(1200)}0 0.25`),
  veryLongFaceLine: replace('3 0 1 3', `3 0 1${' '.repeat(5000)}3`),
  binary: toBinaryOff(binaryMesh),
  binaryColors: toBinaryOff({ ...binaryMesh, colors: binaryColors }),
  binaryFaceColors: toBinaryOff({ ...binaryMesh, faceColors: binaryColors }),
  binaryLittleEndian: toBinaryOff(binaryMesh, { isLittleEndian: true }),
  binaryBare: toBinaryOff(binaryMesh, { isBare: true }),
  binaryBareLittleEndian: toBinaryOff(binaryMesh, { isBare: true, isLittleEndian: true }),
  binaryCrlf: Buffer.concat([Buffer.from('OFF BINARY\r\n'), toBinaryOff(binaryMesh).subarray(11)]),
} as const satisfies Readonly<Record<string, string | Buffer>>;
