import type { DependencySpec, ResourceSpec } from './schema.ts';

/** A web shop as many are: what a scenario gets when it says nothing about its topology. */
export const DEFAULT_RESOURCES: readonly ResourceSpec[] = [
  { id: 'alb/shop', service: 'storefront', latency_ms: 1 },
  { id: 'ecs/web', service: 'storefront', count: 6, latency_ms: 18, memory_percent: 46 },
  { id: 'ecs/catalog', count: 4, latency_ms: 14, memory_percent: 52 },
  { id: 'ecs/search', count: 3, latency_ms: 32, memory_percent: 58 },
  { id: 'ecs/checkout', count: 4, latency_ms: 26, memory_percent: 44 },
  { id: 'ecs/payments', count: 2, latency_ms: 55, memory_percent: 38 },
  { id: 'rds/checkout-db', service: 'checkout', zone: 'eu-central-1a', connection_limit: 200, volume_gb: 400, disk_percent: 41 },
  { id: 'rds/catalog-db', service: 'catalog', zone: 'eu-central-1b', connection_limit: 300, volume_gb: 800, disk_percent: 36 },
  { id: 'elasticache/session-cache', service: 'storefront', zone: 'eu-central-1a', count: 2, memory_percent: 55 },
  { id: 'dynamodb/carts', service: 'checkout' },
  { id: 'sqs/orders', service: 'checkout' },
  { id: 'lambda/invoice', service: 'invoicing', latency_ms: 850, concurrency: 60 },
  { id: 'sqs/images', service: 'media' },
  { id: 'ec2/worker-1', service: 'media', zone: 'eu-central-1a', latency_ms: 400, busy_at_peak: 0.22, memory_percent: 48, disk_percent: 42, volume_gb: 200 },
  { id: 'ec2/worker-2', service: 'media', zone: 'eu-central-1b', latency_ms: 400, busy_at_peak: 0.22, memory_percent: 50, disk_percent: 38, volume_gb: 200 },
  { id: 'ebs/worker-1-data', service: 'media', zone: 'eu-central-1a', volume_gb: 200 },
  { id: 'ebs/worker-2-data', service: 'media', zone: 'eu-central-1b', volume_gb: 200 },
  { id: 'ebs/old-backups', service: 'platform', snapshots: 60, volumes: 4, tags: { purpose: 'backup', orphaned: 'true' } },
  { id: 'iam/ci-deployer', service: 'platform' },
  { id: 'vpc/main', service: 'platform' },
  { id: 'acm/shop-cert', service: 'storefront' },
  { id: 'config/checkout-flags', service: 'checkout' },
];

const link = (from: string, to: string, kind: DependencySpec['kind'], perRequest: number): DependencySpec => ({ from, to, kind, per_request: perRequest });

export const DEFAULT_DEPENDENCIES: readonly DependencySpec[] = [
  link('alb/shop', 'ecs/web', 'calls', 1),
  link('alb/shop', 'acm/shop-cert', 'reads', 0),
  link('ecs/web', 'ecs/catalog', 'calls', 0.8),
  link('ecs/web', 'ecs/search', 'calls', 0.35),
  link('ecs/web', 'ecs/checkout', 'calls', 0.2),
  link('ecs/web', 'elasticache/session-cache', 'reads', 1),
  link('ecs/catalog', 'rds/catalog-db', 'reads', 0.7),
  link('ecs/catalog', 'elasticache/session-cache', 'reads', 0.5),
  link('ecs/catalog', 'sqs/images', 'writes', 0.05),
  link('ecs/search', 'rds/catalog-db', 'reads', 0.4),
  link('ecs/checkout', 'ecs/payments', 'calls', 0.5),
  link('ecs/checkout', 'rds/checkout-db', 'reads', 2),
  link('ecs/checkout', 'dynamodb/carts', 'reads', 1.5),
  link('ecs/checkout', 'sqs/orders', 'writes', 0.5),
  link('ecs/checkout', 'config/checkout-flags', 'reads', 0),
  link('ecs/payments', 'rds/checkout-db', 'writes', 0.6),
  link('sqs/orders', 'lambda/invoice', 'calls', 1),
  link('sqs/images', 'ec2/worker-1', 'calls', 0.5),
  link('sqs/images', 'ec2/worker-2', 'calls', 0.5),
  link('ec2/worker-1', 'ebs/worker-1-data', 'runs_on', 1),
  link('ec2/worker-2', 'ebs/worker-2-data', 'runs_on', 1),
];
