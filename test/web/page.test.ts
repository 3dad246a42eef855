/** The page in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAxe } from '../support/axe.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { makeTube } from '../support/meshes.js';
import { cameraOf, maskOf, overlap, project } from '../support/silhouette.js';
import { databaseOf, openView } from '../support/views.js';

/** A picture of the canvas alone. */
async function pictureOf(page: Page): Promise<Buffer> {
  await page.evaluate(() => {
    // The policy of the page allows no style element.
    const global = globalThis as unknown as {
      document: { querySelectorAll(s: string): Iterable<{ style: { visibility: string } }> };
    };
    for (const one of global.document.querySelectorAll('.scale, .axes')) one.style.visibility = 'hidden';
  });
  return page.locator('canvas').screenshot();
}

/** The tiles that were loaded, in the order in which they were asked for. */
async function tileTimes(page: Page) {
  const resources = await page.evaluate(() =>
    performance.getEntriesByType('resource').map((entry) => {
      const { name, startTime, responseEnd } = entry as unknown as Record<string, unknown>;
      return { name: String(name), startTime: Number(startTime), responseEnd: Number(responseEnd) };
    }),
  );
  return resources.filter(({ name }) => /\/api\/tiles\/\d+/.test(name));
}

describe.skipIf(CHROMIUM === undefined)('the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('shows the mesh where its triangles are, and asks nobody else for anything', async () => {
    const triangles = [...makeTube(80, 40)];
    const { server } = await openView(await databaseOf(triangles, { leafTriangles: 300 }));
    const { page, hosts, errors } = await openTab(browser, server.url);
    await untilSettled(page);
    const shown = maskOf(await pictureOf(page));
    const expected = project(triangles, cameraOf(page.url()), shown.width, shown.height);
    expect(expected.pixels.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(20_000);
    expect(overlap(expected, shown)).toBeGreaterThan(0.98);
    // The comparison notices a shift of three pixels.
    expect(overlap(expected, shown, 3)).toBeLessThan(0.98);
    expect([...hosts]).toEqual([`127.0.0.1:${server.port}`]);
    expect(errors).toEqual([]);
    expect(page.url()).not.toContain(server.token);
    // The coarsest tile comes alone: it is what the first picture waits for.
    const [root, next] = await tileTimes(page);
    expect(root!.name).toContain('/api/tiles/0?');
    expect(next!.startTime).toBeGreaterThanOrEqual(root!.responseEnd);
  });

  it.each(['light', 'dark'] as const)('has no finding of axe in %s colors', async (colorScheme) => {
    const { server } = await openView(await databaseOf());
    const { page, errors } = await openTab(browser, server.url, { colorScheme });
    await untilSettled(page);
    expect(await findAxe(page)).toEqual([]);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await findAxe(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('shows the same view again from its URL, and moves by keys', async () => {
    const { server } = await openView(await databaseOf());
    const { page } = await openTab(browser, server.url);
    await untilSettled(page);
    const first = page.url();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('+');
    await page.keyboard.press('w');
    await expect.poll(() => page.url(), { timeout: 30_000 }).not.toContain(`${cameraText(first)}`);
    await page.waitForTimeout(300);
    await untilSettled(page);
    const moved = page.url();
    expect(moved).toContain('edges=1');
    const picture = await pictureOf(page);
    const second = await page.context().newPage();
    await second.setViewportSize({ width: 900, height: 600 });
    await second.goto(moved);
    await untilSettled(second);
    expect(overlap(maskOf(picture), maskOf(await pictureOf(second)))).toBeGreaterThan(0.999);
    await second.keyboard.press('5');
    await second.waitForTimeout(300);
    const { position, target } = cameraOf(second.url());
    expect(Math.abs(position[0]! - target[0]!)).toBeLessThan(0.01 * (position[2]! - target[2]!));
  });

  it('colors by a column', async () => {
    const { server } = await openView(await databaseOf(undefined, { leafTriangles: 100 }));
    const { page, errors } = await openTab(browser, `${server.url}&color=column:area&lit=0`);
    await page.getByLabel('Minimum of the color scale').waitFor();
    await page.waitForTimeout(300);
    await untilSettled(page);
    const { data } = PNG.sync.read(await pictureOf(page));
    // Lids have the largest triangles, and walls the smallest: both ends of the scale are seen.
    const colors = new Set<string>();
    for (let k = 0; k < data.length; k += 4)
      colors.add(`${data[k]! >> 5} ${data[k + 1]! >> 5} ${data[k + 2]! >> 5}`);
    expect(colors.has('2 0 2')).toBe(true);
    expect(colors.has('7 7 1')).toBe(true);
    expect(errors).toEqual([]);
    expect(page.url()).toContain('color=column:area');
  });

  it('says why it shows nothing: no token, no server, no WebGL', async () => {
    const { server } = await openView(await databaseOf());
    const { page } = await openTab(browser, server.url.replace(/#.*/, ''));
    await page.getByText('The address has no token').waitFor();
    expect(await findAxe(page)).toEqual([]);

    const open = await openTab(browser, server.url);
    await untilSettled(open.page);
    await server.close();
    await open.page.getByText('The picture stays.').waitFor({ timeout: 15_000 });
    const left = maskOf(await pictureOf(open.page));
    expect(left.pixels.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(20_000);

    const other = await openView(await databaseOf());
    const context = await browser.newContext();
    const without = await context.newPage();
    await without.addInitScript('HTMLCanvasElement.prototype.getContext = () => null');
    await without.goto(other.server.url);
    await without.getByText('This browser shows no 3D').waitFor();
    await context.close();
  });

  it.each([
    [1280, 600],
    [700, 500],
  ])('scrolls its panels on a low screen: %i x %i', async (width, height) => {
    const { server } = await openView(await databaseOf());
    const filter = encodeURIComponent(
      '{"where":["id >= 0"],"drop":[],"sample":{"share":0.5,"seed":1},"limit":9}',
    );
    const url = `${server.url}&section=0,0,1,0&sql=SELECT+1&filter=${filter}`;
    const { page } = await openTab(browser, url, { width, height });
    await untilSettled(page);
    await page.getByLabel('SQL query').waitFor();
    for (const [place, name, last] of [
      ['left', 'Display', page.getByRole('button', { name: 'Flip' })],
      ['right', 'Facts', page.locator('.right summary').last()],
    ] as const) {
      if (width < 800) await page.getByRole('button', { name }).click();
      const column = page.locator(`.column.${place}`);
      const box = (await column.boundingBox())!;
      expect(box.height).toBeGreaterThan(200);
      expect(box.y + box.height).toBeLessThan(height);
      await last.scrollIntoViewIfNeeded();
      const end = (await last.boundingBox())!;
      expect(end.y).toBeGreaterThanOrEqual(box.y);
      expect(end.y + end.height).toBeLessThanOrEqual(box.y + box.height);
      const wide = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)`;
      expect(await page.evaluate(`${wide}(document.querySelector('.column.${place}'))`)).toBe(0);
    }
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog');
    const title = (await help.getByRole('heading').boundingBox())!;
    expect(title.y).toBeGreaterThan((await help.boundingBox())!.y);
  });

  it('fits a small screen, with panels as sheets', async () => {
    const { server } = await openView(await databaseOf());
    const { page } = await openTab(browser, server.url, { width: 700, height: 600 });
    await untilSettled(page);
    expect(await page.getByLabel('Wireframe').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Display' }).click();
    expect(await page.getByLabel('Wireframe').isVisible()).toBe(true);
    expect(await findAxe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.getByLabel('Wireframe').isVisible()).toBe(false);
    const overflows = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(overflows).toBe(false);
  });
});

/** The camera in a URL. */
function cameraText(url: string): string {
  return /camera=[^&]*/.exec(url)![0];
}
