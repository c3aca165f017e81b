import { readFileSync } from 'node:fs';
import type { App } from '@slack/bolt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../../src/sandbox/slack/types.ts';
import { chromiumPath, openBrowser, WANTED } from './chromium.ts';
import { ANA, BEN, boltOn, button, local, OPS, section } from './support.ts';

const LIWEI = 'U0LIW0003';
const AXE = readFileSync(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const approveCard = {
  text: 'PLAN-1',
  blocks: [
    section('*Delete 3 volumes* of `ebs/old-backups`'),
    {
      type: 'actions',
      elements: [
        {
          ...button('Approve', 'approve', 'PLAN-1'),
          confirm: {
            title: { type: 'plain_text', text: 'Delete?' },
            text: { type: 'plain_text', text: 'For good.' },
            confirm: { type: 'plain_text', text: 'Delete' },
            deny: { type: 'plain_text', text: 'No' },
          },
        },
        button('Reject…', 'reject', 'PLAN-1'),
      ],
    },
  ] as never[],
};
const rejectModal = {
  type: 'modal',
  callback_id: 'reject',
  title: { type: 'plain_text', text: 'Reject' },
  submit: { type: 'plain_text', text: 'Send' },
  blocks: [
    { type: 'input', block_id: 'reason', label: { type: 'plain_text', text: 'Reason' }, element: { type: 'plain_text_input', action_id: 'text' } },
    {
      type: 'input',
      block_id: 'how',
      label: { type: 'plain_text', text: 'For how long' },
      element: { type: 'static_select', action_id: 'pick', options: ['1h', '2h'].map((value) => ({ text: { type: 'plain_text', text: value }, value })) },
    },
  ],
};

test('a browser is there where it must be', ({ skip }) => {
  if (chromiumPath === null && process.env['CI'] === undefined) skip(WANTED);
  expect(chromiumPath, WANTED).not.toBeNull();
});

describe.skipIf(chromiumPath === null)('the page', () => {
  let browser: Browser;
  let page: Page;
  let slack: LocalSlack;
  let app: App;
  const errors: string[] = [];
  const approvals: string[] = [];
  const reasons: unknown[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    slack = await local({ guide: [{ text: 'Press <b>Approve</b>', state: 'now' }] });
    app = await boltOn(slack, (bolt) => {
      bolt.command('/ops', async ({ ack, command }) => ack(`only for you: ${command.text}`));
      bolt.action('approve', async ({ ack, body }) => ack().then(() => void approvals.push(body.user.id)));
      bolt.action('reject', async ({ ack, client, body }) => {
        await ack();
        await client.views.open({ trigger_id: (body as { trigger_id: string }).trigger_id, view: rejectModal as never });
      });
      bolt.view('reject', async ({ ack, view }) => {
        const { reason, how } = view.state.values;
        const words = reason?.['text']?.value;
        if (words === 'no') return ack({ response_action: 'errors', errors: { reason: 'Say why.' } });
        reasons.push([words, how?.['pick']?.selected_option?.value]);
        return ack();
      });
      bolt.event('app_home_opened', async ({ event, client }) => {
        await client.views.publish({
          user_id: event.user,
          view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: `Home of ${event.user}` } }] },
        });
      });
    });
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.setDefaultTimeout(5000);
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(slack.pageUrl);
    await page.getByRole('heading', { name: '# ops' }).waitFor();
  });
  afterEach(async () => {
    await page.close();
    await app.stop();
    await slack.stop();
    expect(errors).toEqual([]);
    approvals.length = 0;
    reasons.length = 0;
  });

  const become = (name: string) => page.getByText(name, { exact: true }).first().click();
  const write = async (text: string) => {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.keyboard.press('Enter');
  };

  test('a card appears by itself, its button asks first, and each press is of the person who is chosen', async () => {
    await app.client.chat.postMessage({ channel: OPS, ...approveCard });
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: 'No' }).click();
    expect(approvals).toEqual([]);
    for (const name of ['Ana Ruiz', 'Ben Okafor']) {
      await become(name);
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('button', { name: 'Delete' }).click();
    }
    await slack.waitFor('two approvals', () => approvals.length === 2);
    expect(approvals).toEqual([ANA, BEN]);
  });

  test('a slash command is completed and sent, and its answer is seen by nobody else', async () => {
    const box = page.getByLabel('Message', { exact: true });
    await box.fill('/o');
    await page.getByRole('option', { name: '/ops' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await box.inputValue()).toBe('/ops ');
    await write('/ops help');
    await page.getByText('only for you: help').waitFor();
    await become('Ben Okafor');
    await page.getByText('Nothing has been said here yet.').waitFor();
    expect(await page.getByText('only for you').count()).toBe(0);
  });

  test('an unknown command is answered by Slack itself', async () => {
    await write('/nope');
    await page.getByText('is not a valid command').waitFor();
  });

  test('people talk, mention, answer in threads and react with skin tones, and the text stays text', async () => {
    await write('@opsloop <b>is it</b> *slow* & :eyes:?');
    await page.getByText('@opsloop').waitFor();
    expect(slack.messages(OPS)[0]?.text).toBe(`<@${slack.botUserId}> &lt;b&gt;is it&lt;/b&gt; *slow* &amp; :eyes:?`);
    expect(await page.locator('.message strong', { hasText: 'slow' }).count()).toBe(1);
    expect(await page.getByText('<b>is it</b>').count()).toBe(1);
    await page.locator('.message').first().hover();
    await page.getByRole('button', { name: 'Add reaction' }).click();
    await page.getByRole('button', { name: 'skin tone 3' }).click();
    await page.getByRole('button', { name: '+1' }).click();
    await slack.waitFor('the reaction', () => slack.messages(OPS)[0]?.reactions[0]?.name === '+1::skin-tone-4');
    await become('Ben Okafor');
    await page.locator('.reaction').click();
    await slack.waitFor('a second hand', () => slack.messages(OPS)[0]?.reactions[0]?.users.length === 2);
    await page.locator('.reaction').click();
    await slack.waitFor('one hand again', () => slack.messages(OPS)[0]?.reactions[0]?.users.length === 1);
    await page.locator('.message').first().hover();
    await page.getByRole('button', { name: 'Reply in thread' }).click();
    await page.getByLabel('Reply', { exact: true }).fill('on it');
    await page.keyboard.press('Enter');
    await page.getByText('1 reply').waitFor();
    expect(slack.thread(OPS, slack.messages(OPS)[0]?.ts ?? '').at(-1)).toMatchObject({ user: BEN, text: 'on it' });
  });

  test('a modal shows what is wrong, keeps what was typed, and closes when it is right', async () => {
    await app.client.chat.postMessage({ channel: OPS, ...approveCard });
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.locator('#modal').getByRole('button', { name: 'Send' }).click();
    await page.getByText('Please complete this required field.').first().waitFor();
    await page.getByLabel('Reason').fill('no');
    await page.getByLabel('For how long').selectOption('2h');
    await page.locator('#modal').getByRole('button', { name: 'Send' }).click();
    await page.getByText('Say why.').waitFor();
    await page.getByLabel('Reason').fill('too risky');
    await page.locator('#modal').getByRole('button', { name: 'Send' }).click();
    await page.locator('#modal').waitFor({ state: 'hidden' });
    expect(reasons).toEqual([['too risky', '2h']]);
  });

  test('Home and direct messages belong to the person who looks', async () => {
    await page.getByRole('button', { name: 'Home' }).click();
    await page.getByText(`Home of ${ANA}`).waitFor();
    await become('李薇');
    await page.getByText(`Home of ${LIWEI}`).waitFor();
    await page.getByRole('tab', { name: 'Messages' }).click();
    await write('根因 12');
    await page.getByText('根因 12').waitFor();
    expect(slack.dm(LIWEI).map((message) => message.text)).toEqual(['根因 12']);
    await become('Ana Ruiz');
    await page.getByText('Nothing has been said here yet.').waitFor();
  });

  test('axe finds nothing to object to: messages, a thread, a window, in light and in dark', async () => {
    const { ts } = await app.client.chat.postMessage({ channel: OPS, ...approveCard });
    await app.client.chat.postMessage({ channel: OPS, thread_ts: String(ts), text: 'a reply' });
    await page.getByText('1 reply').click();
    await page.getByText('a reply').waitFor();
    const objections = async (): Promise<string[]> => {
      await page.evaluate(AXE);
      return await page.evaluate(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map((one) => one.id + ': ' + one.nodes[0].html))`,
      );
    };
    expect(await objections()).toEqual([]);
    await page.locator('#theme').click();
    expect(await objections()).toEqual([]);
    await page.locator('#log').getByRole('button', { name: 'Reject…' }).click();
    await page.getByLabel('Reason').waitFor();
    expect(await objections()).toEqual([]);
  });

  test('shows what there is also while things change faster than they can be read', async () => {
    await app.client.chat.postMessage({ channel: OPS, text: 'still here' });
    let n = 0;
    const restless = setInterval(() => {
      n += 1;
      slack.setGuide([{ text: `change ${n}`, state: 'now' }]);
    }, 5);
    await page.reload();
    await page.getByText('still here').waitFor({ timeout: 3000 });
    clearInterval(restless);
  });

  test('the guide shows its step, as text', async () => {
    await page.getByText('Press <b>Approve</b>').first().waitFor();
    slack.setGuide([
      { text: 'Press Approve', state: 'done' },
      { text: 'Switch to Ben', state: 'now' },
    ]);
    await page.getByText('2 of 2').waitFor();
  });
});

test('the page answers its own machine only', async () => {
  const slack = await local();
  const { get } = await import('node:http');
  const status = await new Promise((resolve) => get(slack.pageUrl, { headers: { host: 'evil.example.com' } }, (response) => resolve(response.statusCode)));
  expect(status).toBe(403);
  const act = await fetch(`${slack.pageUrl}page/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: ANA, act: { kind: 'nonsense' } }),
  });
  expect(await act.json()).toEqual({ error: 'The page asked for something unknown.' });
  await slack.stop();
});
