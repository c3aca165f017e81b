import type { MetricRef } from '../../domain/metric.ts';
import { seriesKey } from '../../domain/metric.ts';
import { ZONES } from './build.ts';
import { gauss, poisson, streamOf } from './prng.ts';
import type { Node, World } from './world.ts';

/** How raw model values become published ones. */
type Shape = 'percent' | 'count' | 'smooth' | 'exact';

/** One published series: where it comes from and how it is written. */
export interface Series {
  readonly key: string;
  readonly ref: MetricRef;
  readonly node: Node;
  readonly unit: string;
  readonly stream: number;
  readonly shape: Shape;
  readonly noise: number; // relative
  readonly value: () => number;
}

type Define = (
  namespace: string,
  name: string,
  unit: string,
  stat: string,
  shape: Shape,
  noise: number,
  value: () => number,
  more?: Record<string, string>,
) => void;

const GB = 1_073_741_824;

/** All series that a world publishes, in the order of its resources. */
export function seriesOf(world: World): readonly Series[] {
  const found: Series[] = [];
  for (const node of world.nodes) {
    const define: Define = (namespace, name, unit, stat, shape, noise, value, more = {}) => {
      const ref: MetricRef = { namespace, name, dimensions: { ...dimensionsOf(node, namespace), ...more }, stat };
      const key = seriesKey(ref);
      found.push({ key, ref, node, unit, stream: streamOf(key), shape, noise, value });
    };
    PUBLISHED[node.resource.kind]?.(node, define);
  }
  return found;
}

/** The value as published for a minute: the model's, with the metric's own noise and rounding. */
export function published(series: Series, seed: number, minute: number): number {
  const raw = series.value();
  if (series.shape === 'exact') return raw;
  if (series.shape === 'count') return poisson(raw, seed, series.stream, minute);
  const noisy = raw * (1 + series.noise * gauss(seed, series.stream, minute));
  if (series.shape === 'percent') return Math.round(Math.min(100, Math.max(0, noisy)) * 100) / 100;
  return Math.max(0, noisy);
}

const CLUSTER = 'shop';
function dimensionsOf(node: Node, namespace: string): Record<string, string> {
  const { kind, name } = node.resource;
  if (kind === 'ecs' && namespace === 'AWS/ApplicationELB') return { LoadBalancer: `app/internal/${CLUSTER}`, TargetGroup: `targetgroup/${name}` };
  const own: Record<string, Record<string, string>> = {
    alb: { LoadBalancer: `app/${name}` },
    ecs: { ClusterName: CLUSTER, ServiceName: name },
    ec2: { InstanceId: name },
    rds: { DBInstanceIdentifier: name },
    elasticache: { CacheClusterId: name },
    sqs: { QueueName: name },
    lambda: { FunctionName: name },
    dynamodb: { TableName: name },
    ebs: namespace === 'AWS/EBS' ? { VolumeId: name } : { Group: name },
    iam: { Principal: name },
    vpc: { Vpc: name },
    acm: { CertificateName: name },
  };
  return own[kind] ?? {};
}

const perSecond = (perMinute: number): number => perMinute / 60;

