import { expect, it } from 'vitest';
import type { MetricSeries } from '../../src/domain/metric.ts';
import { LOOP, MINUTE, minutes, NOON, series } from '../contracts/store/drafts.ts';
import { tempStore } from '../support/store.ts';

const long = it.runIf(process.env.OPSLOOP_LONG);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Milliseconds of processor time, so that a busy machine does not count against the store. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

const tick = (n: number): MetricSeries[] =>
  Array.from({ length: 10_000 }, (_, host) => {
    const ref = { namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions: { InstanceId: `i-${host}` }, stat: 'Average' };
    return series('', minutes(NOON + n * MINUTE, host % 100), { ref });
  });

long('appends 10,000 points in 80 ms of processor time, and hands them out again in as much', async () => {
  const { metrics } = await tempStore();
  const appends: number[] = [];
  const reads: number[] = [];
  for (let n = 0; n < 30; n++) {
    const batch = tick(n);
    appends.push(await timed(() => metrics.append(batch)));
    reads.push(await timed(() => metrics.appendedSince(n * 10_000, 10_000)));
  }
  expect(median(appends)).toBeLessThanOrEqual(80);
  expect(median(reads)).toBeLessThanOrEqual(80);
});

long('verifies 100,000 audit rows a second of processor time', async () => {
  const store = await tempStore();
  const row = { actor: LOOP, verb: 'plan.approved', subject: 'PLAN-1', detail: { incidentId: 'INC-1', from: 'awaiting_approval', to: 'approved' } };
  await store.transaction(async (tx) => {
    for (let n = 0; n < 200_000; n++) await tx.audit.append(row, NOON);
  });
  const ms = await timed(async () => expect(await store.audit.verify()).toMatchObject({ rows: 200_000, brokenAt: null }));
  expect(200_000 / (ms / 1000)).toBeGreaterThan(100_000);
});
