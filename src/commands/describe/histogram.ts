/** Rows of a histogram from what a survey has counted, and their drawing with characters. */

import type { MeshSurvey } from '../../pipeline/survey-mesh.js';
import type { Distribution } from '../../topology/distribution.js';
import { formatCount } from '../../wording.js';

/** Rows of a histogram, less those of the tails. */
const ROWS_MAX = 12;
/** Degrees from here on are one row. */
const DEGREES_MAX = 12;
/** Characters of the longest bar. */
const BAR = 40;
/** An eighth of a character, two eighths and so on. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** What is counted in a row: values from `from` up to, but without, `to`. */
interface HistogramRow {
  readonly label: string;
  readonly from: number;
  /** Null where there is no end. */
  readonly to: number | null;
  readonly count: number;
}

export interface Histogram {
  /** For scripts. */
  readonly name: 'areas' | 'sides' | 'degrees';
  readonly title: string;
  readonly rows: readonly HistogramRow[];
}

/** The histograms of a mesh; one has no rows where there is nothing to count. */
export function listHistograms({ areas, sides, degrees }: MeshSurvey): Histogram[] {
  return [
    { name: 'areas', title: 'areas of triangles', rows: rowsOf(areas) },
    { name: 'sides', title: 'lengths of their sides', rows: rowsOf(sides) },
    { name: 'degrees', title: 'edges at a vertex', rows: rowsOfDegrees(degrees) },
  ];
}

function rowsOf(distribution: Distribution): HistogramRow[] {
  const rows = distribution.rows(ROWS_MAX).map(({ from, to, count }) => ({
    label: labelRange(from, to),
    from,
    to: Number.isFinite(to) ? to : null,
    count,
  }));
  const { zeros } = distribution;
  return zeros > 0 ? [{ label: '0', from: 0, to: 0, count: zeros }, ...rows] : rows;
}

function labelRange(from: number, to: number): string {
  if (from === 0) return `less than ${shorten(to)}`;
  if (to === Number.POSITIVE_INFINITY) return `${shorten(from)} and more`;
  return `${shorten(from)} to ${shorten(to)}`;
}

function rowsOfDegrees(degrees: readonly number[]): HistogramRow[] {
  const first = degrees.findIndex((count) => count > 0);
  const last = degrees.findLastIndex((count) => count > 0);
  if (first < 0) return [];
  const rows: HistogramRow[] = [];
  for (let degree = first; degree <= Math.min(last, DEGREES_MAX - 1); degree++) {
    rows.push({ label: String(degree), from: degree, to: degree + 1, count: degrees[degree]! });
  }
  if (last < DEGREES_MAX) return rows;
  const more = degrees.slice(DEGREES_MAX).reduce((sum, count) => sum + count, 0);
  return [...rows, { label: `${DEGREES_MAX} and more`, from: DEGREES_MAX, to: null, count: more }];
}

/** Lines for a terminal; the longest bar is that of the largest count. */
export function drawHistogram({ title, rows }: Histogram): string {
  if (rows.length === 0) return `${title}\n  none\n`;
  const most = Math.max(...rows.map(({ count }) => count));
  const labelWidth = Math.max(...rows.map(({ label }) => label.length));
  const countWidth = Math.max(...rows.map(({ count }) => formatCount(count).length));
  const lines = rows.map(({ label, count }) => {
    const eighths = Math.round((8 * BAR * count) / most);
    // What is there is seen.
    const bar = '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7] || (count > 0 ? EIGHTHS[1] : '');
    return `  ${label.padStart(labelWidth)}  ${formatCount(count).padStart(countWidth)}  ${bar}`.trimEnd();
  });
  return [title, ...lines].map((line) => `${line}\n`).join('');
}

function shorten(value: number): string {
  return String(Number(value.toPrecision(3)));
}
