import { explain } from '../domain/explanation.ts';
import type { MetricRef } from '../domain/metric.ts';
import type { Evidence } from '../domain/rca.ts';
import { metricEvidence, plain } from './evidence.ts';
import type { Finding } from './finding.ts';
import { isSurge, pushedOnto, stuckConsumers } from './load.ts';
import type { Prepared } from './prepare.ts';
import type { Shift } from './shift.ts';
import type { Role } from './signals.ts';

/** A resource that is short of something, or otherwise out of line in a metric that can be a cause. */
export interface Saturation {
  readonly finding: Finding & { readonly kind: string };
  readonly shift: Shift;
}

const UNREACHED = 0.35; // weight of a resource that the subject is not known to depend on
const KIND: Partial<Record<Role, string>> = { health: 'errors', other: 'unknown', requests: 'traffic', replication: 'io' };
const WEIGHT: Readonly<Record<string, number>> = { traffic: 0.95, more_requests: 0.1, egress: 0.8 };

/** The strongest saturation of each resource and kind, less what the load that others put on it explains. */
export function saturationOf(prepared: Prepared): readonly Saturation[] {
  const best = new Map<string, Saturation>();
  const note = (saturation: Saturation): void => {
    const key = `${saturation.finding.resourceId}\u0000${saturation.finding.kind}`;
    if ((best.get(key)?.finding.strength ?? 0) < saturation.finding.strength) best.set(key, saturation);
  };
  for (const [resourceId, shifts] of prepared.shiftsOf) {
    for (const shift of shifts) {
      const kind = kindIn(prepared, resourceId, shift);
      const weight = WEIGHT[kind] ?? shift.reading.causal;
      const strength = shift.strength * weight * nearness(prepared, resourceId) * 0.85 * (1 - pushedOnto(prepared, resourceId, kind));
      if (strength >= 0.05) note({ finding: { resourceId, kind, strength, evidence: [evidenceOf(prepared, shift, strength)] }, shift });
    }
  }
  for (const stuck of stuckConsumers(prepared)) {
    const strength = stuck.strength * nearness(prepared, stuck.shift.series.resourceId) * 0.85;
    note({
      finding: { resourceId: stuck.shift.series.resourceId, kind: 'stuck', strength, evidence: [fellTo(prepared, stuck.shift, strength)] },
      shift: stuck.shift,
    });
  }
  return [...best.values()];
}

function nearness(prepared: Prepared, resourceId: string): number {
  const distance = prepared.steps.get(resourceId);
  return distance === undefined ? UNREACHED : 0.98 ** distance;
}

function kindIn(prepared: Prepared, resourceId: string, shift: Shift): string {
  if (shift.reading.role === 'requests') return isSurge(prepared, resourceId, shift) ? 'traffic' : 'more_requests';
  if (shift.reading.role === 'network' && /out/i.test(shift.series.ref.name) && !prepared.graph.victims.has(resourceId)) return 'egress';
  return kindOf(shift.series.ref, shift.reading.role, shift.ramp);
}

/** The kind of cause that a metric out of line speaks for. `ramp`: it climbed slowly. */
export function kindOf(ref: MetricRef, role: Role, ramp: boolean): string {
  if (role === 'cache' && /evict/i.test(ref.name)) return 'evictions';
  if (role === 'memory' && ramp) return 'leak';
  if (role === 'cost') {
    const what = Object.values(ref.dimensions).join(' ');
    if (/snapshot/i.test(what)) return 'snapshots';
    if (/volume/i.test(what)) return 'volumes';
  }
  return KIND[role] ?? role;
}

function fellTo(prepared: Prepared, shift: Shift, strength: number): Evidence {
  const statement = explain('rca.evidence.fell', '{metric} of {resource} fell from {before} to {now}.', {
    metric: shift.series.ref.name,
    resource: shift.series.resourceId,
    before: plain(shift.base),
    now: plain(shift.during),
  });
  return metricEvidence('resource', strength, shift.series, prepared.context.subject, statement);
}

function evidenceOf(prepared: Prepared, shift: Shift, strength: number): Evidence {
  const template = shift.reading.worse > 0 ? '{metric} of {resource} rose from {before} to {now}.' : '{metric} of {resource} fell from {before} to {now}.';
  return metricEvidence(
    'resource',
    strength,
    shift.series,
    prepared.context.subject,
    explain(shift.reading.worse > 0 ? 'rca.evidence.rose' : 'rca.evidence.fell', template, {
      metric: shift.series.ref.name,
      resource: shift.series.resourceId,
      before: plain(shift.base),
      now: plain(shift.peak),
    }),
  );
}
