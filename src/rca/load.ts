import { isQueue } from './graph.ts';
import type { Prepared } from './prepare.ts';
import type { Shift } from './shift.ts';
import { clamp01 } from './stats.ts';

const SURGE = 1.35; // growth that is more than a busy hour
const FOLLOWS = 0.6; // a caller that grew by this share of it brought it
const QUIET = 0.4; // what is left of the usual work of a consumer that hangs
const LOADED: ReadonlySet<string> = new Set(['cpu', 'io', 'connections', 'queue', 'memory', 'storage', 'more_requests', 'throttling']);
const CACHE_PUSH = 0.75;
const BUSY_PUSH = 0.5; // a busy processor makes every operation late
const TRAFFIC_PUSH = 0.75;

const growthOf = (shift: Shift | undefined): number => (shift === undefined || !(shift.recent > 0) ? 0 : shift.during / Math.max(shift.base, shift.recent) - 1);

function requestsOf(prepared: Prepared, id: string): Shift | undefined {
  return prepared.shiftsOf.get(id)?.find((shift) => shift.reading.role === 'requests');
}

/** Far more requests than usual, that did not come from callers that grew as well. */
export function isSurge(prepared: Prepared, resourceId: string, shift: Shift): boolean {
  const growth = growthOf(shift);
  if (shift.ratio <= 1 || growth < SURGE - 1) return false;
  return (
    (prepared.graph.victims.get(resourceId) ?? []).every((caller) => growthOf(requestsOf(prepared, caller)) < growth * FOLLOWS) &&
    !behindMisses(prepared, resourceId)
  );
}

/** 0..1: how much of a resource's load others put on it: a cache beside it that misses, or more requests from all over. */
export function pushedOnto(prepared: Prepared, resourceId: string, kind: string): number {
  if (!LOADED.has(kind)) return 0;
  const misses = missing(prepared, resourceId) * CACHE_PUSH;
  const busy =
    kind === 'storage'
      ? BUSY_PUSH * Math.max(0, ...(prepared.shiftsOf.get(resourceId) ?? []).filter((shift) => shift.reading.role === 'cpu').map((shift) => shift.strength))
      : 0;
  const own = requestsOf(prepared, resourceId);
  const callers = (prepared.graph.victims.get(resourceId) ?? []).map((id) => requestsOf(prepared, id));
  const brought = callers.some((shift) => shift !== undefined && shift.ratio > 1 && growthOf(shift) > SURGE - 1) ? TRAFFIC_PUSH : 0;
  const surged = own !== undefined && own.ratio > 1 && growthOf(own) > SURGE - 1 && kind !== 'throttling' ? TRAFFIC_PUSH : 0;
  return Math.max(misses, busy, brought, surged);
}

/** How strongly a cache beside this store misses. */
function missing(prepared: Prepared, resourceId: string): number {
  const shifts = (prepared.graph.causes.get(resourceId) ?? []).flatMap((id) => prepared.shiftsOf.get(id) ?? []);
  return Math.max(0, ...shifts.filter((shift) => shift.reading.role === 'cache').map((shift) => shift.strength));
}

const behindMisses = (prepared: Prepared, resourceId: string): boolean => missing(prepared, resourceId) > 0.5;

/** Consumers that work far less than usual while the queue before them grows, by the metric that fell furthest. */
export function stuckConsumers(prepared: Prepared): readonly { readonly shift: Shift; readonly strength: number }[] {
  const found: { shift: Shift; strength: number }[] = [];
  for (const [queue, consumers] of prepared.graph.causes) {
    const backlog = isQueue(prepared.graph, queue)
      ? Math.max(0, ...(prepared.shiftsOf.get(queue) ?? []).filter((shift) => shift.reading.role === 'queue').map((shift) => shift.strength))
      : 0;
    if (backlog < 0.3) continue;
    for (const consumer of consumers) {
      const work = (prepared.shiftsOf.get(consumer) ?? []).filter((shift) => ['requests', 'cpu', 'network'].includes(shift.reading.role) && shift.base > 0);
      const fallen = work.sort((a, b) => a.during / a.base - b.during / b.base)[0];
      if (fallen !== undefined && fallen.during / fallen.base < QUIET && fallen.ratio < -1)
        found.push({ shift: fallen, strength: clamp01(backlog * (1 - fallen.during / fallen.base)) });
    }
  }
  return found;
}
