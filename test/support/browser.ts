/** A real browser for tests of the page: Debian's Chromium without a window, drawing in software. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of the browser; undefined if there is none. */
export const CHROMIUM = [process.env.CHROMIUM ?? [], PATHS].flat().find((path) => existsSync(path));

if (CHROMIUM === undefined) {
  console.warn(
    'no Chromium found: tests of the page are skipped (apt-get install chromium, or set CHROMIUM)',
  );
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM!,
    // Without a graphics card, text and panels are painted with half the work outside of the emulated one.
    args: [
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-gpu-rasterization',
      '--no-sandbox',
    ],
  });
}

export interface Tab {
  readonly page: Page;
  /** The hosts that were asked for anything, and what the console or the page reported as errors. */
  readonly hosts: ReadonlySet<string>;
  readonly errors: readonly string[];
}

export interface TabOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Opens a tab of its own storage until the test ends. */
export async function openTab(browser: Browser, url: string, options: TabOptions = {}): Promise<Tab> {
  const { width = 900, height = 600, colorScheme = 'light' } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const hosts = new Set<string>();
  const errors: string[] = [];
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:') hosts.add(host);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  return { page, hosts, errors };
}

/** Waits until everything that the view needs is drawn. */
export async function untilSettled(page: Page): Promise<void> {
  await page.waitForSelector('canvas[data-settled="true"]', { timeout: 30_000 });
}
