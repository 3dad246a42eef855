/** The filter of the page in a real browser: what is typed is what is drawn, and can be taken away. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAxe } from '../support/axe.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { freshFolder } from '../support/files.js';
import { makeTube } from '../support/meshes.js';
import { cameraOf, maskOf, overlap, project } from '../support/silhouette.js';
import { databaseOf, openView } from '../support/views.js';

/** The machine may be busy with other tests. */
const SLOW = { timeout: 60_000 };

/** A picture of the canvas alone. */
async function pictureOf(page: Page): Promise<Buffer> {
  await page.evaluate(() => {
    const global = globalThis as unknown as {
      document: { querySelectorAll(s: string): Iterable<{ style: { visibility: string } }> };
    };
    for (const one of global.document.querySelectorAll('.scale, .axes, .notice'))
      one.style.visibility = 'hidden';
  });
  return page.locator('canvas').screenshot();
}

/** Types a condition, and waits until its count is there and drawn. */
async function filterBy(page: Page, text: string, count: string): Promise<void> {
  await page.getByLabel('Where', { exact: true }).fill(text);
  await page.locator('.result').getByText(count, { exact: true }).waitFor(SLOW);
  await page.waitForSelector('canvas[data-set]:not([data-set=""])', SLOW);
  await page.waitForTimeout(100);
  await untilSettled(page);
}

const sum = (mask: { readonly pixels: Uint8Array }) => mask.pixels.reduce((total, one) => total + one, 0);

/** Counts pixels that are orange, as what a filter keeps. */
function countKept(picture: Buffer): number {
  const { data } = PNG.sync.read(picture);
  let kept = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at]! - data[at + 2]! > 60) kept++;
  return kept;
}

