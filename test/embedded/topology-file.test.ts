import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { TopologySchema } from '../../src/domain/resource.ts';
import { parseTopology } from '../../src/embedded/topology-file.ts';

const refusal = (text: string): string => {
  try {
    parseTopology(text);
  } catch (error) {
    if (error instanceof OpsError && error.code === 'invalid_input') return error.message;
    throw error;
  }
  return 'accepted';
};

describe('the topology file', () => {
  it('gives resources and dependencies, with kind and name from the id', () => {
    const topology = parseTopology(`
resources:
  - id: ecs/checkout
    service: checkout
    environment: prod
    zone: eu-central-1a
    tags: { team: payments }
    calls: [ecs/payments, ecs/payments]
    reads: [rds/checkout-db]
    writes: [sqs/orders]
    runs_on: [ec2/host-1]
  - id: stripe
    kind: remote
    name: Stripe API
`);
    expect(TopologySchema.parse(topology)).toEqual({
      resources: [
        { id: 'ecs/checkout', kind: 'ecs', name: 'checkout', service: 'checkout', environment: 'prod', zone: 'eu-central-1a', tags: { team: 'payments' } },
        { id: 'stripe', kind: 'remote', name: 'Stripe API', service: null, environment: null, zone: null, tags: {} },
      ],
      dependencies: [
        { from: 'ecs/checkout', to: 'ecs/payments', kind: 'calls' },
        { from: 'ecs/checkout', to: 'rds/checkout-db', kind: 'reads' },
        { from: 'ecs/checkout', to: 'sqs/orders', kind: 'writes' },
        { from: 'ecs/checkout', to: 'ec2/host-1', kind: 'runs_on' },
      ],
    });
  });

  it.each([
    ['', 'expected object'],
    ['resources: 3', 'resources'],
    ['resources: [{ name: x }]', 'resources[0].id'],
    ['resources: [{ id: a, depends: [b] }]', 'depends'],
    ['resources: [{ id: a }, { id: a }]', 'a is there twice'],
    ['resources: [', 'not valid'],
    ['resources: &a [*a]', 'not valid'],
  ])('refuses %j and says why', (text, why) => {
    expect(refusal(text)).toContain(why);
  });

  it('gives a topology or one clear refusal for any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => refusal(text).length > 0));
  });
});
