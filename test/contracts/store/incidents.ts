import { describe, expect, it } from 'vitest';
import { ANA, anomaly, incidentDraft, LOOP, NOON } from './drafts.ts';
import type { Place } from './place.ts';

const analysed = (atMs = NOON + 1) => ({ from: ['open'] as const, to: 'analysed' as const, actor: LOOP, verb: 'incident.analysed', atMs });

export function incidentContract(make: () => Place): void {
  describe('incidents', () => {
    it('opens with the next number, takes its anomalies in and writes the audit row', async () => {
      const { incidents, anomalies, audit } = await make().open();
      await anomalies.save([anomaly('a'), anomaly('b')]);
      const incident = await incidents.open(incidentDraft({ anomalyIds: ['a', 'b'] }), LOOP);
      expect(incident).toMatchObject({ id: 'INC-1', state: 'open', title: 'Checkout is slow', updatedAtMs: NOON, matches: [], analysis: null });
      expect(incident).not.toHaveProperty('anomalyIds');
      expect(await incidents.get('INC-1')).toEqual(incident);
      expect((await anomalies.ofIncident('INC-1')).map((each) => each.id)).toEqual(['a', 'b']);
      expect(await audit.list({ limit: 9 })).toMatchObject([{ verb: 'incident.opened', subject: 'INC-1', actor: LOOP, atMs: NOON }]);
      expect((await incidents.open(incidentDraft(), LOOP)).id).toBe('INC-2');
    });

    it('answers null for anything that is not a known name', async () => {
      const { incidents } = await make().open();
      await incidents.open(incidentDraft(), LOOP);
      for (const id of ['INC-2', 'INC-01', 'inc-1', 'PLAN-1', '1', 'INC-', 'INC-1; DROP', '']) expect(await incidents.get(id)).toBeNull();
    });

    it('moves only from a state it is in, with its patch and audit row', async () => {
      const { incidents, audit } = await make().open();
      await incidents.open(incidentDraft(), LOOP);
      const moved = await incidents.move('INC-1', { ...analysed(), patch: { title: 'The database is slow' }, detail: { stage: 'rca' } });
      expect(moved).toMatchObject({ state: 'analysed', title: 'The database is slow', updatedAtMs: NOON + 1, severity: 0.8 });
      expect(await incidents.get('INC-1')).toEqual(moved);
      expect(await incidents.move('INC-1', analysed())).toBeNull();
      expect(await incidents.move('INC-9', analysed())).toBeNull();
      const rows = await audit.list({ subject: 'INC-1', limit: 9 });
      expect(rows.map((row) => row.verb)).toEqual(['incident.opened', 'incident.analysed']);
      expect(rows[1]?.detail).toEqual({ from: 'open', to: 'analysed', stage: 'rca' });
    });

    it('lets one of many movers through, over two connections', async () => {
      const place = make();
      const stores = [await place.open(), await place.open()];
      await stores[0]?.incidents.open(incidentDraft(), LOOP);
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => stores[n % 2]?.incidents.move('INC-1', analysed(NOON + n))));
      expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
      expect(await stores[0]?.audit.list({ limit: 99 })).toHaveLength(2);
    });

    it('patches facts without touching the state, with or without an audit row', async () => {
      const { incidents, audit } = await make().open();
      await incidents.open(incidentDraft(), LOOP);
      const row = { actor: ANA, verb: 'incident.acknowledged', detail: {} };
      expect(await incidents.patch('INC-1', { acknowledgedBy: 'U1' }, row, NOON + 5)).toMatchObject({
        acknowledgedBy: 'U1',
        state: 'open',
        updatedAtMs: NOON + 5,
      });
      expect(await incidents.patch('INC-1', { severity: 1 }, null, NOON + 6)).toMatchObject({ acknowledgedBy: 'U1', severity: 1 });
      expect(await incidents.patch('INC-7', { severity: 1 }, row, NOON)).toBeNull();
      expect((await audit.list({ limit: 9 })).map((each) => each.verb)).toEqual(['incident.opened', 'incident.acknowledged']);
    });

    it('lists newest first, by state and service, page by page', async () => {
      const { incidents } = await make().open();
      for (const service of ['a', 'b', 'a', 'b', 'a']) await incidents.open(incidentDraft({ service }), LOOP);
      await incidents.move('INC-3', analysed());
      const ids = async (query: Parameters<typeof incidents.list>[0]): Promise<string[]> => (await incidents.list(query)).map((each) => each.id);
      expect(await ids({ limit: 2 })).toEqual(['INC-5', 'INC-4']);
      expect(await ids({ limit: 2, before: 'INC-4' })).toEqual(['INC-3', 'INC-2']);
      expect(await ids({ limit: 9, service: 'a' })).toEqual(['INC-5', 'INC-3', 'INC-1']);
      expect(await ids({ limit: 9, service: 'a', states: ['open'] })).toEqual(['INC-5', 'INC-1']);
      expect(await ids({ limit: 9, states: ['analysed', 'resolved'] })).toEqual(['INC-3']);
      expect(await ids({ limit: 9, states: [] })).toEqual([]);
    });
  });

  describe('attempts', () => {
    it('keeps one record a stage of an incident until it is cleared', async () => {
      const { attempts } = await make().open();
      const failed = { stage: 'rca', attempts: 1, nextAtMs: NOON, error: 'no answer' };
      await attempts.put('INC-1', failed);
      await attempts.put('INC-1', { ...failed, attempts: 2 });
      await attempts.put('INC-1', { ...failed, stage: 'match' });
      expect(await attempts.get('INC-1', 'rca')).toEqual({ ...failed, attempts: 2 });
      await attempts.clear('INC-1', 'rca');
      expect(await attempts.get('INC-1', 'rca')).toBeNull();
      expect(await attempts.get('INC-1', 'match')).not.toBeNull();
      expect(await attempts.get('INC-2', 'match')).toBeNull();
    });
  });
}
