import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from '../sandbox/slack/chromium.ts';
import { Api } from './api.ts';

describe.runIf(chromiumPath !== null)('the OpenAPI page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('opens endpoints and schemas, and its own policy blocks nothing of it', async () => {
    const api = await Api.open();
    const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
    const page = await browser.newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${address}/docs`);
    const approve = page.locator('details', { hasText: '/api/plans/{id}/approve' }).first();
    expect(await approve.locator('table').first().isVisible()).toBe(false);
    await approve.locator('summary').click();
    expect(await approve.locator('table').first().isVisible()).toBe(true);
    expect(await approve.textContent()).toContain('scope act:approve');
    expect(await page.evaluate("getComputedStyle(document.querySelector('summary')).display")).toBe('flex'); // its style is in force
    expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
    expect(asked.filter((path) => path !== '/favicon.ico')).toEqual(['/docs']);
    await page.close();
  });
});
