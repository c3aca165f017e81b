import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { T0 } from '../support/make.ts';
import { tempStore } from '../support/store.ts';

const DEPLOY = join(import.meta.dirname, '..', '..', 'deploy');
const BUILT_IN = new Set(['up']);

/** Names of series that an expression reads. */
const seriesIn = (expr: string): string[] =>
  [...expr.matchAll(/\b(opsloop_\w+|process_\w+|up)\b/g)].map((match) => match[1]?.replace(/_(bucket|count|sum)$/, '') ?? '');

it('alerts and the dashboard read only figures that opsloop gives', async () => {
  const store = await tempStore();
  const metrics = createMetrics({
    store,
    clock: { now: () => T0 },
    sources: () => [],
    ticks: { lastTickAtMs: null, lastTickMs: null, errors: 0 },
    slackUrl: 'https://slack.com/api/',
  });
  onTestFinished(() => metrics.close());
  const known = new Set([...(await metrics.text()).matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]));
  const rules = parse(readFileSync(join(DEPLOY, 'alerts.yml'), 'utf8')) as {
    groups: { rules: { alert: string; expr: string; labels: object; annotations: object }[] }[];
  };
  const board = JSON.parse(readFileSync(join(DEPLOY, 'grafana-opsloop.json'), 'utf8')) as { panels: { targets: { expr: string }[] }[] };
  const alerts = rules.groups.flatMap((group) => group.rules);
  for (const alert of alerts)
    expect(alert, alert.alert).toMatchObject({
      labels: { severity: expect.any(String) },
      annotations: { summary: expect.any(String), description: expect.any(String) },
    });
  const exprs = [...alerts.map((alert) => alert.expr), ...board.panels.flatMap((panel) => panel.targets.map((target) => target.expr))];
  expect(exprs.length).toBeGreaterThan(20);
  for (const expr of exprs) {
    expect(seriesIn(expr), expr).not.toEqual([]);
    for (const name of seriesIn(expr)) expect(known.has(name) || BUILT_IN.has(name), `${name} in ${expr}`).toBe(true);
  }
});
