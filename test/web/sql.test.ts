/** The SQL panel of the page. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAt, ROW_PIXELS, rowsInSight } from '../../web/sql/grid-layout.js';
import { asFilter } from '../../web/sql/triangle-query.js';
import { formatValue } from '../../web/sql/values.js';
import { findAxe } from '../support/axe.js';
import { CHROMIUM, launchBrowser, openTab, untilSettled } from '../support/browser.js';
import { runCli } from '../support/cli.js';
import { beginQuery, ENDLESS } from '../support/jobs.js';
import { databaseOf, openView } from '../support/views.js';

/** Waits until the page inspects a triangle and has moved there. */
async function untilPicked(page: Page, id: number): Promise<void> {
  await expect.poll(() => page.url(), { timeout: 30_000 }).toContain(`pick=${id}`);
  await page.waitForTimeout(500);
}

/** The camera in the URL. */
function cameraIn(page: Page): string | null {
  return new URLSearchParams(new URL(page.url()).hash.slice(1)).get('camera');
}

describe('values of the grid', () => {
  it('are shown as they are, with the length of those that are cut', () => {
    const shown = [
      null,
      1,
      0.1,
      'a',
      { integer: '9007199254740993' },
      { real: '-Inf' } as const,
      { text: 'abc', length: 4000 },
      { blob: '0AFF', length: 2 },
      { blob: '0AFF', length: 2000 },
    ].map(formatValue);
    expect(shown).toEqual([
      'NULL',
      '1',
      '0.1',
      'a',
      '9007199254740993',
      '-Inf',
      'abc… (4,000 characters)',
      "x'0AFF'",
      "x'0AFF… (2 kB)",
    ]);
  });

  it('have columns as wide as the first rows, with numbers to the right', () => {
    const columns = [{ name: 'id' }, { name: 'a long name' }, { name: 'text' }, { name: 'none' }];
    const rows = [
      [1, null, 'x'.repeat(100), null],
      [12_345_678, 2.5, 7, null],
    ];
    expect(lookAt(columns, rows)).toEqual([
      { width: 10, isRight: true },
      { width: 13, isRight: true },
      { width: 44, isRight: false },
      { width: 7, isRight: false },
    ]);
  });

  it('are elements of the page only in sight', () => {
    expect(rowsInSight(0, 220, 100_000)).toEqual({ first: 0, end: 22 });
    expect(rowsInSight(1000 * ROW_PIXELS, 220, 100_000)).toEqual({ first: 988, end: 1022 });
    expect(rowsInSight(99_990 * ROW_PIXELS, 220, 100_000)).toEqual({ first: 99_978, end: 100_000 });
    expect(rowsInSight(500, 220, 0)).toEqual({ first: 0, end: 0 });
  });
});

describe('asFilter', () => {
  const columnsOf = (...names: string[]) => names.map((name) => ({ name, isTriangle: name !== 'area' }));

  it('makes a filter of ids in any column', () => {
    expect(asFilter(' SELECT id FROM t ; ', columnsOf('id', 'area'))).toEqual({ sql: ['SELECT id FROM t'] });
    expect(asFilter('SELECT 1 -- x', columnsOf('area', 'a"b'))).toEqual({
      sql: ['SELECT "a""b" FROM (\nSELECT 1 -- x\n)'],
    });
    expect(asFilter('SELECT area', columnsOf('area'))).toBeUndefined();
  });
});

