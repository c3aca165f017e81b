import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Anomaly } from '../../src/domain/anomaly.ts';
import { MATCH_THRESHOLD } from '../../src/domain/pattern.ts';
import { type EmbeddedKnowledge, openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { loadLibrary } from '../../src/embedded/library.ts';
import { describeTrouble } from '../../src/pattern/describe.ts';
import { anomaly, T0 } from '../support/make.ts';

type Direction = Anomaly['direction'];
/** Resource, namespace, metric, direction, value, and dimensions where they matter. */
type Sign = readonly [resource: string, namespace: string, name: string, direction: Direction, value?: number, dimensions?: Record<string, string>];
type Said = readonly [resource: string, message: string];

let knowledge: EmbeddedKnowledge;
beforeAll(async () => {
  knowledge = await openEmbeddedKnowledge(':memory:');
  await knowledge.save((await loadLibrary()).patterns);
});
afterAll(() => knowledge.close());

async function matches(signs: readonly Sign[], said: readonly Said[]): Promise<{ id: string; similarity: number }[]> {
  const anomalies = signs.map(([resource, namespace, name, direction, value, dimensions = {}], n) =>
    anomaly(resource, {
      metric: { namespace, name, dimensions, stat: 'Average' },
      direction,
      severity: 0.9 - n * 0.1,
      value: value ?? null,
      unit: /Utilization|percent|Percentage/.test(name) ? 'Percent' : 'Count',
    }),
  );
  const lines = said.map(([resourceId, message], n) => ({ id: `l${n}`, timestampMs: T0, group: 'g', resourceId, level: 'error' as const, message }));
  const found = await knowledge.search({ text: describeTrouble(anomalies, [], lines), limit: 5 }, AbortSignal.timeout(5000));
  return found.matches.map(({ patternId, similarity }) => ({ id: patternId, similarity }));
}

const ELB = 'AWS/ApplicationELB';
const CASES: readonly (readonly [fault: string, right: readonly string[], signs: readonly Sign[], said: readonly Said[]])[] = [
  [
    'memory leak in a service',
    ['PAT-004'],
    [['ecs/checkout', 'AWS/ECS', 'MemoryUtilization', 'up', 93]],
    [
      ['ecs/checkout', 'task killed by the kernel: OutOfMemory, memory 97% of limit'],
      ['ecs/checkout', 'java.lang.OutOfMemoryError: Java heap space'],
    ],
  ],
  ['memory leak on a host', ['PAT-002', 'PAT-047'], [['ec2/app-1', 'CWAgent', 'mem_used_percent', 'up', 94]], []],
  [
    'snapshots left behind',
    ['PAT-062'],
    [['ebs/old-backups', 'AWS/Usage', 'ResourceCount', 'up', 412, { Service: 'EBS', Resource: 'Snapshots' }]],
    [['ebs/old-backups', '412 snapshots without an owner in old-backups, oldest kept for ever']],
  ],
  ['snapshots, with no log line', ['PAT-062'], [['ebs/old-backups', 'AWS/Usage', 'ResourceCount', 'up', 412, { Service: 'EBS', Resource: 'Snapshots' }]], []],
  [
    'volumes left behind',
    ['PAT-061'],
    [['ebs/scratch', 'AWS/Usage', 'ResourceCount', 'up', 60, { Service: 'EBS', Resource: 'UnattachedVolumes' }]],
    [['ebs/scratch', '60 volumes without an owner in scratch, oldest kept for ever']],
  ],
  [
    'connections used up',
    ['PAT-005'],
    [
      ['rds/checkout-db', 'AWS/RDS', 'DatabaseConnections', 'up', 498],
      ['ecs/checkout', ELB, 'HTTPCode_Target_5XX_Count', 'up', 80],
    ],
    [['ecs/checkout', 'could not get a connection to checkout-db: too many connections']],
  ],
  [
    'a slow query',
    ['PAT-006', 'PAT-009'],
    [
      ['rds/checkout-db', 'AWS/RDS', 'CPUUtilization', 'up', 97],
      ['rds/checkout-db', 'AWS/RDS', 'ReadLatency', 'up', 0.2],
    ],
    [['rds/checkout-db', 'canceling statement due to lock timeout']],
  ],
  ['CPU hog', ['PAT-001'], [['ec2/worker-1', 'AWS/EC2', 'CPUUtilization', 'up', 97]], []],
  ['a forgotten machine', ['PAT-064'], [['ec2/old-report', 'AWS/EC2', 'CPUUtilization', 'down', 1]], []],
  ['disk filling up', ['PAT-034'], [['ec2/worker-1', 'CWAgent', 'disk_used_percent', 'up', 93]], [['ec2/worker-1', 'write failed: No space left on device']]],
  ['a host that fails its checks', ['PAT-038'], [['ec2/app-2', 'AWS/EC2', 'StatusCheckFailed', 'up', 1]], []],
  [
    'a certificate that ends',
    ['PAT-046'],
    [['acm/shop', 'AWS/CertificateManager', 'DaysToExpiry', 'down', 9]],
    [['acm/shop', 'certificate shop ends in 9 days, DNS validation failed']],
  ],
  [
    'a queue that grows',
    ['PAT-018'],
    [
      ['sqs/orders', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'up', 9000],
      ['sqs/orders', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'up', 900],
    ],
    [['ecs/worker', 'consumer stuck on one message for 600 s, no heartbeat']],
  ],
  [
    'a throttled function',
    ['PAT-010'],
    [['lambda/invoice', 'AWS/Lambda', 'Throttles', 'up', 50]],
    [['lambda/invoice', 'TooManyRequestsException: Rate Exceeded, reserved concurrency 10 reached']],
  ],
  [
    'a throttled table',
    ['PAT-020'],
    [['dynamodb/sessions', 'AWS/DynamoDB', 'WriteThrottleEvents', 'up', 50]],
    [['ecs/web', 'ProvisionedThroughputExceededException: the level of configured provisioned throughput was exceeded']],
  ],
  [
    'a cache that forgets',
    ['PAT-015'],
    [
      ['elasticache/session-cache', 'AWS/ElastiCache', 'CacheHitRate', 'down', 20],
      ['rds/checkout-db', 'AWS/RDS', 'CPUUtilization', 'up', 90],
    ],
    [],
  ],
  [
    'a cache that is too small',
    ['PAT-016'],
    [
      ['elasticache/session-cache', 'AWS/ElastiCache', 'Evictions', 'up', 900],
      ['elasticache/session-cache', 'AWS/ElastiCache', 'DatabaseMemoryUsagePercentage', 'up', 100],
    ],
    [],
  ],
  [
    'a bad deployment',
    ['PAT-025'],
    [['ecs/checkout', ELB, 'HTTPCode_Target_5XX_Count', 'up', 300]],
    [['ecs/checkout', 'request failed with status 500 in release 2.4.1']],
  ],
  [
    'a bad configuration',
    ['PAT-026'],
    [['ecs/checkout', ELB, 'HTTPCode_Target_5XX_Count', 'up', 300]],
    [['ecs/checkout', 'invalid configuration in revision 7: unknown feature "express"']],
  ],
  [
    'a zone in trouble',
    ['PAT-037', 'PAT-028'],
    [['alb/shop', ELB, 'UnHealthyHostCount', 'up', 2]],
    [
      ['alb/shop', 'target in eu-central-1a failed its health check: connection timed out'],
      ['alb/shop', '502 from target in eu-central-1a'],
    ],
  ],
  [
    'a surge of traffic',
    ['PAT-014'],
    [
      ['alb/shop', ELB, 'RequestCount', 'up', 90_000],
      ['ecs/web', 'AWS/ECS', 'CPUUtilization', 'up', 95],
    ],
    [['ecs/web', 'request queue is 180% of its usual peak, shedding load']],
  ],
  [
    'an open port',
    ['PAT-054'],
    [
      ['vpc/main', 'CloudTrailMetrics', 'SecurityGroupEventCount', 'up', 1],
      ['vpc/main', 'VpcFlowLogs', 'InboundConnectionAttempts', 'up', 300],
    ],
    [['vpc/main', 'rejected connection to port 22 from 198.51.100.7']],
  ],
  [
    'a stolen key',
    ['PAT-049'],
    [
      ['iam/ci-deployer', 'CloudTrailMetrics', 'UnauthorizedAttemptCount', 'up', 40],
      ['iam/ci-deployer', 'CloudTrailMetrics', 'ApiCallCount', 'up', 300],
    ],
    [['iam/ci-deployer', 'AccessDenied: ci-deployer is not authorized to perform iam:ListUsers from 203.0.113.77']],
  ],
  ['a bill that rises', ['PAT-063'], [['billing/all', 'AWS/Billing', 'EstimatedCharges', 'up', 5000, { ServiceName: 'AmazonEC2' }]], []],
];

it.each(CASES)('%s: the right pattern is first', async (_fault, right, signs, said) => {
  const found = await matches(signs, said);
  expect(right, JSON.stringify(found)).toContain(found[0]?.id);
  expect(found[0]?.similarity).toBeGreaterThan(MATCH_THRESHOLD);
});
