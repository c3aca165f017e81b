import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/domain/plan.ts';
import { silentLog } from '../../../src/log.ts';
import { SocketHub } from '../../../src/sandbox/slack/socket-hub.ts';
import type { Json } from '../../../src/sandbox/slack/types.ts';
import { createSlackEdge, type SlackEdge } from '../../../src/slack/app.ts';
import { directoryOf, person } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

const RUNS = process.env['OPSLOOP_LONG'] ? 10_000 : 1000;
const CHANNEL = 'C0OPS00001';
const STRANGER = 'U0STRANGER';

/** A Slack that says yes to everything, and whose envelopes are the test's. */
class AnySlack {
  readonly hub = new SocketHub({ ackTimeoutMs: 1000, redeliverAfterMs: [] });
  readonly #server: Server;
  #ts = 1;

  constructor() {
    this.#server = createServer((request, response) => {
      const method = (request.url ?? '').split('/').at(-1)?.split('?')[0] ?? '';
      let body = '';
      request.on('data', (part: Buffer) => (body += String(part)));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ ok: true, ...this.#answer(method, new URLSearchParams(body)) }));
      });
    });
    this.hub.attach(this.#server, () => true);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/`;
  }

  close(): void {
    this.hub.stop();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(method: string, args: URLSearchParams): Json {
    if (method === 'apps.connections.open') {
      const { port } = this.#server.address() as AddressInfo;
      return { url: `ws://127.0.0.1:${port}/link?ticket=${this.hub.issueTicket()}` };
    }
    if (method === 'auth.test') return { user_id: 'U0BOT', bot_id: 'B0BOT', team_id: 'T1', user: 'opsloop', team: 'test' };
    if (method === 'users.info') return { user: { id: args.get('user'), name: 'x', profile: {}, locale: 'en-US', tz: 'UTC' } };
    if (method.startsWith('chat.')) return { channel: args.get('channel'), ts: `${1_700_000_000 + this.#ts++}.000100`, message: {} };
    return { messages: [], channel: { id: args.get('channel') }, view: {}, users: [] };
  }
}

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    'PLAN-1',
    'INC-1',
    '["PLAN-1"]',
    '["PLAN-1","0000000000000000"]',
    'ops:approve:PLAN-1',
    'approve PLAN-1',
    '<@U0ANA0001>',
    '\u0000',
    '\ud800',
    '../../..',
    '__proto__',
  ),
  fc.constantFrom(null, 0, -1, 1e308, true, [], {}, undefined),
  fc.anything({ maxDepth: 2 }),
);

const team = { id: 'T1', domain: 'test' };
const user = { id: STRANGER, username: 'x', name: 'x', team_id: 'T1' };
const about = {
  team,
  user,
  api_app_id: 'A1',
  token: 't',
  trigger_id: '1.2.3',
  response_url: 'http://127.0.0.1:9/none',
  enterprise: null,
  is_enterprise_install: false,
};
const button = (id: string, value: string): Json => ({
  type: 'button',
  action_id: id,
  block_id: 'b',
  value,
  action_ts: '1.1',
  text: { type: 'plain_text', text: 'x' },
});
const message = { ts: '1700000000.000100', text: 'x', blocks: [], user: 'U0BOT', type: 'message', bot_id: 'B0BOT' };

const VERBS = ['approve', 'reject', 'cancel', 'fix', 'pause', 'resume', 'edit', 'lift', 'silence', 'why', 'ack', 'runbook'];
const SAID = ['approve PLAN-1', 'fix INC-1 rollback_deploy', 'reject PLAN-1 x', 'cancel PLAN-1', 'withdraw PLAN-1', 'resume all', 'status', 'audit INC-1'];

