import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalSlack } from '../../../src/sandbox/slack/types.ts';
import { ANA, clientOf, local, OPS, refusal, section, without } from './support.ts';

let slack: LocalSlack;
let channel: string;
let ts: string;
beforeAll(async () => {
  slack = await local({ triggerTtlMs: 40 });
  channel = OPS;
  ts = (await clientOf(slack).chat.postMessage({ channel, text: 'hello' })).ts ?? '';
});
afterAll(() => slack.stop());

const long = 'x'.repeat(3001);
const hugeBlocks = Array.from({ length: 5 }, () => section('y'.repeat(2900)));

/** Method, arguments, and what Slack answers. `ts` and `person message` are filled in by the test. */
const TABLE: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['chat.nonsense', {}, 'unknown_method'],
  ['chat.postMessage', { channel: 'C404', text: 'x' }, 'channel_not_found'],
  ['chat.postMessage', { text: 'x' }, 'invalid_arguments'],
  ['chat.postMessage', { channel: OPS }, 'no_text'],
  ['chat.postMessage', { channel: OPS, text: 'x'.repeat(40_001) }, 'msg_too_long'],
  ['chat.postMessage', { channel: OPS, text: 'x', blocks: [section(long)] }, 'invalid_blocks'],
  ['chat.postMessage', { channel: OPS, text: 'x', blocks: [{ type: 'nonsense' }] }, 'invalid_blocks'],
  ['chat.postMessage', { channel: OPS, text: 'x', blocks: 'section' }, 'invalid_arguments'],
  ['chat.postMessage', { channel: OPS, text: 'x', blocks: { type: 'section' } }, 'invalid_blocks_format'],
  ['chat.postMessage', { channel: OPS, text: 'x', blocks: hugeBlocks }, 'msg_blocks_too_long'],
  ['chat.postMessage', { channel: OPS, text: 'x', blocks: [{ type: 'image', alt_text: 'a', slack_file: { id: 'F404' } }] }, 'invalid_blocks'],
  ['chat.postMessage', { channel: OPS, text: 'x', thread_ts: '1.000001' }, 'thread_not_found'],
  ['chat.postMessage', { channel: OPS, text: 'x', metadata: { event_type: 'a' } }, 'invalid_metadata_format'],
  ['chat.postMessage', { channel: OPS, text: 'x', markdown_text: 'y' }, 'markdown_text_conflict'],
  ['chat.update', { channel: OPS, ts: '1.000001', text: 'x' }, 'message_not_found'],
  ['chat.delete', { channel: OPS, ts: '1.000001' }, 'message_not_found'],
  ['chat.postEphemeral', { channel: OPS, user: 'U404', text: 'x' }, 'user_not_in_channel'],
  ['chat.getPermalink', { channel: OPS, message_ts: '1.000001' }, 'message_not_found'],
  ['chat.startStream', { channel: OPS, thread_ts: 'TS' }, 'missing_recipient_user_id'],
  ['chat.appendStream', { channel: OPS, ts: 'TS', markdown_text: 'x' }, 'message_not_in_streaming_state'],
  ['conversations.list', { types: 'nonsense' }, 'invalid_types'],
  ['conversations.list', { types: 'private_channel' }, 'missing_scope'],
  ['conversations.info', { channel: 'C404' }, 'channel_not_found'],
  ['conversations.replies', { channel: OPS, ts: '1.000001' }, 'thread_not_found'],
  ['conversations.history', { channel: OPS, cursor: 'nonsense' }, 'invalid_cursor'],
  ['conversations.open', { users: 'U404' }, 'user_not_found'],
  ['users.info', { user: 'U404' }, 'user_not_found'],
  ['users.lookupByEmail', { email: 'nobody@example.com' }, 'users_not_found'],
  ['usergroups.users.list', { usergroup: 'S404' }, 'no_such_subteam'],
  ['team.info', {}, 'missing_scope'],
  ['bots.info', { bot: 'B404' }, 'bot_not_found'],
  ['reactions.add', { channel: OPS, timestamp: '1.000001', name: 'eyes' }, 'message_not_found'],
  ['reactions.add', { channel: OPS, timestamp: 'TS', name: 'not an emoji' }, 'invalid_name'],
  ['reactions.remove', { channel: OPS, timestamp: 'TS', name: 'eyes' }, 'no_reaction'],
  ['views.open', { trigger_id: 'nonsense', view: {} }, 'invalid_trigger_id'],
  ['views.push', { trigger_id: 'nonsense', view: {} }, 'invalid_trigger_id'],
  ['views.update', { view_id: 'V404', view: {} }, 'not_found'],
  ['views.publish', { user_id: 'U404', view: { type: 'home', blocks: [section('x')] } }, 'invalid_arguments'],
  ['views.publish', { user_id: ANA, view: { type: 'modal', blocks: [section('x')] } }, 'invalid_arguments'],
  ['files.info', { file: 'F404' }, 'file_not_found'],
  ['files.completeUploadExternal', { files: [{ id: 'F404' }] }, 'file_not_found'],
  ['assistant.threads.setStatus', { channel_id: OPS, thread_ts: '1.000001', status: 'x' }, 'invalid_thread_ts'],
  ['chat.unfurl', { channel: OPS, ts: 'TS', unfurls: { 'https://elsewhere.example.com': { text: 'x' } } }, 'cannot_unfurl_url'],
  ['api.test', { error: 'my_error' }, 'my_error'],
];

