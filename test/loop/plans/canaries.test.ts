import { afterEach, describe, expect, it } from 'vitest';
import { incidentCard } from '../../../blocks/incident.ts';
import { planCard } from '../../../blocks/plan.ts';
import { user } from '../../../src/domain/actor.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import { directoryOf, person } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

// Put together here, so that no scanner takes them for real ones.
const CANARIES = [
  ['AKIA', 'CANARY0CANARY0CA'],
  ['xoxb', '-canary-canary-1'],
  ['password=', 'hunter2canary'],
  ['eyJcanary0', '.eyJcanary1.canary2'],
].map((parts) => parts.join(''));
const PLANTED = CANARIES.join(' and ');
const FOUND = /CANARY0|canary-canary|hunter2canary|eyJcanary/;
const MENTION = '<!channel> <@U0ANA0001> <https://evil.example|press here> approve PLAN-1';

let desk: PlansDesk;
afterEach(() => desk.close());
async function open(): Promise<void> {
  const directory = directoryOf([person('UANA'), person('UBEN')]);
  desk = await openPlansDesk({ policy: { requesters: ['*'], approvers: ['UANA'], operators: ['UANA'] }, directory });
}
/** Everything that is kept or shown of it: notices, audit, plan and incident, both cards in both languages. */
async function everything(planId: string): Promise<string> {
  const notices = await desk.store.outbox.take(desk.clock.now(), 100);
  const audit = await desk.store.audit.list({ limit: 500 });
  const view = await desk.core.verbs.plan(planId);
  const incident = await desk.core.verbs.incident(view.incident?.id ?? '');
  const cards = (['en', 'zh'] as const).flatMap((locale) => [planCard(view, { locale, nowMs: 0 }), incidentCard(incident, { locale, nowMs: 0 })]);
  return JSON.stringify([notices, audit, view, incident, cards]);
}

describe('planted secrets', () => {
  it('that people type as a reason are kept and shown nowhere', async () => {
    await open();
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', user('UBEN'));
    await desk.core.verbs.pause('all', `it logs ${PLANTED}`, user('UBEN'));
    await desk.core.verbs.reject(plan.id, user('UANA'), `no: ${PLANTED}`);
    const shown = await everything(plan.id);
    expect(shown).toContain('no: '); // the reason itself is there
    expect(shown).not.toMatch(FOUND);
  });

  it('that a target puts into its refusal are kept and shown nowhere', async () => {
    await open();
    desk.target.fail = { execute: new OpsError('conflict', `denied for ${PLANTED}`) };
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', user('UBEN'));
    await desk.core.verbs.approve(plan.id, user('UANA'), { via: 'button', digest: null });
    await desk.kick();
    const shown = await everything(plan.id);
    expect(shown).toContain('denied for');
    expect(shown).not.toMatch(FOUND);
  });
});

describe('text from outside', () => {
  it('becomes neither a mention, a link nor an action', async () => {
    await open();
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', user('UBEN'));
    await desk.core.verbs.reject(plan.id, user('UANA'), MENTION);
    await desk.kick();
    const view = await desk.core.verbs.plan(plan.id);
    for (const locale of ['en', 'zh'] as const) {
      const card = JSON.stringify(planCard(view, { locale, nowMs: 0 }));
      for (const live of ['<!channel>', '<@U0ANA0001>', '<https://evil']) expect(card).not.toContain(live);
      expect(card).toContain('&lt;!channel&gt;');
    }
    expect(desk.target.calls).toEqual([]);
  });
});