/** Right in form: a click, a command, a window, a message, a reaction, by somebody who may do nothing. */
function wellFormed(digest: string): fc.Arbitrary<readonly ['interactive' | 'slash_commands' | 'events_api', Json]> {
  const value = fc.oneof(fc.constantFrom(JSON.stringify(['PLAN-1', digest.slice(0, 16)]), '["PLAN-1"]', '["INC-1"]', '[]', 'x'), fc.string());
  const click = fc.record({ verb: fc.constantFrom(...VERBS), value }).map(
    (one): Json => ({
      ...about,
      type: 'block_actions',
      channel: { id: CHANNEL, name: 'ops' },
      container: { type: 'message', message_ts: message.ts, channel_id: CHANNEL },
      message,
      actions: [button(`ops:${one.verb}:PLAN-1`, one.value)],
    }),
  );
  const view = fc.record({ callback: fc.constantFrom('reject', 'ops:reject', 'ops:params', 'ops:feedback', 'ops:silence', 'x'), metadata: value }).map(
    (one): Json => ({
      ...about,
      type: 'view_submission',
      view: { id: 'V1', type: 'modal', callback_id: one.callback, private_metadata: one.metadata, state: { values: {} }, hash: 'h', blocks: [] },
    }),
  );
  const command = fc
    .record({ command: fc.constantFrom('/ops', '/approve', '/fix', '/rca'), text: fc.oneof(fc.constantFrom(...SAID), fc.string({ unit: 'binary' })) })
    .map(
      (one): Json => ({
        ...one,
        team_id: 'T1',
        channel_id: CHANNEL,
        channel_name: 'ops',
        user_id: STRANGER,
        user_name: 'x',
        api_app_id: 'A1',
        trigger_id: '1.2.3',
        token: 't',
        response_url: about.response_url,
      }),
    );
  const event = fc
    .record({
      type: fc.constantFrom('message', 'app_mention', 'reaction_added', 'app_home_opened'),
      text: fc.oneof(fc.constantFrom(...SAID), fc.string()),
      id: fc.uuid(),
    })
    .map(
      (one): Json => ({
        ...{ team_id: 'T1', api_app_id: 'A1', type: 'event_callback', event_id: one.id, event_time: 1_700_000_000, authorizations: [] },
        event: {
          type: one.type,
          text: `<@U0BOT> ${one.text}`,
          user: STRANGER,
          channel: CHANNEL,
          channel_type: 'im',
          ts: '1.1',
          reaction: '+1',
          item: { type: 'message', channel: CHANNEL, ts: message.ts },
          tab: 'home',
        },
      }),
    );
  return fc.oneof(
    click.map((one) => ['interactive', one] as const),
    view.map((one) => ['interactive', one] as const),
    command.map((one) => ['slash_commands', one] as const),
    event.map((one) => ['events_api', one] as const),
  );
}

/** Something somewhere in it is replaced or gone. */
function spoilt(payload: Json, at: number, what: unknown): Json {
  const copy = structuredClone(payload) as Record<string, unknown>;
  const places: [Record<string, unknown>, string][] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key]);
      walk((value as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const [place, key] = places[at % places.length] ?? [copy, 'x'];
  place[key] = what;
  return copy;
}

describe('what comes from Slack, in any shape', () => {
  let slack: AnySlack;
  let desk: PlansDesk;
  let edge: SlackEdge;
  let plan: Plan;

  beforeAll(async () => {
    slack = new AnySlack();
    const apiUrl = await slack.listen();
    const directory = directoryOf([person(STRANGER), person('U0DMI0004'), person('U0ANA0001')]);
    desk = await openPlansDesk({
      policy: { requesters: ['U0DMI0004'], approvers: ['U0ANA0001'], operators: ['U0ANA0001'], approval_expires_min: 1440 },
      directory,
    });
    plan = await desk.propose('rollback_deploy', 'ecs/checkout', { type: 'user', userId: 'U0DMI0004' });
    edge = createSlackEdge({
      slack: { channel: CHANNEL, locale: 'en', locales: {}, routes: [], bot_token: 'xoxb-test', app_token: 'xapp-test', api_url: apiUrl },
      ...{ store: desk.store, clock: desk.clock, log: silentLog, timing: { paceMs: 0, pollMs: 20, retryMs: 50 } },
      chart: async () => null,
      runbook: async () => null,
      mayApprove: async () => true,
      onFatal: () => undefined,
    });
    await edge.start(desk.core.verbs);
  });
  afterAll(async () => {
    await edge.stop();
    await desk.close();
    slack.close();
  });

  it(`does nothing to the account and leaves the bot alive, ${RUNS} times`, async () => {
    const before = await desk.plan(plan.id);
    // An envelope without its event once ended the process.
    const sent: Promise<unknown>[] = [{}, { event: null }, { event: {} }].map((payload) => slack.hub.send('events_api', payload));
    const bad = fc.tuple(wellFormed(plan.digest), fc.boolean(), fc.nat(), junk);
    for (const [[type, payload], whole, at, what] of fc.sample(bad, { numRuns: RUNS, seed: 5 })) {
      sent.push(slack.hub.send(type, whole ? payload : spoilt(payload, at, what)).catch(() => undefined));
      if (sent.length % 20 === 0) await sleep(5);
    }
    await Promise.all(sent);
    expect(desk.target.calls).toEqual([]);
    expect(await desk.plan(plan.id)).toMatchObject({ state: 'awaiting_approval', approvals: [], digest: before.digest });
    expect(await desk.store.plans.list({ limit: 10 })).toHaveLength(1);
    const rows = await desk.store.audit.list({ subject: plan.id, limit: 5000 });
    expect(rows.filter((row) => row.verb === 'plan.approval_refused').length).toBeGreaterThan(0); // they came through, and were refused
    expect(await desk.store.audit.verify()).toMatchObject({ brokenAt: null });
    const ask = {
      command: '/ops',
      text: 'help',
      team_id: 'T1',
      channel_id: CHANNEL,
      user_id: STRANGER,
      api_app_id: 'A1',
      trigger_id: '1.2.3',
      response_url: about.response_url,
    };
    expect(await slack.hub.send('slash_commands', ask)).toMatchObject({ ok: true });
  });
});
