import { describe, expect, it } from 'vitest';
import { planCard } from '../../blocks/plan.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { allText, buttons } from './read.ts';
import { allPaused, approval, critical, incident, NOW_MS, options, outcome, plan } from './samples.ts';

const card = (patch: Partial<Plan> = {}, paused = [] as (typeof allPaused)[]) => planCard({ plan: plan(patch), incident: incident(), paused }, options());

describe('the card of a plan', () => {
  it('shows what an approver must know', () => {
    const text = allText(card());
    for (const part of [
      'PLAN-34 · Roll back the last deploy',
      '`ecs/checkout`',
      'high risk',
      'All 4 tasks of checkout are replaced one by one',
      'Yes, and it is if it does not help',
      'Would set checkout from task definition 42 to 41.',
      'count `4`',
      'Needs one approval, not from the requester.',
      'Asked for by <@U02ALICE>',
      'For *INC-12* Checkout runs out',
    ])
      expect(text).toContain(part);
    expect(text).toContain(`Expires <!date^${NOW_MS / 1000 + 26 * 60}^`);
  });

  it('says who approved when, and who is still missing', () => {
    const text = allText(card(critical));
    expect(text).toContain(`<@U03BOB> approved <!date^${NOW_MS / 1000 - 60}^`);
    expect(text).toContain('1 of 2 approvals; 1 more person, not the requester.');
    expect(text).toContain('It cannot be undone.');
  });

  it('asks once more before a critical plan is approved, and only then', () => {
    expect(buttons(card(critical))[0]).toMatchObject({
      verb: 'approve',
      subject: 'PLAN-34',
      style: 'primary',
      confirm: { title: { text: 'Approve PLAN-34?' } },
    });
    expect(buttons(card())[0]?.confirm).toBeUndefined();
  });

  it('binds its buttons to the plan as it shows it', () => {
    expect(buttons(card({ params: {} })).map((button) => button.digest)).toEqual(['a3f1a3f1a3f1a3f1', 'a3f1a3f1a3f1a3f1']);
  });

  it('says that it is held back, and counts down no more', () => {
    const text = allText(card({ state: 'notified', runAtMs: NOW_MS + 90_000 }, [allPaused]));
    expect(text).toContain('Paused: everything, by <@U03BOB> (database migration).');
    expect(text).not.toContain('Runs at');
  });

  it('tells how it ended', () => {
    expect(allText(card({ state: 'succeeded', approvals: [approval], outcome }))).toContain('Healed 14 min after the trouble began.');
    expect(allText(card({ state: 'rejected', endedBy: { actor: { type: 'user', userId: 'U03BOB' }, reason: 'not *now*' } }))).toContain(
      'By <@U03BOB>: not ∗now∗',
    );
    expect(allText(card({ state: 'outcome_unknown' }))).toContain('Look at the target before you try again');
  });

  it('has no button left that would do anything once it has run', () => {
    for (const state of ['claimed', 'running', 'verifying', 'rejected', 'expired', 'cancelled', 'outcome_unknown'] as const)
      expect(buttons(card({ state }))).toEqual([]);
    expect(buttons(card({ state: 'succeeded' })).map((button) => button.verb)).toEqual(['feedback_good', 'feedback_bad']);
  });

  it('reads an action it has no title for by its name', () => {
    expect(allText(card({ action: 'polish_the_brass' }))).toContain('Polish the brass');
  });
});
