import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import pg from 'pg';
import { expect, it } from 'vitest';
import { user } from '../../src/domain/actor.ts';
import type { Store } from '../../src/domain/store.ts';
import { copyStore } from '../../src/store/copy.ts';
import { anomaly, approval, incidentDraft, LOOP, minutes, NOON, planDraft, series } from '../contracts/store/drafts.ts';
import { type StorePlace, storePlace } from '../support/store.ts';
import { pgPlace } from './place.ts';

const WINDOW = { fromMs: 0, toMs: NOON * 2 };

/** Something in every table, with gaps in the numbers, texts of all kinds and numbers that are not round. */
async function fill(store: Store): Promise<void> {
  await store.metrics.append([series('CPUUtilization', minutes(NOON, 0.1, 1e-300, -7.25)), series('NetworkIn', minutes(NOON, 1e21))]);
  await store.signals.appendLogs([
    { id: 'l1', timestampMs: NOON, group: 'g', resourceId: null, level: 'error', message: 'näher\u0000 ans "Ende" \\ 数据库 😀' },
    { id: 'l2', timestampMs: NOON, group: 'g', resourceId: 'ecs/checkout', level: 'info', message: '' },
  ]);
  await store.anomalies.save([anomaly('a1'), anomaly('a2', { endedAtMs: NOON })]);
  await store.incidents.open(incidentDraft({ title: '结账很慢' }), LOOP);
  const plan = await store.plans.create(planDraft({ incidentId: 'INC-1' }), LOOP);
  await store.plans.move(plan.id, { from: ['proposed'], to: 'awaiting_approval', actor: LOOP, verb: 'plan.awaiting', atMs: NOON });
  for (const who of ['U2', 'U1']) await store.plans.approve(plan.id, approval(who), user(who));
  await store.detector.save(new Map([['k', new Uint8Array([0, 1, 255])]]));
  await store.detector.setSensitivity('k', 0.3, { actor: LOOP, verb: 'x', subject: 'k', detail: {} });
  await store.messages.put('INC-1', { channel: 'C1', ts: '1.0' });
  await store.outbox.add({ type: 'incident', incidentId: 'INC-1' }, NOON);
  await store.switches.off({ scope: 'all', by: LOOP, reason: 'test', atMs: NOON });
  await store.settings.set('pref:U1', 'zh', NOON);
  await store.watermarks.set('detection', 4);
  await store.dedupe.firstTime('Ev1', NOON);
}

async function filled(): Promise<StorePlace> {
  const place = storePlace();
  const store = await place.open();
  await fill(store);
  await store.close();
  return place;
}

const everything = async (store: Store): Promise<unknown> => ({
  metrics: await store.metrics.range(
    (await store.metrics.describe()).map(({ key }) => key),
    WINDOW,
  ),
  appended: await store.metrics.appendedSince(0, 99),
  anomalies: await store.anomalies.between(WINDOW, 99),
  incidents: await store.incidents.list({ limit: 99 }),
  plans: await store.plans.list({ limit: 99 }),
  audit: await store.audit.list({ limit: 99 }),
  ofIncident: await store.audit.list({ subject: 'INC-1', limit: 99 }),
  detector: [...(await store.detector.load())].map(([key, state]) => [key, [...state]]),
  sensitivities: await store.detector.sensitivities(),
  message: await store.messages.subjectAt({ channel: 'C1', ts: '1.0' }),
  switches: await store.switches.list(),
  setting: await store.settings.get('pref:U1'),
  watermark: await store.watermarks.get('detection'),
  outbox: await store.outbox.size(),
});

