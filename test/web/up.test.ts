/** The axis of the mesh that points up on the page. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { makeTube } from '../support/meshes.js';
import { cameraOf, maskOf, overlap, project } from '../support/silhouette.js';
import { databaseOf, openView } from '../support/views.js';

/** The direction from what is looked at to the camera. */
function directionOf(page: Page): number[] {
  const { position, target } = cameraOf(page.url());
  const offset = position.map((value, axis) => value - target[axis]!);
  const length = Math.hypot(...offset);
  return offset.map((value) => value / length);
}

const near = (direction: readonly number[]) => direction.map((value) => expect.closeTo(value, 2));

describe.skipIf(CHROMIUM === undefined)('a mesh whose y axis points up', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  it('stands upright, with all directions of the view', { timeout: 120_000 }, async () => {
    const triangles = [...makeTube(60, 30)];
    const { server } = await openView(await databaseOf(triangles));
    const { page, errors } = await openTab(browser, `${server.url}&up=y`);
    const rest = async () => {
      await page.waitForTimeout(400);
      await untilSettled(page);
    };
    await untilSettled(page);
    const length = Math.hypot(0.6, 0.55, 1);
    expect(directionOf(page)).toEqual(near([0.6 / length, 0.55 / length, 1 / length]));
    await page.evaluate(
      `document.querySelectorAll('.scale, .axes').forEach((one) => { one.style.visibility = 'hidden' })`,
    );
    const shown = maskOf(await page.locator('canvas').screenshot());
    const { width, height } = shown;
    expect(
      overlap(project(triangles, cameraOf(page.url()), width, height, [0, 1, 0]), shown),
    ).toBeGreaterThan(0.97);
    expect(overlap(project(triangles, cameraOf(page.url()), width, height), shown)).toBeLessThan(0.97);
    for (const [key, direction] of [
      ['1', [0, 0, 1]],
      ['2', [0, 0, -1]],
      ['3', [-1, 0, 0]],
      ['5', [0, 1, 0]],
    ] as const) {
      await page.keyboard.press(key);
      await rest();
      expect(directionOf(page)).toEqual(near(direction));
    }
    await page.keyboard.press('1');
    for (let k = 0; k < 4; k++) await page.keyboard.press('ArrowUp');
    await rest();
    expect(directionOf(page)).toEqual(near([0, 0.5, Math.sqrt(0.75)]));
    expect(page.url()).toContain('up=y');

    // The same view of a mesh whose z axis points up.
    await page.getByLabel('z', { exact: true }).check();
    await rest();
    expect(directionOf(page)).toEqual(near([0, -Math.sqrt(0.75), 0.5]));
    expect(page.url()).not.toContain('up=');
    expect(errors).toEqual([]);
  });
});
