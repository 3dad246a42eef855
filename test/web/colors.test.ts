/** Colors of labels, and the page that shows them. */

import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cssColor, labelColor } from '../../web/label-colors.js';
import { findAxe } from '../support/axe.js';
import { makeBall } from '../support/balls.js';
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
    await page.getByLabel('Maximum of the color scale').waitFor();
    expect(page.url()).toContain('color=column:area');
    expect(errors).toEqual([]);
  });

  it('colors between the ends of the scale that are typed, and keeps them in the URL', async () => {
    const { path } = await tilesOf(toAsciiStl(makeTube(30, 12), 'tube'), 'stl', { leafTriangles: 200 });
    const { server } = await openView(path);
    const { page, errors } = await openTab(browser, `${server.url}&color=column:area&lit=0`);
    const [low, high] = ['Minimum', 'Maximum'].map((end) => page.getByLabel(`${end} of the color scale`));
    await low!.waitFor();
    const suits = [await low!.inputValue(), await high!.inputValue()];
    await page.waitForTimeout(300);
    await untilSettled(page);
    /** The number of pixels of the first and the last color. */
    const countEnds = async () => {
      await page.waitForTimeout(200);
      const { data } = PNG.sync.read(await page.locator('canvas').screenshot());
      const near = (color: readonly number[], k: number) =>
        color.every((value, channel) => Math.abs(value - data[k + channel]!) < 12);
      let [first, last] = [0, 0];
      for (let k = 0; k < data.length; k += 4) {
        if (near([70, 1, 85], k)) first++;
        if (near([253, 231, 37], k)) last++;
      }
      return { first, last };
    };
    // All areas are above such a scale, below it, or beyond it the other way around.
    await low!.fill('-2');
    await high!.fill('-1e0');
    await expect.poll(async () => (await countEnds()).last, { timeout: 10_000 }).toBeGreaterThan(20_000);
    expect(await countEnds()).toMatchObject({ first: 0 });
    await expect.poll(() => new URL(page.url()).hash).toContain('scale=-2,-1');
    await low!.fill('1000');
    await high!.fill('2000');
    await expect.poll(async () => (await countEnds()).first, { timeout: 10_000 }).toBeGreaterThan(20_000);
    await low!.fill('-1');
    await high!.fill('-2');
    await expect.poll(async () => (await countEnds()).first, { timeout: 10_000 }).toBeGreaterThan(20_000);
    // What is no number changes nothing.
    await high!.fill('1e');
    expect(await high!.getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => new URL(page.url()).hash).toContain('scale=-1,-2');
    await high!.fill('-2');
    expect(await findAxe(page)).toEqual([]);

    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByLabel('Maximum of the color scale').waitFor();
    expect(await second.getByLabel('Minimum of the color scale').inputValue()).toBe('-1');
    expect(await second.getByLabel('Maximum of the color scale').inputValue()).toBe('-2');

    // By keys alone: from the last field to the button.
    await high!.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(async () => [await low!.inputValue(), await high!.inputValue()]).toEqual(suits);
    await expect.poll(() => page.url()).not.toContain('scale=');
    await low!.fill('0');
    await expect.poll(() => new URL(page.url()).hash).toContain('scale=0,');
    await page.getByLabel('Column', { exact: true }).last().selectOption('aspect');
    await expect.poll(() => page.url()).not.toContain('scale=');
    expect(errors).toEqual([]);
  });

  it('shades by the normals of the source', async () => {
    const { path } = await tilesOf(makeBall(), 'ply', { leafTriangles: 400 });
    const { server } = await openView(path);
    const { page, errors } = await openTab(browser, server.url);
    await page.waitForTimeout(300);
    await untilSettled(page);
    /** The colors that cover a part of the picture: one for each triangle, or as many as there are shades. */
    const countShades = async () => {
      await page.waitForTimeout(300);
      await untilSettled(page);
      const { data } = PNG.sync.read(await page.locator('canvas').screenshot());
      const seen = new Map<number, number>();
      for (let k = 0; k < data.length; k += 4) {
        const color = 65_536 * data[k]! + 256 * data[k + 1]! + data[k + 2]!;
        seen.set(color, (seen.get(color) ?? 0) + 1);
      }
      const least = 0.004 * (data.length / 4);
      return [...seen.values()].filter((count) => count > least).length;
    };
    const flat = await countShades();
    const box = page.getByLabel('Normals of the source');
    await box.check();
    await expect.poll(() => page.url()).toContain('smooth=1');
    // Wide areas of one color vanish, but the background.
    await expect.poll(countShades, { timeout: 20_000 }).toBeLessThan(flat / 2);
    expect(await findAxe(page)).toEqual([]);
    await box.uncheck();
    expect(await countShades()).toBe(flat);
    // From above, the normal of the pole is that of its surroundings.
    await box.check();
    await page.locator('.canvas').focus();
    await page.keyboard.press('5');
    await page.waitForTimeout(500);
    await untilSettled(page);
    const { data, width, height } = PNG.sync.read(await page.locator('canvas').screenshot());
    const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
    // Beside the cross that shows where Enter picks.
    const row = Array.from({ length: 70 }, (_, k) => data[4 * (middle + 15 + k)]!);
    expect(Math.min(...row)).toBeGreaterThan(0.85 * Math.max(...row));
    expect(errors).toEqual([]);
  });

  it('shows colors of the source exactly', async () => {
    const corners = ['0 0 0', '1 0 0', '0 1 0'].map((place) => `${place} 255 254 255\n`);
    const head = `element vertex 3\n${[
      'float x',
      'float y',
      'float z',
      'uchar red',
      'uchar green',
      'uchar blue',
    ]
      .map((name) => `property ${name}\n`)
      .join('')}element face 1\nproperty list uchar int vertex_indices\nend_header\n`;
    const ply = `ply\nformat ascii 1.0\n${head}${corners.join('')}3 0 1 2\n`;
    const { path } = await tilesOf(ply, 'ply');
    const { server } = await openView(path);
    const { page, errors } = await openTab(browser, `${server.url}&color=column:color&lit=0`);
    const countColor = async () => {
      await untilSettled(page);
      const { data } = PNG.sync.read(await page.locator('canvas').screenshot());
      let count = 0;
      for (let k = 0; k < data.length; k += 4)
        if (data[k] === 255 && data[k + 1] === 254 && data[k + 2] === 255) count++;
      return count;
    };
    await expect.poll(countColor, { timeout: 20_000 }).toBeGreaterThan(5000);
    expect(errors).toEqual([]);
  });
});
