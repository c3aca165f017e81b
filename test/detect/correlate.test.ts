import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlate, type OpenIncident } from '../../src/detect/correlate.ts';
import type { Topology } from '../../src/domain/resource.ts';
import { anomaly, incident, MINUTE, resource, T0 } from '../support/make.ts';

/** alb/shop → ecs/web → { ecs/checkout → rds/orders, ecs/search → rds/catalog }, and ebs/backups alone. */
const shop: Topology = {
  resources: ['alb/shop', 'ecs/web', 'ecs/checkout', 'ecs/search', 'rds/orders', 'rds/catalog', 'ebs/backups'].map((id) =>
    resource(id, { service: id.split('/')[1] ?? null }),
  ),
  dependencies: [
    { from: 'alb/shop', to: 'ecs/web', kind: 'calls' },
    { from: 'ecs/web', to: 'ecs/checkout', kind: 'calls' },
    { from: 'ecs/web', to: 'ecs/search', kind: 'calls' },
    { from: 'ecs/checkout', to: 'rds/orders', kind: 'reads' },
    { from: 'ecs/search', to: 'rds/catalog', kind: 'reads' },
  ],
};
const open = (id: string, resourceIds: readonly string[], over = {}): OpenIncident => ({
  incident: incident({ id, state: 'open', resourceIds: [...resourceIds], ...over }),
  resourceIds: new Set(resourceIds),
});
const ids = (groups: readonly { anomalies: readonly { resourceId: string }[] }[]): string[][] =>
  groups.map((group) => group.anomalies.map((one) => one.resourceId).sort());

describe('which anomalies are one incident', () => {
  it('takes a symptom together with the cause that it depends on', () => {
    const grouping = correlate([anomaly('rds/orders'), anomaly('ecs/checkout'), anomaly('alb/shop')], [], shop, T0);
    expect(ids(grouping.open)).toEqual([['alb/shop', 'ecs/checkout', 'rds/orders']]);
  });

  it('keeps two troubles apart that only share a caller, or nothing', () => {
    const grouping = correlate([anomaly('rds/orders'), anomaly('rds/catalog'), anomaly('ebs/backups')], [], shop, T0);
    expect(ids(grouping.open)).toEqual([['rds/orders'], ['rds/catalog'], ['ebs/backups']]);
  });

  it('keeps two troubles apart that began at different times', () => {
    const grouping = correlate([anomaly('rds/orders'), anomaly('ecs/checkout', { startedAtMs: T0 + 60 * MINUTE })], [], shop, T0 + 60 * MINUTE);
    expect(grouping.open).toHaveLength(2);
  });

  it('lets a later symptom join the open incident, and one on the same resource always', () => {
    const there = [open('INC-7', ['rds/orders'])];
    expect(correlate([anomaly('ecs/checkout', { startedAtMs: T0 + 5 * MINUTE })], there, shop, T0 + 6 * MINUTE).join).toMatchObject([
      { incidentId: 'INC-7', reason: 'related_resource' },
    ]);
    expect(correlate([anomaly('rds/orders', { startedAtMs: T0 + 500 * MINUTE })], there, shop, T0 + 500 * MINUTE).join).toMatchObject([
      { reason: 'same_resource' },
    ]);
  });

  it('opens no fourth incident of one service within the hour', () => {
    const there = ['INC-1', 'INC-2', 'INC-3'].map((id, index) => open(id, [`ec2/${id}`], { service: 'search', openedAtMs: T0 + index * MINUTE }));
    const grouping = correlate([anomaly('ecs/search', { startedAtMs: T0 + 40 * MINUTE })], there, shop, T0 + 40 * MINUTE);
    expect(grouping).toMatchObject({ open: [], join: [{ incidentId: 'INC-3', reason: 'storm' }] });
    expect(correlate([anomaly('ecs/search', { startedAtMs: T0 + 90 * MINUTE })], there, shop, T0 + 90 * MINUTE).open).toHaveLength(1);
  });

  it('files every anomaly exactly once, whatever the topology, cycles too', () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `ecs/${name}`);
    const edge = fc.record({ from: fc.constantFrom(...names), to: fc.constantFrom(...names), kind: fc.constant('calls' as const) });
    const one = fc.record({ at: fc.constantFrom(...names), minute: fc.integer({ min: 0, max: 90 }) });
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 12 }), fc.array(one, { maxLength: 15 }), fc.boolean(), (dependencies, found, withOpen) => {
        const topology: Topology = { resources: names.map((name) => resource(name)), dependencies };
        const fresh = found.map(({ at, minute }, index) => anomaly(at, { id: `a${index}`, startedAtMs: T0 + minute * MINUTE }));
        const grouping = correlate(fresh, withOpen ? [open('INC-1', ['ecs/a'])] : [], topology, T0 + 90 * MINUTE);
        const filed = [
          ...grouping.join.map(({ anomaly: joined }) => joined.id),
          ...grouping.open.flatMap((group) => group.anomalies.map((member) => member.id)),
        ];
        expect(filed.sort()).toEqual(fresh.map(({ id }) => id).sort());
      }),
    );
  });
});
