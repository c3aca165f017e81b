import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditCard } from '../../blocks/audit.ts';
import { slackOrigin } from '../../src/slack/origin.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { BEN, clock, type Desk, OPS, openDesk } from './edge.ts';

describe('where a payload of Slack came from', () => {
  it('is told by its ids, for presses, commands, windows and events', () => {
    const press = { team: { id: 'T1' }, channel: { id: 'C1' }, message: { ts: '1.2' }, actions: [{ action_id: 'ops:approve' }], trigger_id: '3.4.abc' };
    expect(slackOrigin(press).ids).toEqual({ team: 'T1', channel: 'C1', message: '1.2', action: 'ops:approve', trigger: '3.4.abc' });
    const command = { team_id: 'T1', channel_id: 'C1', command: '/ops', text: 'pause all', trigger_id: '3.4' };
    expect(slackOrigin(command).ids).toEqual({ team: 'T1', channel: 'C1', action: '/ops', trigger: '3.4' });
    const window = { team: { id: 'T1' }, view: { id: 'V1', callback_id: 'ops:reject' }, trigger_id: '3.4' };
    expect(slackOrigin(window).ids).toEqual({ team: 'T1', view: 'V1', action: 'ops:reject', trigger: '3.4' });
    const event = { team_id: 'T1', event_id: 'Ev1', event: { channel: 'C1', ts: '1.2', text: 'approve PLAN-1' } };
    expect(slackOrigin(event).ids).toEqual({ team: 'T1', channel: 'C1', message: '1.2', event: 'Ev1' });
  });

  it('holds no texts, whatever the payload is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (payload, text) => {
        const { ids } = slackOrigin(payload);
        expect(Object.values(ids).every((id) => /^[\w.:/-]{1,120}$/.test(id))).toBe(true);
        expect(slackOrigin({ trigger_id: `${text} <!channel>` }).ids).toEqual({});
      }),
    );
  });
});

describe('an approval by a button', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(async () => desk.stop());

  it('is audited with the ids by which Slack knows it, inside what is hashed, and the story shows them', async () => {
    const incident = await anIncident(desk.store, clock.now());
    const plan = await aPlan(desk.store, incident.id, clock.now());
    await desk.store.outbox.add({ type: 'plan', planId: plan.id }, clock.now());
    await desk.edge.delivery.drain();
    const ref = await desk.store.messages.get(plan.id);
    if (ref === null) throw new Error('the card is not there');
    await desk.slack.as(BEN).click(ref, 'ops:approve');
    await desk.slack.waitFor('the answer', () => desk.slack.ephemerals(BEN)[0]);
    const rows = await desk.store.audit.list({ subject: plan.id, limit: 50 });
    const row = rows.find((one) => one.verb === 'plan.approval');
    if (row === undefined) throw new Error('the approval was not audited');
    expect(row.detail['origin']).toMatchObject({ via: 'slack', ids: { channel: OPS, message: ref.ts, trigger: expect.any(String), team: expect.any(String) } });
    expect(await desk.store.audit.verify()).toMatchObject({ brokenAt: null });
    expect(JSON.stringify(auditCard(plan.id, [row], { locale: 'en', nowMs: 0 }))).toContain(`Slack \`${OPS}/${ref.ts}\``);
    const proposed = rows.find((one) => one.verb === 'plan.proposed');
    expect(proposed?.detail).not.toHaveProperty('origin'); // nobody in Slack did that
  });
});