const CASES = TABLE.map(([method, args, error]) => ({ name: `${method} with ${JSON.stringify(args).slice(0, 70)}`, method, args, error }));

test.each(CASES)('$name is refused as Slack refuses it: $error', async ({ method, args, error }) => {
  const filled = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, value === 'TS' ? ts : value]));
  expect(await refusal(clientOf(slack).apiCall(method, filled))).toBe(error);
  expect(slack.calls().at(-1)).toMatchObject({ method, outcome: error });
});

test('tokens are looked at: missing, wrong, and of the wrong kind', async () => {
  const noToken = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' });
  expect(await noToken.json()).toEqual({ ok: false, error: 'not_authed' });
  expect(await refusal(clientOf(slack, 'xoxb-wrong').auth.test())).toBe('invalid_auth');
  expect(await refusal(clientOf(slack, slack.appToken).auth.test())).toBe('not_allowed_token_type');
  expect(await refusal(clientOf(slack).apps.connections.open())).toBe('not_allowed_token_type');
  expect(await refusal(clientOf(slack, slack.appToken).apps.connections.open())).toBe('ok');
});

test('a missing scope is named, with what the manifest gives', async () => {
  const poorer = await local({ manifest: without('chat:write') });
  const error = await clientOf(poorer)
    .chat.postMessage({ channel, text: 'x' })
    .catch((thrown: unknown) => (thrown as { data: unknown }).data);
  expect(error).toMatchObject({ ok: false, error: 'missing_scope', needed: 'chat:write', provided: expect.stringContaining('im:history') });
  await poorer.stop();
});

test('invalid blocks are answered with the place and the reason', async () => {
  const answer = await clientOf(slack)
    .chat.postMessage({ channel, text: 'x', blocks: [section('fine'), section(long)] })
    .catch((thrown: unknown) => (thrown as { data: unknown }).data);
  expect(answer).toMatchObject({ errors: ['blocks[1].text.text: has 3001 characters, at most 3000 are allowed'] });
});

test("a person's message can be neither updated nor deleted by the bot", async () => {
  const theirs = await slack.as(ANA).say(OPS, 'mine');
  expect(await refusal(clientOf(slack).chat.update({ channel, ts: theirs.ts, text: 'x' }))).toBe('cant_update_message');
  expect(await refusal(clientOf(slack).chat.delete({ channel, ts: theirs.ts }))).toBe('cant_delete_message');
});

test('a reaction counts once a person', async () => {
  const client = clientOf(slack);
  await client.reactions.add({ channel, timestamp: ts, name: 'eyes' });
  expect(await refusal(client.reactions.add({ channel, timestamp: ts, name: 'eyes' }))).toBe('already_reacted');
  await client.reactions.remove({ channel, timestamp: ts, name: 'eyes' });
});

test('a manifest without Socket Mode, or that is none, is refused in words', async () => {
  await expect(local({ manifest: null })).rejects.toThrow('The Slack manifest is not valid');
  await expect(local({ manifest: { ...(without('none') as object), settings: {} } })).rejects.toThrow('does not enable Socket Mode');
});
