import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeAction } from '../../blocks/action-id.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { LocalMessage } from '../../src/sandbox/slack/types.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { ANA, BEN, clock, type Desk, LIWEI, OPS, openDesk, textOf } from './edge.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => desk.stop());

interface Scene {
  readonly incident: Incident;
  readonly plan: Plan;
  readonly card: { readonly channel: string; readonly ts: string }; // of the incident
  readonly planCard: { readonly channel: string; readonly ts: string };
  readonly incidentText: () => string;
  readonly planText: () => string;
}

/** An incident with a plan that waits, both shown in the channel. */
async function scene(over: Partial<Plan> = {}): Promise<Scene> {
  const incident = await anIncident(desk.store, clock.now());
  const plan = await aPlan(desk.store, incident.id, clock.now(), over);
  await desk.store.outbox.add({ type: 'plan', planId: plan.id }, clock.now());
  await desk.edge.delivery.drain();
  const ref = await desk.store.messages.get(incident.id);
  const planRef = await desk.store.messages.get(plan.id);
  if (ref === null || planRef === null) throw new Error('the cards are not there');
  const at = (ts: string): LocalMessage | undefined => desk.slack.thread(OPS, ref.ts).find((message) => message.ts === ts);
  const text = (ts: string) => (): string => textOf(at(ts) ?? { text: '', blocks: [] });
  return { incident, plan, card: ref, planCard: planRef, incidentText: text(ref.ts), planText: text(planRef.ts) };
}

async function told(userId: string, act: () => Promise<unknown>): Promise<string> {
  const before = desk.slack.ephemerals(userId).length;
  await act();
  return textOf(await desk.slack.waitFor('a private answer', () => desk.slack.ephemerals(userId)[before]));
}

describe('approving', () => {
  test('one person suffices for high: the click is answered and both cards show it', async () => {
    const { plan, planCard, incident, planText } = await scene();
    expect(await told(BEN, () => desk.slack.as(BEN).click(planCard, 'ops:approve'))).toContain(`${plan.id} counts`);
    expect(await desk.store.plans.get(plan.id)).toMatchObject({ state: 'approved', approvals: [{ userId: BEN, via: 'button', digest: plan.digest }] });
    await desk.slack.waitFor('the plan card to change', () => !planText().includes('ops:approve'));
    expect((await desk.store.incidents.get(incident.id))?.id).toBe(incident.id);
  });

  test('the incident card carries the button too, and is updated in place', async () => {
    const { plan, card, incidentText } = await scene();
    const before = desk.slack.messages(OPS).length;
    expect(incidentText()).toContain('ops:approve');
    expect(await told(ANA, () => desk.slack.as(ANA).click(card, 'ops:approve'))).toContain(plan.id);
    await desk.slack.waitFor('the incident card to change', () => !incidentText().includes('ops:approve'));
    expect(desk.slack.messages(OPS)).toHaveLength(before);
  });

  test('critical needs two different people, and says how many are there', async () => {
    const { plan, planCard } = await scene({ risk: 'critical', approvalsNeeded: 2 });
    expect(await told(BEN, () => desk.slack.as(BEN).click(planCard, 'ops:approve'))).toContain('1 of 2');
    expect(await told(BEN, () => desk.slack.as(BEN).click(planCard, 'ops:approve'))).toContain('does not wait for your approval');
    expect((await desk.store.plans.get(plan.id))?.state).toBe('awaiting_approval');
    expect(await told(LIWEI, () => desk.slack.as(LIWEI).click(planCard, 'ops:approve'))).toContain('批准');
    expect((await desk.store.plans.get(plan.id))?.state).toBe('approved');
  });

  test('the requester is refused with the reason', async () => {
    const { plan, planCard } = await scene({ requestedBy: { type: 'user', userId: ANA } });
    expect(await told(ANA, () => desk.slack.as(ANA).click(planCard, 'ops:approve'))).toContain('somebody else must approve');
    expect((await desk.store.plans.get(plan.id))?.state).toBe('awaiting_approval');
  });

  test('two people pressing at the same moment both get an answer, and one approval counts once', async () => {
    const { plan, planCard } = await scene();
    const [one, two] = await Promise.all([ANA, BEN].map((who) => told(who, () => desk.slack.as(who).click(planCard, 'ops:approve'))));
    expect([one, two].filter((text) => text?.includes(`${plan.id} counts`))).toHaveLength(1);
    expect((await desk.store.plans.get(plan.id))?.approvals).toHaveLength(1);
  });
});

