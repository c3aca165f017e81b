import type { Anomaly } from '../domain/anomaly.ts';
import type { Incident } from '../domain/incident.ts';
import { type Pattern, PatternSchema } from '../domain/pattern.ts';
import type { Plan } from '../domain/plan.ts';
import type { Resource } from '../domain/resource.ts';
import type { Risk } from '../domain/risk.ts';
import { classify } from './classify.ts';
import { plainLine } from './clean.ts';
import { kindLookup, kindName, levelWord, metricWords, symptomOf } from './wording.ts';

const MOST_SYMPTOMS = 8;
const MOST_CAUSES = 5;
/** A fix that was verified once is believed this much; one that merely ran, less. */
const VERIFIED = 0.75;
const UNVERIFIED = 0.5;
const NOT_HELPFUL = 0.2;

export interface DraftRequest {
  readonly id: string; // a free pattern id
  readonly incident: Incident;
  readonly anomalies: readonly Anomaly[];
  readonly plans: readonly Plan[];
  readonly resources: readonly Resource[];
  /** An action's own risk; a plan's may have been raised by the policy. */
  readonly risks: ReadonlyMap<string, Risk>;
}

/**
 * A pattern out of one resolved incident: what was out of line as symptoms, the hypotheses as causes, what was run as solutions
 * with what came of it. A draft: a person reviews it before it counts.
 */
export function draftFromIncident({ id, incident, anomalies, plans, resources, risks }: DraftRequest): Pattern {
  const kindOf = kindLookup(resources);
  const ranked = [...anomalies].sort((a, b) => b.severity - a.severity || a.startedAtMs - b.startedAtMs);
  const symptoms = [...new Set(ranked.map((anomaly) => symptomOf(anomaly, kindOf(anomaly.resourceId))))].slice(0, MOST_SYMPTOMS);
  const causes = (incident.analysis?.hypotheses ?? []).slice(0, MOST_CAUSES).map((hypothesis) => plainLine(hypothesis.cause.text, 500));
  const title = titleOf(ranked[0] ?? null, kindOf, incident.title);
  const description = plainLine(`${incident.analysis?.summary.text ?? incident.title} Learned from ${incident.id}.`, 4000);
  const worked = plans.find((plan) => plan.outcome?.verified === true) ?? null;
  return PatternSchema.parse({
    pattern_id: id,
    category: classify([title, description, ...symptoms, ...causes].join('\n')).category,
    title,
    description,
    symptoms: symptoms.length > 0 ? symptoms : [plainLine(incident.title, 500) || 'Unknown symptom'],
    root_causes: causes.filter((cause) => cause !== ''),
    solutions: solutionsOf(plans, risks),
    metadata: {
      occurrence_count: 1,
      last_seen: new Date(incident.startedAtMs).toISOString().slice(0, 10),
      success_rate: worked === null ? null : 1,
      avg_resolution_time: minutes(worked?.outcome?.durationMs ?? (incident.resolvedAtMs === null ? null : incident.resolvedAtMs - incident.startedAtMs)),
    },
  });
}

function titleOf(worst: Anomaly | null, kindOf: (id: string) => string, otherwise: string): string {
  const kind = worst === null ? '' : kindName(kindOf(worst.resourceId));
  const made = worst?.metric == null ? plainLine(otherwise, 200) : plainLine(`${kind} ${metricWords(worst.metric.name)} ${levelWord(worst)}`, 200);
  return made.length >= 3 ? made : 'Unnamed problem';
}

/** Each action once, with the best of what came of it. */
function solutionsOf(plans: readonly Plan[], risks: DraftRequest['risks']): Pattern['solutions'] {
  const best = new Map<string, Pattern['solutions'][number]>();
  for (const plan of plans) {
    if (plan.outcome === null) continue;
    const confidence = plan.outcome.verified ? VERIFIED : plan.outcome.result === 'succeeded' ? UNVERIFIED : NOT_HELPFUL;
    const risk = risks.get(plan.action) ?? plan.risk;
    if ((best.get(plan.action)?.confidence ?? -1) < confidence) best.set(plan.action, { action: plan.action, confidence, risk });
  }
  return [...best.values()].sort((a, b) => b.confidence - a.confidence).slice(0, 20);
}

const minutes = (ms: number | null): string | null => (ms === null || ms < 0 ? null : `${Math.max(1, Math.round(ms / 60_000))}min`);
