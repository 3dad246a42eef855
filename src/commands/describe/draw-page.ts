/**
 * A page about a mesh as a self-contained SVG, without scripts, fonts or pictures from elsewhere. It is readable in print
 * and on any background.
 */

import type { DensityView } from '../../topology/density.js';
import { formatCount } from '../../wording.js';
import type { Histogram } from './histogram.js';

const WIDTH = 1120;
const MARGIN = 40;
const GAP = 30;
/** Three columns of views and of histograms. */
const COLUMN = (WIDTH - 2 * MARGIN - 2 * GAP) / 3;
const LINE = 20;
/** Widths of a histogram's labels and counts beside its bars. */
const LABELS = 155;
const COUNTS = 75;
/** Characters of a line that fit on the page. */
const TEXT_MAX = 140;
const FONT = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';
const INK = '#1f2937';
const FAINT = '#6b7280';
/** Colors from few vertices to many. */
const SHADES = ['#dbeafe', '#bfdbfe', '#93c5fd', '#60a5fa', '#3b82f6', '#2563eb', '#1d4ed8', '#1e3a8a'];
const BAR_COLOR = '#3b82f6';
const VIEW_TITLES = ['from above', 'from the front', 'from the right'];
const AXES = ['x', 'y', 'z'];

export interface Page {
  readonly title: string;
  /** Label and text of each line about the mesh. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  /** Column heads and cells of the parts; no rows if there are no parts. */
  readonly parts: { readonly heads: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly views: readonly DensityView[];
  readonly histograms: readonly Histogram[];
}

/** Draws the page from top to bottom. */
export function drawPage({ title, facts, parts, views, histograms }: Page): string {
  let y = MARGIN + 14;
  const body: string[] = [drawText(MARGIN, y, title, { size: 22, weight: 600 })];
  y += 14;
  for (const [label, text] of facts) {
    y += LINE;
    body.push(drawText(MARGIN, y, label, { color: FAINT }), drawText(MARGIN + 110, y, text));
  }
  y += 2 * LINE;
  if (views.length > 0) {
    const cells = Math.max(...views.flatMap(({ columns, rows }) => [columns, rows]));
    const side = COLUMN / cells;
    const height = side * Math.max(...views.map(({ rows }) => rows));
    for (const [k, view] of views.entries()) {
      const x = MARGIN + k * (COLUMN + GAP);
      const axes = `${AXES[view.right]} to the right, ${AXES[view.up]} up`;
      body.push(drawText(x, y, `Vertices ${VIEW_TITLES[k]}: ${axes}`, { weight: 600 }));
      body.push(drawView(view, x, y + 10, side, height));
    }
    y += 10 + height + 2 * LINE;
  }
  let lowest = y;
  for (const [k, histogram] of histograms.entries()) {
    const drawn = drawBars(histogram, MARGIN + k * (COLUMN + GAP), y);
    body.push(drawn.text);
    lowest = Math.max(lowest, drawn.bottom);
  }
  y = lowest + 2 * LINE;
  if (parts.rows.length > 0) {
    const table = drawTable(parts, y);
    body.push(table.text);
    y = table.bottom;
  }
  const height = Math.ceil(y + MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="${FONT}" font-size="13">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

/** Draws the cells with vertices, one path per shade: a run of cells in a row is one line of the path. */
function drawView(
  { columns, rows, counts }: DensityView,
  x: number,
  y: number,
  side: number,
  height: number,
) {
  const most = Math.log1p(counts.reduce((high, count) => Math.max(high, count), 0));
  const shadeOf = (count: number) =>
    count === 0 ? -1 : Math.min(SHADES.length - 1, Math.floor((SHADES.length * Math.log1p(count)) / most));
  const paths = SHADES.map(() => '');
  for (let row = 0; row < rows; row++) {
    for (let column = 0, end = 0; column < columns; column = end) {
      const shade = shadeOf(counts[row * columns + column]!);
      for (end = column + 1; end < columns && shadeOf(counts[row * columns + end]!) === shade; end++);
      if (shade >= 0) paths[shade] += `M${column} ${rows - 1 - row}h${end - column}v1h${column - end}z`;
    }
  }
  const shift = height - side * rows;
  const drawn = paths.map((path, k) => (path === '' ? '' : `<path fill="${SHADES[k]}" d="${path}"/>`));
  return `<g transform="translate(${round(x)} ${round(y + shift)}) scale(${round(side)})">${drawn.join('')}</g>`;
}

function drawBars({ title, rows }: Histogram, x: number, y: number): { text: string; bottom: number } {
  const most = Math.max(...rows.map(({ count }) => count));
  const lines = [drawText(x, y, `${title[0]!.toUpperCase()}${title.slice(1)}`, { weight: 600 })];
  let at = y;
  const barX = x + LABELS;
  const barMax = COLUMN - LABELS - COUNTS;
  for (const { label, count } of rows) {
    at += LINE;
    lines.push(drawText(barX - 8, at, label, { anchor: 'end' }));
    const width = count === 0 ? 0 : Math.max(1, (barMax * count) / most);
    lines.push(
      `<rect x="${round(barX)}" y="${round(at - 12)}" width="${round(width)}" height="15" fill="${BAR_COLOR}"/>`,
      drawText(barX + width + 6, at, formatCount(count), { color: FAINT }),
    );
  }
  return { text: lines.join('\n'), bottom: at };
}

function drawTable({ heads, rows }: Page['parts'], y: number): { text: string; bottom: number } {
  const columnX = (column: number) => MARGIN + 90 * column;
  const lines = heads.map((head, column) => drawText(columnX(column), y, head, { weight: 600 }));
  let at = y;
  for (const row of rows) {
    at += LINE;
    lines.push(...row.map((cell, column) => drawText(columnX(column), at, cell)));
  }
  return { text: lines.join('\n'), bottom: at };
}

function drawText(
  x: number,
  y: number,
  text: string,
  {
    size,
    weight,
    color = INK,
    anchor,
  }: { size?: number; weight?: number; color?: string; anchor?: 'end' } = {},
): string {
  const style = [
    size === undefined ? '' : ` font-size="${size}"`,
    weight === undefined ? '' : ` font-weight="${weight}"`,
    anchor === undefined ? '' : ` text-anchor="${anchor}"`,
  ].join('');
  const shown = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
  return `<text x="${round(x)}" y="${round(y)}" fill="${color}"${style}>${escapeXml(shown)}</text>`;
}

/** Escapes text for XML. Control characters, which XML forbids, were escaped before. */
function escapeXml(text: string): string {
  // XML cannot represent U+FFFE and U+FFFF.
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[\ufffe\uffff]/g, '\ufffd');
}

function round(value: number): string {
  return String(Math.round(100 * value) / 100);
}
