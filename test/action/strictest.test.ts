import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, effectiveRisk } from '../../src/action/policy.ts';
import { type PlanPolicy, policyFor } from '../../src/action/rules.ts';
import { policyMark, strictest } from '../../src/action/strictest.ts';
import { type Policy, PolicySchema } from '../../src/domain/policy.ts';
import { RISKS, riskAtLeast } from '../../src/domain/risk.ts';

const people = fc.subarray(['U0ANA0001', 'U0BEN0002', 'U0LIW0003', 'S0ONCALL1']);
const risk = fc.constantFrom(...RISKS);
const rule = fc.record(
  {
    actions: fc.constant(['scale_out']),
    services: fc.subarray(['shop', 'pay'], { minLength: 1 }),
    approvers: people,
    executors: people,
    requesters: people,
    approvals: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: [] },
);
const policy: fc.Arbitrary<Policy> = fc
  .record({
    requesters: fc.oneof(people, fc.constant(['*'])),
    approvers: people,
    executors: people,
    operators: people,
    escalation: people,
    rules: fc.array(rule, { maxLength: 3 }),
    quorum: fc.integer({ min: 2, max: 5 }),
    notice_s: fc.integer({ min: 10, max: 600 }),
    risks: fc.dictionary(fc.constantFrom('scale_out', 'restart_service'), fc.constantFrom('high', 'critical')),
    auto_fix: fc.boolean(),
    paused: fc.subarray(['all', 'action:scale_out']),
    actions_per_hour: fc.integer({ min: 0, max: 50 }),
  })
  .map((input) => PolicySchema.parse(input));

const place = (of: (typeof RISKS)[number]) => ({ action: 'scale_out', risk: of, service: 'shop', environment: 'prod' });
const yeses = (own: PlanPolicy, of: (typeof RISKS)[number]): number => {
  const decision = decide(of, own, { nowMs: 0, service: 'shop', failures: 0 });
  return decision.kind === 'ask' ? decision.approvals : 0;
};
/** Whether a group of people could start a plan. */
const suffices = (own: PlanPolicy, who: readonly string[]): boolean =>
  who.every((one) => own.approvers.includes(one)) && (own.executors.length === 0 || who.some((one) => own.executors.includes(one)));

describe('policies that differ between replicas', () => {
  it('allow together nothing that one of them does not allow', () => {
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 3 }), risk, people, (all, of, who) => {
        const [own, ...others] = all;
        if (own === undefined) return;
        const together = strictest(own, others);
        const shared = policyFor(together, place(of));
        for (const one of all) {
          const alone = policyFor(one, place(of));
          expect(yeses(shared, of)).toBeGreaterThanOrEqual(yeses(alone, of));
          if (suffices(shared, who)) expect(suffices(alone, who)).toBe(true);
          for (const requester of shared.requesters) expect(alone.requesters.includes(requester) || alone.requesters.includes('*')).toBe(true);
          for (const operator of together.operators) expect(one.operators).toContain(operator);
          for (const scope of one.paused) expect(together.paused).toContain(scope);
          expect(together.actions_per_hour).toBeLessThanOrEqual(one.actions_per_hour);
          expect(together.notice_s).toBeGreaterThanOrEqual(one.notice_s);
          const facts = { name: 'scale_out', risk: 'medium', reversibility: 'rollback' } as const;
          expect(riskAtLeast(effectiveRisk(facts, together), effectiveRisk(facts, one))).toBe(true);
        }
      }),
    );
  });

  it('are one policy when they say the same, in whatever order it was written', () => {
    const a = PolicySchema.parse({ risks: { scale_out: 'high', restart_service: 'high' }, approvers: ['U0ANA0001'] });
    const b = PolicySchema.parse({ approvers: ['U0ANA0001'], risks: { restart_service: 'high', scale_out: 'high' } });
    expect(policyMark(a)).toBe(policyMark(b));
    expect(strictest(a, [b])).toBe(a);
    expect(policyMark({ ...a, quorum: 3 })).not.toBe(policyMark(a));
  });

  it('leave nobody to start a plan when their executors have nobody in common', () => {
    const one = PolicySchema.parse({ approvers: ['U0ANA0001', 'U0BEN0002'], executors: ['U0ANA0001'] });
    const other = PolicySchema.parse({ approvers: ['U0ANA0001', 'U0BEN0002'], executors: ['U0BEN0002'] });
    expect(suffices(policyFor(strictest(one, [other]), place('high')), ['U0ANA0001', 'U0BEN0002'])).toBe(false);
  });
});
