import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalSlack } from '../../../src/sandbox/slack/types.ts';
import { ANA, BEN, boltOn, button, local, OPS, section } from './support.ts';

let slack: LocalSlack;
let app: App;
beforeEach(async () => {
  slack = await local();
});
afterEach(async () => {
  await app?.stop();
  await slack.stop();
});

const card = {
  text: 'Plan',
  blocks: [
    section('Restart?'),
    { type: 'actions', block_id: 'decide', elements: [button('Approve', 'plan.approve', 'PLAN-1'), button('Reject', 'plan.reject')] },
  ],
};
const reasonModal = {
  type: 'modal',
  callback_id: 'reject',
  title: { type: 'plain_text', text: 'Reject' },
  submit: { type: 'plain_text', text: 'Reject' },
  blocks: [{ type: 'input', block_id: 'reason', label: { type: 'plain_text', text: 'Reason' }, element: { type: 'plain_text_input', action_id: 'text' } }],
};

test('a slash command reaches the app, and its acknowledgement is seen by the one who typed it', async () => {
  app = await boltOn(slack, (bolt) => bolt.command('/ops', async ({ command, ack }) => ack(`you said ${command.text}`)));
  const reply = await slack.as(ANA).command('/ops', 'help');
  expect(reply).toMatchObject({ ok: true, message: { text: 'you said help', ephemeralTo: ANA } });
  expect(slack.ephemerals(BEN)).toEqual([]);
  expect(slack.messages(OPS)).toEqual([]);
});

test('a command the manifest does not have never reaches the app', async () => {
  app = await boltOn(slack, (bolt) => bolt.command('/nope', async ({ ack }) => ack('reached')));
  expect(await slack.as(ANA).command('/nope')).toMatchObject({ ok: false, error: 'invalid_command' });
  expect(slack.notSent()).toEqual([{ what: '/nope', reason: 'the manifest has no such command' }]);
});

test('a button press updates its card through say and respond', async () => {
  app = await boltOn(slack, (bolt) =>
    bolt.action('plan.approve', async ({ ack, respond, client, body, action }) => {
      await ack();
      const { channel, message } = body as unknown as { channel: { id: string }; message: { ts: string } };
      await client.chat.update({ channel: channel.id, ts: message.ts, text: `approved ${(action as { value: string }).value}`, blocks: [section('Approved')] });
      await respond({ text: 'thank you', replace_original: false });
    }),
  );
  const { ts = '' } = await app.client.chat.postMessage({ channel: OPS, ...card });
  expect(await slack.as(BEN).click({ channel: OPS, ts }, 'Approve')).toMatchObject({ ok: true });
  await slack.waitFor('the thank-you', () => slack.ephemerals(BEN).find((message) => message.text === 'thank you'));
  expect(slack.messages(OPS)).toMatchObject([{ ts, text: 'approved PLAN-1', blocks: [{ type: 'section' }] }]);
  await expect(slack.as(BEN).click({ channel: OPS, ts }, 'Approve')).rejects.toThrow('nothing to press called "Approve"');
});

test('a modal opens from a button, names a wrong field, and closes when the app is content', async () => {
  const reasons: string[] = [];
  app = await boltOn(slack, (bolt) => {
    bolt.action('plan.reject', async ({ ack, client, body }) => {
      await ack();
      await client.views.open({ trigger_id: (body as { trigger_id: string }).trigger_id, view: reasonModal as never });
    });
    bolt.view('reject', async ({ ack, view }) => {
      const reason = view.state.values['reason']?.['text']?.value ?? '';
      if (reason === 'no') return ack({ response_action: 'errors', errors: { reason: 'Say why.' } });
      reasons.push(reason);
      return ack();
    });
  });
  const { ts = '' } = await app.client.chat.postMessage({ channel: OPS, ...card });
  const ana = slack.as(ANA);
  await ana.click({ channel: OPS, ts }, 'plan.rej');
  await slack.waitFor('the modal', () => slack.openModal(ANA));
  expect(await ana.submit()).toMatchObject({ ok: false, errors: { reason: 'Please complete this required field.' } });
  expect(await ana.submit({ reason: 'no' })).toMatchObject({ ok: false, errors: { reason: 'Say why.' } });
  expect(await ana.submit({ text: 'too risky' })).toEqual({ ok: true, error: null, errors: {} });
  expect(slack.openModal(ANA)).toBeNull();
  expect(reasons).toEqual(['too risky']);
});

test('mentions, direct messages, reactions, Home and shortcuts reach the app', async () => {
  const seen: string[] = [];
  app = await boltOn(slack, (bolt) => {
    bolt.event('app_mention', async ({ event }) => void seen.push(`mention ${event.text}`));
    bolt.message(async ({ message }) => void seen.push(`message ${message.channel_type} ${'text' in message ? message.text : ''}`));
    bolt.event('reaction_added', async ({ event }) => void seen.push(`+${event.reaction}`));
    bolt.event('reaction_removed', async ({ event }) => void seen.push(`-${event.reaction}`));
    bolt.event('app_home_opened', async ({ event, client }) => {
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [section('Hello')] } });
    });
    bolt.shortcut('analyse', async ({ ack, shortcut }) => {
      await ack();
      seen.push(`shortcut ${'message' in shortcut ? shortcut.message.text : ''}`);
    });
    bolt.event('assistant_thread_started' as never, async ({ event }: { event: { assistant_thread: { channel_id: string; thread_ts: string } } }) => {
      const { channel_id, thread_ts } = event.assistant_thread;
      await bolt.client.assistant.threads.setSuggestedPrompts({ channel_id, thread_ts, prompts: [{ title: 'Status', message: 'status' }] });
      seen.push('agent');
    });
  });
  const ana = slack.as(ANA);
  await ana.mention(OPS, 'status');
  await ana.dm('help');
  const { ts } = await ana.say(OPS, 'the shop is slow');
  await ana.react({ channel: OPS, ts }, 'thumbsup::skin-tone-3');
  await ana.unreact({ channel: OPS, ts }, '+1::skin-tone-3');
  await ana.shortcut('analyse', { channel: OPS, ts });
  await ana.openHome();
  await ana.openAgent();
  await slack.waitFor('Home', () => slack.home(ANA));
  await slack.waitFor('everything', () => seen.length >= 8);
  expect(seen.sort()).toEqual(
    [
      '+' + '+1::skin-tone-3',
      '-' + '+1::skin-tone-3',
      'agent',
      `mention <@${slack.botUserId}> status`,
      `message channel <@${slack.botUserId}> status`,
      'message channel the shop is slow',
      'message im help',
      'shortcut the shop is slow',
    ].sort(),
  );
});

test('an app that does not acknowledge in time is reported to the person, as Slack does', async () => {
  await slack.stop();
  slack = await local({ ackTimeoutMs: 60 });
  app = await boltOn(slack, (bolt) => bolt.command('/ops', async () => {}));
  expect(await slack.as(ANA).command('/ops', 'help')).toMatchObject({ ok: false, error: 'operation_timeout' });
  expect(slack.ephemerals(ANA).at(-1)?.text).toBe('/ops failed with the error "operation_timeout"');
});

test('without a connected app a command fails at once', async () => {
  expect(await slack.as(ANA).command('/ops', 'help')).toMatchObject({ ok: false, error: 'dispatch_failed' });
  app = await boltOn(slack, (bolt) => bolt.command('/ops', async ({ ack }) => ack()));
  expect(await slack.as(ANA).command('/ops', 'help')).toMatchObject({ ok: true, message: null });
});
