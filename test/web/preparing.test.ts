/** What the page draws while tiles are built, and how it goes on when they are complete. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTiles, type CoarseView } from '../../src/pipeline/build-tiles.js';
import { CoarseSoup } from '../../src/tiles/coarse/coarse-soup.js';
import { type CoarseTile, coarseTileOf } from '../../src/view/coarse-tile.js';
import type { ViewSession } from '../../src/view/session.js';
import type { ViewState } from '../../src/view/wire/messages.js';
import { findAxe } from '../support/axe.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { freshFolder } from '../support/files.js';
import { type Corners, makeTube, toBinaryStl } from '../support/meshes.js';
import { cameraOf, maskOf, overlap, project } from '../support/silhouette.js';
import { databaseOf, openView, untilPrepared } from '../support/views.js';

/** Sets what the pages are told, as the session does. */
function enter(session: ViewSession, state: ViewState): void {
  (session as unknown as { enter(state: ViewState): void }).enter(state);
}

function preparing({ answer }: CoarseTile, share: number): ViewState {
  return { state: 'preparing', step: 'tiles', share, seconds: 1, triangles: 0, coarse: answer };
}

/** The overlap of what the page shows and the triangles. */
async function shownOf(page: Page, triangles: readonly Corners[]): Promise<number> {
  await page.evaluate(() => {
    const global = globalThis as unknown as {
      document: { querySelectorAll(s: string): Iterable<{ style: { visibility: string } }> };
    };
    for (const one of global.document.querySelectorAll('.scale, .axes, .notice'))
      one.style.visibility = 'hidden';
  });
  const mask = maskOf(await page.locator('canvas').screenshot());
  const expected = project(triangles, cameraOf(page.url()), mask.width, mask.height);
  return overlap(expected, mask);
}

describe.skipIf(CHROMIUM === undefined)('the page of a mesh that is being prepared', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('draws the coarse mesh, and keeps the camera when the tiles are complete', async () => {
    const triangles = [...makeTube(80, 60)];
    const path = await databaseOf(triangles, false);
    const views: CoarseView[] = [];
    await buildTiles(path, { leafTriangles: 300, onCoarse: (view) => views.push(view) });
    const { session, server, ask } = await openView(path);
    const ready = session.state;
    const tile = coarseTileOf(views.at(-1)!);
    session.coarse = tile;
    enter(session, preparing(tile, 0.4));

    const { page, errors } = await openTab(browser, server.url);
    await page.waitForSelector('canvas[data-mesh="coarse"]');
    await page.getByText('Building tiles, 40 %').waitFor();
    expect(await page.locator('.notice.banner').count()).toBe(1);
    expect(await findAxe(page)).toEqual([]);
    // Without a mesh there is nothing to pick, nor an error.
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('+');
    await page.waitForTimeout(400);
    expect(await shownOf(page, triangles)).toBeGreaterThan(0.95);
    const before = cameraOf(page.url());

    // A later one replaces it in its place.
    const later = { ...tile, answer: { ...tile.answer, version: 'later' } };
    session.coarse = later;
    enter(session, preparing(later, 0.6));
    await page.getByText('Building tiles, 60 %').waitFor({ state: 'attached' });
    await page.waitForTimeout(300);
    expect(cameraOf(page.url())).toEqual(before);

    session.coarse = undefined;
    enter(session, ready);
    await untilSettled(page);
    expect(await page.locator('canvas').getAttribute('data-mesh')).toBe(session.mesh().version);
    const after = cameraOf(page.url());
    const distance = Math.hypot(...before.position.map((value, axis) => value - before.target[axis]!));
    for (const end of ['position', 'target'] as const) {
      for (let axis = 0; axis < 3; axis++) {
        expect(Math.abs(after[end][axis]! - before[end][axis]!)).toBeLessThan(1e-4 * distance);
      }
    }
    expect(await shownOf(page, triangles)).toBeGreaterThan(0.98);
    expect(await page.locator('.notice').count()).toBe(0);
    expect(errors).toEqual([]);
    expect((await ask('/api/coarse')).body).toHaveLength(0);
  });

  it('shows all of a mesh that grows, until the camera is moved', async () => {
    const triangles = [...makeTube(80, 60)];
    const { session, server } = await openView(await databaseOf(triangles));
    const tileOf = (share: number) => {
      const soup = new CoarseSoup();
      const some = triangles.slice(0, share * triangles.length);
      soup.add(Float64Array.from(some.flat()), some.length);
      return coarseTileOf({ bounds: soup.bounds, frame: soup.frame, mesh: soup.encode() });
    };
    const show = async (share: number) => {
      session.coarse = tileOf(share);
      enter(session, preparing(session.coarse, share));
      await page.getByText(`Building tiles, ${Math.floor(100 * share)} %`).waitFor({ state: 'attached' });
      await page.waitForTimeout(400);
    };
    const first = tileOf(0.1);
    session.coarse = first;
    enter(session, preparing(first, 0.1));
    const { page, errors } = await openTab(browser, server.url);
    await page.waitForSelector('canvas[data-mesh="coarse"]');
    await show(0.3);
    const early = cameraOf(page.url());
    await show(1);
    const late = cameraOf(page.url());
    expect(late).not.toEqual(early);
    // The target is the middle of the box.
    expect(late.target[2]).toBeCloseTo(1, 1);
    expect(await shownOf(page, triangles)).toBeGreaterThan(0.93);
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(400);
    const turned = cameraOf(page.url());
    await show(0.5);
    const kept = cameraOf(page.url());
    for (let axis = 0; axis < 3; axis++) expect(kept.position[axis]).toBeCloseTo(turned.position[axis]!, 3);
    expect(errors).toEqual([]);
  });

  it('tells why a mesh cannot be shown, also after the server has ended', async () => {
    const source = join(freshFolder(), 'scan.stl');
    writeFileSync(source, toBinaryStl(makeTube(40, 12)).subarray(0, 30_000));
    const { session, server } = await openView(source);
    await untilPrepared(session);
    const { page } = await openTab(browser, server.url);
    const reason = page.getByRole('alert');
    await reason.getByText('The mesh cannot be shown').waitFor();
    expect(await reason.innerText()).toContain('the header announces 984 triangles');
    expect(await reason.innerText()).toContain('offload import --salvage recovers the complete triangles');
    expect(await findAxe(page)).toEqual([]);
    await server.close();
    await page.waitForTimeout(1000);
    expect(await reason.innerText()).toContain('the header announces 984 triangles');
  });
});
