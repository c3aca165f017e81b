import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser, WANTED } from '../sandbox/slack/chromium.ts';
import { ANA, BEN, World } from '../support/world.ts';

const skipped = chromiumPath === null && process.env['CI'] === undefined; // in CI a missing browser is a failure
if (skipped) console.warn(WANTED);

describe.skipIf(skipped)('two people in a browser', () => {
  let world: World;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    world = await World.start('cost-leak');
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
    page.setDefaultTimeout(8000);
    await page.goto(world.sandbox.slack.pageUrl);
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  /** Presses Approve on the incident's card, and confirms. */
  const approve = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Approve' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await world.calm();
  };

  it('see the incident, approve it one after the other, and see it healed', async () => {
    const plan = await world.untilPlan(['awaiting_approval']);
    await page.getByText(`${plan.incidentId}`).first().waitFor();
    await approve();
    await page.getByText('1 of 2 approvals').first().waitFor();
    expect((await world.plan(plan.id)).state).toBe('awaiting_approval');

    await page.getByText('Ben Okafor', { exact: true }).first().click();
    await approve();
    const done = await world.untilPlan(['succeeded']);
    expect(done.approvals.map((one) => one.userId)).toEqual([ANA, BEN]);
    await page
      .getByText(/resolved/i)
      .first()
      .waitFor();
  });
});
