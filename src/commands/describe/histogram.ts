/** Histograms of the counts of a survey, and their drawing with block characters. */

import type { MeshSurvey } from '../../pipeline/survey-mesh.js';
import type { Distribution } from '../../topology/distribution.js';
import { formatCount } from '../../wording.js';

/** Rows of a histogram, without the rows of the tails. */
const ROWS_MAX = 12;
/** Degrees from this one on share a row. */
const DEGREES_MAX = 12;
/** Length of the longest bar, in characters. */
const BAR = 40;
/** Blocks of zero to seven eighths of a character. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A row of a histogram: the number of values from `from` up to, but excluding, `to`. */
interface HistogramRow {
  readonly label: string;
  readonly from: number;
  /** Null if there is no upper end. */
  readonly to: number | null;
  readonly count: number;
}

export interface Histogram {
  /** The key in JSON. */
  readonly name: 'areas' | 'sides' | 'degrees';
  readonly title: string;
  readonly rows: readonly HistogramRow[];
}

/** Lists the histograms of a mesh; a histogram has no rows if there is nothing to count. */
export function listHistograms({ areas, sides, degrees }: MeshSurvey): Histogram[] {
  return [
    { name: 'areas', title: 'areas of triangles', rows: rowsOf(areas) },
    { name: 'sides', title: 'lengths of triangle sides', rows: rowsOf(sides) },
    { name: 'degrees', title: 'edges per vertex', rows: rowsOfDegrees(degrees) },
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

/** Draws a histogram for a terminal; the largest count has the longest bar. */
export function drawHistogram({ title, rows }: Histogram): string {
  if (rows.length === 0) return `${title}\n  none\n`;
  const most = Math.max(...rows.map(({ count }) => count));
  const labelWidth = Math.max(...rows.map(({ label }) => label.length));
  const countWidth = Math.max(...rows.map(({ count }) => formatCount(count).length));
  const lines = rows.map(({ label, count }) => {
    const eighths = Math.round((8 * BAR * count) / most);
    // Every count above 0 gets a visible bar.
    const bar = '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7] || (count > 0 ? EIGHTHS[1] : '');
    return `  ${label.padStart(labelWidth)}  ${formatCount(count).padStart(countWidth)}  ${bar}`.trimEnd();
  });
  return [title, ...lines].map((line) => `${line}\n`).join('');
}

function shorten(value: number): string {
  return String(Number(value.toPrecision(3)));
}
