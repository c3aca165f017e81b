import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalSlack } from '../../../src/sandbox/slack/types.ts';
import { ANA, BEN, boltOn, button, clientOf, local, OPS, refusal, section } from './support.ts';

let slack: LocalSlack;
let app: App | null = null;
beforeEach(async () => {
  slack = await local();
});
afterEach(async () => {
  await app?.stop();
  app = null;
  await slack.stop();
});

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

test('messages are posted, threaded, updated, read back with their metadata, and deleted', async () => {
  const client = clientOf(slack);
  const metadata = { event_type: 'incident', event_payload: { id: 'INC-1' } };
  const { ts = '' } = await client.chat.postMessage({ channel: OPS, text: 'card', metadata });
  await client.chat.postMessage({ channel: OPS, text: 'reply', thread_ts: ts });
  await client.chat.update({ channel: OPS, ts, text: 'card 2' });
  const history = await client.conversations.history({ channel: OPS, include_all_metadata: true });
  expect(history.messages).toMatchObject([{ ts, text: 'card 2', metadata, reply_count: 1, edited: { user: slack.botUserId } }]);
  const replies = await client.conversations.replies({ channel: OPS, ts });
  expect(replies.messages?.map((message) => message.text)).toEqual(['card 2', 'reply']);
  expect((await client.chat.getPermalink({ channel: OPS, message_ts: ts })).permalink).toContain(`/archives/${OPS}/p`);
  await client.chat.delete({ channel: OPS, ts });
  expect(slack.messages(OPS)).toEqual([]);
});

test('JSON bodies are read as forms are', async () => {
  const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel: OPS, text: 'json', blocks: [section('json')] }),
  });
  expect(await response.json()).toMatchObject({ ok: true, channel: OPS, message: { text: 'json', bot_id: expect.any(String) } });
});

test('people, groups, channels and the bot itself can be looked up', async () => {
  const client = clientOf(slack);
  expect((await client.users.info({ user: 'U0LIW0003', include_locale: true })).user).toMatchObject({
    locale: 'zh-CN',
    tz: 'Asia/Shanghai',
    real_name: '李薇',
  });
  expect((await client.users.list({})).members).toHaveLength(5);
  expect((await client.users.lookupByEmail({ email: 'ben@example.com' })).user?.id).toBe(BEN);
  expect((await client.usergroups.users.list({ usergroup: 'S0ONCALL1' })).users).toContain(ANA);
  expect((await client.usergroups.list({ include_users: true })).usergroups?.[0]?.handle).toBe('on-call');
  expect((await client.conversations.list({ types: 'public_channel,im', limit: 2 })).response_metadata?.next_cursor).not.toBe('');
  expect((await client.conversations.members({ channel: OPS })).members).toContain(slack.botUserId);
  expect((await client.conversations.open({ users: ANA })).channel?.id).toBe('D0ANA0001');
  expect((await client.bots.info({})).bot?.user_id).toBe(slack.botUserId);
  expect(await client.auth.test()).toMatchObject({ user_id: slack.botUserId, team_id: slack.teamId });
});

test('a picture is uploaded, shown in a card, and downloaded', async () => {
  const client = clientOf(slack);
  const uploaded = await client.files.uploadV2({ file: PNG, filename: 'cpu.png', title: 'CPU', alt_text: 'CPU over time' });
  const file = (uploaded as unknown as { files: { files: { id: string; url_private: string }[] }[] }).files[0]?.files[0];
  await client.chat.postMessage({ channel: OPS, text: 'x', blocks: [{ type: 'image', alt_text: 'CPU', slack_file: { id: file?.id ?? '' } }] });
  expect(slack.messages(OPS)).toHaveLength(1);
  expect((await client.files.info({ file: file?.id ?? '' })).file).toMatchObject({ name: 'cpu.png', mimetype: 'image/png', size: PNG.length });
  const url = file?.url_private ?? '';
  expect((await fetch(url)).status).toBe(403);
  const bytes = await (await fetch(url, { headers: { authorization: `Bearer ${slack.botToken}` } })).arrayBuffer();
  expect(Buffer.from(bytes).equals(PNG)).toBe(true);
});

test('a text file is shared into a thread, and is no picture', async () => {
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: OPS, text: 'card' });
  await client.files.uploadV2({ content: '# Runbook', filename: 'runbook.md', channel_id: OPS, thread_ts: ts, initial_comment: 'The runbook' });
  const shared = slack.thread(OPS, ts).at(-1);
  expect(shared).toMatchObject({ text: 'The runbook', files: [{ name: 'runbook.md', mimeType: 'text/markdown' }] });
  const wrong = client.chat.postMessage({
    channel: OPS,
    text: 'x',
    blocks: [{ type: 'image', alt_text: 'x', slack_file: { id: shared?.files[0]?.id ?? '' } }],
  });
  expect(await refusal(wrong)).toBe('invalid_blocks');
});

