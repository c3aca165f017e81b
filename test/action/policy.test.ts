import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { decideByRisk, effectiveRisk, policyProblems } from '../../src/action/policy.ts';
import { RISKS, riskAtLeast } from '../../src/domain/risk.ts';
import { policy } from '../support/make.ts';

describe('the risk ladder', () => {
  it('runs low, announces medium, asks one for high and several for critical', () => {
    const kinds = RISKS.map((risk) => decideByRisk(risk, policy({ quorum: 3, notice_s: 60 })));
    expect(kinds).toEqual([
      { kind: 'run', reason: 'low_risk' },
      { kind: 'notify', reason: 'medium_risk', noticeMs: 60_000 },
      { kind: 'ask', reason: 'high_risk', approvals: 1 },
      { kind: 'ask', reason: 'critical_risk', approvals: 3 },
    ]);
  });

  it('asks a person for everything once fixing by itself is switched off', () => {
    for (const risk of RISKS) expect(decideByRisk(risk, policy({ auto_fix: false })).kind).toBe('ask');
  });

  it('never lets what cannot be undone run alone, whatever its own risk', () => {
    for (const risk of RISKS) {
      expect(riskAtLeast(effectiveRisk({ name: 'x', risk, reversibility: 'cannot_be_undone' }, policy()), 'high')).toBe(true);
    }
  });

  it('can be made stricter by the config and never laxer', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CATALOGUE), fc.constantFrom(...RISKS), (facts, risk) => {
        const effective = effectiveRisk(facts, policy({ risks: { [facts.name]: risk } }));
        expect(riskAtLeast(effective, facts.risk)).toBe(true);
        expect(riskAtLeast(effective, risk)).toBe(true);
      }),
    );
  });

  it('says which line of a config would lower a risk or names no action', () => {
    expect(policyProblems(policy({ risks: { failover_database: 'low', fly_to_moon: 'high' } }), CATALOGUE)).toEqual([
      'policy.risks.failover_database: its own risk is high; the config can raise it, not lower it to low.',
      'policy.risks.fly_to_moon: there is no such action.',
    ]);
  });
});

describe('the catalogue', () => {
  it('gives every action parameters that its own schema accepts', () => {
    for (const facts of CATALOGUE) {
      const target = { id: 'x/y', kind: facts.targetKinds[0] ?? '', name: 'y', service: null, environment: null, zone: 'eu-1a', tags: {} };
      expect(facts.params.safeParse(facts.defaults(target)).success, facts.name).toBe(true);
      expect(facts.blastRadius(target, facts.defaults(target)), facts.name).toContain('y');
    }
  });

  it('keeps the ladder of the seed', () => {
    const risks = Object.fromEntries(CATALOGUE.map((facts) => [facts.name, facts.risk]));
    expect(risks).toMatchObject({
      restart_service: 'low',
      clear_cache: 'low',
      scale_out: 'medium',
      leave_zone: 'medium',
      failover_database: 'high',
      revert_config: 'high',
      delete_snapshots: 'critical',
      take_service_down: 'critical',
    });
  });

  it('names no action twice and allows no unknown parameter', () => {
    expect(new Set(CATALOGUE.map((facts) => facts.name)).size).toBe(CATALOGUE.length);
    for (const facts of CATALOGUE) expect(facts.params.safeParse({ surprise: 1 }).success, facts.name).toBe(false);
  });
});
