import { afterEach, describe, expect, it } from 'vitest';
import { system } from '../../../src/domain/actor.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import type { Log } from '../../../src/domain/log.ts';
import { createLog } from '../../../src/log.ts';
import { createToken } from '../../../src/loop/tokens.ts';
import { ANA, DMITRI, World } from '../../support/world.ts';

// Put together here, so that no scanner takes them for real ones.
const CANARIES = {
  'an AWS key id': ['AKIA', 'CANARY1CANARY1CA'],
  'a token of Slack': ['xoxb', '-canary-canary-2'],
  'a password': ['password=', 'canary3hunter'],
  'a web token': ['eyJcanary4', '.eyJcanary4a.canary4b'],
  'an address with a password': ['postgres://ops:', 'canary5@db.internal/shop'],
  'a token of the API': ['Bearer ', 'canary6.canary6.canary6'],
};
const PLANTED = Object.values(CANARIES)
  .map((parts) => parts.join(''))
  .join(' and ');
const FOUND = /CANARY1|canary-canary-2|canary3|canary4|canary5|canary6|canary7/;
const IN_CONFIG = 'canary7-of-the-config'; // nothing in its form says that it is a secret
const HTTP = { webhooks: { secret: IN_CONFIG } };

let world: World;
let lines: string[];
afterEach(() => world.stop());

/** The world logs all there is to log, and its account speaks of secrets wherever it can. */
async function start(scenario: string): Promise<void> {
  lines = [];
  const log: Log = createLog('debug', { write: (line: string) => void lines.push(line) }, [IN_CONFIG]);
  world = await World.start(scenario, { http: HTTP }, log);
  const { account } = world.sandbox;
  const planting: readonly (readonly [unknown, (one: object) => object])[] = [
    [account.logs, (one: object) => ({ ...one, message: `${(one as { message: string }).message} ${PLANTED}` })],
    [account.alarms, (one: object) => ({ ...one, name: `Alarm ${PLANTED}`.slice(0, 255), reason: PLANTED })],
    [account.changes, (one: object) => ({ ...one, summary: `${(one as { summary: string }).summary} ${PLANTED}`, details: { note: PLANTED } })],
    [
      account.metrics,
      (one: object) => ({
        ...one,
        ref: { ...(one as { ref: object }).ref, dimensions: { ...(one as { ref: { dimensions: object } }).ref.dimensions, note: PLANTED } },
      }),
    ],
  ];
  for (const [source, plant] of planting) {
    const reader = source as { read(...args: unknown[]): Promise<{ items: readonly object[] }> };
    const read = reader.read.bind(source);
    reader.read = async (...args) => {
      const batch = await read(...args);
      return { ...batch, items: batch.items.map(plant) };
    };
  }
}

/** Where a canary is found, of all that is shown, kept in the audit, or logged. */
async function leaks(): Promise<Record<string, string[]>> {
  const { slack, app } = world.sandbox;
  const audit = await app.store.audit.list({ limit: 2000 });
  const places = { logs: lines.join('\n'), slack: JSON.stringify([slack.calls(), everySlackText()]), audit: JSON.stringify(audit) };
  return Object.fromEntries(Object.entries(places).flatMap(([place, text]) => (FOUND.test(text) ? [[place, around(text)]] : [])));
}
const around = (text: string): string[] =>
  [...text.matchAll(new RegExp(FOUND, 'g'))].slice(0, 3).map((found) => text.slice(Math.max(0, found.index - 200), found.index + 30));
function everySlackText(): unknown {
  const { slack } = world.sandbox;
  const threads = slack.messages('C0OPS00001').flatMap((message) => slack.thread('C0OPS00001', message.ts));
  return [threads, ...[ANA, DMITRI].map((userId) => slack.ephemerals(userId))];
}

describe('secrets planted in everything the account says', () => {
  it('stand in no log line, no card and no audit row, from the alarm to the end of the fix', async () => {
    await start('bad-deploy');
    const plan = await world.untilPlan(['awaiting_approval']);
    await world.type(DMITRI, '/rca', plan.incidentId ?? '');
    await world.type(DMITRI, '/ops', `pause all ${PLANTED}`);
    await world.type(ANA, '/ops', 'resume all');
    await world.press(ANA, plan.id, 'ops:approve');
    await world.untilPlan(['succeeded', 'failed', 'rolled_back']);
    await world.type(DMITRI, '/ops', `audit ${plan.incidentId}`);
    expect(await leaks()).toEqual({});
    expect(lines.length).toBeGreaterThan(0);
  }, 60_000);

  it('nor do those in alerts that are pushed, in requests that are refused, and in what goes wrong', async () => {
    await start('memory-leak');
    const { app, account } = world.sandbox;
    const { secret } = await createToken(app.store, world.clock, { next: () => 'token_c' }, { name: 'c', userId: null, scopes: ['ingest'] }, system('test'));
    const push = { name: 'Checkout', resource: 'ecs/checkout', severity: 'critical', reason: PLANTED };
    const headers = { authorization: `Bearer ${secret}` };
    expect((await app.http.inject({ method: 'POST', url: '/webhooks/generic', headers, payload: push })).statusCode).toBe(200);
    await app.http.inject({ method: 'POST', url: '/api/agents/detect/run', headers: { authorization: 'Bearer canary6.wrong.token' }, payload: PLANTED });
    account.remediator.execute = async () => {
      throw new OpsError('unavailable', `The target said ${PLANTED}`, null, {
        cause: Object.assign(new Error(PLANTED), { config: { headers: { authorization: IN_CONFIG } } }),
      });
    };
    account.remediator.lookup = async () => {
      throw new Error(`${PLANTED} ${IN_CONFIG}`);
    };
    await world.untilPlan(['outcome_unknown', 'failed']);
    expect(await leaks()).toEqual({});
    expect(lines.join('')).toContain('[redacted]');
    expect(lines.join('')).not.toContain(secret);
    expect(JSON.stringify(everySlackText())).not.toContain(secret);
  }, 60_000);
});