test('a stream grows text and tasks, and ends', async () => {
  const client = clientOf(slack);
  const { ts: root = '' } = await client.chat.postMessage({ channel: OPS, text: 'card' });
  const stream = client.chatStream({ channel: OPS, thread_ts: root, recipient_user_id: ANA, recipient_team_id: slack.teamId, buffer_size: 1 });
  await stream.append({ markdown_text: '**Looking**' });
  await stream.append({ chunks: [{ type: 'task_update', id: 'logs', title: 'Read logs', status: 'in_progress' }] });
  await stream.append({ chunks: [{ type: 'task_update', id: 'logs', title: 'Read logs', status: 'complete', output: '3 errors' }] });
  const ts = stream.ts ?? '';
  expect(slack.thread(OPS, root).at(-1)).toMatchObject({ ts, streaming: true });
  await stream.stop({ markdown_text: ' done' });
  expect(slack.thread(OPS, root).at(-1)).toMatchObject({
    streaming: false,
    text: '**Looking** done',
    blocks: [
      { type: 'markdown', text: '**Looking**' },
      { type: 'plan', tasks: [{ task_id: 'logs', status: 'complete' }] },
      { type: 'markdown', text: ' done' },
    ],
  });
  expect(await refusal(client.chat.appendStream({ channel: OPS, ts, markdown_text: 'x' }))).toBe('message_not_in_streaming_state');
});

test('a trigger opens one view, soon', async () => {
  await slack.stop();
  slack = await local({ triggerTtlMs: 700 });
  const triggers: string[] = [];
  app = await boltOn(slack, (bolt) => bolt.command('/ops', async ({ ack, body }) => ack().then(() => void triggers.push(body.trigger_id))));
  const client = clientOf(slack);
  const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Hi' }, blocks: [section('x')] } as never;
  for (let i = 0; i < 2; i += 1) await slack.as(ANA).command('/ops');
  await slack.waitFor('two triggers', () => triggers.length === 2);
  const opened = await client.views.open({ trigger_id: triggers[0] ?? '', view });
  expect(await refusal(client.views.open({ trigger_id: triggers[0] ?? '', view }))).toBe('exchanged_trigger_id');
  expect(await refusal(client.views.update({ view_id: opened.view?.id ?? '', hash: 'old', view }))).toBe('hash_conflict');
  await sleep(710);
  expect(await refusal(client.views.open({ trigger_id: triggers[1] ?? '', view }))).toBe('expired_trigger_id');
});

test('a response_url replaces and deletes the message that was pressed on, five times at most', async () => {
  const statuses: number[] = [];
  app = await boltOn(slack, (bolt) =>
    bolt.action('go', async ({ ack, body }) => {
      await ack();
      const post = async (what: unknown): Promise<number> =>
        (
          await fetch((body as { response_url: string }).response_url, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(what),
          })
        ).status;
      statuses.push(await post({ replace_original: true, text: 'replaced' }));
      statuses.push(await post({ response_type: 'in_channel', text: 'for all' }));
      statuses.push(await post({ blocks: [{ type: 'nonsense' }] }));
      for (let i = 0; i < 3; i += 1) statuses.push(await post({ delete_original: true }));
    }),
  );
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel: OPS,
    text: 'x',
    blocks: [{ type: 'actions', elements: [button('Go', 'go')] } as never],
  });
  await slack.as(ANA).click({ channel: OPS, ts }, 'Go');
  await slack.waitFor('six posts', () => statuses.length === 6);
  expect(statuses).toEqual([200, 200, 400, 200, 200, 404]);
  expect(slack.messages(OPS).map((message) => message.text)).toEqual(['for all']);
});

test('a link of an unfurl domain is shown by the app', async () => {
  app = await boltOn(slack, (bolt) =>
    bolt.event('link_shared', async ({ event, client }) => {
      const url = event.links[0]?.url ?? '';
      await client.chat.unfurl({ channel: event.channel, ts: event.message_ts, unfurls: { [url]: { blocks: [section('*INC-12* is open')] } } });
    }),
  );
  const { ts } = await slack.as(ANA).say(OPS, 'see https://opsloop.example.com/INC-12');
  const shown = await slack.waitFor('the unfurl', () => slack.messages(OPS).find((message) => message.ts === ts && message.attachments.length > 0));
  expect(shown.attachments).toMatchObject([{ from_url: 'https://opsloop.example.com/INC-12', blocks: [{ type: 'section' }] }]);
});
