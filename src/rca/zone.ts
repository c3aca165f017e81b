import { explain } from '../domain/explanation.ts';
import type { Evidence } from '../domain/rca.ts';
import { metricEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { distances } from './graph.ts';
import type { Prepared } from './prepare.ts';
import type { Shift } from './shift.ts';

/** How the things in one zone did. */
interface ZoneTally {
  readonly zone: string;
  readonly sick: readonly Shift[]; // the worst of each thing that is sick
  readonly all: number;
}

const SICK = 0.5;
const ENTRY_KINDS = ['alb', 'elb', 'nlb'];

/** The zone with most of the sick things, when the other zones are well; placed at the load balancer that can leave it. */
export function zonesOf(prepared: Prepared): readonly Finding[] {
  const tallies = tally(prepared);
  if (tallies.length < 2) return [];
  const shares = tallies.map((item) => ({ ...item, share: item.sick.length / item.all })).sort((a, b) => b.share - a.share || b.sick.length - a.sick.length);
  const [worst, next] = shares;
  if (worst === undefined || next === undefined || worst.sick.length < 2 || worst.share < 0.5 || next.share > worst.share / 3) return [];
  const entry = entryOf(prepared, worst);
  const strength = 0.9 * worst.share * (1 - next.share / worst.share);
  const statement = explain('rca.evidence.zone', '{sick} of {all} things watched in zone {zone} are unwell, and hardly any elsewhere.', {
    sick: worst.sick.length,
    all: worst.all,
    zone: worst.zone,
  });
  const evidence: Evidence[] = worst.sick.slice(0, 4).map((shift) => metricEvidence('resource', strength, shift.series, prepared.context.subject, statement));
  return [{ resourceId: entry, kind: 'zone', strength, evidence: evidence.slice(0, 2) }];
}

/** Things are resources that sit in a zone, and the per-zone metrics of those that span several. */
function tally(prepared: Prepared): readonly ZoneTally[] {
  const zones = new Map<string, Map<string, Shift | null>>();
  for (const [resourceId, shifts] of prepared.shiftsOf) {
    for (const shift of shifts) {
      const zone = shift.series.ref.dimensions['AvailabilityZone'] ?? prepared.graph.resources.get(resourceId)?.zone ?? null;
      if (zone === null || shift.reading.role === 'requests' || shift.reading.role === 'other') continue;
      const thing = `${resourceId}\u0000${shift.series.ref.dimensions['AvailabilityZone'] === undefined ? '' : shift.series.ref.name}`;
      const things = zones.get(zone) ?? new Map<string, Shift | null>();
      const known = things.get(thing) ?? null;
      things.set(thing, shift.strength >= SICK && shift.strength > (known?.strength ?? 0) ? shift : known);
      zones.set(zone, things);
    }
  }
  return [...zones].map(([zone, things]) => ({ zone, sick: [...things.values()].flatMap((shift) => shift ?? []), all: things.size }));
}

function entryOf(prepared: Prepared, worst: ZoneTally): string {
  const sick = worst.sick.map((shift) => shift.series.resourceId);
  const callers = [...distances(prepared.graph.victims, sick).keys()];
  return callers.find((id) => ENTRY_KINDS.includes(prepared.graph.resources.get(id)?.kind ?? '')) ?? sick[0] ?? worst.zone;
}

/** The sick zone that a zone finding is about, by its evidence; null for other findings. */
export function zoneOf(prepared: Prepared): string | null {
  const worst = [...tally(prepared)].sort((a, b) => b.sick.length / b.all - a.sick.length / a.all)[0];
  return worst === undefined || worst.sick.length < 2 ? null : worst.zone;
}
