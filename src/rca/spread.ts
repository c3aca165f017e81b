import type { Graph } from './graph.ts';
import type { Impact } from './impact.ts';

/** One resource's part in a symptom, relative to the symptom itself (1: all of it). */
export interface Part {
  readonly resourceId: string;
  readonly total: number; // passes through it
  readonly own: number; // of that, what its own dependencies do not explain
  readonly flow: number; // of its own, what can have reached the symptom through those in between
  readonly explainedBy: string | null; // the dependency that explains most of it
  readonly impact: Impact;
}

const MAX_STEPS = 32;
const VIEWS = ['remote', 'client'];
const TWIN = 0.25;
const VIEW_WEIGHT = 0.3;

/** Effective size of an impact: what chance and habit may have given does not count. */
const sizeOf = (impact: Impact | undefined): number => (impact === undefined ? 0 : impact.amount * impact.sure);

/**
 * Splits a symptom over the call graph: a resource keeps what its callees do not explain, and no more can have come from it than
 * what the narrowest resource on the widest way to the symptom carried. A callee whose traffic only began with the trouble explains
 * nothing: somebody began to call it.
 */
export function spread(graph: Graph, target: string, impacts: ReadonlyMap<string, Impact>): readonly Part[] {
  const whole = impacts.get(target)?.amount ?? 0;
  if (whole <= 0) return [];
  const widest = widestWays(graph, target, impacts);
  const parts: Part[] = [];
  for (const [resourceId, impact] of impacts) {
    const total = impact.amount;
    if (total <= 0 || impact.isNew) continue;
    const callees = seenCallees(graph, resourceId, impacts)
      .filter((id) => id !== target && impacts.get(id)?.isNew === false)
      .map((id) => ({ id, size: sizeOf(impacts.get(id)) }))
      .filter((callee) => callee.size > 0)
      .sort((a, b) => b.size - a.size);
    const explained = callees.reduce((sum, callee) => sum + callee.size, 0);
    const own = Math.max(0, total - explained);
    const flow = Math.min(own, Math.max(widest.get(resourceId) ?? 0, own * 0.1));
    const most = callees[0];
    parts.push({
      resourceId,
      total: total / whole,
      own: own / whole,
      flow: flow / whole,
      explainedBy: most !== undefined && most.size > total / 3 ? most.id : null,
      impact,
    });
  }
  return withoutViews(graph, parts).sort((a, b) => b.flow - a.flow);
}

/**
 * A remote address is a caller's view of something that often is in the graph under its own name as well. Where another resource
 * carries a good part of the symptom itself, the view adds little; where none does, the far side is the cause.
 */
function withoutViews(graph: Graph, parts: readonly Part[]): Part[] {
  const isView = (part: Part): boolean => VIEWS.includes(graph.resources.get(part.resourceId)?.kind ?? '');
  const carried = Math.max(0, ...parts.filter((part) => !isView(part)).map((part) => part.flow));
  return parts.map((part) => (isView(part) && carried > part.flow * TWIN ? { ...part, flow: part.flow * VIEW_WEIGHT } : part));
}

/** What a resource depends on, looking through those that have no metrics of this kind. */
function seenCallees(graph: Graph, from: string, impacts: ReadonlyMap<string, Impact>): readonly string[] {
  const seen = new Set([from]);
  const found: string[] = [];
  let ring: readonly string[] = [from];
  for (let step = 0; step < MAX_STEPS && ring.length > 0; step += 1) {
    const next = ring.flatMap((id) => graph.causes.get(id) ?? []).filter((id) => !seen.has(id));
    for (const id of next) seen.add(id);
    const fresh = [...new Set(next)];
    found.push(...fresh.filter((id) => impacts.has(id)));
    ring = fresh.filter((id) => !impacts.has(id));
  }
  return found;
}

/** For each resource the most that can pass from it to the target: the widest way, each way as wide as its narrowest part. */
function widestWays(graph: Graph, target: string, impacts: ReadonlyMap<string, Impact>): ReadonlyMap<string, number> {
  const best = new Map<string, number>([[target, impacts.get(target)?.amount ?? 0]]);
  let frontier: readonly string[] = [target];
  for (let step = 0; step < MAX_STEPS && frontier.length > 0; step += 1) {
    const next = new Set<string>();
    for (const id of frontier) {
      const through = best.get(id) ?? 0;
      for (const callee of graph.causes.get(id) ?? []) {
        const known = impacts.get(callee);
        const width = known === undefined ? through : Math.min(through, known.amount);
        if (width <= (best.get(callee) ?? 0)) continue;
        best.set(callee, width);
        next.add(callee);
      }
    }
    frontier = [...next];
  }
  return best;
}
