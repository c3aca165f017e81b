import { explain } from '../domain/explanation.ts';
import { metricEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { distances } from './graph.ts';
import type { Prepared } from './prepare.ts';
import type { Shift } from './shift.ts';

/** A zone that is unwell while the others are well. */
interface SickZone {
  readonly zone: string;
  readonly entry: string; // the load balancer that can leave it, or the most affected resource
  readonly strength: number;
  readonly shifts: readonly Shift[];
}

const SICK = 0.5;
const WELL = 0.2;
const RESIDENTS_MIN = 2;
const ENTRY_KINDS = ['alb', 'elb', 'nlb'];

/** At most one finding: a zone with trouble that the others do not have. */
export function zonesOf(prepared: Prepared): readonly Finding[] {
  const sick = sickZone(prepared);
  if (sick === null) return [];
  const statement = explain('rca.evidence.zone', 'Zone {zone} is unwell, and the other zones are not.', { zone: sick.zone });
  const evidence = sick.shifts.slice(0, 3).map((shift) => metricEvidence('resource', sick.strength, shift.series, prepared.context.subject, statement));
  return [{ resourceId: sick.entry, kind: 'zone', strength: sick.strength, evidence }];
}

/** Metrics that a resource publishes for each zone tell it best; else most of what sits in one zone, and little elsewhere. */
export function sickZone(prepared: Prepared): SickZone | null {
  return byMetric(prepared) ?? byResidents(prepared);
}

function byMetric(prepared: Prepared): SickZone | null {
  let best: SickZone | null = null;
  for (const [entry, shifts] of prepared.shiftsOf) {
    const perMetric = new Map<string, Shift[]>();
    for (const shift of shifts) {
      if (shift.series.ref.dimensions['AvailabilityZone'] === undefined || shift.reading.role === 'requests') continue;
      const key = `${shift.series.ref.name} ${shift.series.ref.stat}`;
      perMetric.set(key, [...(perMetric.get(key) ?? []), shift]);
    }
    for (const zones of perMetric.values()) {
      const [worst, next] = zones.sort((a, b) => b.strength - a.strength);
      if (worst === undefined || next === undefined || worst.strength < SICK || next.strength > WELL) continue;
      if (best === null || worst.strength * 0.95 > best.strength) {
        best = { zone: worst.series.ref.dimensions['AvailabilityZone'] ?? '', entry, strength: worst.strength * 0.95, shifts: [worst] };
      }
    }
  }
  return best;
}

function byResidents(prepared: Prepared): SickZone | null {
  const zones = new Map<string, Shift[]>();
  for (const [resourceId, shifts] of prepared.shiftsOf) {
    const zone = prepared.graph.resources.get(resourceId)?.zone ?? null;
    const worst = shifts.filter((shift) => shift.reading.role !== 'requests' && shift.reading.role !== 'other').sort((a, b) => b.strength - a.strength)[0];
    if (zone !== null && worst !== undefined) zones.set(zone, [...(zones.get(zone) ?? []), worst]);
  }
  const tallies = [...zones]
    .map(([zone, all]) => ({
      zone,
      sick: all.filter((shift) => shift.strength >= SICK),
      share: all.filter((shift) => shift.strength >= SICK).length / all.length,
    }))
    .sort((a, b) => b.share - a.share || b.sick.length - a.sick.length);
  const [worst, next] = tallies;
  if (worst === undefined || next === undefined || worst.sick.length < RESIDENTS_MIN || worst.share < 0.5 || next.share > worst.share / 3) return null;
  const strength = 0.8 * worst.share * (1 - next.share / worst.share);
  return { zone: worst.zone, entry: entryOf(prepared, worst.sick), strength, shifts: worst.sick };
}

function entryOf(prepared: Prepared, shifts: readonly Shift[]): string {
  const sick = shifts.map((shift) => shift.series.resourceId);
  const callers = [...distances(prepared.graph.victims, sick).keys()];
  return callers.find((id) => ENTRY_KINDS.includes(prepared.graph.resources.get(id)?.kind ?? '')) ?? sick[0] ?? '';
}
