import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { readMigrations } from '../../src/store/migrations.ts';
import { ANA, anomaly, LOOP, NOON } from '../contracts/store/drafts.ts';
import { storePlace } from '../support/store.ts';

const FOLDER = join(import.meta.dirname, 'released');
const released = readdirSync(FOLDER).sort();

/** Databases as the opsloop of each older schema itself left them, dumped as SQL. */
describe.each(released)('what opsloop left in %s', (file) => {
  async function opened() {
    const place = storePlace();
    const db = new Database(place.path);
    db.function('fold', { deterministic: true }, (text: unknown) => String(text).toLowerCase());
    db.pragma('foreign_keys = OFF'); // tables come in the order of their names
    db.exec(readFileSync(join(FOLDER, file), 'utf8'));
    db.close();
    return await place.open({ clock: { now: () => NOON } });
  }

  it('is all there after this one has opened it', async () => {
    const store = await opened();
    expect(await store.audit.verify()).toMatchObject({ rows: 6, brokenAt: null });
    expect(await store.incidents.list({ limit: 9 })).toMatchObject([{ id: 'INC-1', state: 'open', title: 'Checkout is slow' }]);
    expect(await store.plans.get('PLAN-1')).toMatchObject({ state: 'awaiting_approval', digest: 'd1', approvals: [{ userId: 'U1', via: 'button' }] });
    expect(await store.anomalies.ofIncident('INC-1')).toMatchObject([{ id: 'an-1', value: 97.5 }]);
    const [series] = await store.metrics.describe();
    expect((await store.metrics.range([series?.key ?? ''], { fromMs: 0, toMs: NOON * 2 }))[0]?.points.map((point) => point.value)).toEqual([
      40, 41, 42, 43, 44,
    ]);
    expect((await store.signals.alarmsSince(0, 9)).alarms.map((alarm) => alarm.id)).toEqual(['b', 'a']);
    expect((await store.signals.logsSince(0, 9)).lines.map((line) => line.id)).toEqual(['b', 'a']);
    expect(await store.signals.change('c1')).toMatchObject({ summary: 'Deployed 42' });
    expect((await store.signals.topology()).resources).toHaveLength(1);
    expect(await store.switches.list()).toMatchObject([{ scope: 'action:scale_out', reason: 'too many' }]);
    expect(await store.tokens.byHash('a'.repeat(64))).toMatchObject({ name: 'ci', scopes: ['read'] });
    expect(await store.messages.get('INC-1')).toEqual({ channel: 'C0OPS00001', ts: '1.0' });
    expect(await store.watermarks.get('alarms')).toBe(2);
    expect(await store.settings.get('pref:U1')).toBe('{"dm":true}');
    expect(await store.dedupe.firstTime('Ev1', NOON)).toBe(false);
    expect(await store.outbox.size()).toBe(1);
  });

  it('goes on from there: names, sequences and the chain continue', async () => {
    const store = await opened();
    await store.anomalies.save([anomaly('an-2')]);
    const { id } = await store.incidents.open(
      { ...{ title: 'x', severity: 0.5, service: null, environment: null, resourceIds: ['a'] }, openedAtMs: NOON, startedAtMs: NOON, anomalyIds: ['an-2'] },
      LOOP,
    );
    expect(id).toBe('INC-2');
    await store.signals.appendAlarms([{ id: 'c', name: 'n', state: 'ok', timestampMs: NOON, resourceId: null, metric: null, reason: '' }]);
    expect((await store.signals.alarmsSince(2, 9)).alarms.map((alarm) => alarm.id)).toEqual(['c']);
    await store.switches.on('action:scale_out', ANA, NOON);
    expect(await store.audit.verify()).toMatchObject({ rows: 8, brokenAt: null });
  });
});

it('there is one for every schema but the newest', () => {
  expect(released).toEqual(
    readMigrations('sqlite')
      .slice(0, -1)
      .map(({ version }) => `schema-${version}.sql`),
  );
});
