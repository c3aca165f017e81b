import type { DependencySpec, ResourceSpec, TopologyName } from './schema.ts';

/** Resources and who depends on whom. */
export interface TopologyPlan {
  readonly resources: readonly ResourceSpec[];
  readonly dependencies: readonly DependencySpec[];
}

const link = (from: string, to: string, kind: DependencySpec['kind'], perRequest: number): DependencySpec => ({ from, to, kind, per_request: perRequest });

const SHOP_RESOURCES: readonly ResourceSpec[] = [
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

const SHOP_DEPENDENCIES: readonly DependencySpec[] = [
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

/** The back end of a program on phones: a gateway, two services, one database, exports in the background. */
const API: TopologyPlan = {
  resources: [
    { id: 'alb/api', service: 'gateway' },
    { id: 'ecs/gateway', count: 4, latency_ms: 12, memory_percent: 41 },
    { id: 'ecs/accounts', count: 3, latency_ms: 20, memory_percent: 55 },
    { id: 'ecs/reports', count: 2, latency_ms: 80, memory_percent: 49 },
    { id: 'elasticache/api-cache', service: 'gateway', memory_percent: 62 },
    { id: 'dynamodb/sessions', service: 'gateway' },
    { id: 'rds/main-db', service: 'accounts', zone: 'eu-central-1c', connection_limit: 180, volume_gb: 600, disk_percent: 47 },
    { id: 'sqs/exports', service: 'reports' },
    { id: 'lambda/export', service: 'reports', latency_ms: 1900, concurrency: 60 },
    { id: 'iam/api-deployer', service: 'platform' },
    { id: 'acm/api-cert', service: 'gateway' },
    { id: 'vpc/core', service: 'platform' },
    { id: 'ebs/snapshots', service: 'platform', snapshots: 30, volumes: 2 },
  ],
  dependencies: [
    link('alb/api', 'ecs/gateway', 'calls', 1),
    link('alb/api', 'acm/api-cert', 'reads', 0),
    link('ecs/gateway', 'ecs/accounts', 'calls', 0.6),
    link('ecs/gateway', 'ecs/reports', 'calls', 0.15),
    link('ecs/gateway', 'elasticache/api-cache', 'reads', 0.9),
    link('ecs/gateway', 'dynamodb/sessions', 'reads', 1),
    link('ecs/accounts', 'rds/main-db', 'reads', 1.2),
    link('ecs/accounts', 'elasticache/api-cache', 'reads', 0.5),
    link('ecs/reports', 'rds/main-db', 'reads', 3),
    link('ecs/reports', 'sqs/exports', 'writes', 0.3),
    link('sqs/exports', 'lambda/export', 'calls', 1),
  ],
};

/** Events come in, workers crunch them, results go to a warehouse. No load balancer. */
const PIPELINE: TopologyPlan = {
  resources: [
    { id: 'ecs/ingest', count: 3, latency_ms: 9, memory_percent: 37 },
    { id: 'sqs/events', service: 'ingest' },
    ...[1, 2, 3].map((n) => ({ id: `ec2/cruncher-${n}`, service: 'crunch', zone: `eu-central-1${'abc'[n - 1] ?? 'a'}`, busy_at_peak: 0.24, volume_gb: 300 })),
    ...[1, 2, 3].map((n) => ({ id: `ebs/cruncher-${n}-data`, service: 'crunch', zone: `eu-central-1${'abc'[n - 1] ?? 'a'}`, volume_gb: 300 })),
    { id: 'rds/warehouse', service: 'crunch', volume_gb: 2000, disk_percent: 55 },
    { id: 'dynamodb/aggregates', service: 'crunch' },
    { id: 'iam/ingest-role', service: 'ingest' },
    { id: 'ebs/archive', service: 'platform', snapshots: 120, volumes: 6 },
  ],
  dependencies: [
    link('ecs/ingest', 'sqs/events', 'writes', 1),
    ...[1, 2, 3].flatMap((n) => [
      link('sqs/events', `ec2/cruncher-${n}`, 'calls', 1),
      link(`ec2/cruncher-${n}`, `ebs/cruncher-${n}-data`, 'runs_on', 1),
      link(`ec2/cruncher-${n}`, 'rds/warehouse', 'writes', 0.5),
      link(`ec2/cruncher-${n}`, 'dynamodb/aggregates', 'writes', 1),
    ]),
  ],
};

/** Two machines behind a load balancer, one database: what many a site still is. */
const SITE: TopologyPlan = {
  resources: [
    { id: 'alb/site', service: 'site' },
    ...[1, 2].map((n) => ({
      id: `ec2/app-${n}`,
      service: 'site',
      zone: `eu-central-1${'ab'[n - 1] ?? 'a'}`,
      latency_ms: 45,
      busy_at_peak: 0.45,
      volume_gb: 120,
    })),
    { id: 'rds/site-db', service: 'site', zone: 'eu-central-1a', connection_limit: 120, volume_gb: 250 },
    { id: 'elasticache/page-cache', service: 'site' },
    { id: 'acm/site-cert', service: 'site' },
  ],
  dependencies: [
    link('alb/site', 'acm/site-cert', 'reads', 0),
    ...[1, 2].flatMap((n) => [
      link('alb/site', `ec2/app-${n}`, 'calls', 0.5),
      link(`ec2/app-${n}`, 'rds/site-db', 'reads', 3),
      link(`ec2/app-${n}`, 'elasticache/page-cache', 'reads', 2),
    ]),
  ],
};

/** The topologies that a scenario can name; `default` is a web shop. */
export const TOPOLOGIES: Readonly<Record<TopologyName, TopologyPlan>> = {
  default: { resources: SHOP_RESOURCES, dependencies: SHOP_DEPENDENCIES },
  api: API,
  pipeline: PIPELINE,
  site: SITE,
};
