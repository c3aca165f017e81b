import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { RcaContext } from '../../src/rca/context.ts';
import { FITS } from '../../src/rca/fits.ts';
import { analyse } from '../../src/rca/rank.ts';
import { context, incident, jump, NOW, SHOP_TOPOLOGY, START, series, shopSeries } from './world.ts';

const BUSY = series('rds/checkout-db', 'CPUUtilization', 35, jump(35, 97), { unit: 'Percent' });
const PATTERN = {
  pattern_id: 'PAT-006',
  category: 'performance' as const,
  title: 'RDS CPU high',
  description: 'x',
  symptoms: ['x'],
  root_causes: [],
  solutions: [{ action: 'scale_up', confidence: 0.5, risk: 'medium' as const }],
  metadata: { occurrence_count: 3, last_seen: null, success_rate: null, avg_resolution_time: null },
};
const MATCH = { patternId: 'PAT-006', title: 'RDS CPU high', category: 'performance' as const, similarity: 0.9, why: [] };

function solutions(more: Partial<RcaContext> = {}) {
  return analyse(
    context({
      topology: SHOP_TOPOLOGY,
      series: shopSeries([BUSY]),
      actions: CATALOGUE,
      subject: { resourceIds: ['rds/checkout-db'], startedAtMs: START, nowMs: NOW },
      ...more,
    }),
  ).solutions;
}

describe('solutions', () => {
  it('name only actions of the catalogue, and never one that ends a machine or a service', () => {
    const known = new Set(CATALOGUE.map((action) => action.name));
    const named = new Set(Object.values(FITS).flatMap((fits) => fits.map((fit) => fit.action)));
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
    for (const end of ['take_service_down', 'terminate_instance']) {
      expect(known.has(end)).toBe(true);
      expect(named.has(end)).toBe(false);
    }
  });

  it('come with the catalogue’s own parameters and risk, best first', () => {
    const found = solutions();
    expect(found.map((solution) => `${solution.action} ${solution.risk}`)).toEqual(['reboot_database medium', 'scale_up medium']);
    expect(found[1]?.params).toEqual({ size: 'larger' });
    expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 1);
  });

  it('rise and fall with what was learned of an action', () => {
    const learned = { matches: [MATCH], patterns: [PATTERN] };
    const trusted = solutions({ ...learned, posterior: () => 0.99 }).find((solution) => solution.action === 'scale_up');
    const failed = solutions({ ...learned, posterior: () => 0.05 }).find((solution) => solution.action === 'scale_up');
    expect(trusted?.patternId).toBe('PAT-006');
    expect(trusted?.confidence).toBeGreaterThan((failed?.confidence ?? 0) + 0.4);
    expect(trusted?.why.text).toContain('PAT-006 puts its success at 99%');
  });

  it('count an action less when patterns that look like this do not list it', () => {
    const reboot = (found: ReturnType<typeof solutions>) => found.find((solution) => solution.action === 'reboot_database');
    const unlisted = reboot(solutions({ matches: [MATCH], patterns: [PATTERN] }));
    expect(unlisted?.patternId).toBeNull();
    expect(unlisted?.confidence).toBeCloseTo(0.8 * (reboot(solutions())?.confidence ?? 0), 5);
    const unsure = { ...MATCH, similarity: 0.5 };
    expect(reboot(solutions({ matches: [unsure], patterns: [PATTERN] }))?.confidence).toBe(reboot(solutions())?.confidence);
  });

  it('leave out what already failed in this incident', () => {
    const plan = { action: 'reboot_database', targetId: 'rds/checkout-db', state: 'rolled_back', outcome: null } as Plan;
    const found = solutions({ pastIncidents: [{ incident: incident(), plans: [plan] }] });
    expect(found.map((solution) => solution.action)).toEqual(['scale_up']);
  });

  it('are none without a catalogue, and none on a resource that the topology does not describe', () => {
    expect(solutions({ actions: [] })).toEqual([]);
    expect(solutions({ topology: { resources: [], dependencies: [] } })).toEqual([]);
  });

  it('leave out an action whose own parameters do not hold', () => {
    const broken = CATALOGUE.map((action) => (action.name === 'scale_up' ? { ...action, defaults: () => ({ size: 7 }) } : action));
    expect(solutions({ actions: broken }).map((solution) => solution.action)).toEqual(['reboot_database']);
  });
});
