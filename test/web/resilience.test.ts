/** What the page survives: a lost picture, a connection that breaks, another mesh in the same file, a second tab. */
import { renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTiles } from '../../src/pipeline/build-tiles.js';
import { importMesh } from '../../src/pipeline/import-mesh.js';
import { isAlike } from '../../web/alike.js';
import { breakAndRestore, filterBy } from '../support/break-connection.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { makeFlawedMesh } from '../support/flawed-mesh.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';
import { cameraOf, type Mask, maskOf } from '../support/silhouette.js';
import { databaseOf, openView } from '../support/views.js';

const maskOfPage = async (page: Page): Promise<Mask> => {
  await page.evaluate(() => {
    const global = globalThis as unknown as {
      document: { querySelectorAll(s: string): Iterable<{ style: { visibility: string } }> };
    };
    for (const one of global.document.querySelectorAll('.scale, .axes')) one.style.visibility = 'hidden';
  });
  return maskOf(await page.locator('canvas').screenshot());
};

const sum = ({ pixels }: Mask) => pixels.reduce((count, one) => count + one, 0);

/** Loses the context of the canvas, or gives it back. */
const switchContext = (page: Page, action: 'loseContext' | 'restoreContext') =>
  page.evaluate(`(() => {
    globalThis.lossOfContext ??= document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
    globalThis.lossOfContext.${action}();
  })()`);

describe('a place', () => {
  it('is the same if the boxes of two meshes are nearly', () => {
    const box = (x: number, size: number) => ({ min: [x, 0, 0], max: [x + size, size, size] }) as const;
    expect(isAlike(box(0, 10), box(0.05, 10))).toBe(true);
    expect(isAlike(box(0, 10), box(0.2, 10))).toBe(false);
    expect(isAlike(box(0, 10), box(0, 5))).toBe(false);
    expect(isAlike(box(0, 10), null)).toBe(false);
  });
});

describe.skipIf(CHROMIUM === undefined)('the page survives', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('that the graphics card loses the picture', { timeout: 120_000 }, async () => {
    const { server } = await openView(await databaseOf(makeTube(40, 12), { leafTriangles: 100 }));
    const { page } = await openTab(browser, `${server.url}&edges=1`);
    await untilSettled(page);
    await filterBy(page, 'min_x > 0');
    await page.locator('.result strong').waitFor();
    await page.waitForTimeout(500);
    await untilSettled(page);
    const before = await page.locator('canvas').screenshot();
    await switchContext(page, 'loseContext');
    await page.getByText('The graphics card was reset.').waitFor();
    await page.waitForSelector('canvas[data-settled="false"]');
    expect((await page.locator('canvas').screenshot()).equals(before)).toBe(false);
    await switchContext(page, 'restoreContext');
    await page.getByText('The graphics card was reset.').waitFor({ state: 'detached' });
    await untilSettled(page);
    await expect
      .poll(async () => (await page.locator('canvas').screenshot()).equals(before), { timeout: 15_000 })
      .toBe(true);
    // What was on the card before can still be replaced.
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.keyboard.press('5');
    await page.waitForTimeout(500);
    await untilSettled(page);
    expect(sum(await maskOfPage(page))).toBeGreaterThan(20_000);
  });

  it('a connection that breaks', { timeout: 120_000 }, () => breakAndRestore(browser, 'cut'));

  it('another mesh in the same file, without anything of the former one', { timeout: 120_000 }, async () => {
    const known = makeFlawedMesh();
    const path = await databaseOf(known.triangles);
    const { server } = await openView(path);
    const { page, errors } = await openTab(browser, server.url, { height: 900 });
    await untilSettled(page);
    await filterBy(page, 'id < 100');
    await page.locator('.result strong', { hasText: /^100$/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Triangle \d+$/ }).waitFor();
    await page.keyboard.press('j');
    await page.getByText('Flaw 1 of 13').waitFor({ timeout: 60_000 });
    await page.waitForTimeout(500);
    const { target } = cameraOf(page.url());
    expect(page.url()).toMatch(/pick=\d+.*flaw=hole:1|flaw=hole:1.*pick=\d+/);

    // Another program imports: first into another file, which then takes the name.
    const source = join(dirname(path), 'other.stl');
    writeFileSync(source, toBinaryStl([...known.triangles].slice(0, -3)));
    await importMesh(source, `${path}.new`);
    await buildTiles(`${path}.new`);
    renameSync(`${path}.new`, path);
    const count = (known.triangles.length - 3).toLocaleString('en-US');
    await page.getByText(`${count} triangles`, { exact: true }).waitFor({ timeout: 20_000 });
    await page.locator('.result strong', { hasText: /^100$/ }).waitFor();
    await page.getByText('Click a triangle').waitFor();
    await page.getByRole('button', { name: 'Find flaws' }).waitFor();
    await untilSettled(page);
    expect(page.url()).not.toMatch(/pick=|flaw=/);
    // It is at the same place, so the camera stays.
    const moved = cameraOf(page.url()).target.map((value, k) => Math.abs(value - target[k]!));
    expect(Math.max(...moved)).toBeLessThan(0.01);

    // Then over the file itself, without tiles.
    writeFileSync(source, toBinaryStl(makeTube(10, 5)));
    await importMesh(source, path, { force: true });
    await page.getByText('110 triangles', { exact: true }).waitFor({ timeout: 20_000 });
    await page.getByText('Click a triangle').waitFor();
    await page.waitForTimeout(500);
    await untilSettled(page);
    // It is smaller: the camera shows all of it.
    expect(sum(await maskOfPage(page))).toBeGreaterThan(20_000);
    expect(errors.filter((error) => !/40[49]|503/.test(error))).toEqual([]);
  });

  it('a second tab with another view', { timeout: 120_000 }, async () => {
    const { server, session } = await openView(await databaseOf(makeTube(80, 40), { leafTriangles: 300 }));
    const { page } = await openTab(browser, server.url);
    const second = await page.context().newPage();
    await second.setViewportSize({ width: 900, height: 600 });
    await second.goto(`${server.url}&filter=${encodeURIComponent('{"where":["id < 500"]}')}`);
    await filterBy(page, 'id < 700');
    for (const [tab, expected] of [
      [page, '700'],
      [second, '500'],
    ] as const) {
      await tab
        .locator('.result strong', { hasText: new RegExp(`^${expected}$`) })
        .waitFor({ timeout: 30_000 });
      await untilSettled(tab);
    }
    // Both count flaws and run queries; one of them is closed meanwhile.
    for (const tab of [page, second]) await tab.getByRole('button', { name: 'Find flaws' }).click();
    await second.close();
    await page.getByText('No flaws').waitFor({ timeout: 30_000 });
    expect(session.state.state).toBe('ready');
  });
});
