import { expect, test, vi } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { createConnection } from '../../src/slack/connection.ts';
import { ANA, type Desk, keptLog, manifest, openDesk } from './edge.ts';

const wrong = async (over: { bot_token?: string; app_token?: string }): Promise<unknown> => {
  const slack = await startLocalSlack({ manifest });
  const desk = openDesk({
    slack: {
      channel: 'C0OPS00001',
      locale: 'en',
      locales: {},
      routes: [],
      bot_token: slack.botToken,
      app_token: slack.appToken,
      api_url: slack.apiUrl,
      ...over,
    },
  });
  const outcome = await desk.then(
    async (started) => {
      await started.stop();
      return null;
    },
    (error: unknown) => error,
  );
  await slack.stop();
  return outcome;
};

test('a wrong bot token is refused at start, in words', async () => {
  const error = await wrong({ bot_token: 'xoxb-wrong' });
  expect(error).toBeInstanceOf(OpsError);
  expect(error).toMatchObject({ code: 'forbidden', message: 'Slack refused the bot token: invalid_auth.' });
});

test('a wrong app token is refused at start, in words', async () => {
  expect(await wrong({ app_token: 'xapp-wrong' })).toMatchObject({ code: 'forbidden', message: 'Slack refused the app token: invalid_auth.' });
});

test('a missing setting is named before anything is tried', async () => {
  await expect(openDesk({ slack: { locale: 'en', locales: {}, routes: [], channel: 'C0OPS00001' } })).rejects.toThrow('the bot token is missing');
});

test('a Slack that cannot be reached is refused at start, in words', async () => {
  const slack = {
    locale: 'en',
    locales: {},
    channel: 'C0OPS00001',
    bot_token: 'xoxb-1',
    app_token: 'xapp-1',
    api_url: 'http://127.0.0.1:9/api/',
  } as const;
  await expect(openDesk({ slack: { ...slack, routes: [] } })).rejects.toThrow('Slack cannot be reached');
});

async function answers(desk: Desk): Promise<void> {
  await vi.waitFor(
    async () => {
      const reply = await desk.slack.as(ANA).command('/ops', 'help');
      expect(reply).toMatchObject({ ok: true });
    },
    { timeout: 8000, interval: 50 },
  );
}

test('a dropped socket, a polite disconnect and an outage are ridden out', async () => {
  const desk = await openDesk();
  try {
    for (const trouble of ['drop', 'disconnect', 'outage'] as const) {
      if (trouble === 'drop') desk.slack.faults.dropSockets();
      if (trouble === 'disconnect') desk.slack.faults.disconnect('refresh_requested');
      if (trouble === 'outage') desk.slack.faults.downFor(300);
      await desk.slack.waitFor('the edge to notice', () => !desk.edge.ready() || desk.log.lines.some((line) => line.message === 'connected to Slack again'));
      await vi.waitFor(() => expect(desk.edge.ready()).toBe(true), { timeout: 8000, interval: 20 });
      await answers(desk);
      desk.log.lines.length = 0;
    }
    expect(desk.fatal).toEqual([]);
  } finally {
    await desk.stop();
  }
});

test('tokens taken back while running end it, and nothing is left unhandled', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const desk = await openDesk();
  try {
    desk.slack.faults.fail('apps.connections.open', 'account_inactive');
    desk.slack.faults.dropSockets();
    await vi.waitFor(() => expect(desk.fatal.map((error) => error.message)).toEqual(['Slack refused the app token: account_inactive.']), { timeout: 8000 });
    expect(desk.edge.ready()).toBe(false);
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
    await desk.stop();
  }
});

test('stopping ends the socket and does not come back', async () => {
  const slack = await startLocalSlack({ manifest });
  const connection = createConnection({ appToken: slack.appToken, apiUrl: slack.apiUrl, log: keptLog(), onFatal: () => {} });
  await connection.start();
  expect(connection.ready()).toBe(true);
  await connection.stop();
  await slack.waitFor('the socket to end', () => slack.sockets() === 0);
  expect(connection.ready()).toBe(false);
  await slack.stop();
});