describe('old cards', () => {
  test('a click on a card whose plan was decided is refused, and the card shows the present', async () => {
    const { plan, planCard, planText } = await scene();
    await desk.store.plans.move(plan.id, {
      from: ['awaiting_approval'],
      to: 'expired',
      actor: { type: 'system', component: 'test' },
      verb: 'plan.expired',
      atMs: clock.now(),
    });
    expect(planText()).toContain('ops:approve');
    const text = await told(BEN, () => desk.slack.as(BEN).click(planCard, 'ops:approve'));
    expect(text).toContain('does not wait');
    expect(text).toContain(`It now shows ${plan.id} as it is`);
    expect(planText()).not.toContain('ops:approve');
  });

  test('a plan that changed under the card is not approved by it', async () => {
    const { plan, planCard } = await scene();
    await desk.store.plans.patch(plan.id, { digest: 'e5'.repeat(32) }, null, clock.now());
    expect(await told(BEN, () => desk.slack.as(BEN).click(planCard, 'ops:approve'))).toContain('has changed');
    expect((await desk.store.plans.get(plan.id))?.approvals).toHaveLength(0);
  });

  test('a copy that answered a command follows its plan and can be pressed', async () => {
    const { incident } = await scene();
    await desk.slack.as(ANA).command('/fix', incident.id);
    const copy = await desk.slack.waitFor('the answer', () =>
      desk.slack
        .messages(OPS)
        .find(
          (message) =>
            message.fromBot &&
            message.metadata?.['event_payload'] !== undefined &&
            JSON.stringify(message.metadata).includes('PLAN-') &&
            message.threadTs === null,
        ),
    );
    const now = () => textOf(desk.slack.messages(OPS).find((message) => message.ts === copy.ts) ?? copy);
    expect(now()).toContain('ops:approve');
    expect(await told(BEN, () => desk.slack.as(BEN).click({ channel: OPS, ts: copy.ts }, 'ops:approve'))).toContain('counts');
    await desk.slack.waitFor('the copy to follow', () => !now().includes('ops:approve'));
  });

  test('a button of an older version is answered', async () => {
    const posted = await desk.edge.notifier.deliver(
      { type: 'channel', note: { code: 'x', params: {}, text: 'hello' }, mentions: [] },
      AbortSignal.timeout(5000),
    );
    expect(posted).toBeUndefined();
    const { planCard } = await scene();
    const old = {
      type: 'actions',
      elements: [{ type: 'button', text: { type: 'plain_text', text: 'Old' }, action_id: 'ops:vanished:INC-1', value: '["INC-1"]' }],
    };
    const response = await fetch(`${desk.slack.apiUrl}chat.update`, {
      method: 'POST',
      headers: { authorization: `Bearer ${desk.slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: planCard.channel, ts: planCard.ts, text: 'old', blocks: [old] }),
    });
    expect(await response.json()).toMatchObject({ ok: true });
    expect(await told(ANA, () => desk.slack.as(ANA).click(planCard, 'ops:vanished'))).toContain('from an older card');
  });
});

describe('the other buttons', () => {
  test('why opens a window; without an analysis it says what to do', async () => {
    const { incident, card } = await scene();
    const analysis = { atMs: clock.now(), hypotheses: [], gaps: [], solutions: [], summary: { code: 't', params: {}, text: 'nothing stands out' } };
    await desk.store.incidents.patch(incident.id, { analysis }, null, clock.now());
    await desk.edge.notifier.refresh(incident.id, AbortSignal.timeout(5000));
    await desk.slack.as(ANA).click(card, 'ops:why');
    await desk.slack.waitFor('the window', () => desk.slack.openModal(ANA));
    await desk.slack.as(ANA).closeModal();
    await desk.store.incidents.patch(incident.id, { analysis: null }, null, clock.now());
    expect(await told(ANA, () => desk.slack.as(ANA).click(card, 'ops:why'))).toContain('not been analysed');
  });

  test('reject asks for the reason in a window and ends the plan with it', async () => {
    const { plan, planCard, planText } = await scene();
    await desk.slack.as(BEN).click(planCard, 'ops:reject');
    await desk.slack.waitFor('the window', () => desk.slack.openModal(BEN));
    const text = await told(BEN, async () => expect(await desk.slack.as(BEN).submit({ ops_reason: 'not at this hour' })).toMatchObject({ ok: true }));
    expect(text).toContain(`${plan.id} is rejected`);
    expect(await desk.store.plans.get(plan.id)).toMatchObject({ state: 'rejected', endedBy: { actor: { userId: BEN }, reason: 'not at this hour' } });
    await desk.edge.notifier.refresh(plan.id, AbortSignal.timeout(5000));
    expect(planText()).toContain('not at this hour');
  });

  test('acknowledge names who did it', async () => {
    const { incident, card } = await scene();
    expect(await told(BEN, () => desk.slack.as(BEN).click(card, 'ops:ack'))).toContain(BEN);
    expect((await desk.store.incidents.get(incident.id))?.acknowledgedBy).toBe(BEN);
  });

  test('a runbook comes into the thread as a file', async () => {
    const { incident, card } = await scene();
    await desk.store.incidents.patch(incident.id, { runbookSlug: 'cpu-high' }, null, clock.now());
    const value = encodeAction({ verb: 'runbook', subject: incident.id });
    await showButton(card, value);
    expect(await told(ANA, () => desk.slack.as(ANA).click(card, 'ops:runbook'))).toContain('on its way');
    await desk.slack.waitFor('the file', () =>
      desk.slack.thread(OPS, card.ts).some((message) => message.files.some((file) => file.name === 'cpu-high-runbook.md')),
    );
  });

  test('a thumbs down says what it was taken for, and that can be changed', async () => {
    const { incident, card } = await scene();
    await showButton(card, encodeAction({ verb: 'feedback_bad', subject: incident.id }));
    const text = await told(ANA, () => desk.slack.as(ANA).click(card, 'ops:feedback_bad'));
    expect(text).toContain('ops:meaning_fix');
    const answer = desk.slack.ephemerals(ANA).at(-1);
    if (answer === undefined) throw new Error('no answer');
    await told(ANA, () => desk.slack.as(ANA).click({ channel: answer.channel, ts: answer.ts }, 'ops:meaning_fix'));
    expect(await desk.store.feedback.ofSubject(incident.id)).toMatchObject([{ verdict: 'bad', meaning: 'fix' }]);
  });

  test('a resolved incident is saved as a pattern through a window, and wrong fields are shown in it', async () => {
    const { incident, card } = await scene();
    await showButton(card, encodeAction({ verb: 'save_pattern', subject: incident.id }));
    await desk.slack.as(ANA).click(card, 'ops:save_pattern');
    await desk.slack.waitFor('the window', () => desk.slack.openModal(ANA));
    expect(Object.keys((await desk.slack.as(ANA).submit({ ops_symptoms: ' \n ' })).errors)).toEqual(['ops_symptoms']);
    await told(ANA, () => desk.slack.as(ANA).submit({ ops_title: 'Checkout is slow', ops_symptoms: 'slow\nvery slow' }));
    const learned = desk.verbs.calls.findLast((call) => call.verb === 'learn')?.args[0];
    expect(learned).toMatchObject({
      pattern_id: 'PAT-900',
      title: 'Checkout is slow',
      symptoms: ['slow', 'very slow'],
      solutions: [{ action: 'restart_service' }],
    });
  });

  test('a failure behind a button is answered in words', async () => {
    const { card } = await scene();
    desk.verbs.failNext('acknowledge', new OpsError('unavailable', 'The database is locked.', 'Try again.'));
    expect(await told(ANA, () => desk.slack.as(ANA).click(card, 'ops:ack'))).toContain('database is locked');
  });
});

describe('message shortcuts', () => {
  test('any message can be analysed; the answer is private', async () => {
    const message = await desk.slack.as(BEN).say(OPS, 'checkout is slow since ten');
    expect(await told(BEN, () => desk.slack.as(BEN).shortcut('ops_analyse_message', { channel: OPS, ts: message.ts }))).toContain('checkout is slow');
  });

  test('silence fills in the resource of the card', async () => {
    const { card } = await scene();
    await desk.slack.as(BEN).shortcut('ops_silence_this', card);
    const window = await desk.slack.waitFor('the window', () => desk.slack.openModal(BEN));
    expect(JSON.stringify(window.blocks)).toContain('ecs/checkout');
    expect(await told(BEN, () => desk.slack.as(BEN).submit({ ops_reason: 'known' }))).toContain('ecs/checkout');
    expect(await desk.store.silences.active(clock.now())).toMatchObject([{ resourceId: 'ecs/checkout', reason: 'known' }]);
  });

  test('what was wrong can be said in words, on our cards only', async () => {
    const { incident, card } = await scene();
    await desk.slack.as(BEN).shortcut('ops_what_was_wrong', card);
    await desk.slack.waitFor('the window', () => desk.slack.openModal(BEN));
    await told(BEN, () => desk.slack.as(BEN).submit({ ops_comment: 'it was a load test' }));
    expect(await desk.store.feedback.ofSubject(incident.id)).toMatchObject([{ verdict: 'bad', comment: 'it was a load test' }]);
    const message = await desk.slack.as(BEN).say(OPS, 'lunch?');
    expect(await told(BEN, () => desk.slack.as(BEN).shortcut('ops_what_was_wrong', { channel: OPS, ts: message.ts }))).toContain('not one of my cards');
  });
});

/** Puts one button under a card, as another state of it would. */
async function showButton(card: { readonly channel: string; readonly ts: string }, button: { action_id: string; value: string }): Promise<void> {
  const actions = { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'x' }, ...button }] };
  const response = await fetch(`${desk.slack.apiUrl}chat.update`, {
    method: 'POST',
    headers: { authorization: `Bearer ${desk.slack.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...card, text: 'card', blocks: [actions] }),
  });
  expect(await response.json()).toMatchObject({ ok: true });
}
