import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LocalSlack } from '../../../src/sandbox/slack/types.ts';
import { ANA, boltOn, clientOf, local, OPS, refusal } from './support.ts';

let slack: LocalSlack;
let app: App | null = null;
beforeEach(async () => {
  slack = await local({ redeliverAfterMs: [0, 40] });
});

/** The same, but impatient: for the tests in which nobody acknowledges in time. */
async function impatient(): Promise<void> {
  await slack.stop();
  slack = await local({ ackTimeoutMs: 80, redeliverAfterMs: [0, 40] });
}
afterEach(async () => {
  await app?.stop();
  app = null;
  await slack.stop();
});

/** A bare socket: what the server says, and a way to answer. */
async function socketOf(on: LocalSlack): Promise<{ socket: WebSocket; heard: { type: string; [key: string]: unknown }[] }> {
  const { url = '' } = await clientOf(on, on.appToken).apps.connections.open();
  const socket = new WebSocket(url);
  const heard: { type: string; [key: string]: unknown }[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  socket.on('error', () => heard.push({ type: 'refused' }));
  await slack.waitFor('an answer', () => heard.length > 0);
  return { socket, heard };
}

test('a client that is told to slow down waits and gets through', async () => {
  slack.faults.rateLimit('chat.postMessage', 1, 1);
  const patient = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, logLevel: LogLevel.ERROR, retryConfig: { retries: 2, minTimeout: 1 } });
  const startedMs = performance.now();
  await patient.chat.postMessage({ channel: OPS, text: 'x' });
  expect(performance.now() - startedMs).toBeGreaterThan(950);
  expect(slack.calls().map((call) => call.outcome)).toEqual(['http 429', 'ok']);
});

test('a planned error comes as often as asked, and only for its method', async () => {
  slack.faults.fail('chat.postMessage', 'fatal_error', 2);
  const client = clientOf(slack);
  const post = () => refusal(client.chat.postMessage({ channel: OPS, text: 'x' }));
  expect(await refusal(client.auth.test())).toBe('ok');
  expect([await post(), await post(), await post()]).toEqual(['fatal_error', 'fatal_error', 'ok']);
});

test('a lost reply leaves the message posted and the caller in the dark', async () => {
  slack.faults.loseReply('chat.postMessage');
  expect(await refusal(clientOf(slack).chat.postMessage({ channel: OPS, text: 'once' }))).not.toBe('ok');
  expect(slack.messages(OPS)).toHaveLength(1);
  expect(slack.calls().at(-1)?.outcome).toBe('reply lost');
});

test('while Slack is down nothing answers, and then it does again', async () => {
  slack.faults.downFor(300);
  expect(await refusal(clientOf(slack).auth.test())).toContain('503');
  expect(slack.calls().at(-1)?.outcome).toBe('http 503');
  await sleep(310);
  expect(await refusal(clientOf(slack).auth.test())).toBe('ok');
});

test('an event that is not acknowledged comes again under its event_id, with the reason', async () => {
  await impatient();
  const { socket, heard } = await socketOf(slack);
  await slack.as(ANA).dm('hello');
  await slack.waitFor('three tries', () => heard.filter((one) => one.type === 'events_api').length === 3, 2000);
  const tries = heard.filter((one) => one.type === 'events_api') as unknown as { retry_attempt: number; retry_reason: string; payload: { event_id: string } }[];
  expect(tries.map((one) => [one.retry_attempt, one.retry_reason])).toEqual([
    [0, ''],
    [1, 'timeout'],
    [2, 'timeout'],
  ]);
  expect(new Set(tries.map((one) => one.payload.event_id)).size).toBe(1);
  socket.close();
});

test('an acknowledgement that is late counts as none', async () => {
  await impatient();
  const seen: unknown[] = [];
  app = await boltOn(slack, (bolt) => bolt.message(async ({ context, body }) => void seen.push([(body as { event_id: string }).event_id, context.retryNum])));
  slack.faults.delayAcks(400);
  await slack.as(ANA).dm('hello');
  await slack.waitFor('the second delivery', () => seen.length >= 2);
  slack.faults.delayAcks(0);
  expect(seen[1]).toEqual([(seen[0] as unknown[])[0], 1]);
});

test('the last event can be sent again', async () => {
  const ids: string[] = [];
  app = await boltOn(slack, (bolt) => bolt.event('app_mention', async ({ body }) => void ids.push(body.event_id)));
  expect(slack.faults.redeliverLast()).toBe(false);
  await slack.as(ANA).react(await slack.as(ANA).mention(OPS, 'status'), 'eyes');
  await slack.waitFor('the mention', () => ids.length === 1);
  await slack.as(ANA).mention(OPS, 'status');
  await slack.waitFor('the second mention', () => ids.length === 2);
  expect(slack.faults.redeliverLast()).toBe(true);
  await slack.waitFor('it again', () => ids.length === 3);
  expect(ids[2]).toBe(ids[1]);
});

test('a ticket is good once, and the eleventh socket is one too many', async () => {
  const { url = '' } = await clientOf(slack, slack.appToken).apps.connections.open();
  const first = new WebSocket(url);
  await slack.waitFor('the first socket', () => slack.sockets() === 1);
  const second = new WebSocket(url);
  const refused = await new Promise<string>((resolve) => second.on('error', (error) => resolve(error.message)));
  expect(refused).toContain('401');
  const others = await Promise.all(Array.from({ length: 9 }, () => socketOf(slack)));
  expect(others[0]?.heard[0]).toMatchObject({ type: 'hello', connection_info: { app_id: expect.any(String) } });
  const { heard } = await socketOf(slack);
  expect(heard[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
  for (const { socket } of others) socket.close();
  first.close();
});

test('after a cut and after a disconnect the app comes back by itself', async () => {
  const seen: string[] = [];
  app = await boltOn(slack, (bolt) => bolt.command('/ops', async ({ ack, command }) => ack().then(() => void seen.push(command.text))), {
    clientPingTimeout: 100,
  });
  slack.faults.dropSockets();
  await slack.waitFor('the app to be gone', () => slack.sockets() === 0);
  expect(await slack.as(ANA).command('/ops', 'early')).toMatchObject({ error: 'dispatch_failed' });
  await slack.waitFor('the app to be back', () => slack.sockets() === 1);
  await slack.as(ANA).command('/ops', 'one');
  slack.faults.disconnect('refresh_requested');
  await slack.waitFor('the app to be gone', () => slack.sockets() === 0);
  await slack.waitFor('the app to be back', () => slack.sockets() === 1);
  await slack.as(ANA).command('/ops', 'two');
  expect(seen).toEqual(['one', 'two']);
});

test('waiting for what never comes ends with words', async () => {
  await expect(slack.waitFor('a miracle', () => false, 30)).rejects.toThrow('Waited 30 ms for a miracle.');
});
