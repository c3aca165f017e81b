import { explain } from '../domain/explanation.ts';
import type { MetricRef } from '../domain/metric.ts';
import { metricEvidence, plain } from './evidence.ts';
import type { Finding } from './finding.ts';
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
const TRAFFIC_GROWTH = 1.3;

/** The strongest saturation of each resource and kind. */
export function saturationOf(prepared: Prepared): readonly Saturation[] {
  const best = new Map<string, Saturation>();
  for (const [resourceId, shifts] of prepared.shiftsOf) {
    const distance = prepared.steps.get(resourceId);
    const near = distance === undefined ? UNREACHED : 0.98 ** distance;
    for (const shift of shifts) {
      const strength = shift.strength * shift.reading.causal * near * 0.85;
      if (strength < 0.05 || (shift.reading.role === 'requests' && shift.during < shift.base * TRAFFIC_GROWTH)) continue;
      const kind = kindOf(shift.series.ref, shift.reading.role, shift.ramp);
      const key = `${resourceId}\u0000${kind}`;
      if ((best.get(key)?.finding.strength ?? 0) >= strength) continue;
      best.set(key, { finding: { resourceId, kind, strength, evidence: [evidenceOf(prepared, shift, strength)] }, shift });
    }
  }
  return [...best.values()];
}

/** The kind of cause that a metric out of line speaks for. `ramp`: it climbed slowly. */
export function kindOf(ref: MetricRef, role: Role, ramp: boolean): string {
  if (role === 'memory' && ramp) return 'leak';
  if (role === 'cost') {
    const what = Object.values(ref.dimensions).join(' ');
    if (/snapshot/i.test(what)) return 'snapshots';
    if (/volume/i.test(what)) return 'volumes';
  }
  return KIND[role] ?? role;
}

function evidenceOf(prepared: Prepared, shift: Shift, strength: number) {
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
