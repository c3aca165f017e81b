import type { Anomaly } from '../domain/anomaly.ts';
import type { Incident } from '../domain/incident.ts';
import type { Topology } from '../domain/resource.ts';

/** What is known about an incident that anomalies may join. */
export interface OpenIncident {
  readonly incident: Incident;
  readonly resourceIds: ReadonlySet<string>;
}

/** Where each anomaly goes. `reason` is a stable name for audit rows and tests. */
export interface Grouping {
  readonly join: readonly { readonly anomaly: Anomaly; readonly incidentId: string; readonly reason: 'same_resource' | 'related_resource' | 'storm' }[];
  readonly open: readonly { readonly anomalies: readonly Anomaly[] }[];
}

export interface GroupingOptions {
  readonly hops: number; // along dependencies, in one direction
  readonly togetherMs: number; // so close in time counts as one trouble
  readonly newPerServiceAnHour: number; // above it, a service's new anomalies join its latest incident
}
export const GROUPING: GroupingOptions = { hops: 3, togetherMs: 20 * 60_000, newPerServiceAnHour: 3 };

const HOUR_MS = 3_600_000;

/**
 * Anomalies on related resources become one incident. Two resources are related when one depends on the other, directly or over
 * a few hops: trouble moves along dependencies, from the callee to its callers. Two callees of one caller are not related by
 * themselves; the caller's own anomaly binds them.
 */
export function correlate(
  fresh: readonly Anomaly[],
  open: readonly OpenIncident[],
  topology: Topology,
  nowMs: number,
  options: GroupingOptions = GROUPING,
): Grouping {
  const reach = reachability(topology, options.hops);
  const related = (a: string, b: string): boolean => a === b || reach.get(a)?.has(b) === true || reach.get(b)?.has(a) === true;
  const join: Grouping['join'][number][] = [];
  const rest: Anomaly[] = [];
  for (const anomaly of fresh) {
    const found = findIncident(anomaly, open, related, options);
    if (found === null) rest.push(anomaly);
    else join.push({ anomaly, ...found });
  }
  const groups = gather(rest, (a, b) => Math.abs(a.startedAtMs - b.startedAtMs) <= options.togetherMs && related(a.resourceId, b.resourceId));
  const kept: { anomalies: readonly Anomaly[] }[] = [];
  for (const anomalies of groups) {
    const storm = stormIncident(anomalies, open, topology, nowMs, options);
    if (storm === null) kept.push({ anomalies });
    else join.push(...anomalies.map((anomaly) => ({ anomaly, incidentId: storm, reason: 'storm' as const })));
  }
  return { join, open: kept };
}

function findIncident(
  anomaly: Anomaly,
  open: readonly OpenIncident[],
  related: (a: string, b: string) => boolean,
  options: GroupingOptions,
): { incidentId: string; reason: 'same_resource' | 'related_resource' } | null {
  const same = open.find(({ resourceIds }) => resourceIds.has(anomaly.resourceId));
  if (same !== undefined) return { incidentId: same.incident.id, reason: 'same_resource' };
  const near = open.find(
    ({ incident, resourceIds }) =>
      Math.abs(anomaly.startedAtMs - incident.startedAtMs) <= options.togetherMs && [...resourceIds].some((id) => related(id, anomaly.resourceId)),
  );
  return near === undefined ? null : { incidentId: near.incident.id, reason: 'related_resource' };
}

/** A service that opens too many incidents has one trouble: its further anomalies go to its latest open incident. */
function stormIncident(
  anomalies: readonly Anomaly[],
  open: readonly OpenIncident[],
  topology: Topology,
  nowMs: number,
  options: GroupingOptions,
): string | null {
  const service = serviceOf(anomalies[0]?.resourceId ?? '', topology);
  if (service === null) return null;
  const recent = open.filter(({ incident }) => incident.service === service && nowMs - incident.openedAtMs < HOUR_MS);
  if (recent.length < options.newPerServiceAnHour) return null;
  return recent.reduce((a, b) => (a.incident.openedAtMs >= b.incident.openedAtMs ? a : b)).incident.id;
}

export const serviceOf = (resourceId: string, topology: Topology): string | null =>
  topology.resources.find((resource) => resource.id === resourceId)?.service ?? null;

/** For each resource, what it depends on within so many hops. */
function reachability(topology: Topology, hops: number): ReadonlyMap<string, ReadonlySet<string>> {
  const next = new Map<string, string[]>();
  for (const { from, to } of topology.dependencies) next.set(from, [...(next.get(from) ?? []), to]);
  const result = new Map<string, Set<string>>();
  for (const start of next.keys()) {
    const seen = new Set<string>();
    let frontier = [start];
    for (let hop = 0; hop < hops && frontier.length > 0; hop += 1) {
      frontier = frontier.flatMap((id) => next.get(id) ?? []).filter((id) => id !== start && !seen.has(id));
      for (const id of frontier) seen.add(id);
    }
    result.set(start, seen);
  }
  return result;
}

/** Connected components. */
function gather(items: readonly Anomaly[], together: (a: Anomaly, b: Anomaly) => boolean): Anomaly[][] {
  const groups: Anomaly[][] = [];
  for (const item of items) {
    const touching = groups.filter((group) => group.some((other) => together(item, other)));
    for (const group of touching) groups.splice(groups.indexOf(group), 1);
    groups.push([...touching.flat(), item]);
  }
  return groups;
}
