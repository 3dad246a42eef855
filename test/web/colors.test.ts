/** Colors of labels, and the page that shows them. */

import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cssColor, labelColor } from '../../web/label-colors.js';
import { findAxe } from '../support/axe.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { makeTube, toAsciiStl } from '../support/meshes.js';
import { tilesOf } from '../support/tiles.js';
import { openView } from '../support/views.js';

describe('labelColor', () => {
  it('gives labels colors that differ from those near them', () => {
    const colors = Array.from({ length: 1000 }, (_, id) => labelColor(id));
    for (const color of colors) expect(Number.isInteger(color) && color >= 0 && color <= 0xffffff).toBe(true);
    const channels = (color: number) => [color >> 16, (color >> 8) & 255, color & 255];
    const far = (a: number, b: number) =>
      channels(a).reduce((sum, value, k) => sum + Math.abs(value - channels(b)[k]!), 0);
    for (let id = 1; id < colors.length; id++)
      expect(far(colors[id]!, colors[id - 1]!), `${id}`).toBeGreaterThan(60);
    expect(new Set(colors).size).toBeGreaterThan(900);
    expect(cssColor(0x00ff01)).toBe('#00ff01');
  });
});

describe.skipIf(CHROMIUM === undefined)('the page', { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('colors by part, with a legend of the same colors', async () => {
    const solids = ['left', 'right'].map((name, k) => {
      const moved = [...makeTube(30, 12)].map((corners) =>
        corners.map((value, at) => (at % 3 === 0 ? value + 25 * k : value)),
      );
      return toAsciiStl(moved, name);
    });
    const { path } = await tilesOf(solids.join(''), 'stl', { leafTriangles: 200 });
    const { server } = await openView(path);
    const { page, errors } = await openTab(browser, `${server.url}&color=column:part&lit=0`);
    const legend = page.getByRole('list', { name: 'Colors by part' });
    await legend.getByText('right').waitFor();
    await page.waitForTimeout(300);
    await untilSettled(page);
    const { data } = PNG.sync.read(await page.locator('canvas').screenshot());
    const seen = new Map<number, number>();
    for (let k = 0; k < data.length; k += 4) {
      const color = 65_536 * data[k]! + 256 * data[k + 1]! + data[k + 2]!;
      seen.set(color, (seen.get(color) ?? 0) + 1);
    }
    for (const id of [0, 1]) expect(seen.get(labelColor(id)), `part ${id}`).toBeGreaterThan(5000);
    const swatches = await legend
      .locator('.swatch')
      .evaluateAll((all) =>
        all.map((one) => (one as unknown as { style: { background: string } }).style.background),
      );
    expect(swatches).toEqual(['rgb(230, 159, 0)', 'rgb(86, 180, 233)']);
    expect(await findAxe(page)).toEqual([]);
    await page.getByLabel('Column', { exact: true }).last().selectOption('area');
    await page
      .getByText(/^[\d.]+$/)
      .first()
      .waitFor();
    expect(page.url()).toContain('color=column:area');
    expect(errors).toEqual([]);
  });
});
