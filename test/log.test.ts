import { expect, it, onTestFinished } from 'vitest';
import { OpsError } from '../src/domain/errors.ts';
import { createLog } from '../src/log.ts';
import { plainStep, withFacts } from '../src/telemetry/steps.ts';
import { Api } from './http/api.ts';
import { World } from './support/world.ts';

/** A log whose lines can be read. */
function lines() {
  const texts: string[] = [];
  const log = createLog('debug', { write: (text: string) => void texts.push(text) });
  return { log, text: () => texts.join(''), all: () => texts.map((text) => JSON.parse(text) as Record<string, unknown>) };
}

it('a line carries the ids of what is under way, also after waiting, and nothing of what runs beside it', async () => {
  const { log, all } = lines();
  await Promise.all(
    ['INC-1', 'INC-2'].map((incident) =>
      plainStep('stage', { incident }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        await plainStep('plan', { plan: `PLAN-of-${incident}` }, async () => log.info({}, 'inside'));
        log.info({ incident: 'named by itself' }, 'own');
      }),
    ),
  );
  log.info({}, 'outside');
  expect(all().filter((line) => line['msg'] === 'inside')).toMatchObject([
    { incident: 'INC-1', plan: 'PLAN-of-INC-1' },
    { incident: 'INC-2', plan: 'PLAN-of-INC-2' },
  ]);
  expect(all().filter((line) => line['msg'] === 'own')).toMatchObject([{ incident: 'named by itself' }, { incident: 'named by itself' }]);
  expect(all().at(-1)).not.toHaveProperty('incident');
});

it('secrets are taken out of every line', () => {
  const { log, text } = lines();
  withFacts({ request: 'req_1' }, () =>
    log.warn({ token: 'ops_hidden', call: { authorization: 'Bearer hidden', secret: 'hidden' }, headers: { authorization: 'hidden' } }, 'x'),
  );
  expect(text()).not.toContain('hidden');
  expect(text()).toContain('"request":"req_1"');
});

it('secrets are known by their form, in messages, fields and errors', () => {
  const { log, text, all } = lines();
  const token = ['xoxb', '1234567890', 'abcdefghij'].join('-');
  log.error(
    { err: new Error(`Slack refused ${token}`, { cause: new Error(`password=hunter22`) }), tried: [{ url: 'https://u:hunter22@db.example/x' }] },
    `with ${token}`,
  );
  expect(text()).not.toMatch(/xoxb|hunter22/);
  expect(all()).toMatchObject([
    { msg: 'with [slack token]', err: { type: 'Error', message: expect.stringContaining('[slack token]'), stack: expect.any(String) } },
  ]);
});

it('a request that fails is logged with the id its caller was told, also what its verb logs after its body was read', async () => {
  const { log, all } = lines();
  const api = await Api.open({ log });
  api.verbs.failNext('proposeFix', new Error('boom'));
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${address}/api/agents/action/exec`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await api.token(['act:request'])}`, 'content-type': 'application/json' },
    body: JSON.stringify({ issue: 'INC-1' }),
  });
  expect(answer.status).toBe(500);
  expect(all()).toMatchObject([{ request: answer.headers.get('x-request-id'), route: '/api/agents/action/exec', method: 'POST', msg: 'a request failed' }]);
});

it('what goes wrong in the loop is logged with its incident and plan', async () => {
  const { log, all, text } = lines();
  const world = await World.start('memory-leak', {}, log);
  onTestFinished(() => world.stop());
  const { account } = world.sandbox;
  const { execute } = account.remediator;
  account.remediator.execute = async () => {
    log.info({}, 'asked to act');
    throw new OpsError('unavailable', 'the target is away');
  };
  const plan = await world.untilPlan(['failed', 'outcome_unknown', 'succeeded']);
  account.remediator.execute = execute;
  const ids = { plan: plan.id, incident: plan.incidentId };
  expect(all().find((line) => line['msg'] === 'asked to act')).toMatchObject({ ...ids, action: 'restart_service' });
  expect(all().find((line) => line['msg'] === 'an action did not go through')).toMatchObject(ids);
  expect(text()).not.toContain('xoxb-');
}, 30_000);