it('moves everything, says what it moved, and the loop goes on with numbers never given before', async () => {
  const [from, to] = [await filled(), pgPlace()];
  await to.open();
  const meddled = new Database(from.path);
  meddled.exec("UPDATE sqlite_sequence SET seq = 7 WHERE name = 'incident'"); // INC-2 to INC-7 were there once
  meddled.close();
  const progress: string[] = [];
  const report = await copyStore(from.path, to.url, (table, rows) => progress.push(`${table} ${rows}`));
  const [before, after] = [await from.open(), await to.open()];
  expect(await everything(after)).toEqual(await everything(before));
  expect(report.auditRows).toBe((await before.audit.verify()).rows);
  expect(await after.audit.verify()).toEqual(await before.audit.verify());
  expect(report.tables.find(({ table }) => table === 'approval')).toMatchObject({ rows: 2, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  expect(progress).toContain('metric_point 4');
  expect((await after.signals.logs({ window: WINDOW, limit: 9 })).map(({ message }) => message)).toEqual(['', 'näher\ufffd ans "Ende" \\ 数据库 😀']);
  expect((await after.incidents.open(incidentDraft(), LOOP)).id).toBe('INC-8');
  expect((await after.metrics.appendedSince(4, 9)).sequence).toBe(4);
  expect(await after.metrics.append([series('NetworkOut', minutes(NOON, 1))])).toBe(1);
});

it('refuses a target that holds something, and leaves it as it is', async () => {
  const [from, to] = [await filled(), pgPlace()];
  const there = await to.open();
  await there.watermarks.set('mine', 1);
  await expect(copyStore(from.path, to.url, () => undefined)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('watermark') as string,
  });
  expect(await there.incidents.list({ limit: 9 })).toEqual([]);
  expect(await there.watermarks.get('mine')).toBe(1);
});

it('copies nothing when it is cut off half way, and can then be done again', async () => {
  const [from, to] = [await filled(), pgPlace()];
  const there = await to.open();
  const admin = new pg.Client({ connectionString: to.url });
  await admin.connect();
  let cut: Promise<unknown> | null = null;
  const broken = copyStore(from.path, to.url, (table) => {
    if (table === 'incident') cut ??= admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'opsloop copy'");
  });
  await expect(broken).rejects.toMatchObject({ code: 'unavailable' });
  await cut;
  await admin.end();
  expect(await there.audit.verify()).toMatchObject({ rows: 0 });
  expect(await there.metrics.describe()).toEqual([]);
  expect((await copyStore(from.path, to.url, () => undefined)).auditRows).toBeGreaterThan(5);
});

it('refuses a source whose audit chain is broken, and one that is not there', async () => {
  const [from, to] = [await filled(), pgPlace()];
  const meddled = new Database(from.path);
  meddled.exec("DROP TRIGGER audit_no_update; UPDATE audit SET verb = 'x' WHERE seq = 2");
  meddled.close();
  await expect(copyStore(from.path, to.url, () => undefined)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('row 2') as string });
  await expect(copyStore(`${from.path}.none`, to.url, () => undefined)).rejects.toMatchObject({ code: 'not_found' });
});

it('is a command that never shows the password', async () => {
  const [from, to] = [await filled(), pgPlace()];
  await (await to.open()).close();
  const { password } = new URL(to.url);
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const cwd = dirname(from.path);
  writeFileSync(join(cwd, 'opsloop.config.yaml'), 'http: { port: 1 }\n');
  const env = { PATH: process.env['PATH'], DATABASE_URL: to.url };
  const run = async (...words: string[]): Promise<{ stdout: string; stderr: string; code: number }> =>
    await promisify(execFile)(process.execPath, [main, ...words], { cwd, env }).then(
      (said) => ({ ...said, code: 0 }),
      (error: { stdout: string; stderr: string; code: number }) => error,
    );
  const first = await run('store', 'copy', '--from', from.path);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('the audit chain holds') as string });
  const again = await run('store', 'copy', '--from', from.path, '--json');
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('already holds something') as string });
  for (const { stdout, stderr } of [first, again]) expect(stdout + stderr).not.toContain(password);
  expect((await run('audit', 'verify')).stdout).toContain('The audit chain holds');
});
