import type { Resource, Topology } from '../domain/resource.ts';

const MAX_DEPTH = 32;
const QUEUES: readonly string[] = ['sqs', 'kinesis', 'queue', 'stream'];

const CACHES: readonly string[] = ['elasticache', 'redis', 'memcached', 'cache'];
const STORES: readonly string[] = ['rds', 'aurora', 'dynamodb', 'docdb', 'database'];

/** The topology ready for walking. Unknown ids in dependencies become nodes of kind `unknown`; cycles are allowed. */
export interface Graph {
  readonly resources: ReadonlyMap<string, Resource>;
  /** What may make a resource suffer: what it depends on, for a queue those that read from it, for a store the cache beside it. */
  readonly causes: ReadonlyMap<string, readonly string[]>;
  readonly victims: ReadonlyMap<string, readonly string[]>;
  readonly unknown: readonly string[];
}

/** Builds the graph; a dependency of a thing on itself is dropped. */
export function buildGraph(topology: Topology): Graph {
  const resources = new Map(topology.resources.map((resource) => [resource.id, resource]));
  const causes = new Map<string, Set<string>>();
  const victims = new Map<string, Set<string>>();
  const unknown = new Set<string>();
  for (const { from, to, kind } of topology.dependencies) {
    if (from === to) continue;
    for (const id of [from, to]) if (!resources.has(id)) unknown.add(id);
    const reader = kind === 'reads' && isQueueKind(resources.get(to)?.kind);
    link(causes, reader ? to : from, reader ? from : to);
    link(victims, reader ? from : to, reader ? to : from);
  }
  linkStoresToCaches(resources, causes, victims);
  return { resources, causes: lists(causes), victims: lists(victims), unknown: [...unknown] };
}

/** A store carries what the cache beside it misses: whoever calls both asks the store instead. */
function linkStoresToCaches(resources: Graph['resources'], causes: Map<string, Set<string>>, victims: Map<string, Set<string>>): void {
  const kindOf = (id: string): string => resources.get(id)?.kind ?? '';
  for (const called of [...causes.values()].map((ids) => [...ids])) {
    const caches = called.filter((id) => CACHES.includes(kindOf(id)));
    for (const store of caches.length === 0 ? [] : called.filter((id) => STORES.includes(kindOf(id)))) {
      for (const cache of caches) {
        link(causes, store, cache);
        link(victims, cache, store);
      }
    }
  }
}

const isQueueKind = (kind: string | undefined): boolean => kind !== undefined && QUEUES.includes(kind);
export const isQueue = (graph: Graph, id: string): boolean => isQueueKind(graph.resources.get(id)?.kind);

function link(map: Map<string, Set<string>>, from: string, to: string): void {
  const known = map.get(from);
  if (known === undefined) map.set(from, new Set([to]));
  else known.add(to);
}

function lists(map: ReadonlyMap<string, ReadonlySet<string>>): Map<string, readonly string[]> {
  return new Map([...map].map(([id, others]) => [id, [...others]]));
}

/** Steps from the nearest of `from`, along `edges`, at most 32; breadth first, each node once, so cycles end. */
export function distances(edges: Graph['causes'], from: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map(from.map((id) => [id, 0]));
  let frontier = [...found.keys()];
  for (let depth = 1; depth <= MAX_DEPTH && frontier.length > 0; depth += 1) {
    const next: string[] = [];
    for (const id of frontier) {
      for (const other of edges.get(id) ?? []) {
        if (found.has(other)) continue;
        found.set(other, depth);
        next.push(other);
      }
    }
    frontier = next;
  }
  return found;
}

/** A shortest way from one of `from` to `to` along what may cause it, both ends included; empty when there is none. */
export function pathTo(graph: Graph, from: readonly string[], to: string): readonly string[] {
  const steps = distances(graph.victims, [to]);
  let at = from.filter((id) => steps.has(id)).sort((a, b) => (steps.get(a) ?? 0) - (steps.get(b) ?? 0))[0];
  const path: string[] = [];
  while (at !== undefined) {
    path.push(at);
    if (at === to) return path;
    const left = steps.get(at) ?? 0;
    at = (graph.causes.get(at) ?? []).find((next) => steps.get(next) === left - 1);
  }
  return [];
}
