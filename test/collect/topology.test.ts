import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Collector } from '../../src/collect/collector.ts';
import { mergeTopologies } from '../../src/collect/topology.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { TopologySource } from '../../src/domain/ports.ts';
import type { Resource, Topology } from '../../src/domain/resource.ts';
import { openTopologyFile } from '../../src/embedded/topology-file.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { MINUTE, T0 } from '../support/make.ts';

const resource = (id: string, more: Partial<Resource> = {}): Resource => ({
  ...{ id, kind: 'ecs', name: id, service: null, environment: null, zone: null, tags: {} },
  ...more,
});
const learned: Topology = {
  resources: [resource('ecs/checkout', { service: 'shop', environment: 'prod', tags: { a: '1', b: '1' } }), resource('ecs/web')],
  dependencies: [{ from: 'ecs/web', to: 'ecs/checkout', kind: 'calls' }],
};

describe('topologies put together', () => {
  it('let the later entry of an id win, and keep what it leaves open', () => {
    const written: Topology = {
      resources: [resource('ecs/checkout', { service: 'checkout', tags: { b: '2' } })],
      dependencies: [
        { from: 'ecs/web', to: 'ecs/checkout', kind: 'calls' },
        { from: 'ecs/checkout', to: 'stripe', kind: 'calls' },
      ],
    };
    const merged = mergeTopologies([learned, written]);
    expect(merged.resources.map((one) => one.id)).toEqual(['ecs/checkout', 'ecs/web']);
    expect(merged.resources[0]).toMatchObject({ service: 'checkout', environment: 'prod', tags: { a: '1', b: '2' } });
    expect(merged.dependencies).toHaveLength(2);
  });

  it('name each resource and each dependency once', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const part = fc.record({
      resources: fc.array(id.map((one) => resource(one))),
      dependencies: fc.array(fc.record({ from: id, to: id, kind: fc.constantFrom('calls' as const, 'reads' as const) })),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const merged = mergeTopologies(parts);
        const ids = merged.resources.map((one) => one.id);
        const links = merged.dependencies.map((one) => JSON.stringify(one));
        expect(new Set(ids)).toEqual(new Set(parts.flatMap((one) => one.resources.map(({ id: name }) => name))));
        expect([ids.length, links.length]).toEqual([new Set(ids).size, new Set(links).size]);
      }),
    );
  });
});

describe('a topology file', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'opsloop-topology-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('that is not there, or says nonsense, is refused at once and in words', () => {
    const path = join(dir, 'topology.yaml');
    expect(() => openTopologyFile(path)).toThrow(OpsError);
    expect(() => openTopologyFile(path)).toThrow(/cannot be read/);
    writeFileSync(path, 'resources: [{ id: a, wings: 2 }]');
    expect(() => openTopologyFile(path)).toThrow(/wings/);
  });

  it('wins over what was learned, is read again, and keeps its last good reading while it is broken', async () => {
    const path = join(dir, 'topology.yaml');
    writeFileSync(path, 'resources: [{ id: ecs/checkout, service: checkout, calls: [stripe] }]');
    const clock = new ManualClock(T0);
    const store = await openStore(join(dir, 'a.db'), { clock });
    const account: TopologySource = { name: 'account', read: async () => learned };
    const sources = { metrics: [], logs: [], changes: [], alarms: [], topology: [account, openTopologyFile(path)] };
    const collector = new Collector(sources, { backfillMs: 0, timeoutMs: 1000 });
    const services = async () => {
      await collector.run(store, clock);
      clock.advance(6 * MINUTE);
      return (await store.signals.topology()).resources.map((one) => one.service);
    };
    expect(await services()).toEqual(['checkout', null]);
    writeFileSync(path, 'resources: [');
    expect(await services()).toEqual(['checkout', null]);
    expect(collector.status().map((status) => status.ok)).toEqual([true, false]);
    writeFileSync(path, 'resources: [{ id: ecs/checkout, service: payments }]');
    expect(await services()).toEqual(['payments', null]);
    expect(collector.status().every((status) => status.ok)).toBe(true);
    await store.close();
  });
});