describe.skipIf(CHROMIUM === undefined)('the filter of the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('draws what the condition keeps, dims or hides the rest, and is in the URL', async () => {
    const triangles = [...makeTube(80, 40)];
    const { server } = await openView(await databaseOf(triangles, { leafTriangles: 300 }));
    const { page } = await openTab(browser, server.url);
    await untilSettled(page);
    const before = await pictureOf(page);
    expect(countKept(before)).toBe(0);

    await page.keyboard.press('/');
    await page.keyboard.type('id < 2000');
    await filterBy(page, 'id < 2000', '2,000');
    await page.getByText('shown 2,000').waitFor();
    const dimmed = await pictureOf(page);
    expect(countKept(dimmed)).toBeGreaterThan(5000);
    expect(overlap(maskOf(before), maskOf(dimmed))).toBeGreaterThan(0.99);

    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('h');
    await page.waitForTimeout(300);
    await untilSettled(page);
    const hidden = maskOf(await pictureOf(page));
    const camera = cameraOf(page.url());
    const expected = project(triangles.slice(0, 2000), camera, hidden.width, hidden.height);
    expect(sum(expected)).toBeGreaterThan(10_000);
    expect(sum(expected)).toBeLessThan(0.9 * sum(maskOf(before)));
    expect(overlap(expected, hidden)).toBeGreaterThan(0.98);
    // It would notice other triangles.
    const others = project(triangles.slice(300, 2300), camera, hidden.width, hidden.height);
    expect(overlap(others, hidden)).toBeLessThan(0.98);

    const second = await page.context().newPage();
    await second.setViewportSize({ width: 900, height: 600 });
    await second.goto(page.url());
    await second.locator('.result').getByText('2,000', { exact: true }).waitFor(SLOW);
    await second.waitForSelector('canvas[data-set]:not([data-set=""])', SLOW);
    await second.waitForTimeout(100);
    await untilSettled(second);
    expect(overlap(maskOf(await pictureOf(second)), hidden)).toBeGreaterThan(0.999);

    await page.getByRole('button', { name: 'Clear' }).click();
    await page.waitForSelector('canvas[data-set=""]', SLOW);
    await untilSettled(page);
    expect(overlap(maskOf(await pictureOf(page)), maskOf(before))).toBeGreaterThan(0.999);
    expect(page.url()).not.toContain('filter');
  }, 120_000);

  it('shows a single triangle of many from afar, and flies to it', async () => {
    const triangles = [...makeTube(250, 100)];
    const { server } = await openView(await databaseOf(triangles, { leafTriangles: 1000 }));
    const { page } = await openTab(browser, server.url);
    await untilSettled(page);
    await filterBy(page, 'id = 12345', '1');
    expect(countKept(await pictureOf(page))).toBeGreaterThan(3);
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('h');
    await page.waitForTimeout(300);
    await untilSettled(page);
    const far = maskOf(await pictureOf(page));
    expect(sum(far)).toBeGreaterThan(3);
    expect(sum(far)).toBeLessThan(200);
    await page.getByRole('button', { name: 'Fit result' }).click();
    await page.waitForTimeout(500);
    await untilSettled(page);
    const near = maskOf(await pictureOf(page));
    expect(sum(near)).toBeGreaterThan(2000);
    const coverOf = (id: number) => project([triangles[id]!], cameraOf(page.url()), near.width, near.height);
    // Its edges are soft, and it is small.
    expect(overlap(coverOf(12345), near)).toBeGreaterThan(0.9);
    expect(overlap(coverOf(12346), near)).toBeLessThan(0.5);
  }, 120_000);

  it('tells what is wrong beside the condition, and which one leaves nothing', async () => {
    const { server } = await openView(await databaseOf());
    const { page } = await openTab(browser, server.url);
    await untilSettled(page);
    const where = page.getByLabel('Where', { exact: true });
    await where.fill('aria > 1');
    await page.getByText('no such column: aria').waitFor(SLOW);
    await page.getByText("did you mean 'area'?").waitFor();
    expect(await where.getAttribute('aria-invalid')).toBe('true');
    expect(await findAxe(page)).toEqual([]);
    await where.fill('id < 500');
    await page.getByRole('button', { name: '+ Condition' }).click();
    await page.getByLabel('Where, condition 2').fill('area > 1e9');
    await page.getByText('leaves none of 500').waitFor(SLOW);
    expect(await findAxe(page)).toEqual([]);
    await page.getByRole('button', { name: 'Drop area > 1e9' }).click();
    await page.locator('.result').getByText('500', { exact: true }).waitFor(SLOW);
    expect(await page.getByText('No triangle is left').count()).toBe(0);
  }, 120_000);

  it('takes every kind of condition, by keyboard alone, without findings of axe', async () => {
    const { server } = await openView(await databaseOf());
    const { page } = await openTab(browser, server.url);
    await untilSettled(page);
    for (const title of ['Box', 'Sphere', 'Plane', 'Component', 'Saved', 'Leave out', 'Sample', 'Limit']) {
      await page.getByRole('button', { name: `+ ${title}` }).focus();
      await page.keyboard.press('Enter');
    }
    const component = page.getByLabel('Add a component');
    await component.fill('largest');
    await page.getByRole('button', { name: 'Remove largest' }).waitFor();
    await page.getByLabel('sample in percent').fill('50');
    await page.getByLabel('limit', { exact: true }).fill('7');
    await page.getByLabel('from x').fill('-100');
    await page.getByLabel('radius', { exact: true }).fill('x');
    expect(await page.getByLabel('radius', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(await findAxe(page)).toEqual([]);
    const filter = JSON.parse(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('filter')!);
    expect(filter).toMatchObject({
      shapes: [
        { kind: 'box', min: [-100, expect.any(Number), expect.any(Number)] },
        { kind: 'sphere' },
        { kind: 'plane' },
      ],
      components: [{ kind: 'largest' }],
      sample: { share: 0.5, seed: 0 },
      limit: 7,
    });
  }, 120_000);

  it('drags a box by its handles', async () => {
    const { server } = await openView(await databaseOf());
    const { page } = await openTab(browser, server.url);
    await untilSettled(page);
    await page.getByRole('button', { name: '+ Box' }).click();
    const before = Number(await page.getByLabel('to z').inputValue());
    const handle = (await page.locator('[data-handle="zmax"]').boundingBox())!;
    const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y - 40, { steps: 4 });
    await page.mouse.up();
    const after = Number(await page.getByLabel('to z').inputValue());
    expect(after).toBeGreaterThan(before);
    const moved = (await page.locator('[data-handle="zmax"]').boundingBox())!;
    expect(Math.abs(moved.y + moved.height / 2 - (y - 40))).toBeLessThan(5);
    // Only the upper side has moved.
    const filter = JSON.parse(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('filter')!);
    expect(filter.shapes[0].max[2]).toBe(after);
    expect(await findAxe(page)).toEqual([]);
  }, 120_000);

  it('stops an endless query with Escape', async () => {
    const { server } = await openView(await databaseOf());
    const sql = ['WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n'];
    const { page } = await openTab(
      browser,
      `${server.url}&filter=${encodeURIComponent(JSON.stringify({ sql }))}`,
    );
    await page.getByText('Finding triangles').waitFor(SLOW);
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Escape');
    await page.getByText('Stopped.').waitFor();
    await page.getByRole('button', { name: 'Remove query 1' }).click();
    await page.getByText('All triangles are shown.').waitFor(SLOW);
  }, 120_000);

  it('shows all triangles if the filter of the URL is none', async () => {
    const { server } = await openView(await databaseOf());
    for (const text of ['{', '{"shapes":[{"kind":"cone"}]}']) {
      const { page, errors } = await openTab(browser, `${server.url}&filter=${encodeURIComponent(text)}`);
      await page.getByText('All triangles are shown.').waitFor(SLOW);
      expect(errors).toEqual([]);
      await page.context().close();
    }
  }, 120_000);

  it('exports what is shown, and copies the command that does', async () => {
    const path = await databaseOf();
    const { server } = await openView(path);
    const { page, errors } = await openTab(browser, server.url);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await untilSettled(page);
    await filterBy(page, 'id < 10', '10');
    const downloading = page.waitForEvent('download', SLOW);
    await page.getByRole('button', { name: 'Export shown' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('in-part.off');
    const saved = join(freshFolder(), 'saved.off');
    await download.saveAs(saved);
    expect(readFileSync(saved, 'utf8')).toMatch(/^OFF\n\d+ 10 0\n/);
    await page.getByText('in-part.off: 10 triangles').waitFor();
    await page.getByRole('button', { name: 'Copy as command' }).click();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toBe(`offload export ${path} in-part.off --where 'id < 10'`);
    expect(errors).toEqual([]);
  }, 120_000);
});
