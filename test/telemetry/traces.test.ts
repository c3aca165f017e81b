import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { system } from '../../src/domain/actor.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { createToken } from '../../src/loop/tokens.ts';
import { openTelemetry } from '../../src/telemetry/otlp.ts';
import { World } from '../support/world.ts';
import { collector, type GotSpan } from './collector.ts';

const SLACK = 'https://slack.com/api/';

it('the whole loop leaves traces: ticks, stages, sources, plans, Slack, verbs and requests, with ids and no secrets', async () => {
  const got = await collector();
  const world = await World.start('memory-leak', { telemetry: { otlp_url: got.url } });
  const plan = await world.untilPlan(['succeeded']);
  const { app } = world.sandbox;
  const { secret } = await createToken(
    app.store,
    world.clock,
    { next: () => 'token_t' },
    { name: 't', userId: null, scopes: ['read', 'detect'] },
    system('test'),
  );
  const headers = { authorization: `Bearer ${secret}`, prefer: 'wait=10' };
  await app.http.inject({ method: 'POST', url: '/api/agents/rca/analyze', headers, payload: { subject: plan.incidentId } });
  const lines = await app.store.signals.logs({ window: { fromMs: 0, toMs: world.clock.now() }, text: '', limit: 200 });
  await world.stop();

  const spans = got.spans();
  const named = (name: string): GotSpan[] => spans.filter((span) => span.name === name);
  const parentOf = (span: GotSpan | undefined): string | undefined => spans.find((one) => one.id === span?.parent)?.name;
  expect(named('tick').length).toBeGreaterThan(5);
  for (const stage of ['collect', 'detect', 'correlate', 'learn']) expect(parentOf(named(`stage ${stage}`)[0]), stage).toBe('tick');
  expect(parentOf(named('source')[0])).toBe('stage collect');
  expect(new Set(named('source').map((span) => span.facts['kind']))).toEqual(new Set(['metrics', 'logs', 'changes', 'alarms', 'topology', 'log search']));
  expect(named('analyse')[0]?.facts).toMatchObject({ incident: plan.incidentId, stage: 'analyse' });
  expect(named('plan')).toMatchObject([{ facts: { plan: plan.id, incident: plan.incidentId, action: 'restart_service', target: 'ecs/checkout' } }]);
  expect(named('slack').map((span) => span.facts['method'])).toContain('chat.postMessage');
  const request = named('http').at(-1);
  expect(request?.facts).toMatchObject({ method: 'POST', route: '/api/agents/rca/analyze', status: 200, request: expect.stringMatching(/^req_/) });
  const verb = named('verb analyse').at(-1);
  expect(verb).toMatchObject({ trace: request?.trace, facts: { incident: plan.incidentId, actor: 'token:token_t' } });

  const text = got.text();
  expect(lines.length).toBeGreaterThan(10);
  for (const hidden of [secret, 'xoxb-', 'xapp-', 'Bearer', ...lines.map((line) => line.message)]) expect(text).not.toContain(hidden);
}, 60_000);

it('a step that fails says with which code, and not in which words', async () => {
  const got = await collector();
  const telemetry = openTelemetry({ url: got.url, slackUrl: SLACK });
  const failing = telemetry.step('outer', { plan: 'PLAN-1' }, () =>
    telemetry.step('inner', {}, async (add) => {
      add({ tries: 3 });
      throw new OpsError('unavailable', 'password=hunter2 was refused');
    }),
  );
  await expect(failing).rejects.toMatchObject({ code: 'unavailable' });
  await telemetry.close();
  expect(got.spans()).toMatchObject([
    { name: 'inner', failed: 'unavailable', facts: { tries: 3 } },
    { name: 'outer', failed: 'unavailable', facts: { plan: 'PLAN-1' } },
  ]);
  expect(got.text()).not.toContain('hunter2');
});

it('a collector that is away holds nothing up', async () => {
  const telemetry = openTelemetry({ url: 'http://127.0.0.1:1/v1/traces', slackUrl: SLACK });
  expect(await telemetry.step('work', {}, async () => 7)).toBe(7);
  const startedMs = performance.now();
  await telemetry.close();
  expect(performance.now() - startedMs).toBeLessThan(3000);
});

it('nothing of it is loaded without a collector in the config', () => {
  const app = join(import.meta.dirname, '..', '..', 'src', 'app.ts');
  const script = `
    import { registerHooks } from 'node:module';
    const asked = [];
    registerHooks({ resolve: (name, context, next) => { asked.push(name); return next(name, context); } });
    await import(${JSON.stringify(app)});
    console.log(JSON.stringify({ all: asked.length, traces: asked.filter((name) => /opentelemetry\\/(?!api)|otlp/.test(name)) }));`; // the API alone comes with prom-client
  const out = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as { all: number; traces: string[] };
  expect(out.all).toBeGreaterThan(100);
  expect(out.traces).toEqual([]);
});
