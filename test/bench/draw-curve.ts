/**
 * Peak memory over the size of the mesh as an SVG that stands alone: no script, no font of its own, a white card
 * that is readable on any page. Both axes are logarithmic.
 */

export interface CurvePoint {
  /** Points of the same label are one line. */
  readonly label: string;
  readonly triangles: number;
  readonly peakBytes: number;
}

const WIDTH = 720;
const HEIGHT = 400;
/** The plot inside the card; to its right stand the labels of the lines. */
export const PLOT = { left: 64, right: 492, top: 60, bottom: 340 } as const;
const LABEL_STEP = 17;
const FONT = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';

/**
 * A line's color, dark enough for text on white, and for who sees no colors its marker, a path around 0 0. The
 * second is dashed: where it runs over the first, both can be seen.
 */
const STYLES = [
  { color: '#0b5cad', marker: 'M-4-4H4V4H-4Z', dashes: 'none' },
  { color: '#047857', marker: 'M0-5.5L5.5 0L0 5.5L-5.5 0Z', dashes: '6 6' },
  { color: '#c2410c', marker: 'M-4.5 0A4.5 4.5 0 1 0 4.5 0A4.5 4.5 0 1 0-4.5 0Z', dashes: 'none' },
  { color: '#7e22ce', marker: 'M0-5.5L5.5 4.5H-5.5Z', dashes: 'none' },
  { color: '#4b5563', marker: 'M0 5.5L5.5-4.5H-5.5Z', dashes: 'none' },
] as const;

/** Draws one line with markers for each label, in the order of their first points. */
export function drawCurve(points: readonly CurvePoint[]): string {
  if (points.length === 0) throw new RangeError('a curve needs a point');
  const megabytes = (point: CurvePoint) => point.peakBytes / 1e6;
  const columns = listTicks(points.map(({ triangles }) => triangles));
  const rows = listTicks(points.map(megabytes));
  const x = makeScale(columns, PLOT.left, PLOT.right);
  const y = makeScale(rows, PLOT.bottom, PLOT.top);

  const lines = [...new Set(points.map(({ label }) => label))].map((label, k) => ({
    label,
    ...STYLES[k % STYLES.length]!,
    places: points
      .filter((point) => point.label === label)
      .toSorted((a, b) => a.triangles - b.triangles)
      .map((point) => ({ x: x(point.triangles), y: y(megabytes(point)) })),
  }));
  const heights = spread(lines.map(({ places }) => places.at(-1)!.y));

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="${FONT}" font-size="12">`,
    '<title>Peak memory of converting binary STL to OFF, by number of triangles</title>',
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8" fill="#ffffff" stroke="#d0d7de"/>`,
    text(PLOT.left, 32, 'Peak memory: binary STL to OFF', 'font-size="15" font-weight="600" fill="#1f2328"'),
    '<g stroke="#e5e7eb">',
    ...columns.map((value) => stroke(x(value), PLOT.top, x(value), PLOT.bottom)),
    ...rows.map((value) => stroke(PLOT.left, y(value), PLOT.right, y(value))),
    '</g>',
    '<g fill="#59636e">',
    ...columns.map((value) => text(x(value), PLOT.bottom + 18, nameCount(value), 'text-anchor="middle"')),
    ...rows.map((value) => text(PLOT.left - 8, y(value) + 4, value.toLocaleString('en-US'), END)),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 42, 'triangles (log scale)', 'text-anchor="middle"'),
    text(0, 0, 'peak memory in MB (log scale)', `text-anchor="middle" transform="${UPWARDS}"`),
    '</g>',
    ...lines.flatMap(({ label, color, marker, dashes, places }, k) => {
      const end = places.at(-1)!;
      const path = places.map((place) => `${round(place.x)},${round(place.y)}`).join(' ');
      return [
        `<g stroke="${color}" fill="${color}">`,
        `<polyline points="${path}" stroke-width="2" stroke-dasharray="${dashes}" fill="none"/>`,
        ...places.map((place) => `<path d="${marker}" transform="${moveTo(place.x, place.y)}"/>`),
        stroke(end.x + 7, end.y, PLOT.right + 16, heights[k]!),
        '</g>',
        text(PLOT.right + 20, heights[k]! + 4, label, `fill="${color}"`),
      ];
    }),
    '</svg>\n',
  ].join('\n');
}

const END = 'text-anchor="end"';
const UPWARDS = `translate(18 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)`;

/** 1 and 3 times powers of ten, from the last that no value is below to the first that none is above. */
export function listTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(least)) - 1; power <= Math.log10(most) + 1; power++) {
    ticks.push(10 ** power, 3 * 10 ** power);
  }
  const first = ticks.findLastIndex((tick) => tick <= least);
  const last = ticks.findIndex((tick) => tick >= most);
  return ticks.slice(first, Math.max(first + 1, last) + 1);
}

/** From the first to the last tick, logarithmically, to `begin` to `end`. */
function makeScale(ticks: readonly number[], begin: number, end: number): (value: number) => number {
  const [first, last] = [ticks[0]!, ticks.at(-1)!];
  return (value) => begin + ((end - begin) * Math.log(value / first)) / Math.log(last / first);
}

/** The heights, moved apart where text would overlap: down, and up again where that leaves the plot. */
function spread(heights: readonly number[]): number[] {
  const moved = [...heights];
  const order = moved.map((_, k) => k).sort((a, b) => heights[a]! - heights[b]!);
  let limit = -Infinity;
  for (const k of order) {
    moved[k] = Math.max(moved[k]!, limit);
    limit = moved[k] + LABEL_STEP;
  }
  limit = PLOT.bottom;
  for (const k of order.reverse()) {
    moved[k] = Math.min(moved[k]!, limit);
    limit = moved[k] - LABEL_STEP;
  }
  return moved;
}

/** `300k`, `10M`. */
function nameCount(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(value);
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeText(words)}</text>`;
}

function stroke(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function moveTo(x: number, y: number): string {
  return `translate(${round(x)} ${round(y)})`;
}

/** Tenths of a pixel. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(words: string): string {
  return words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
