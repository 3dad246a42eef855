/** Marks of flaws, picks and distances are cut away with the mesh; the current flaw is in the URL. */
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCutAway } from '../../web/section-plane.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { boxOf, makeFlawedMesh } from '../support/flawed-mesh.js';
import { databaseOf, openView } from '../support/views.js';

/** Counts the pixels of a color. */
async function count(page: Page, color: readonly [number, number, number]): Promise<number> {
  const { data } = PNG.sync.read(await page.locator('canvas').screenshot());
  let found = 0;
  for (let at = 0; at < data.length; at += 4)
    if (color.every((value, k) => Math.abs(value - data[at + k]!) < 10)) found++;
  return found;
}

const ORANGE = [0xe6, 0x9f, 0x00] as const;
const PICK = [0xe6, 0x00, 0x7a] as const;
const MEASURE = [0x7b, 0x2f, 0xd0] as const;
const COLORS = [ORANGE, PICK, MEASURE];

describe('a section', () => {
  it('cuts away what is above its plane', () => {
    const plane = { normal: [0, 0, 2], offset: 3 } as const;
    expect([2.9, 3, 3.1].map((z) => isCutAway([7, 7, z], plane))).toEqual([false, false, true]);
    expect(isCutAway([0, 0, 9], undefined)).toBe(false);
  });
});

describe.skipIf(CHROMIUM === undefined)('marks', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('are cut away with the mesh', { timeout: 120_000 }, async () => {
    const { triangles, holes } = makeFlawedMesh();
    const { server } = await openView(await databaseOf(triangles));
    const { min, max } = holes[0]!.bounds;
    const [x, y, z] = min.map((value, axis) => (value + max[axis]!) / 2);
    // The one that is nearest to the first camera, and so in front of all.
    const nearness = triangles.map((t) => 0.6 * (t[0]! + t[3]!) - (t[1]! + t[4]!) + 0.55 * (t[2]! + t[5]!));
    const tube = nearness.slice(0, -10);
    const id = tube.indexOf(Math.max(...tube));
    const [px, py, pz] = [0, 1, 2].map((axis) => {
      const corners = triangles[id]!;
      return (corners[axis]! + corners[axis + 3]! + corners[axis + 6]!) / 3;
    });
    const fragment = `flaw=hole:1&pick=${id}&measure=${[px, py, pz, x, y, z].join(',')}`;
    const box = boxOf(triangles.flatMap((t) => [0, 3, 6].map((at) => t.slice(at, at + 3))));
    const center = box.min.map((value, axis) => (value + box.max[axis]!) / 2);
    const camera = [0.6, -1, 0.55].map(
      (part, axis) => center[axis]! + 2 * part * (box.max[0]! - box.min[0]!),
    );
    const url = `${server.url}&${fragment}&camera=${[...camera, ...center].join(',')}&section=0,0,1`;
    const below = Math.min(pz!, ...holes.map(({ bounds }) => bounds.min[2]!)) - 1;
    const kept = await openTab(browser, `${url},${Math.max(z!, pz!) + 30}`);
    for (const color of COLORS)
      await expect.poll(() => count(kept.page, color), { timeout: 30_000 }).toBeGreaterThan(30);
    const { page, errors } = await openTab(browser, `${url},${below}`);
    await page.getByRole('heading', { name: `Triangle ${id}` }).waitFor();
    await page.getByText('Flaw 1 of 13, cut away by the section').waitFor({ timeout: 30_000 });
    await page.waitForTimeout(500);
    await untilSettled(page);
    for (const color of COLORS) expect(await count(page, color)).toBe(0);
    expect(await page.locator('.measure-label').count()).toBe(0);
    // They come back with the mesh.
    await page.keyboard.press('x');
    for (const color of COLORS)
      await expect.poll(() => count(page, color), { timeout: 30_000 }).toBeGreaterThan(30);
    expect(await page.locator('.measure-label').count()).toBe(1);
    expect([...kept.errors, ...errors]).toEqual([]);
  });

  it('of a flaw come back from the URL, with the camera of the URL or near the flaw', {
    timeout: 120_000,
  }, async () => {
    const { server } = await openView(await databaseOf(makeFlawedMesh().triangles));
    const { page } = await openTab(browser, server.url, { height: 900 });
    await untilSettled(page);
    for (let k = 0; k < 2; k++) {
      await page.keyboard.press('j');
      await page.getByText(`Flaw ${k + 1} of 13`).waitFor({ timeout: 60_000 });
    }
    await page.keyboard.press('j');
    await page.getByText('Flaw 3 of 13').waitFor();
    await page.waitForTimeout(1000);
    await untilSettled(page);
    const url = page.url();
    expect(url).toContain('flaw=nonManifoldEdge:1');
    const second = await page.context().newPage();
    await second.goto(url);
    await second.getByText('Flaw 3 of 13').waitFor({ timeout: 60_000 });
    await untilSettled(second);
    await second.waitForTimeout(500);
    expect(second.url()).toBe(url);
    expect(await second.locator('[aria-current="true"]').count()).toBe(1);
    // Without a camera, it flies there.
    await second.goto('about:blank');
    await second.goto(url.replace(/camera=[^&]*&?/, ''));
    await second.getByText('Flaw 3 of 13').waitFor({ timeout: 60_000 });
    await second.waitForTimeout(1000);
    await untilSettled(second);
    const numbers = (text: string) => /camera=([^&]*)/.exec(text)![1]!.split(',').map(Number);
    const [found, expected] = [numbers(second.url()), numbers(url)];
    for (const axis of [3, 4, 5]) expect(found[axis]).toBeCloseTo(expected[axis]!, 4);
    // What does not exist is forgotten.
    await second.goto('about:blank');
    await second.goto(url.replace('nonManifoldEdge:1', 'nonManifoldEdge:99'));
    await second.getByText('J and K fly').waitFor({ timeout: 60_000 });
    expect(second.url()).not.toContain('flaw=');
  });
});
