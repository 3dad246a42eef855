import { describe, expect, it } from 'vitest';
import { type CurvePoint, drawCurve, listTicks, PLOT } from './draw-curve.js';

function place(label: string, triangles: number, megabytes: number): CurvePoint {
  return { label, triangles, peakBytes: megabytes * 1e6 };
}

/** Where the vertices of each line are. */
function readLines(svg: string): number[][][] {
  return [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) =>
    points!.split(' ').map((pair) => pair.split(',').map(Number)),
  );
}

/** Every attribute quoted, no bare & or <, and each tag closed in its turn. */
function insistWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/g,
    (_, closes: string, name: string, _attributes: string, isEmpty: string) => {
      if (closes !== '') expect(open.pop()).toBe(name);
      else if (isEmpty === '') open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
}

describe('drawCurve', () => {
  it('places points by the logarithms of both axes', () => {
    const [line] = readLines(drawCurve([1, 10, 100].map((k) => place('a', k * 1e6, 30 * k))));
    const middle = [(PLOT.left + PLOT.right) / 2, (PLOT.top + PLOT.bottom) / 2];
    expect(line).toEqual([[PLOT.left, PLOT.bottom], middle, [PLOT.right, PLOT.top]]);
  });

  it('puts a tick at the edge of the plot beside a point of its value', () => {
    const svg = drawCurve([place('a', 1e6, 100), place('a', 3e7, 1000)]);
    expect(svg).toContain(`<text x="${PLOT.left}" y="${PLOT.bottom + 18}" text-anchor="middle">1M</text>`);
    expect(svg).toContain(`<text x="${PLOT.right}" y="${PLOT.bottom + 18}" text-anchor="middle">30M</text>`);
    expect(svg).toContain(`<text x="${PLOT.left - 8}" y="${PLOT.top + 4}" text-anchor="end">1,000</text>`);
  });

  it('draws one line for each label, its points in the order of their sizes', () => {
    const points = [place('b', 3e6, 60), place('a', 1e6, 70), place('b', 1e6, 50), place('a', 3e6, 80)];
    const lines = readLines(drawCurve(points));
    expect(lines.map((line) => line.map(([x]) => x))).toEqual(Array(2).fill([PLOT.left, PLOT.right]));
  });

  it('separates the labels of lines that end together, within the card', () => {
    const labels = ['a', 'b', 'c', 'd'];
    const svg = drawCurve(labels.flatMap((label) => [place(label, 1e6, 90), place(label, 3e6, 30)]));
    const heights = labels.map((label) => Number(new RegExp(`y="([\\d.]+)"[^>]*>${label}<`).exec(svg)![1]));
    const sorted = heights.toSorted((a, b) => a - b);
    for (let k = 1; k < sorted.length; k++) expect(sorted[k]! - sorted[k - 1]!).toBeGreaterThanOrEqual(14);
    expect(sorted.at(-1)).toBeLessThan(PLOT.bottom + 18);
  });

  it('is well-formed for any label', () => {
    const svg = drawCurve([place('a<b> & "c" \'d\'', 1e6, 100), place('e', 2e6, 10)]);
    insistWellFormed(svg);
    expect(svg).toContain('>a&lt;b&gt; &amp; "c" \'d\'</text>');
  });

  it('draws a single point', () => {
    const svg = drawCurve([place('a', 1e6, 100)]);
    insistWellFormed(svg);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

describe('listTicks', () => {
  it.each([
    [
      [1e6, 3e7],
      [1e6, 3e6, 1e7, 3e7],
    ],
    [
      [29, 31],
      [10, 30, 100],
    ],
    [[1000], [1000, 3000]],
    [[0.5], [0.3, 1]],
  ])('of %j are %j', (values, ticks) => {
    const found = listTicks(values);
    expect(found).toHaveLength(ticks.length);
    for (const [k, tick] of ticks.entries()) expect(found[k]).toBeCloseTo(tick);
  });
});
