import { wander } from './prng.ts';
import { traffic } from './rhythm.ts';
import type { Node, World } from './world.ts';

const TIMEOUT_MS = 6000; // callers give up
const USUAL_MISS_RATE = 0.06;
const BASE_ERRORS = 0.0006;

/**
 * One minute of the account: load runs from callers to callees, latency and errors run back. Faults have pushed their
 * effects before. Only queue depth carries over from the minute before; all else follows from load, settings and effects.
 */
export function propagate(world: World, minute: number): void {
  for (const node of world.nodes) node.now.demand = 0;
  const users = traffic(world.rhythm, world.seed, minute) / Math.max(1, world.entries.length);
  for (const entry of world.entries) entry.now.demand = users;
  for (const node of world.nodes) pushLoad(node);
  for (let i = world.nodes.length - 1; i >= 0; i -= 1) {
    const node = world.nodes[i];
    if (node !== undefined) settle(node, world.seed, minute);
  }
}

const isQueue = (node: Node): boolean => node.resource.kind === 'sqs';
const isUp = (node: Node): boolean => node.settings.running && node.settings.exists;

/** Sends a node's load on to what it calls. */
function pushLoad(node: Node): void {
  const { now, effects, sizing } = node;
  now.demand *= effects.demandFactor;
  now.load = now.demand / sizing.peak;
  if (isQueue(node)) {
    drain(node);
    return;
  }
  const misses = missFactor(node);
  const served = isUp(node) ? now.demand : 0;
  for (const edge of node.edges) {
    edge.to.now.demand += served * edge.perRequest * (edge.to.resource.kind === 'rds' ? misses : 1);
  }
}

/** How much more a caller asks of its databases because its cache misses. */
function missFactor(node: Node): number {
  for (const edge of node.edges) {
    if (edge.to.resource.kind === 'elasticache')
      return 0.8 + (0.2 * Math.max(USUAL_MISS_RATE, edge.to.effects.missRate, edge.to.blip?.missRate ?? 0)) / USUAL_MISS_RATE;
  }
  return 1;
}

/**
 * A queue deals its messages out by key: each consumer has its share and its own backlog (kept in its `depth`), so that one
 * that hangs is not covered up by the others.
 */
function drain(queue: Node): void {
  const { now } = queue;
  const shares = queue.edges.reduce((sum, edge) => sum + edge.perRequest, 0);
  now.out = 0;
  now.ageS = 0.4;
  if (shares === 0) now.depth += now.demand;
  else now.depth = 0;
  for (const edge of queue.edges) {
    const { to } = edge;
    const able = consumerRate(to);
    const incoming = (now.demand * edge.perRequest) / shares;
    const waiting = to.now.depth + incoming;
    const taken = Math.min(waiting, able);
    to.now.depth = waiting - taken;
    to.now.demand += taken;
    if (to.resource.kind === 'lambda') to.now.throttled = Math.min(to.now.depth, able * 1.5) * 0.6;
    now.depth += to.now.depth;
    now.out += taken;
    if (to.now.depth >= 1) now.ageS = Math.max(now.ageS, Math.min(345_600, (to.now.depth / Math.max(incoming, 1)) * 60));
  }
}

/** Messages a minute that a consumer can take off its queue. */
function consumerRate(to: Node): number {
  const health = to.effects.capacityFactor * (to.blip?.capacityFactor ?? 1);
  if (!isUp(to)) return 0;
  if (to.resource.kind === 'lambda') return (to.settings.concurrency * health * 60_000) / Math.max(1, to.sizing.baseLatencyMs * to.effects.latencyFactor);
  return to.sizing.perUnit * to.settings.count * to.settings.size * health;
}

