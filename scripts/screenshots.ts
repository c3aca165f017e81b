import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openBrowser } from '../test/sandbox/slack/chromium.ts';
import { ANA, LIWEI, World } from '../test/support/world.ts';

/** The pictures of the README, taken from the product as it runs: `npm run docs:screenshots` → docs/images/*.png. */
const OUTPUT = fileURLToPath(new URL('../docs/images/', import.meta.url));
const OPS = 'C0OPS00001';
const SETTLE_MS = 1200; // fonts and pictures arrive

async function shot(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  await page.reload();
  await sleep(SETTLE_MS);
  await page.screenshot({ path: `${OUTPUT}${name}.png` });
}

mkdirSync(OUTPUT, { recursive: true });
const world = await World.start('bad-deploy');
const browser = await openBrowser();
try {
  const plan = await world.untilPlan(['awaiting_approval'], 60);
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 2 });
  const { pageUrl } = world.sandbox.slack;
  await shot(page, `${pageUrl}#${ANA}/${OPS}/`, 'incident');
  await page.locator('#log').getByRole('button', { name: 'Why?' }).last().click();
  await page.locator('#modal').waitFor();
  await sleep(SETTLE_MS);
  await page.screenshot({ path: `${OUTPUT}why.png` });
  await page.locator('#modal-close').click();
  await world.sandbox.slack.as(ANA).openHome();
  await shot(page, `${pageUrl}#${ANA}/home/`, 'home');
  await world.sandbox.slack.as(LIWEI).dm('根因 1');
  await sleep(SETTLE_MS);
  await shot(page, `${pageUrl}#${LIWEI}/D0LIW0003/`, 'chinese');
  await world.sandbox.app.verbs.approve(plan.id, { type: 'user', userId: ANA }, { via: 'button', digest: null });
  await world.untilIncident(['resolved'], 60);
  await shot(page, `${pageUrl}#${ANA}/${OPS}/`, 'resolved');
} finally {
  await browser.close();
  await world.stop();
}