const PUBLISHED: Record<string, (node: Node, define: Define) => void> = {
  alb: (node, define) => {
    const { now } = node;
    const elb = 'AWS/ApplicationELB';
    define(elb, 'RequestCount', 'Count', 'Sum', 'count', 0, () => now.demand);
    define(elb, 'TargetResponseTime', 'Seconds', 'Average', 'smooth', 0.03, () => now.latencyMs / 1000);
    define(elb, 'TargetResponseTime', 'Seconds', 'p99', 'smooth', 0.06, () => (now.latencyMs * 2.6) / 1000);
    define(elb, 'HTTPCode_Target_5XX_Count', 'Count', 'Sum', 'count', 0, () => now.demand * now.errorShare);
    define(elb, 'HTTPCode_Target_4XX_Count', 'Count', 'Sum', 'count', 0, () => now.demand * 0.012);
    define(elb, 'HTTPCode_ELB_5XX_Count', 'Count', 'Sum', 'count', 0, () => now.demand * Math.max(0, now.errorShare - 0.05) * 0.1);
    define(elb, 'ActiveConnectionCount', 'Count', 'Sum', 'smooth', 0.03, () => now.demand * 0.2 + (now.demand * now.latencyMs) / 60_000);
    for (const [index, zone] of ZONES.entries()) {
      const inZone = { AvailabilityZone: zone };
      define(elb, 'HealthyHostCount', 'Count', 'Average', 'exact', 0, () => healthyHosts(node, index), inZone);
      define(elb, 'HTTPCode_Target_5XX_Count', 'Count', 'Sum', 'count', 0, () => zoneErrors(node, index), inZone);
    }
  },
  ecs: (node, define) => {
    const { now, settings } = node;
    const elb = 'AWS/ApplicationELB';
    define('AWS/ECS', 'CPUUtilization', 'Percent', 'Average', 'percent', 0.02, () => now.cpu);
    define('AWS/ECS', 'MemoryUtilization', 'Percent', 'Average', 'percent', 0.005, () => now.memory);
    define('ECS/ContainerInsights', 'RunningTaskCount', 'Count', 'Average', 'exact', 0, () => runningTasks(node));
    define(elb, 'RequestCount', 'Count', 'Sum', 'count', 0, () => now.demand);
    define(elb, 'TargetResponseTime', 'Seconds', 'Average', 'smooth', 0.03, () => now.latencyMs / 1000);
    define(elb, 'HTTPCode_Target_5XX_Count', 'Count', 'Sum', 'count', 0, () => now.demand * now.errorShare);
    define('ECS/ContainerInsights', 'DeploymentCount', 'Count', 'Average', 'exact', 0, () => (node.blip !== null && settings.count > 0 ? 2 : 1));
  },
  ec2: (node, define) => {
    const { now } = node;
    define('AWS/EC2', 'CPUUtilization', 'Percent', 'Average', 'percent', 0.02, () => (isOff(node) ? 0 : now.cpu));
    define('AWS/EC2', 'NetworkIn', 'Bytes', 'Average', 'smooth', 0.05, () => now.demand * 180_000 + 400_000);
    define('AWS/EC2', 'NetworkOut', 'Bytes', 'Average', 'smooth', 0.05, () => (now.demand * 60_000 + 300_000) * node.effects.bytesFactor);
    define('AWS/EC2', 'StatusCheckFailed', 'Count', 'Maximum', 'exact', 0, () => (node.blip !== null ? 1 : 0));
    define('CWAgent', 'mem_used_percent', 'Percent', 'Average', 'percent', 0.004, () => now.memory);
    define('CWAgent', 'disk_used_percent', 'Percent', 'Average', 'percent', 0.0005, () => now.disk);
  },
  rds: (node, define) => {
    const { now, effects, settings, sizing } = node;
    const rds = 'AWS/RDS';
    define(rds, 'CPUUtilization', 'Percent', 'Average', 'percent', 0.02, () => now.cpu);
    define(rds, 'DatabaseConnections', 'Count', 'Average', 'smooth', 0.01, () => Math.round(now.connections));
    define(rds, 'FreeableMemory', 'Bytes', 'Average', 'smooth', 0.004, () => 16 * GB * (1 - now.memory / 100));
    define(rds, 'FreeStorageSpace', 'Bytes', 'Average', 'smooth', 0.0003, () => settings.volumeGb * GB * (1 - now.disk / 100));
    define(rds, 'ReadIOPS', 'Count/Second', 'Average', 'smooth', 0.04, () => (20 + perSecond(now.demand) * 0.8) * effects.iopsFactor);
    define(rds, 'WriteIOPS', 'Count/Second', 'Average', 'smooth', 0.04, () => 12 + perSecond(now.demand) * 0.3);
    define(rds, 'ReadLatency', 'Seconds', 'Average', 'smooth', 0.04, () => now.latencyMs / 4000);
    define(rds, 'WriteLatency', 'Seconds', 'Average', 'smooth', 0.04, () => now.latencyMs / 3000);
    define(rds, 'DiskQueueDepth', 'Count', 'Average', 'smooth', 0.08, () => 0.2 + ((now.demand / sizing.peak) * effects.iopsFactor * now.latencyMs) / 12);
  },
  elasticache: (node, define) => {
    const { now, effects } = node;
    const cache = 'AWS/ElastiCache';
    define(cache, 'EngineCPUUtilization', 'Percent', 'Average', 'percent', 0.03, () => now.cpu);
    define(cache, 'DatabaseMemoryUsagePercentage', 'Percent', 'Average', 'percent', 0.004, () => now.memory);
    define(cache, 'CacheHits', 'Count', 'Sum', 'count', 0, () => now.demand * (1 - now.missRate));
    define(cache, 'CacheMisses', 'Count', 'Sum', 'count', 0, () => now.demand * now.missRate);
    define(cache, 'CacheHitRate', 'Percent', 'Average', 'percent', 0.004, () => (1 - now.missRate) * 100);
    define(cache, 'Evictions', 'Count', 'Sum', 'count', 0, () => effects.evictions);
    define(cache, 'CurrConnections', 'Count', 'Average', 'smooth', 0.01, () => 20 + node.callers.reduce((sum, caller) => sum + caller.settings.count * 6, 0));
  },
  sqs: (node, define) => {
    const { now } = node;
    const sqs = 'AWS/SQS';
    define(sqs, 'NumberOfMessagesSent', 'Count', 'Sum', 'count', 0, () => now.demand);
    define(sqs, 'NumberOfMessagesDeleted', 'Count', 'Sum', 'count', 0, () => now.out);
    define(sqs, 'ApproximateNumberOfMessagesVisible', 'Count', 'Average', 'count', 0, () => now.depth + 1.5);
    define(sqs, 'ApproximateAgeOfOldestMessage', 'Seconds', 'Maximum', 'smooth', 0.1, () => now.ageS + 1);
  },
  lambda: (node, define) => {
    const { now } = node;
    const lambda = 'AWS/Lambda';
    define(lambda, 'Invocations', 'Count', 'Sum', 'count', 0, () => now.demand);
    define(lambda, 'Errors', 'Count', 'Sum', 'count', 0, () => now.demand * now.errorShare);
    define(lambda, 'Throttles', 'Count', 'Sum', 'count', 0, () => now.throttled);
    define(lambda, 'Duration', 'Milliseconds', 'Average', 'smooth', 0.03, () => now.latencyMs);
    define(lambda, 'ConcurrentExecutions', 'Count', 'Maximum', 'smooth', 0.05, () => now.concurrent + 1);
  },
  dynamodb: (node, define) => {
    const { now } = node;
    const table = 'AWS/DynamoDB';
    define(table, 'ConsumedReadCapacityUnits', 'Count', 'Sum', 'count', 0, () => now.demand * (1 - now.errorShare));
    define(table, 'ConsumedWriteCapacityUnits', 'Count', 'Sum', 'count', 0, () => now.demand * 0.3 * (1 - now.errorShare));
    define(table, 'ReadThrottleEvents', 'Count', 'Sum', 'count', 0, () => now.throttled);
    define(table, 'SuccessfulRequestLatency', 'Milliseconds', 'Average', 'smooth', 0.04, () => now.latencyMs);
  },
  ebs: (node, define) => {
    const { settings } = node;
    if (node.built.snapshots > 0) {
      define('AWS/Usage', 'ResourceCount', 'Count', 'Average', 'exact', 0, () => settings.snapshots, { Service: 'EBS', Resource: 'Snapshots' });
      define('AWS/Usage', 'ResourceCount', 'Count', 'Average', 'exact', 0, () => settings.volumes, { Service: 'EBS', Resource: 'UnattachedVolumes' });
      define('Cost', 'HourlySpend', 'USD', 'Average', 'smooth', 0.01, () => hourlySpend(node));
      return;
    }
    const host = (): number => node.callers.reduce((sum, caller) => sum + caller.now.demand * caller.effects.iopsFactor, 0);
    define('AWS/EBS', 'VolumeReadOps', 'Count', 'Sum', 'count', 0, () => 60 + host() * 6);
    define('AWS/EBS', 'VolumeWriteOps', 'Count', 'Sum', 'count', 0, () => 90 + host() * 4);
    define('AWS/EBS', 'VolumeQueueLength', 'Count', 'Average', 'smooth', 0.08, () => 0.1 + host() / 600);
  },
  iam: (node, define) => {
    const calls = (): number => (node.settings.keyActive ? 14 + node.effects.callsAdd : 0);
    define('CloudTrailMetrics', 'UnauthorizedAttemptCount', 'Count', 'Sum', 'count', 0, () => 0.02 + node.effects.eventsAdd);
    define('CloudTrailMetrics', 'ApiCallCount', 'Count', 'Sum', 'count', 0, calls);
  },
  vpc: (node, define) => {
    define('CloudTrailMetrics', 'SecurityGroupEventCount', 'Count', 'Sum', 'exact', 0, () => node.effects.eventsAdd);
    define('AWS/NATGateway', 'BytesOutToDestination', 'Bytes', 'Sum', 'smooth', 0.05, () => 9_000_000 * node.effects.bytesFactor);
    define('VpcFlowLogs', 'InboundConnectionAttempts', 'Count', 'Sum', 'count', 0, () => 30 + node.effects.callsAdd);
  },
  acm: (node, define) => {
    define('AWS/CertificateManager', 'DaysToExpiry', 'Count', 'Minimum', 'exact', 0, () => node.settings.certificateDays);
  },
};

const isOff = (node: Node): boolean => !node.settings.running || !node.settings.exists;

function runningTasks(node: Node): number {
  if (isOff(node)) return 0;
  const share = Math.min(1, node.effects.capacityFactor * (node.blip?.capacityFactor ?? 1));
  return Math.round(node.settings.count * Math.max(share, node.effects.capacityFactor));
}

/** Targets that answer in one zone. Those of a zone that traffic left recover and stay registered. */
const healthyHosts = (node: Node, zone: number): number => (node.effects.sickZone === zone ? 1 : 2);

function zoneErrors(node: Node, zone: number): number {
  const { now, effects } = node;
  if (node.settings.closedZones.includes(ZONES[zone] ?? '')) return 0;
  const open = ZONES.length - node.settings.closedZones.length;
  const ofZone = effects.sickZone >= 0 ? effects.errorAdd : 0;
  const spread = (now.demand * Math.max(0, now.errorShare - ofZone)) / Math.max(1, open);
  return spread + (effects.sickZone === zone ? now.demand * ofZone : 0);
}

/** US dollars an hour for what is kept in a group of snapshots and volumes. */
const hourlySpend = (node: Node): number => 0.4 + node.settings.snapshots * 0.035 + node.settings.volumes * 0.12;
