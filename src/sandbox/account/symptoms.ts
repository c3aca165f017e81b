import type { Said } from './faults/fault.ts';
import type { Node } from './world.ts';

const FAILING = 0.03;

/** What a sick resource writes to its log about itself and about what it calls, whatever the fault behind it. */
export function symptoms(node: Node): readonly Said[] {
  const { now, resource, settings } = node;
  const said: Said[] = [];
  const say = (level: Said['level'], message: string): number => said.push({ level, message });
  if (resource.kind === 'rds') {
    if (now.refused > 0) say('fatal', `FATAL: sorry, too many connections (${Math.round(now.connections)} of ${settings.connectionLimit})`);
    if (now.disk > 97) say('fatal', 'PANIC: could not write to file "pg_wal": No space left on device');
    return said;
  }
  if (resource.kind === 'dynamodb' && now.throttled > 0) {
    say('error', 'ProvisionedThroughputExceededException: the level of configured provisioned throughput was exceeded');
  }
  if (now.disk > 97 && resource.kind === 'ec2') say('error', 'write failed: No space left on device');
  if (resource.kind !== 'ecs' && resource.kind !== 'lambda' && resource.kind !== 'ec2') return said;
  if (!settings.running) say('fatal', `${resource.name} has no running tasks`);
  for (const { to, perRequest } of node.edges) {
    if (perRequest === 0 || to.resource.kind === 'sqs' || to.resource.kind === 'ebs') continue;
    if (to.resource.kind === 'rds' && to.now.refused > 0) say('error', `could not get a connection to ${to.resource.name}: too many connections`);
    else if (to.now.errorShare > FAILING) say('error', `call to ${to.resource.name} failed with status 503 (${Math.round(to.now.errorShare * 100)}% of calls)`);
    else if (to.now.latencyMs > 1000) say('error', `call to ${to.resource.name} timed out after 1000 ms`);
  }
  return said;
}

const ROUTES: Record<string, readonly string[]> = {
  ecs: ['GET / 200', 'GET /health 200', 'POST /cart 201', 'cache refreshed', 'GET /items?page=2 200'],
  lambda: ['START', 'invoice stored', 'END'],
  ec2: ['resized image', 'job picked up', 'job done'],
  rds: ['checkpoint complete', 'automatic vacuum of table "public.orders"', 'connection authorized'],
  alb: ['health check passed'],
};

/** Kinds of resources that write logs. */
export const writesLogs = (node: Node): boolean => node.resource.kind in ROUTES;

/** One of the ordinary lines of a resource; `pick` chooses. */
export function chatter(node: Node, pick: (below: number) => number): Said {
  const lines = ROUTES[node.resource.kind] ?? ['ok'];
  const line = lines[pick(lines.length)] ?? 'ok';
  return { level: 'info', message: `${line} in ${2 + pick(60)} ms id=${pick(1_000_000).toString(16)}` };
}
