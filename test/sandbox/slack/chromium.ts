import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Where a Chromium is on this machine; CHROMIUM_PATH says it first. Null when there is none. */
export const chromiumPath: string | null = [process.env['CHROMIUM_PATH'] ?? '', ...PLACES].find((path) => existsSync(path)) ?? null;

export const WANTED = 'The browser tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.';

/** A headless browser; throws in words when there is none. */
export function openBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new Error(WANTED);
  return chromium.launch({ executablePath: chromiumPath, args: FLAGS });
}
