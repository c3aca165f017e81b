import { explain } from '../domain/explanation.ts';
import type { Evidence } from '../domain/rca.ts';
import { metricEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { pathTo } from './graph.ts';
import type { Prepared } from './prepare.ts';
import type { Saturation } from './saturation.ts';
import type { Part } from './spread.ts';
import { clamp01 } from './stats.ts';
import type { Symptom } from './symptom.ts';

/** A dependency that explains what a resource suffers, and how much of it (0..1). */
export interface Excuse {
  readonly by: string;
  readonly share: number;
  /** By a shortage of its own rather than by the same symptom: that is not yet in the part's own share. */
  readonly shortage: number;
}

const HALF_SHARE = 0.25; // a part of this much of the symptom is half convincing
const SHORTAGE_WEIGHT = 0.8;
const MAX_STEPS = 6;
const FRONT_WEIGHT = 0.6; // what a load balancer measures is its targets' doing
const FRONTS: readonly string[] = ['alb', 'nlb', 'elb'];

/** A dependency explains its callers by carrying the same symptom, or by being short of something itself. */
export function excuseOf(prepared: Prepared, symptom: Symptom, part: Part, saturations: readonly Saturation[]): Excuse | null {
  const deeper = unseenBelow(prepared, symptom, part.resourceId);
  const short = saturations
    .filter((item) => item.shift.reading.causal >= 0.5 && deeper.has(item.shift.series.resourceId))
    .sort((a, b) => b.finding.strength - a.finding.strength);
  const shortage = (short[0]?.finding.strength ?? 0) * SHORTAGE_WEIGHT;
  const carried = part.explainedBy === null ? 0 : clamp01(1 - part.own / part.total);
  const by = carried >= shortage ? part.explainedBy : (short[0]?.shift.series.resourceId ?? null);
  return by === null ? null : { by, share: Math.max(carried, shortage), shortage };
}

/** What a resource depends on, as far as nothing in between shows the symptom itself. */
function unseenBelow(prepared: Prepared, symptom: Symptom, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  let ring: readonly string[] = [from];
  for (let step = 0; step < MAX_STEPS && ring.length > 0; step += 1) {
    const next = ring.flatMap((id) => prepared.graph.causes.get(id) ?? []).filter((id) => id !== from && !seen.has(id));
    for (const id of next) seen.add(id);
    ring = [...new Set(next)].filter((id) => !symptom.impacts.has(id));
  }
  return seen;
}

/** The finding that a resource makes up its part of a symptom, less what a shortage deeper down explains. */
export function partOf(prepared: Prepared, symptom: Symptom, part: Part, shortage: number): Finding {
  const reachable = prepared.steps.has(part.resourceId) ? 1 : 0.3;
  const front = FRONTS.includes(prepared.graph.resources.get(part.resourceId)?.kind ?? '') ? FRONT_WEIGHT : 1;
  const convincing = part.flow / (part.flow + HALF_SHARE);
  const strength = clamp01(convincing * (1 - shortage) * reachable * front * symptom.sure * Math.sqrt(part.impact.sure));
  const names = { resource: part.resourceId, target: symptom.target };
  const percent = Math.round(100 * Math.min(1, part.flow));
  const statement =
    symptom.mode === 'latency'
      ? explain('rca.evidence.share.latency', '{resource} makes up {percent}% of the extra waiting of {target}.', { ...names, percent })
      : explain('rca.evidence.share.failures', '{resource} makes up {percent}% of the failed requests of {target}.', { ...names, percent });
  const evidence: Evidence[] = [metricEvidence('resource', strength, part.impact.series, prepared.context.subject, statement)];
  const path = pathTo(prepared.graph, [symptom.target], part.resourceId);
  if (path.length > 1) {
    const way = explain('rca.evidence.path', '{target} depends on {resource}: {path}.', { ...names, path: path.join(' → ') });
    evidence.push({ dimension: 'resource', supports: true, weight: strength / 2, statement: way, source: { type: 'topology', path: [...path] } });
  }
  return { resourceId: part.resourceId, kind: symptom.mode === 'latency' ? 'latency' : 'errors', strength, evidence };
}

/** Counter-evidence: the resource only suffers from another. */
export function victim(symptom: Symptom, part: Part, excuse: Excuse): Finding {
  const statement = explain('rca.evidence.victim', 'What {resource} suffers is explained by {cause}, which it depends on.', {
    resource: part.resourceId,
    cause: excuse.by,
  });
  const source = { type: 'topology' as const, path: [...new Set([symptom.target, part.resourceId, excuse.by])] };
  return {
    resourceId: part.resourceId,
    kind: null,
    strength: excuse.share,
    evidence: [{ dimension: 'resource', supports: false, weight: excuse.share, statement, source }],
  };
}
