import { afterEach, expect, it } from 'vitest';
import { builtIn } from '../../../src/cli/sandbox.ts';
import { system } from '../../../src/domain/actor.ts';
import { createToken } from '../../../src/loop/tokens.ts';
import { OPS_CHANNEL, textOf, World } from '../../support/world.ts';

let world: World;
afterEach(() => world.stop());

it('an alert that is pushed has its card within five seconds, without a tick', async () => {
  world = await World.start({ ...builtIn('bad-config'), faults: [] });
  await world.pass(1);
  const { app, slack } = world.sandbox;
  const { secret } = await createToken(app.store, world.clock, { next: () => 'token_g' }, { name: 'g', userId: null, scopes: ['ingest'] }, system('test'));
  const sentMs = performance.now();
  const payload = { name: 'CheckoutErrors', resource: 'ecs/checkout', severity: 'critical', reason: 'Every third order fails' };
  expect((await app.http.inject({ method: 'POST', url: '/webhooks/generic', headers: { authorization: `Bearer ${secret}` }, payload })).statusCode).toBe(200);
  await slack.waitFor('the card', () => slack.messages(OPS_CHANNEL).find((message) => textOf(message).includes('Every third order fails')), 25_000);
  expect(performance.now() - sentMs).toBeLessThan(5000);
});

it('an alert of Alertmanager becomes an incident with a card, and ends with it', async () => {
  world = await World.start({ ...builtIn('bad-config'), faults: [] });
  await world.pass(2);
  const { app } = world.sandbox;
  const { secret } = await createToken(
    app.store,
    world.clock,
    { next: () => 'token_am' },
    { name: 'alertmanager', userId: null, scopes: ['ingest'] },
    system('test'),
  );
  const post = async (status: 'firing' | 'resolved') => {
    const labels = { alertname: 'CheckoutErrors', resource: 'ecs/checkout', severity: 'critical' };
    const at = new Date(world.clock.now()).toISOString();
    const alert = { status, labels, annotations: { summary: 'Every third order fails' }, startsAt: at, endsAt: at, fingerprint: 'c1' };
    const answer = await app.http.inject({
      method: 'POST',
      url: '/webhooks/alertmanager',
      headers: { authorization: `Bearer ${secret}` },
      payload: { version: '4', alerts: [alert] },
    });
    expect(answer.statusCode).toBe(200);
  };
  await post('firing');
  await post('firing'); // Alertmanager repeats itself
  await world.pass(1);
  const incidents = await world.incidents();
  expect(incidents).toMatchObject([{ resourceIds: ['ecs/checkout'], severity: 0.95 }]);
  const id = incidents[0]?.id ?? '';
  expect((await app.verbs.incident(id)).anomalies).toMatchObject([{ method: 'alarm', endedAtMs: null }]);
  expect(await world.cardText(id)).toContain('Every third order fails');
  await post('resolved');
  await world.pass(5);
  expect((await world.incidents())[0]).toMatchObject({ id, state: 'resolved', resolution: 'recovered' });
});
