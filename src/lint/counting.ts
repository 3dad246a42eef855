/** Creates empty tallies of vertices, faces and lines. */
import { ColorTally } from './color-tally.js';
import { Tally, type TextFacts } from './facts.js';

/** Creates tallies for the lines of a part of a file. */
export function startLineFacts() {
  return {
    comments: new Tally(),
    indentedComments: new Tally(),
    trailingComments: new Tally(),
    emptyLines: new Tally(),
    blankLines: new Tally(),
    longestLine: 0,
  };
}

/** Creates the line facts of a file without lines. */
export function startText(): TextFacts {
  return {
    lineEnds: { lf: 0, crlf: 0, cr: 0 },
    endsWithLineEnd: true,
    longestLine: 0,
    wideGaps: new Tally(),
    oddBlanks: new Tally(),
    tabLed: new Tally(),
    behindFaces: new Tally(),
  };
}

/** Creates tallies for vertices; `count` is the number of complete ones. */
export function startVertices() {
  return {
    count: 0,
    columnsMin: 0,
    columnsMax: 0,
    beginsWithZero: false,
    firstLinePoints: 0,
    sharing: new Tally(),
    spread: new Tally(),
    plusSigns: new Tally(),
    exponents: new Tally(),
    rounded: new Tally(),
    outOfFloat32: new Tally(),
    notFinite: new Tally(),
    colors: new ColorTally(),
  };
}

/** Creates tallies for faces; `count` is the number of complete ones. */
export function startFaces() {
  return {
    count: 0,
    cornersMin: 0,
    cornersMax: 0,
    firstLinePoints: 0,
    short: new Tally(),
    overThree: new Tally(),
    overFour: new Tally(),
    overNine: new Tally(),
    degenerate: new Tally(),
    spread: new Tally(),
    oddIndices: new Tally(),
    plusSigns: new Tally(),
    colors: new ColorTally(),
  };
}

/** Whether an index occurs twice among `size` corners from `from` on. */
export function hasTwice(corners: ArrayLike<number>, size: number, from = 0): boolean {
  const [a, b, c] = [corners[from], corners[from + 1], corners[from + 2]];
  if (size === 3) return a === b || b === c || a === c;
  const seen = new Set<number>();
  for (let k = 0; k < size; k++) seen.add(corners[from + k]!);
  return seen.size < size;
}
