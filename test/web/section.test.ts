/** The section: plane, drawing and panel. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axisOf, basisOf, flip, middleOf, nearestAxis, rangeOf } from '../../web/section-plane.js';
import { toSvg } from '../../web/section-svg.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { type Corners, makeTube } from '../support/meshes.js';
import { cameraOf, maskOf, overlap, project } from '../support/silhouette.js';
import { databaseOf, openView } from '../support/views.js';

describe('a plane', () => {
  const bounds = { min: [0, -2, 10], max: [4, 2, 20] } as const;

  it('is at offsets between those of the box', () => {
    expect(rangeOf([0, 0, 7], bounds)).toEqual([10, 20]);
    expect(rangeOf([0, 0, -7], bounds)).toEqual([-20, -10]);
    expect(middleOf([0, 0, 7], bounds)).toEqual({ normal: [0, 0, 7], offset: 15 });
    const around0 = { min: [0, 0, -1 / 3], max: [0, 0, 1 / 3 + 1e-15] } as const;
    expect(middleOf([0, 0, 1], around0).offset).toBe(0);
    const single = { min: [0, 0, 1 / 3], max: [0, 0, 1 / 3] } as const;
    expect(middleOf([0, 0, 1], single).offset).toBe(1 / 3);
    expect(flip({ normal: [0, 3, -7], offset: 15 })).toEqual({ normal: [0, -3, 7], offset: -15 });
    expect(axisOf([0, -2, 0])).toEqual({ axis: 1, isForward: false });
    expect(axisOf([0, -2, 1])).toBeUndefined();
    expect(nearestAxis([0.6, -1, 0.55])).toEqual([0, -1, 0]);
  });

  it.each([
    [
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ],
    [
      [0, -2, 0],
      [1, 0, 0],
      [0, 0, 1],
    ],
    [
      [5, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    [
      [0, 0, -1],
      [-1, 0, 0],
      [0, 1, 0],
    ],
  ] as const)('is drawn as seen from above: %s', (normal, right, up) => {
    expect(basisOf(normal, 'z')).toEqual({ right, up });
  });
});

describe('a plane of a mesh whose y axis points up', () => {
  it.each([
    [
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ],
    [
      [0, 3, 0],
      [1, 0, 0],
      [0, 0, -1],
    ],
    [
      [-1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ],
  ] as const)('is drawn upright: %s', (normal, right, up) => {
    expect(basisOf(normal, 'y')).toEqual({ right, up });
  });
});

describe('the drawing', () => {
  it('has loops in one path and open lines in another, in the units of the mesh', () => {
    const section = {
      points: Float64Array.of(0, 0, 1, 4, 0, 1, 4, 3, 1, 1, 1, 1, 2, 1, 1),
      counts: Uint32Array.of(3, 2),
      closed: Uint8Array.of(1, 0),
      length: 13,
      area: undefined,
      triangles: 4,
      isComplete: true,
    };
    const svg = toSvg(section, { normal: [0, 0, 1], offset: 1 }, 'z', '<a> & b');
    expect(svg).toContain('d="M0 0L4 0L4 -3Z"');
    expect(svg).toContain('d="M1 -1L2 -1"');
    expect(svg).toContain('viewBox="-0.08 -3.08 4.16 3.16"');
    expect(svg).toContain('<title>&lt;a&gt; &amp; b</title>');
  });
});

/** The part of a triangle below a plane, as triangles. */
function clip(corners: Corners, [nx, ny, nz, offset]: readonly number[]): Corners[] {
  const points = [0, 3, 6].map((at) => corners.slice(at, at + 3));
  const above = (p: readonly number[]) => nx! * p[0]! + ny! * p[1]! + nz! * p[2]! - offset!;
  const kept: (readonly number[])[] = [];
  points.forEach((from, k) => {
    const to = points[(k + 1) % 3]!;
    const [d, e] = [above(from), above(to)];
    if (d <= 0) kept.push(from);
    if (d * e < 0) kept.push(from.map((value, axis) => value + (d / (d - e)) * (to[axis]! - value)));
  });
  const pieces = kept.slice(2).map((last, k) => [...kept[0]!, ...kept[k + 1]!, ...last]);
  // One that only touches the plane from above leaves a line.
  return pieces.filter((piece) => areaOf(piece) > 1e-9);
}

function areaOf(piece: Corners): number {
  const [u, v] = [3, 6].map((at) => [0, 1, 2].map((axis) => piece[at + axis]! - piece[axis]!)) as [
    number[],
    number[],
  ];
  const across = [0, 1, 2].map((k) => u[(k + 1) % 3]! * v[(k + 2) % 3]! - u[(k + 2) % 3]! * v[(k + 1) % 3]!);
  return Math.hypot(...across) / 2;
}

describe.skipIf(CHROMIUM === undefined)('the section on the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  it('cuts the picture with X, shows the contour and saves it as SVG', { timeout: 120_000 }, async () => {
    const triangles = [...makeTube(80, 40)];
    const { server } = await openView(await databaseOf(triangles, { leafTriangles: 300 }));
    const { page, errors } = await openTab(browser, server.url);
    await untilSettled(page);
    const canvas = page.locator('canvas');
    const hide = `document.querySelectorAll('.scale, .axes').forEach((one) => { one.style.visibility = 'hidden' })`;
    await page.evaluate(hide);
    const before = maskOf(await canvas.screenshot());
    await page.keyboard.press('x');
    await page.getByText('1 loop').waitFor();
    await page.waitForTimeout(300);
    await untilSettled(page);
    const plane = /section=([^&]*)/.exec(page.url())![1]!.split(',').map(Number);
    expect(plane.slice(0, 3)).toEqual([0, -1, 0]);
    const after = maskOf(await canvas.screenshot());
    const expected = project(
      triangles.flatMap((corners) => clip(corners, plane)),
      cameraOf(page.url()),
      after.width,
      after.height,
    );
    expect(overlap(expected, after)).toBeGreaterThan(0.97);
    expect(overlap(before, after)).toBeLessThan(0.9);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download SVG' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('in-section.svg');
    const svg = readFileSync(await download.path(), 'utf8');
    expect(svg.match(/<path/g)).toHaveLength(1);
    expect(svg).toMatch(/d="M[^M]*Z"/);

    // Another tab shows the same from the URL; flipped, the rest is shown.
    await page.getByRole('button', { name: 'Flip' }).click();
    await expect.poll(() => page.url(), { timeout: 30_000 }).toContain(`section=0,1,0`);
    await page.waitForTimeout(300);
    const second = await page.context().newPage();
    await second.setViewportSize({ width: 900, height: 600 });
    await second.goto(page.url());
    await second.getByText('1 loop').waitFor();
    await untilSettled(second);
    await second.evaluate(hide);
    const rest = maskOf(await second.locator('canvas').screenshot());
    const flipped = plane.map((value) => -value);
    const other = project(
      triangles.flatMap((corners) => clip(corners, flipped)),
      cameraOf(second.url()),
      rest.width,
      rest.height,
    );
    expect(overlap(other, rest)).toBeGreaterThan(0.97);
    await second.keyboard.press('x');
    await expect.poll(() => second.url(), { timeout: 30_000 }).not.toContain(`section=`);
    expect(errors).toEqual([]);
  });
});
