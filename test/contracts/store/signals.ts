import { describe, expect, it } from 'vitest';
import type { Alarm, Change, LogLine } from '../../../src/domain/signals.ts';
import { anomaly, MINUTE, NOON } from './drafts.ts';
import type { Place } from './place.ts';

const ALL = { fromMs: 0, toMs: NOON * 2 };
const line = (id: string, over: Partial<LogLine> = {}): LogLine => ({
  id,
  timestampMs: NOON,
  group: '/app/checkout',
  resourceId: 'ecs/checkout',
  level: 'error',
  message: `line ${id}`,
  ...over,
});
const change = (id: string, over: Partial<Change> = {}): Change => ({
  id,
  timestampMs: NOON,
  kind: 'deploy',
  source: 'cloudtrail',
  actor: 'ci',
  resourceId: 'ecs/checkout',
  summary: 'Deployed 42',
  details: { image: '42' },
  ...over,
});
const alarm = (id: string, over: Partial<Alarm> = {}): Alarm => ({
  id,
  name: 'cpu-high',
  state: 'alarm',
  timestampMs: NOON,
  resourceId: null,
  metric: null,
  reason: 'over 90',
  ...over,
});

export function signalContract(make: () => Place): void {
  describe('signals', () => {
    it('counts a line, change or alarm read twice once', async () => {
      const { signals } = await make().open();
      expect(await signals.appendLogs([line('a'), line('b'), line('a')])).toBe(2);
      expect(await signals.appendLogs([line('b'), line('c')])).toBe(1);
      expect(await signals.appendChanges([change('a'), change('a')])).toBe(1);
      expect(await signals.appendAlarms([alarm('a'), alarm('b')])).toBe(2);
      expect(await signals.appendAlarms([alarm('b')])).toBe(0);
    });

    it('gives alarms in the order they arrived, whatever their time, and never the same number twice', async () => {
      const { signals } = await make().open();
      await signals.appendAlarms([alarm('late', { timestampMs: NOON + MINUTE }), alarm('early', { timestampMs: NOON - MINUTE })]);
      const first = await signals.alarmsSince(0, 1);
      expect(first.alarms.map((one) => one.id)).toEqual(['late']);
      const second = await signals.alarmsSince(first.sequence, 10);
      expect(second.alarms.map((one) => one.id)).toEqual(['early']);
      expect(await signals.alarmsSince(second.sequence, 10)).toEqual({ alarms: [], sequence: second.sequence });
      await signals.prune(NOON * 2);
      await signals.appendAlarms([alarm('new')]);
      expect((await signals.alarmsSince(second.sequence, 10)).alarms.map((one) => one.id)).toEqual(['new']);
    });

    it('gives log lines in the order they arrived too, and never the same number twice', async () => {
      const { signals } = await make().open();
      await signals.appendLogs([line('late', { timestampMs: NOON + MINUTE }), line('early', { timestampMs: NOON - MINUTE, resourceId: null })]);
      const first = await signals.logsSince(0, 1);
      expect(first.lines).toEqual([line('late', { timestampMs: NOON + MINUTE })]);
      const second = await signals.logsSince(first.sequence, 10);
      expect(second.lines.map((one) => one.id)).toEqual(['early']);
      expect(await signals.logsSince(second.sequence, 10)).toEqual({ lines: [], sequence: second.sequence });
      await signals.prune(NOON * 2);
      await signals.appendLogs([line('new')]);
      expect((await signals.logsSince(second.sequence, 10)).lines.map((one) => one.id)).toEqual(['new']);
    });

    it('gives log lines newest first, in the window, at most as many as asked', async () => {
      const { signals } = await make().open();
      await signals.appendLogs([0, 1, 2, 3].map((n) => line(`l${n}`, { timestampMs: NOON + n * MINUTE })));
      const found = await signals.logs({ window: { fromMs: NOON, toMs: NOON + 2 * MINUTE }, limit: 10 });
      expect(found.map((each) => each.id)).toEqual(['l2', 'l1']);
      expect(found[0]).toEqual(line('l2', { timestampMs: NOON + 2 * MINUTE }));
      expect(await signals.logs({ window: ALL, limit: 3 })).toHaveLength(3);
      expect(await signals.logs({ window: ALL, limit: -1 })).toEqual([]);
    });

    it('finds a plain substring in any case and any language, with no wildcards', async () => {
      const { signals } = await make().open();
      await signals.appendLogs([
        line('en', { message: 'Connection REFUSED at 100%_done' }),
        line('de', { message: 'ÜBERLAUF in Puffer' }),
        line('zh', { message: '连接数过高 on DB' }),
      ]);
      const ids = async (text: string): Promise<string[]> => (await signals.logs({ window: ALL, text, limit: 9 })).map((each) => each.id);
      expect(await ids('refused')).toEqual(['en']);
      expect(await ids('100%_D')).toEqual(['en']);
      expect(await ids('%')).toEqual(['en']);
      expect(await ids('überlauf')).toEqual(['de']);
      expect(await ids('连接数过高 ON db')).toEqual(['zh']);
      expect(await ids('')).toHaveLength(3);
      expect(await ids('nowhere')).toEqual([]);
    });

    it('narrows log lines to resources; an empty list matches none', async () => {
      const { signals } = await make().open();
      await signals.appendLogs([line('a'), line('b', { resourceId: 'rds/db' }), line('c', { resourceId: null })]);
      expect(await signals.logs({ window: ALL, resourceIds: ['rds/db', 'x'], limit: 9 })).toEqual([line('b', { resourceId: 'rds/db' })]);
      expect(await signals.logs({ window: ALL, resourceIds: [], limit: 9 })).toEqual([]);
    });

    it('gives changes and alarms oldest first, and a change by its id', async () => {
      const { signals } = await make().open();
      await signals.appendChanges([change('b', { timestampMs: NOON + 2 }), change('a', { timestampMs: NOON + 1 })]);
      await signals.appendAlarms([alarm('y', { timestampMs: NOON + 2, state: 'ok' }), alarm('x', { timestampMs: NOON + 1 })]);
      expect((await signals.changes(ALL, 10)).map((each) => each.id)).toEqual(['a', 'b']);
      expect((await signals.changes({ fromMs: NOON + 1, toMs: NOON + 2 }, 10)).map((each) => each.id)).toEqual(['b']);
      expect((await signals.alarms(ALL, 1)).map((each) => each.id)).toEqual(['x']);
      expect(await signals.change('a')).toEqual(change('a', { timestampMs: NOON + 1 }));
      expect(await signals.change('none')).toBeNull();
    });

    it('keeps the last topology, empty before the first', async () => {
      const { signals } = await make().open();
      expect(await signals.topology()).toEqual({ resources: [], dependencies: [] });
      const one = { id: 'ecs/a', kind: 'ecs', name: 'a', service: null, environment: null, zone: null, tags: {} };
      await signals.saveTopology({ resources: [one], dependencies: [{ from: 'ecs/a', to: 'ecs/a', kind: 'calls' }] });
      await signals.saveTopology({ resources: [one], dependencies: [] });
      expect(await signals.topology()).toEqual({ resources: [one], dependencies: [] });
    });

    it('prunes lines, changes and alarms that are older', async () => {
      const { signals } = await make().open();
      await signals.appendLogs([line('old', { timestampMs: 5 }), line('new')]);
      await signals.appendChanges([change('old', { timestampMs: 5 }), change('new')]);
      await signals.appendAlarms([alarm('old', { timestampMs: 5 })]);
      expect(await signals.prune(NOON)).toBe(3);
      expect((await signals.logs({ window: ALL, limit: 9 })).map((each) => each.id)).toEqual(['new']);
    });
  });

  describe('anomalies', () => {
    it('updates an episode by its id and keeps the incident it is in', async () => {
      const { anomalies } = await make().open();
      await anomalies.save([anomaly('a')]);
      await anomalies.assign(['a'], 'INC-1');
      await anomalies.save([anomaly('a', { severity: 0.9, endedAtMs: NOON + MINUTE })]);
      expect(await anomalies.get('a')).toEqual(anomaly('a', { severity: 0.9, endedAtMs: NOON + MINUTE, incidentId: 'INC-1' }));
      await anomalies.save([anomaly('a', { incidentId: 'INC-2' })]);
      await anomalies.assign(['a'], 'INC-3');
      expect((await anomalies.get('a'))?.incidentId).toBe('INC-1');
      expect(await anomalies.get('none')).toBeNull();
    });

    it('lists the unassigned, the live, those of an incident and those that began in a window, oldest first', async () => {
      const { anomalies } = await make().open();
      const at = (minute: number): number => NOON + minute * MINUTE;
      await anomalies.save([
        anomaly('c', { startedAtMs: at(3) }),
        anomaly('a', { startedAtMs: at(1), endedAtMs: at(2) }),
        anomaly('b', { startedAtMs: at(2), incidentId: 'INC-1' }),
      ]);
      const ids = (list: readonly { readonly id: string }[]): string[] => list.map((each) => each.id);
      expect(ids(await anomalies.unassigned(10))).toEqual(['a', 'c']);
      expect(ids(await anomalies.unassigned(1))).toEqual(['a']);
      expect(ids(await anomalies.live(10))).toEqual(['b', 'c']);
      expect(ids(await anomalies.ofIncident('INC-1'))).toEqual(['b']);
      expect(ids(await anomalies.between({ fromMs: at(1), toMs: at(3) }, 10))).toEqual(['b', 'c']);
    });
  });
}