/** Works out what a node's minute was like, its callees being settled. */
function settle(node: Node, seed: number, minute: number): void {
  const { now, effects, sizing, settings, blip } = node;
  const jitter = (stream: number): number => wander(seed, node.stream + stream, minute);
  const units = node.resource.kind === 'dynamodb' ? settings.units / Math.max(1, node.built.units) : unitsOf(node);
  const takesItsTime = node.callers.some(isQueue); // a consumer that hangs is idle, not busy
  const health = takesItsTime ? 1 : effects.capacityFactor * (blip?.capacityFactor ?? 1);
  const busy = node.resource.kind === 'lambda' ? 0.2 : now.demand / Math.max(1, sizing.perUnit * units * health);
  now.cpu = Math.min(100, Math.max(0.4, (busy * 100 + 2) * (1 + 0.03 * jitter(1)) + effects.cpuAdd));
  const total = Math.max(busy, now.cpu / 100);
  now.memory = Math.min(100, sizing.baseMemory + 7 * Math.min(1.5, now.load) + 0.4 * jitter(2) + effects.memoryAdd);
  now.disk = Math.min(100, ((sizing.baseDisk + effects.diskAdd) * node.built.volumeGb) / settings.volumeGb + 0.05 * jitter(3));
  const errors = BASE_ERRORS + effects.errorAdd + (blip?.errorAdd ?? 0) + overload(total) + fullness(now.memory, now.disk) + refusals(node);
  now.missRate = Math.min(1, Math.max(USUAL_MISS_RATE * (1 + 0.08 * jitter(4)), effects.missRate, blip?.missRate ?? 0));
  now.latencyMs = sizing.baseLatencyMs * queueing(total) * effects.latencyFactor * (1 + 0.025 * jitter(5)) + effects.latencyAddMs;
  now.errorShare = Math.min(0.98, isUp(node) ? errors : 0.98);
  if (!isQueue(node)) addCallees(node);
  if (node.resource.kind === 'lambda') settleFunction(node);
  if (node.resource.kind === 'dynamodb') now.throttled = Math.max(0, now.demand - sizing.perUnit * units * health);
}

/** A function that is called directly turns away what its concurrency cannot hold; behind a queue the rest waits there. */
function settleFunction({ now, settings, callers }: Node): void {
  const wanted = (now.demand * now.latencyMs) / 60_000;
  now.concurrent = Math.min(settings.concurrency, wanted);
  if (callers.some(isQueue) || wanted <= settings.concurrency) return;
  const away = 1 - settings.concurrency / wanted;
  now.throttled = now.demand * away;
  now.errorShare = Math.min(0.98, now.errorShare + away);
}

function unitsOf(node: Node): number {
  const { kind } = node.resource;
  const many = kind === 'ecs' || kind === 'ec2' || kind === 'elasticache' ? node.settings.count : 1;
  return Math.max(0.01, many * node.settings.size);
}

/** A caller waits for its callees and fails when they do. Work put on a queue is not waited for. */
function addCallees(node: Node): void {
  const { now } = node;
  let good = 1 - now.errorShare;
  for (const { to, kind, perRequest } of node.edges) {
    if (isQueue(to) || kind === 'runs_on' || perRequest === 0) continue;
    const share = Math.min(perRequest, 2);
    now.latencyMs += to.now.latencyMs * share;
    good *= 1 - Math.min(0.98, to.now.errorShare * Math.min(1, share));
  }
  if (now.latencyMs > TIMEOUT_MS) good *= 1 - Math.min(0.9, (now.latencyMs - TIMEOUT_MS) / TIMEOUT_MS);
  now.latencyMs = Math.min(now.latencyMs, TIMEOUT_MS * 1.6);
  now.errorShare = Math.min(0.99, 1 - good);
}

/** Waiting grows as 1/(1 − busy), as in any queue; past saturation it is held by time-outs. */
const queueing = (busy: number): number => (busy < 0.96 ? 1 + (0.22 * busy) / (1 - busy) : Math.min(30, 6.3 + (busy - 0.96) * 30));
const overload = (busy: number): number => (busy <= 1 ? 0 : Math.min(0.8, (busy - 1) / busy));
const fullness = (memory: number, disk: number): number => (memory > 94 ? (memory - 94) / 25 : 0) + (disk > 97 ? (disk - 97) / 10 : 0);

/** Connections of a database: pools of its callers, more with load, and what faults hold open. Returns the share refused. */
function refusals(node: Node): number {
  const { now, effects, settings } = node;
  if (node.resource.kind !== 'rds') return 0;
  const pools = node.callers.reduce((sum, caller) => sum + caller.settings.count * 8, 0);
  const wanted = Math.max(4, pools * (0.55 + 0.4 * Math.min(2, now.load))) + effects.connectionsAdd;
  now.connections = Math.min(wanted, settings.connectionLimit);
  const over = Math.max(0, wanted - settings.connectionLimit);
  now.refused = over;
  return Math.min(0.85, (over / Math.max(1, wanted)) * 2.5);
}
