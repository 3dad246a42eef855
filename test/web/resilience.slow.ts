/** A connection that stalls without breaking, as that of a machine that was asleep: it takes seconds to notice. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { breakAndRestore } from '../support/break-connection.js';
import { CHROMIUM, launchBrowser } from '../support/browser.js';

describe.skipIf(CHROMIUM === undefined)('the page survives', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('a connection that stalls', { timeout: 120_000 }, () => breakAndRestore(browser, 'stall'));
});