describe.skipIf(CHROMIUM === undefined)('the SQL panel', { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  /** Opens the page and its panel by a key, and waits for the editor. */
  async function openPanel(path?: string) {
    const database = path ?? (await databaseOf());
    const view = await openView(database);
    const tab = await openTab(browser, view.server.url);
    await untilSettled(tab.page);
    await tab.page.keyboard.press('s');
    await tab.page.locator('.cm-content').waitFor();
    return { ...tab, database, server: view.server };
  }

  /** Replaces the query, and runs it by keys. */
  async function run(page: Page, query: string): Promise<void> {
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(query);
    await page.keyboard.press('Control+Enter');
  }

  it('completes names, runs a query and flies to the triangle of a row, by keys alone', async () => {
    const { page, errors } = await openPanel();
    await page.locator('.sql-host[data-schema]').waitFor();
    await page.keyboard.type('select id, area, null as n from triangle_mea');
    await page.getByRole('option', { name: 'triangle_measures' }).waitFor();
    await page.waitForTimeout(100);
    await page.keyboard.press('Enter');
    await page.keyboard.type(' order by id');
    await page.keyboard.press('Control+Enter');
    await page.getByText('984 rows').waitFor();
    const first = await page.locator('.grid tbody tr').first().locator('td').allTextContents();
    expect(first[0]).toBe('0');
    expect(Number(first[1])).toBeGreaterThan(0);
    expect(first[2]).toBe('NULL');
    expect(await page.locator('.grid td.numeric').count()).toBeGreaterThan(10);
    expect(await findAxe(page)).toEqual([]);

    const before = page.url();
    const camera = cameraIn(page);
    expect(decodeURIComponent(before.replaceAll('+', ' '))).toContain('triangle_measures order by id');
    // From the editor over the list of rows.
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await page.getByRole('row', { selected: true }).filter({ hasText: '983' }).waitFor();
    await page.keyboard.press('Enter');
    await untilPicked(page, 983);
    expect(cameraIn(page)).not.toBe(camera);
    await untilSettled(page);
    expect(await findAxe(page)).toEqual([]);
    // The row is at the end of those in sight, and the others are no elements.
    expect(await page.locator('.grid tbody tr').count()).toBeLessThan(60);
    expect(errors).toEqual([]);
  });

  it('flies to the row that is clicked', async () => {
    const { page } = await openPanel();
    await run(page, 'SELECT id AS triangle FROM triangles WHERE id > 100');
    const camera = cameraIn(page);
    await page.getByRole('gridcell', { name: '105', exact: true }).click();
    await untilPicked(page, 105);
    expect(cameraIn(page)).not.toBe(camera);
  });

  it('marks an error in the query, and says what to do', async () => {
    const { page } = await openPanel();
    await run(page, 'SELECT aera FROM triangle_measures');
    await page.getByRole('alert').getByText("did you mean 'area'?").waitFor();
    expect(await page.locator('.cm-problem').allTextContents()).toEqual(['aera']);
    expect(await findAxe(page)).toEqual([]);
    await page.locator('.cm-content').press('End');
    await page.keyboard.type(' x');
    expect(await page.locator('.cm-problem').count()).toBe(0);
  });

  it('stops a query', async () => {
    const { page } = await openPanel();
    await run(page, ENDLESS);
    await page.getByText('running, 0 rows').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('stopped, 0 rows').waitFor();
    await run(page, ENDLESS);
    await page.getByText('running, 0 rows').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('stopped, 0 rows').waitFor();
    expect(await page.getByRole('button', { name: 'Stop' }).isDisabled()).toBe(true);
  });

  it('waits for a query of another page, and can stop that', async () => {
    const { page, server } = await openPanel();
    await page.locator('[data-schema="known"]').waitFor();
    const other = beginQuery(server, ENDLESS);
    await other.first;
    await run(page, 'SELECT count(*) FROM triangles');
    await page.getByText('waiting for another query').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('stopped, 0 rows').waitFor();
    await run(page, 'SELECT count(*) FROM triangles');
    await page.getByText('waiting for another query').waitFor();
    other.end();
    await page.getByRole('gridcell', { name: '984' }).waitFor();
  });

  it('shows many rows, and saves all of them as offload sql does', async () => {
    const { page, database, errors } = await openPanel();
    const query = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 120000)
      SELECT i, i / 4.0 AS quarter, CASE i % 2 WHEN 0 THEN 'a "b", c' END AS t FROM n`;
    await run(page, query);
    await page.getByText(/^the first 100,000 rows, .* s; CSV has all$/).waitFor({ timeout: 60_000 });
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await page.getByRole('gridcell', { name: '100000', exact: true }).waitFor();
    expect(await page.locator('.grid tbody tr').count()).toBeLessThan(60);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV', exact: true }).click(),
    ]);
    const saved = readFileSync(await download.path(), 'utf8');
    const { stdout } = await runCli(['sql', database, query, '--csv'], { cwd: dirname(database) });
    expect(saved).toBe(stdout.toString());
    expect(errors).toEqual([]);
  });

  it('has the queries of the cookbook and those before, and takes one from the URL without running it', async () => {
    const { page } = await openPanel();
    const cookbook = page.getByLabel('Cookbook');
    await expect.poll(() => cookbook.locator('option').count()).toBe(25);
    await cookbook.selectOption({ label: 'How large is the surface?' });
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('1 row,').waitFor();
    await run(page, 'SELECT 1 AS one');
    await page.getByRole('columnheader', { name: 'one' }).waitFor();
    await page.getByLabel('History').selectOption({ label: 'SELECT sum(area) FROM triangle_measures' });
    await page.locator('.cm-content', { hasText: 'sum(area)' }).waitFor();

    const second = await page.context().newPage();
    let asked = 0;
    second.on('request', (request) => {
      if (request.postData()?.includes('sum(area)')) asked++;
    });
    await second.goto(page.url());
    await second.locator('.cm-content', { hasText: 'sum(area)' }).waitFor();
    await untilSettled(second);
    expect(asked).toBe(0);
  });
});
