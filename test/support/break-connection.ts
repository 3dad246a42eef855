/** Breaks the connection between the page and its server while the page needs it, and gives it back. */
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openTab, untilSettled } from './browser.js';
import { makeTube } from './meshes.js';
import { openProxy } from './proxy.js';
import { databaseOf, openView } from './views.js';

/** Types a condition into the filter of the page. */
export function filterBy(page: Page, condition: string): Promise<void> {
  return page.getByLabel('Where', { exact: true }).fill(condition);
}

/** Cuts the connection, or lets it stall; the page must get all that it asked for after the server is back. */
export async function breakAndRestore(browser: Browser, how: 'cut' | 'stall'): Promise<void> {
  const { server } = await openView(await databaseOf(makeTube(200, 100), { leafTriangles: 300 }));
  const proxy = await openProxy(server.port);
  const { page } = await openTab(browser, server.url.replace(`:${server.port}`, `:${proxy.port}`));
  await untilSettled(page);
  await proxy[how]();
  // Meanwhile, the view needs tiles, a set, a column and a contour.
  await filterBy(page, 'id < 1000');
  await page.getByLabel('Column', { exact: true }).check();
  await page.getByLabel('Cut the mesh').check();
  for (let k = 0; k < 12; k++) await page.keyboard.press('+');
  await page.getByText('The picture stays.').waitFor({ timeout: 20_000 });
  await page.waitForTimeout(1000);
  await proxy.restore();
  await page.getByText('The picture stays.').waitFor({ state: 'detached', timeout: 20_000 });
  await expect.poll(() => page.locator('.result strong').textContent(), { timeout: 20_000 }).toBe('1,000');
  await page.locator('.facts dt', { hasText: 'contour' }).waitFor({ timeout: 20_000 });
  const ends = page
    .locator('.legend')
    .getByText(/^[\d.]+$/)
    .or(page.getByLabel('Minimum of the color scale'));
  await ends.first().waitFor({ timeout: 20_000 });
  await untilSettled(page);
}
