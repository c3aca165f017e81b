import type { MetricRef } from '../domain/metric.ts';

/** What a kind of resource is called where people write about it; others go by their kind. */
const KINDS: Readonly<Record<string, string>> = {
  ecs: 'ECS service',
  eks: 'EKS cluster',
  ec2: 'EC2 instance',
  rds: 'RDS database',
  aurora: 'Aurora RDS database',
  alb: 'load balancer',
  nlb: 'network load balancer',
  sqs: 'SQS queue',
  ebs: 'EBS',
  lambda: 'Lambda function',
  dynamodb: 'DynamoDB table',
  elasticache: 'ElastiCache',
  vpc: 'security group',
  nat: 'NAT gateway',
  acm: 'TLS certificate',
  iam: 'IAM access key',
  s3: 'S3 bucket',
  asg: 'Auto Scaling group',
};

/** Metrics whose names do not say what is meant, in a pattern's words, by direction. */
const PHRASES: Readonly<Record<string, { readonly up?: string; readonly down?: string }>> = {
  'AWS/CertificateManager DaysToExpiry': { down: 'certificate expiring' },
  'AWS/Usage ResourceCount': { up: 'accumulating, old and unused, cost' },
  'AWS/Billing EstimatedCharges': { up: 'EstimatedCharges rising, bill above the usual' },
  'AWS/EC2 CPUUtilization': { down: 'idle, CPU very low, unused' },
  'AWS/ECS MemoryUtilization': { up: 'MemoryUtilization climbing, memory leak' },
  'CWAgent mem_used_percent': { up: 'mem_used_percent climbing, memory leak' },
  'CWAgent disk_used_percent': { up: 'disk_used_percent high, disk filling up' },
  'AWS/ElastiCache DatabaseMemoryUsagePercentage': { up: 'memory full' },
  'AWS/ElastiCache CacheMisses': { up: 'cache misses rising, hit rate drops' },
  'AWS/ElastiCache CacheHitRate': { down: 'CacheHitRate drops' },
  'AWS/EBS VolumeQueueLength': { up: 'VolumeQueueLength high, slow disk' },
  'AWS/RDS FreeStorageSpace': { down: 'FreeStorageSpace falling, storage nearly full' },
  'AWS/ApplicationELB RequestCount': { up: 'RequestCount several times the usual, traffic surge' },
  'CloudTrailMetrics UnauthorizedAttemptCount': { up: 'unauthorized API calls, suspicious activity' },
  'CloudTrailMetrics ApiCallCount': { up: 'unusual API calls' },
  'CloudTrailMetrics SecurityGroupEventCount': { up: 'security group rule changed' },
  'VpcFlowLogs InboundConnectionAttempts': { up: 'port open to the world' },
  'AWS/EC2 CPUCreditBalance': { down: 'CPUCreditBalance at zero, credits spent' },
  'AWS/EBS BurstBalance': { down: 'BurstBalance near zero, burst credits spent' },
};

/** Namespaces whose dimensions say what is counted. */
const TELLING: Readonly<Record<string, readonly string[]>> = { 'AWS/Usage': ['Service', 'Resource'], 'AWS/Billing': ['ServiceName'] };

export const kindPhrase = (kind: string): string => KINDS[kind] ?? kind;

/** A metric that is out of line, in the words of a pattern: `MemoryUtilization climbing, memory leak`. */
export function metricPhrase({ namespace, name, dimensions }: MetricRef, direction: string, otherwise: string): string {
  const known = PHRASES[`${namespace} ${name}`];
  const phrase = (direction === 'up' ? known?.up : direction === 'down' ? known?.down : undefined) ?? `${name} ${otherwise}`;
  const counted = (TELLING[namespace] ?? []).map((dimension) => (dimensions[dimension] ?? '').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')).filter(Boolean);
  return [...counted, phrase].join(' ');
}
