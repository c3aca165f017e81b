import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { decide, effectiveRisk, policyProblems } from '../../src/action/policy.ts';
import { type Place, policyFor } from '../../src/action/rules.ts';
import { type Policy, PolicySchema } from '../../src/domain/policy.ts';
import type { Risk } from '../../src/domain/risk.ts';
import { T0 } from '../support/make.ts'; // a Monday, 09:00 UTC

const policy = (over: object): Policy => PolicySchema.parse({ requesters: ['UREQ'], approvers: ['UAPP'], ...over });
const place = (over: Partial<Place> = {}): Place => ({ action: 'scale_out', risk: 'medium', service: 'shop', environment: 'prod', ...over });
const asked = (over: object, risk: Risk = 'low', nowMs = T0, failures = 0) =>
  decide(risk, policyFor(policy(over), place({ risk })), { nowMs, service: 'shop', failures });
const at = (text: string): number => Date.parse(text);

describe('rules of the policy', () => {
  it('hold where action, risk, service and environment fit, and nowhere else', () => {
    const rules = [{ actions: ['scale_out'], risks: ['medium'], services: ['shop'], environments: ['prod'], approvers: ['USHOP'] }];
    expect(policyFor(policy({ rules }), place()).approvers).toEqual(['USHOP']);
    const others: Partial<Place>[] = [{ action: 'scale_up' }, { risk: 'high' }, { service: null }, { environment: 'staging' }];
    for (const other of others) expect(policyFor(policy({ rules }), place(other)).approvers).toEqual(['UAPP']);
  });

  it('are put over one another in order, each only what it names', () => {
    const rules = [
      { services: ['shop'], approvers: ['USHOP'], requesters: ['UANY'] },
      { environments: ['prod'], approvers: ['UPROD'], executors: ['UEXE'] },
    ];
    expect(policyFor(policy({ rules }), place())).toMatchObject({ requesters: ['UANY'], approvers: ['UPROD'], executors: ['UEXE'] });
  });

  it('raise how many must approve, and never lower it', () => {
    expect(asked({ rules: [{ services: ['shop'], approvals: 3 }] })).toEqual({ kind: 'ask', reason: 'rule', approvals: 3 });
    expect(asked({ rules: [{ services: ['shop'], approvals: 1 }] }, 'critical')).toMatchObject({ approvals: 2 });
  });

  it('let the people to escalate to approve as well', () => {
    expect(policyFor(policy({ escalation: ['SBOSS', 'UAPP'] }), place()).approvers).toEqual(['UAPP', 'SBOSS']);
  });

  it('are refused when they name no action, or let everybody approve', () => {
    const problems = policyProblems(
      policy({ rules: [{ actions: ['scale_outt'], approvers: ['*'] }], escalation: ['*'], paused: ['everything', 'action:x', 'all'] }),
      CATALOGUE,
    );
    expect(problems).toHaveLength(5);
  });
});

describe('times and bounds that make a low risk ask', () => {
  it('quiet hours ask one person, over midnight and in the zone they are given in', () => {
    const quiet_hours = [{ from: '22:00', to: '06:00', time_zone: 'Europe/Berlin' }];
    for (const time of ['2026-03-02T21:30:00Z', '2026-03-03T04:59:00Z'])
      expect(asked({ quiet_hours }, 'low', at(time))).toMatchObject({ kind: 'ask', reason: 'quiet_hours', approvals: 1 });
    for (const time of ['2026-03-02T20:59:00Z', '2026-03-03T05:00:00Z']) expect(asked({ quiet_hours }, 'low', at(time)).kind).toBe('run');
  });

  it('a night belongs to the day it begins on', () => {
    const quiet_hours = [{ days: ['friday'], from: '22:00', to: '06:00' }];
    expect(asked({ quiet_hours }, 'low', at('2026-03-07T05:00:00Z')).kind).toBe('ask'); // Saturday morning
    expect(asked({ quiet_hours }, 'low', at('2026-03-06T05:00:00Z')).kind).toBe('run'); // Friday morning
  });

  it('a freeze asks a quorum of everything, for the services it names', () => {
    const freezes = [{ from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00+00:00', services: ['shop'] }];
    expect(asked({ freezes })).toEqual({ kind: 'ask', reason: 'change_freeze', approvals: 2 });
    expect(asked({ freezes }, 'high')).toMatchObject({ approvals: 2 });
    expect(asked({ freezes }, 'low', at('2026-03-03T00:00:00Z')).kind).toBe('run');
    expect(decide('low', policyFor(policy({ freezes }), place()), { nowMs: T0, service: 'other', failures: 0 }).kind).toBe('run');
  });

  it('an action that failed on its target asks, after as many failures as the policy says', () => {
    expect(asked({}, 'low', T0, 1).kind).toBe('run');
    expect(asked({}, 'low', T0, 2)).toMatchObject({ kind: 'ask', reason: 'failed_before' });
  });
});

describe('a promotion', () => {
  const facts = { name: 'x', risk: 'high' as const, reversibility: 'rollback' as const };
  it('takes one rung off, over what the config raised, and nothing off low', () => {
    expect(effectiveRisk(facts, policy({}), true)).toBe('medium');
    expect(effectiveRisk(facts, policy({ risks: { x: 'critical' } }), true)).toBe('high');
    expect(effectiveRisk({ ...facts, risk: 'low' }, policy({}), true)).toBe('low');
  });

  it('never lets run alone what cannot be undone', () => {
    expect(effectiveRisk({ ...facts, reversibility: 'cannot_be_undone' }, policy({}), true)).toBe('high');
  });
});
