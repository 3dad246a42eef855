/** Flaws in a real browser: found, listed, marked and flown to. */

import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAxe } from '../support/axe.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { makeFlawedMesh } from '../support/flawed-mesh.js';
import { makeTube } from '../support/meshes.js';
import { cameraOf, projectPoint } from '../support/silhouette.js';
import { databaseOf, openView } from '../support/views.js';

/** Counts pixels near a color within a distance of a place in the picture. */
async function countNear(
  page: Page,
  [x, y]: [number, number],
  radius: number,
  color: readonly number[],
): Promise<number> {
  const { width, height, data } = PNG.sync.read(await page.locator('canvas').screenshot());
  let count = 0;
  for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(height, y + radius); row++) {
    for (let column = Math.max(0, Math.floor(x - radius)); column < Math.min(width, x + radius); column++) {
      const at = 4 * (row * width + column);
      if (color.every((value, k) => Math.abs(value - data[at + k]!) < 24)) count++;
    }
  }
  return count;
}

/** Waits until the camera no longer moves, and all is drawn. */
async function untilStill(page: Page): Promise<void> {
  await page.waitForTimeout(500);
  await untilSettled(page);
}

const ORANGE = [0xe6, 0x9f, 0x00];

describe.skipIf(CHROMIUM === undefined)('flaws', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('lists them, marks them so that they are seen from afar, and flies from one to the next by keys alone', {
    timeout: 180_000,
  }, async () => {
    const known = makeFlawedMesh();
    const { server } = await openView(await databaseOf(known.triangles));
    const { page, errors } = await openTab(browser, server.url, { height: 900 });
    await untilSettled(page);
    await page.keyboard.press('j');
    await page.getByText('Flaw 1 of 13').waitFor({ timeout: 60_000 });
    const summaries = page.locator('.flaw-group summary');
    expect(await summaries.allTextContents()).toEqual([
      'Holes2',
      'Non-manifold edges3',
      'Non-manifold vertices1',
      'Misoriented edges3',
      'Degenerate triangles1',
      'Duplicate triangles1',
      'Small shells2',
    ]);
    await untilStill(page);
    const centerOf = ({ min, max }: { min: number[]; max: number[] }) =>
      min.map((value, k) => (value + max[k]!) / 2);
    for (const { bounds } of known.holes) {
      const { position, target } = cameraOf(page.url());
      const center = centerOf(bounds);
      expect(Math.hypot(...center.map((value, k) => value - target[k]!))).toBeLessThan(0.001);
      // Near enough to see it, and its mark is there.
      const radius = Math.hypot(...bounds.min.map((value, k) => (bounds.max[k]! - value) / 2));
      expect(Math.hypot(...position.map((value, k) => value - target[k]!))).toBeLessThan(12 * radius);
      const box = (await page.locator('canvas').boundingBox())!;
      const place = projectPoint(center, cameraOf(page.url()), box.width, box.height);
      await expect.poll(() => countNear(page, place, 40, ORANGE), { timeout: 15_000 }).toBeGreaterThan(100);
      await page.keyboard.press('j');
      await untilStill(page);
    }
    await page.getByText('Flaw 3 of 13').waitFor();
    await page.keyboard.press('k');
    await page.getByText('Flaw 2 of 13').waitFor();
    expect(await page.locator('[aria-current="true"]').textContent()).toMatch(/^3 edgeslength [\d.]+$/);
    expect(await findAxe(page)).toEqual([]);

    // From afar, the hole is smaller than its mark.
    await page.keyboard.press('f');
    for (let k = 0; k < 12; k++) await page.keyboard.press('-');
    await untilStill(page);
    const box = (await page.locator('canvas').boundingBox())!;
    const place = projectPoint(centerOf(known.holes[1]!.bounds), cameraOf(page.url()), box.width, box.height);
    await expect.poll(() => countNear(page, place, 12, ORANGE), { timeout: 15_000 }).toBeGreaterThan(20);
    // Kinds that are switched off have no marks.
    await page.getByLabel('Mark in the picture').first().uncheck();
    await page.getByText('J and K fly').waitFor();
    await page.waitForTimeout(300);
    await expect.poll(() => countNear(page, place, 12, ORANGE), { timeout: 15_000 }).toBe(0);
    await page.keyboard.press('j');
    await page.getByText('Flaw 1 of 11').waitFor();
    expect(errors).toEqual([]);
  });

  it('says that there are none', { timeout: 120_000 }, async () => {
    const { server } = await openView(await databaseOf(makeTube(20, 10)));
    const { page } = await openTab(browser, server.url, { colorScheme: 'dark' });
    await untilSettled(page);
    await page.getByRole('button', { name: 'Find flaws' }).click();
    await page.getByText('No flaws').waitFor({ timeout: 60_000 });
    await page.keyboard.press('j');
    expect(await findAxe(page)).toEqual([]);
  });
});
