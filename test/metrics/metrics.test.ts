import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { AuditEntry } from '../../src/domain/audit.ts';
import type { Store } from '../../src/domain/store.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { T0 } from '../support/make.ts';
import { storePlace } from '../support/store.ts';
import { anIncident, aPlan } from '../support/verbs.ts';

/** The value of a series, as written. */
function value(text: string, series: string): number | null {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

async function open(slackUrl = 'https://slack.com/api/', change: (store: Store) => Store = (store) => store) {
  const place = storePlace();
  const clock = new ManualClock(T0);
  const store = change(await place.open({ clock }));
  const ticks = { lastTickAtMs: null as number | null, lastTickMs: null as number | null, errors: 0 };
  const source = { name: 'cloudwatch', kind: 'metrics' as const, ok: true, lastReadAtMs: T0, error: null };
  const sources = [source];
  const metrics = createMetrics({ store, clock, ticks, sources: () => sources, slackUrl });
  onTestFinished(() => metrics.close());
  return { store, clock, ticks, sources, source, metrics };
}

it('tells how the loop and its sources do', async () => {
  const { clock, ticks, sources, source, metrics } = await open();
  metrics.ticked();
  expect(value(await metrics.text(), 'opsloop_tick_age_seconds')).toBeNaN();
  Object.assign(ticks, { lastTickAtMs: T0, lastTickMs: 420, errors: 2 });
  sources[0] = { ...source, ok: false };
  metrics.ticked();
  metrics.ticked(); // the same tick once
  clock.advance(5000);
  const text = await metrics.text();
  expect(value(text, 'opsloop_tick_duration_seconds_count')).toBe(1);
  expect(value(text, 'opsloop_tick_duration_seconds_sum')).toBe(0.42);
  expect(value(text, 'opsloop_tick_age_seconds')).toBe(5);
  expect(value(text, 'opsloop_stage_errors_total')).toBe(2);
  expect(value(text, 'opsloop_source_up{source="cloudwatch",kind="metrics"}')).toBe(0);
  expect(value(text, 'opsloop_source_age_seconds{source="cloudwatch",kind="metrics"}')).toBe(5);
  expect(value(text, 'opsloop_source_errors_total{source="cloudwatch",kind="metrics"}')).toBe(1);
});

it('counts what happened from the audit, once, and how much waits', async () => {
  const { store, metrics } = await open();
  const incident = await anIncident(store, T0);
  await aPlan(store, incident.id, T0);
  await store.outbox.add({ type: 'incident', incidentId: incident.id }, T0);
  for (let scrape = 0; scrape < 2; scrape += 1) {
    const text = await metrics.text();
    expect(value(text, 'opsloop_events_total{event="incident.opened"}')).toBe(1);
    expect(value(text, 'opsloop_events_total{event="plan.proposed"}')).toBe(1);
    expect(value(text, 'opsloop_incidents_open')).toBe(1);
    expect(value(text, 'opsloop_plans_waiting')).toBe(1);
    expect(value(text, 'opsloop_outbox_size')).toBe(1);
    expect(value(text, 'opsloop_store_bytes{file="database"}')).toBeGreaterThan(1000);
  }
  await anIncident(store, T0);
  expect(value(await metrics.text(), 'opsloop_events_total{event="incident.opened"}')).toBe(2);
});

it('counts no event before a long audit is read to its end after a restart: a part would look like a reset, and raise alarms', async () => {
  const rows = 250_000;
  const { metrics } = await open(undefined, (store) => {
    const list = async ({ after = 0, limit = 0 }: { readonly after?: number; readonly limit?: number }) =>
      Array.from({ length: Math.min(limit, rows - after) }, (_, index) => ({ seq: after + index + 1, verb: 'plan.failed' }) as AuditEntry);
    return { ...store, audit: { ...store.audit, list } };
  });
  const seen: (number | null)[] = [];
  for (let scrape = 0; scrape < 4; scrape += 1) seen.push(value(await metrics.text(), 'opsloop_events_total{event="plan.failed"}'));
  expect(seen).toEqual([null, null, rows, rows]);
});

it('times Slack’s Web API and counts its 429s, and no other requests', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url?.includes('postMessage') === true ? 429 : 200;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const port = (server.address() as AddressInfo).port;
  const { metrics } = await open(`http://127.0.0.1:${port}/api/`);
  await fetch(`http://127.0.0.1:${port}/api/chat.postMessage`, { method: 'POST' });
  await fetch(`http://127.0.0.1:${port}/api/auth.test`);
  await fetch(`http://127.0.0.1:${port}/other`);
  const text = await metrics.text();
  expect(value(text, 'opsloop_slack_request_duration_seconds_count{method="chat.postMessage"}')).toBe(1);
  expect(value(text, 'opsloop_slack_request_duration_seconds_count{method="auth.test"}')).toBe(1);
  expect(value(text, 'opsloop_slack_responses_total{status="429"}')).toBe(1);
  expect(value(text, 'opsloop_slack_responses_total{status="200"}')).toBe(2);
  expect(text).not.toContain('other');
});
