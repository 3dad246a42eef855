/** Picks, inspection and measurement in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAxe } from '../support/axe.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { type Corners, makeTube } from '../support/meshes.js';
import { type Camera, cameraOf, projectPoint } from '../support/silhouette.js';
import { databaseOf, openView } from '../support/views.js';

const centroidOf = (t: Corners) => [0, 1, 2].map((axis) => (t[axis]! + t[axis + 3]! + t[axis + 6]!) / 3);

/** The cosine of the angle at which a triangle is seen: 1 from straight above its front. */
function facing(t: Corners, { position }: Camera): number {
  const [u, v, sight] = [3, 6, 0].map((at) =>
    [0, 1, 2].map((axis) => (at === 0 ? position[axis]! : t[at + axis]!) - t[axis]!),
  ) as [number[], number[], number[]];
  const normal = [
    u[1]! * v[2]! - u[2]! * v[1]!,
    u[2]! * v[0]! - u[0]! * v[2]!,
    u[0]! * v[1]! - u[1]! * v[0]!,
  ];
  const product = normal.reduce((sum, value, axis) => sum + value * sight[axis]!, 0);
  return product / Math.hypot(...normal) / Math.hypot(...sight);
}

/** Clicks where a point of the mesh is. */
async function clickAt(page: Page, point: readonly number[]): Promise<void> {
  const box = (await page.locator('canvas').boundingBox())!;
  const [x, y] = projectPoint(point, cameraOf(page.url()), box.width, box.height);
  await page.mouse.click(box.x + x, box.y + y);
}

describe.skipIf(CHROMIUM === undefined)('picking', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('picks the triangle under a click, and shows its row and its place in the source', {
    timeout: 120_000,
  }, async () => {
    const triangles = [...makeTube(24, 12)];
    const { server } = await openView(await databaseOf(triangles, { leafTriangles: 100 }));
    const { page, errors } = await openTab(browser, server.url, { height: 900 });
    await untilSettled(page);
    const camera = cameraOf(page.url());
    // Nothing hides what faces the camera most.
    const angles = triangles.map((t) => facing(t, camera));
    const wanted = angles.indexOf(Math.max(...angles));
    await clickAt(page, centroidOf(triangles[wanted]!));
    await page.getByRole('heading', { name: `Triangle ${wanted}`, exact: true }).waitFor();
    // Binary STL: a header of 84 bytes, then 50 for each triangle.
    await page.getByText(`byte ${(84 + 50 * wanted).toLocaleString('en-US')}, 50 bytes`).waitFor();
    expect(page.url()).toContain(`pick=${wanted}`);
    expect(await findAxe(page)).toEqual([]);

    // A neighbor, one of its vertices, and back by the URL.
    await page
      .getByRole('button', { name: /^triangle \d+$/ })
      .first()
      .click();
    await expect.poll(() => page.url(), { timeout: 30_000 }).not.toContain(`pick=${wanted}`);
    const neighbor = Number(/pick=(\d+)/.exec(page.url())![1]);
    const shared = [0, 3, 6].filter((at) => {
      const text = triangles[wanted]!.slice(at, at + 3).join();
      return [0, 3, 6].some((other) => triangles[neighbor]!.slice(other, other + 3).join() === text);
    });
    expect(shared).toHaveLength(2);
    await page.getByTitle('Inspect the vertex').first().click();
    await page.getByRole('region', { name: /^Vertex \d+$/ }).waitFor();
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByRole('heading', { name: `Triangle ${neighbor}`, exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Click a triangle').waitFor();
    expect(page.url()).not.toContain('pick=');

    // A drag is no click.
    const box = (await page.locator('canvas').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2, { steps: 3 });
    await page.mouse.up();
    await page.waitForTimeout(500);
    expect(page.url()).not.toContain('pick=');
    expect(errors).toEqual([]);
  });

  it('measures between two picks', { timeout: 120_000 }, async () => {
    const triangles = [...makeTube(24, 12)];
    const { server } = await openView(await databaseOf(triangles));
    const { page, errors } = await openTab(browser, server.url, { height: 900 });
    await untilSettled(page);
    const camera = cameraOf(page.url());
    const seen = triangles.flatMap((t, id) => (id > 12 && facing(t, camera) > 0.5 ? [t] : []));
    const [from, to] = [seen[10]!, seen[seen.length - 20]!].map(centroidOf) as [number[], number[]];
    const expected = Math.hypot(...from.map((value, axis) => to[axis]! - value));
    await page.keyboard.press('m');
    await clickAt(page, from);
    await page.getByText('Pick the second point.').waitFor();
    await clickAt(page, to);
    const value = page.locator('dt', { hasText: /^distance$/ }).locator('+ dd');
    const shown = Number((await value.textContent())!.replaceAll(',', ''));
    // A click is at a pixel, not at the centroid.
    expect(Math.abs(shown - expected)).toBeLessThan(0.02 * expected);
    expect(await page.locator('.measure-label').textContent()).toBe(await value.textContent());
    expect(page.url()).toContain('measure=');
    const ends = new URLSearchParams(new URL(page.url()).hash.slice(1))
      .get('measure')!
      .split(',')
      .map(Number);
    expect(shown).toBeCloseTo(Math.hypot(...[0, 1, 2].map((axis) => ends[axis + 3]! - ends[axis]!)), 4);
    expect(await findAxe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await value.waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
  });

  it('works by keys alone', { timeout: 120_000 }, async () => {
    const triangles = [...makeTube(24, 12)];
    const { server } = await openView(await databaseOf(triangles));
    const { page } = await openTab(browser, server.url);
    await untilSettled(page);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Triangle \d+$/ }).waitFor();
    await page.keyboard.press('m');
    await page.keyboard.press('Enter');
    await page.getByText('Pick the second point.').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.locator('dt', { hasText: /^distance$/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByText('Click a triangle').waitFor();
    // Enter on a button presses it.
    await page.getByRole('button', { name: 'Fit' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(300);
    expect(await page.getByText('Click a triangle').isVisible()).toBe(true);
  });
});
